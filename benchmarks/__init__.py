"""Measurements against other systems and on public data. Not part of what is installed; nothing imports it."""
