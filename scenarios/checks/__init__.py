"""The questions that :func:`scenarios.check` asks, one module for each part of a scenario."""
