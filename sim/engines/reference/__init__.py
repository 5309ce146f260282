"""The reference engine: SimPy, written to be read aloud. It is the specification of every other engine.

Read it in this order: ``simulation`` (the life of a case), ``entrance``, ``incidents`` and ``front`` (what it
meets before an agent), ``dialler`` (whom the centre calls), ``dispatcher`` (contacts and agents come
together), ``routing`` and ``conditions`` (who takes whom), ``by_policy`` (the same, as a user would have it),
``callbacks``, ``passing_on`` and ``resolution`` (what else becomes of a contact), ``floor`` (the agents),
``attention`` (how time becomes progress), ``queues``, ``meters``, ``agenda``, ``record``.

``routing`` chooses and changes nothing; a policy of one's own takes its place in the last step
(:mod:`sim.policies`).
"""

from __future__ import annotations

from sim.contract import Draws, Plan, Trace
from sim.engines.reference.simulation import Simulation
from sim.policies import Policy


def simulate(plan: Plan, draws: Draws, policy: Policy | None = None) -> Trace:
    """Simulate one replication of ``plan`` with the luck of ``draws``; by a copy of ``policy``, if given."""
    return Simulation(plan, draws, policy).run()
