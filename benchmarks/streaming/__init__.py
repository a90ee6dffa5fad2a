"""Training from more rows than fit into memory, measured. It knows neither Slack nor the desk.

`python -m benchmarks.streaming` runs it; `benchmarks/README.md` says what is measured and how.
"""
