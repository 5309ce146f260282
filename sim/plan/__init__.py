"""The only bridge from a scenario to the engines: :func:`build` makes the flat arrays of a plan."""

from sim.plan.build import build
from sim.plan.unsupported import not_simulated

__all__ = ["build", "not_simulated"]
