"""The reference engine: SimPy, written to be read aloud. It is the specification of every other engine.

Read it in this order: ``simulation`` (the life of a case), ``entrance``, ``incidents`` and ``front`` (what it
meets before an agent), ``dispatcher`` (contacts and agents come together), ``routing`` (who takes whom),
``callbacks``, ``passing_on`` and ``resolution`` (what else becomes of a contact), ``floor`` (the agents),
``attention`` (how time becomes progress), ``queues``, ``meters``, ``agenda``, ``record``.

A policy of one's own will be a second argument of :func:`simulate`, in place of ``routing``, which chooses
and changes nothing.
"""

from __future__ import annotations

from sim.contract import Draws, Plan, Trace
from sim.engines.reference.simulation import Simulation


def simulate(plan: Plan, draws: Draws) -> Trace:
    """Simulate one replication of ``plan`` with the luck of ``draws``."""
    return Simulation(plan, draws).run()
