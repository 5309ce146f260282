"""Engines: functions ``simulate(plan, draws) -> Trace`` that follow the same rules to the same trace."""

from __future__ import annotations

from collections.abc import Callable

from sim.contract import Draws, Plan, Trace

Engine = Callable[[Plan, Draws], Trace]
"""Simulates one replication."""

DEFAULT = "reference"
"""The engine that is used unless another is named."""


def get(name: str = DEFAULT) -> Engine:
    """The engine called ``name``; :class:`sim.errors.EngineError` for one that this version lacks."""
    if name == "reference":
        from sim.engines.reference import simulate

        return simulate
    from sim.errors import no_such_engine

    raise no_such_engine(name)
