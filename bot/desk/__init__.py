"""Use cases of the desk, Slack-free: what happens when a person writes, clicks or waits, and when an agent acts."""
