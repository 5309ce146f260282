"""Experiments: one scenario many times, variants against a base, a grid."""

from sim.experiments.growing import Experiment
from sim.experiments.precision import Precision
from sim.experiments.runs import compare, run
from sim.experiments.sweeps import sweep

__all__ = ["Experiment", "Precision", "compare", "run", "sweep"]
