"""The reference engine: SimPy, written to be read aloud. It is the specification of every other engine.

Read it in this order: ``simulation`` (the life of a case), ``dispatcher`` (who takes whom), ``floor``
(the agents), ``attention`` (how time becomes progress), ``queues``, ``meters``, ``agenda``.

A policy of one's own in place of the dispatcher's two choices will be a second argument of
:func:`simulate`; the choices are ``Dispatcher._free_agent`` and ``Dispatcher._next_contact``.
"""

from __future__ import annotations

from sim.contract import Draws, Plan, Trace
from sim.engines.reference.simulation import Simulation


def simulate(plan: Plan, draws: Draws) -> Trace:
    """Simulate one replication of ``plan`` with the luck of ``draws``."""
    return Simulation(plan, draws).run()
