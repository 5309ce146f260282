"""Luck: all randomness, compiled, one code path for every engine."""
