"""The compiled engine: the reference engine's trace, bit for bit, at the speed of the hardware.

Its rooms are those of the reference engine: ``kernel`` (the life of a replication), ``dispatcher``,
``floor``, ``attention``, ``queues``, ``agenda``; ``journeys`` and ``fortune`` hold what ends a contact and
its luck, ``records``, ``sheet`` and ``centre`` the memory in which all of it happens.
"""

from __future__ import annotations

from sim.contract import Draws, Plan, Trace
from sim.engines.compiled.station import Station


def simulate(plan: Plan, draws: Draws) -> Trace:
    """Simulate one replication of ``plan`` with the luck of ``draws``."""
    return Station.here(plan).simulate(draws)
