"""What the desk does with messages that nobody trained on: rules, model, thresholds and articles together."""
