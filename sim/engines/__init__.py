"""Engines: functions ``simulate(plan, draws) -> Trace`` that follow the same rules to the same trace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sim.contract import Draws, Plan, Trace
from sim.policies import Policy

Engine = Callable[[Plan, Draws], Trace]
"""Simulates one replication."""

DEFAULT = "compiled"
"""The engine that is used unless another is named."""


def get(name: str = DEFAULT, policy: Policy | None = None) -> Engine:
    """The engine called ``name``, which routes by ``policy``, if given.

    Raises :class:`sim.errors.EngineError` for an engine that this version lacks, or that knows no policies.
    """
    if name == "compiled" and policy is not None:
        from sim.errors import no_policies

        raise no_policies(policy)
    if name == "compiled":
        from sim.engines import compiled

        return compiled.simulate
    if name == "reference":
        from sim.engines import reference

        return reference.simulate if policy is None else partial(reference.simulate, policy=policy)
    from sim.errors import no_such_engine

    raise no_such_engine(name)
