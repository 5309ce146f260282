"""Queues: contacts in order of place, and how many customers wait in them."""

from __future__ import annotations

from bisect import bisect_left, insort
from operator import attrgetter

from sim.contract import NOBODY, Plan, Ticks
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.meters import Meter
from sim.engines.reference.people import Contact

_place = attrgetter("place")


class Queue:
    """Contacts of one channel that the same skills may take, the earliest place first.

    Work that was interrupted comes back with its old place, and so does a callback that nobody answered; a
    contact whose customer left without a sign keeps its own.
    """

    def __init__(self, channel: int) -> None:
        self.channel = channel
        self._line: list[Contact] = []

    @property
    def head(self) -> Contact | None:
        """The first in order of place; ``None`` when there is nobody."""
        return self._line[0] if self._line else None

    def enter(self, contact: Contact) -> None:
        """Take the place that is the contact's."""
        contact.in_queue = True
        insort(self._line, contact, key=_place)

    def leave(self, contact: Contact) -> None:
        """Give it up, wherever in the queue that is."""
        contact.in_queue = False
        del self._line[bisect_left(self._line, contact.place, key=_place)]

    @property
    def length(self) -> int:
        """How many contacts have a place."""
        return len(self._line)

    def waiting(self) -> list[Contact]:
        """Everybody, in order of place."""
        return list(self._line)


class Queues:
    """All queues, and the customers who wait in them: a callback has a place, but no customer who waits."""

    def __init__(self, plan: Plan, agenda: Agenda) -> None:
        self._agenda = agenda
        self.each = [Queue(channel) for channel in plan.queue_channel.tolist()]
        self._length = Meter(len(plan.channels), plan.intervals, plan.interval_ticks)

    def enter(self, contact: Contact) -> None:
        """The contact takes its place, and its customer waits."""
        self.each[contact.queue].enter(contact)
        if not contact.is_callback:
            contact.waiting_since = self._agenda.now
            self._length.change(contact.channel, self._agenda.now, 1)

    def leave(self, contact: Contact) -> None:
        """The contact gives its place up, and whoever waited there waits no longer."""
        self.each[contact.queue].leave(contact)
        contact.overflows_at = NOBODY
        if contact.waiting_since != NOBODY:
            self.stop_waiting(contact)

    def stop_waiting(self, contact: Contact) -> None:
        """The customer waits no longer; the contact may keep its place."""
        contact.queued += self._agenda.now - contact.waiting_since
        contact.waiting_since = NOBODY
        self._length.change(contact.channel, self._agenda.now, -1)

    def of_channel(self, channel: int) -> list[Contact]:
        """All contacts with a place in a channel, in order of place."""
        mine = [contact for queue in self.each if queue.channel == channel for contact in queue.waiting()]
        return sorted(mine, key=_place)

    @property
    def length(self) -> Ticks:
        """[C, K] customers waiting."""
        return self._length.integrals()
