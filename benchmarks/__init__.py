"""Benchmarks in named groups; ``python -m benchmarks`` runs them, prints a table and checks the floors."""
