"""The only package, with app.py, that knows Slack: it translates, and decides nothing."""
