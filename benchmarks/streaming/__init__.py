"""Training from more rows than fit into memory, measured. It knows neither Slack nor the desk."""
