"""The only bridge from a scenario to the engines: :func:`build` makes the flat arrays of a plan."""

from sim.plan.build import build

__all__ = ["build"]
