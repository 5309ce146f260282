"""Experiments: one scenario many times, variants against a base, a grid."""

from sim.experiments.runs import compare, run
from sim.experiments.sweeps import sweep

__all__ = ["compare", "run", "sweep"]
