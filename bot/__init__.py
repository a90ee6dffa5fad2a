"""The service desk: it listens in Slack, answers what it knows and hands the rest to people."""

__version__ = "0.1.0"
