"""Bringing in a team's own articles: one module a format, and what they share.

Import from its modules: this file stays empty, so that serving articles does not load what only an import needs.
It knows neither Slack nor models, opens no network connection, and runs nothing of what it reads.
"""
