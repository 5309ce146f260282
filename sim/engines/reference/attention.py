"""Attention: how an agent's time becomes progress on the contacts that are open."""

from __future__ import annotations

from sim.contract import LONGEST_SHARED, NOBODY, WORK, Draws, Mode, Plan, Ticks, scaled
from sim.engines.reference.consulting import Consulting
from sim.engines.reference.incidents import Incidents
from sim.engines.reference.passing_on import PassingOn
from sim.engines.reference.people import Agent, Contact


class Attention:
    """Handling in exact integers.

    What is left of a concurrent contact is counted in work units, of which each tick does
    ``speed[channel, k]`` with k contacts open; what is left of any other, in ticks of its agent.
    """

    def __init__(
        self,
        plan: Plan,
        draws: Draws,
        incidents: Incidents,
        passing_on: PassingOn,
        consulting: Consulting,
    ) -> None:
        self._consulting = consulting
        self._draws = draws
        self._incidents = incidents
        self._passing_on = passing_on
        self._factor: list[list[float]] = plan.skill_factor.tolist()
        self._frustration: list[float] = plan.frustration_work.tolist()
        self._ring: list[int] = plan.callback_ring.tolist()
        self._shared = [mode == Mode.CONCURRENT for mode in plan.mode.tolist()]
        self._speed: list[list[int]] = plan.speed.tolist()
        self._cap: list[int] = plan.cap.tolist()
        self._interruptible = plan.interruptible.tolist()

    def begin(self, agent: Agent, contact: Contact, now: int) -> None:
        """The agent opens the contact: for the first time, or what is left of it."""
        self._update(agent, now)
        if contact.gone:
            contact.left = self._to_do(contact, self._finding_out(agent, contact))
        elif contact.ringing:
            contact.left = self._ring[contact.channel]
        elif contact.answered == NOBODY:
            time = self._handling(agent, contact)
            contact.left = self._to_do(contact, self._consulting.time_alone(contact, time))
            contact.answered = now
            self._incidents.listen(contact)
        elif contact.group != agent.group:
            ratio = self._factor[agent.group][contact.queue] / self._factor[contact.group][contact.queue]
            contact.left = scaled(contact.left, ratio)
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
        contact.clock(now)
        contact.agent = None
        contact.ends_at = NOBODY
        agent.contacts.remove(contact)
        agent.limit = min([self._cap[other.channel] for other in agent.contacts]) if agent.contacts else 1
        agent.interruptible = False
        return agent

    def wrap(self, contact: Contact, time: int, now: int) -> None:
        """Its agent, done with the customer, begins the ``time`` of after-call work."""
        agent = contact.agent
        assert agent is not None
        self._update(agent, now)
        contact.clock(now)
        contact.left = self._to_do(contact, time)
        agent.interruptible = False

    def wrap_time(self, contact: Contact) -> int:
        """How long its agent's after-call work takes; 0 where there is none."""
        assert contact.agent is not None
        return scaled(
            _drawn(self._draws.wrap(contact.channel, contact.attempt), contact),
            self._factor[contact.agent.group][contact.queue],
        )

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

    # -- how long it takes an undivided agent ------------------------------------------------------

    def _handling(self, agent: Agent, contact: Contact) -> int:
        work = _drawn(self._draws.work(contact.channel, contact.attempt), contact)
        time = scaled(work, self._frustration[contact.failed])
        time = scaled(time, self._factor[agent.group][contact.queue])
        time = self._incidents.slowed(time, contact.channel)
        return scaled(time, self._passing_on.part(contact, agent.group))

    def _finding_out(self, agent: Agent, contact: Contact) -> int:
        """That the customer has left without a sign."""
        time = _drawn(self._draws.silent(contact.channel, contact.attempt), contact)
        return scaled(time, self._factor[agent.group][contact.queue])

    def _to_do(self, contact: Contact, time: int) -> int:
        """An undivided agent's time as it is counted down."""
        return min(time, LONGEST_SHARED) * WORK if self._shared[contact.channel] else time


def _drawn(each: Ticks, contact: Contact) -> int:
    return int(each.item(contact.case))
