"""How well likeness of words finds requests about the same trouble. It knows neither Slack nor the desk's database.

`python -m benchmarks.likeness` runs it.
"""
