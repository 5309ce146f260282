"""Engines: functions ``simulate(plan, draws) -> Trace`` that follow the same rules to the same trace."""

from __future__ import annotations

from collections.abc import Callable

from sim.contract import Draws, Plan, Trace

Engine = Callable[[Plan, Draws], Trace]
"""Simulates one replication."""

DEFAULT = "compiled"
"""The engine that is used unless another is named."""


def get(name: str = DEFAULT) -> Engine:
    """The engine called ``name``; :class:`sim.errors.EngineError` for one that this version lacks."""
    if name == "compiled":
        from sim.engines import compiled

        return compiled.simulate
    if name == "reference":
        from sim.engines import reference

        return reference.simulate
    from sim.errors import no_such_engine

    raise no_such_engine(name)
