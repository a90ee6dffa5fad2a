"""The classifier beside well-known others, on the same splits and in the same run. It knows neither Slack nor the desk.

`python -m benchmarks.classifier` runs it; `benchmarks/README.md` says what is measured and how.
"""
