"""Attention: how an agent's time becomes progress on the contacts that are open."""

from __future__ import annotations

from sim.contract import LONGEST_SHARED, NOBODY, WORK, Draws, Mode, Plan, scaled
from sim.engines.reference.people import Agent, Contact


class Attention:
    """Handling in exact integers.

    What is left of a concurrent contact is counted in work units, of which each tick does
    ``speed[channel, k]`` with k contacts open; what is left of any other, in ticks of its agent.
    """

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self._draws = draws
        self._factor: list[list[float]] = plan.skill_factor.tolist()
        self._frustration = plan.frustration_work.tolist()
        self._shared = [mode == Mode.CONCURRENT for mode in plan.mode.tolist()]
        self._speed: list[list[int]] = plan.speed.tolist()
        self._cap: list[int] = plan.cap.tolist()
        self._interruptible = plan.interruptible.tolist()

    def begin(self, agent: Agent, contact: Contact, now: int) -> None:
        """The agent opens the contact: for the first time, or what is left of it."""
        self._update(agent, now)
        factor = self._factor[agent.group][contact.queue]
        if contact.left == NOBODY:
            work = int(self._draws.work(contact.channel, contact.attempt).item(contact.case))
            time = scaled(scaled(work, self._frustration[contact.attempt]), factor)
            shared = self._shared[contact.channel]
            contact.left = min(time, LONGEST_SHARED) * WORK if shared else time
            contact.answered = now
        elif contact.group != agent.group:
            contact.left = scaled(contact.left, factor / self._factor[contact.group][contact.queue])
        contact.group = agent.group
        contact.agent = agent
        contact.started = contact.updated = now
        cap = self._cap[contact.channel]
        agent.limit = min(agent.limit, cap) if agent.contacts else cap
        agent.interruptible = self._interruptible[contact.channel]
        agent.contacts.append(contact)

    def end(self, contact: Contact, now: int) -> Agent:
        """Its agent puts the contact down, done or not."""
        agent = contact.agent
        assert agent is not None
        self._update(agent, now)
        contact.handled += now - contact.started
        contact.agent = None
        contact.ends_at = NOBODY
        agent.contacts.remove(contact)
        agent.limit = min([self._cap[other.channel] for other in agent.contacts]) if agent.contacts else 1
        agent.interruptible = False
        return agent

    def ends_at(self, agent: Agent, contact: Contact) -> int:
        """The first tick by which nothing remains if the agent's load stays as it is."""
        if not self._shared[contact.channel]:
            return contact.updated + contact.left
        return contact.updated - (-contact.left // self._speed[contact.channel][len(agent.contacts)])

    def _update(self, agent: Agent, now: int) -> None:
        """Bring what is left of all the agent's contacts up to date."""
        for contact in agent.contacts:
            shared = self._shared[contact.channel]
            speed = self._speed[contact.channel][len(agent.contacts)] if shared else 1
            contact.left = max(contact.left - (now - contact.updated) * speed, 0)
            contact.updated = now
