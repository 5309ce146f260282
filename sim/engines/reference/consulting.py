"""Consulting: contacts whose handling needs a second agent for its last part."""

from __future__ import annotations

from collections import deque

from sim.contract import FAR, NOBODY, Chance, Draws, Plan, scaled
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.floor import Floor
from sim.engines.reference.meters import Meter
from sim.engines.reference.people import Agent, Contact


class Consulting:
    """Who needs a second agent, who waits for one, and who helps. ``contacts_open`` counts work on desks."""

    def __init__(self, plan: Plan, draws: Draws, agenda: Agenda, floor: Floor, contacts_open: Meter) -> None:
        self._draws = draws
        self._agenda = agenda
        self._floor = floor
        self._open = contacts_open
        self._share: list[list[float]] = plan.consult_share.tolist()
        self._group: list[int] = plan.consult_group.tolist()
        self._part: list[float] = plan.consult_part.tolist()
        self._waits: list[bool] = plan.consult_waits.tolist()
        self._lines: list[deque[Contact]] = [deque() for _ in plan.groups]

    def time_alone(self, contact: Contact, time: int) -> int:
        """Of a handle time that begins, what comes before a second agent is asked for: all, if none is."""
        if not self._is_needed(contact):
            return time
        contact.together = scaled(time, self._part[contact.channel])
        return time - contact.together

    def _is_needed(self, contact: Contact) -> bool:
        if self._group[contact.channel] == NOBODY or contact.misrouted:
            return False
        luck = self._draws.chance(Chance.CONSULTS, contact.attempt).item(contact.case)
        return bool(luck < self._share[contact.channel][contact.intent])

    def ask(self, contact: Contact) -> Agent | None:
        """Ask for the idle agent who has been so longest. Without one, wait in line or go on alone."""
        group = self._group[contact.channel]
        idle = self._floor.with_room[group][0]
        if idle:
            second = idle[next(iter(idle))]
            self.join(contact, second)
            return second
        if self._waits[contact.channel]:
            contact.left, contact.updated = FAR, self._agenda.now
            self._lines[group].append(contact)
        else:
            contact.left, contact.together = contact.together, NOBODY
            contact.updated = self._agenda.now
        return None

    def next_in_line(self, agent: Agent) -> Contact | None:
        """Who waits longest for such an agent, who must have nothing else to do, and leaves the line."""
        line = self._lines[agent.group]
        return line.popleft() if line and not agent.contacts and not agent.leaving else None

    def join(self, contact: Contact, second: Agent) -> None:
        """A second agent joins."""
        self._floor.take_off(second)
        contact.left, contact.together = contact.together, NOBODY
        contact.updated = contact.joined = self._agenda.now
        contact.ends_at = NOBODY
        contact.second, contact.helper = second, second.group
        second.contacts.append(contact)
        second.limit = 1
        second.interruptible = False
        self._open.change(second.group, self._agenda.now, 1)

    def part(self, contact: Contact) -> Agent | None:
        """The handling is over: who has helped has nothing to do."""
        second, contact.second = contact.second, None
        if second is not None:
            contact.helped = self._agenda.now - contact.joined
            second.contacts.remove(contact)
            self._floor.take_off(second)
            self._open.change(second.group, self._agenda.now, -1)
        return second
