"""The knowledge base: articles, the search over them, and their rendering.

A small library of its own: it knows neither Slack nor models nor the bot. Import from its modules: this file
stays empty, so that whoever needs one of them does not load the others.
"""
