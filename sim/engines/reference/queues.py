"""A queue: waiting contacts in order of place."""

from __future__ import annotations

import heapq

from sim.contract import NOBODY
from sim.engines.reference.people import Contact


class Queue:
    """Contacts of one channel that the same skills may take, the earliest place first.

    One that gives up is only marked (``waiting_since``) and skipped when it reaches the head, so that
    no operation looks through the queue. Work that was interrupted comes back with its old place.
    """

    def __init__(self, channel: int) -> None:
        self.channel = channel
        self.head: Contact | None = None
        """The first in order of place; ``None`` when nobody waits."""
        self._heap: list[tuple[int, int, Contact]] = []

    def enter(self, contact: Contact, now: int) -> None:
        """Begin to wait."""
        contact.waiting_since = now
        heapq.heappush(self._heap, (contact.arrived, contact.id, contact))
        self.head = self._heap[0][2]

    def leave(self, contact: Contact, now: int) -> None:
        """End the wait, wherever in the queue the contact stands."""
        contact.queued += now - contact.waiting_since
        contact.waiting_since = NOBODY
        heap = self._heap
        while heap and heap[0][2].waiting_since == NOBODY:
            heapq.heappop(heap)
        self.head = heap[0][2] if heap else None

    def waiting(self) -> list[Contact]:
        """Everybody, in order of place."""
        return [contact for *_, contact in sorted(self._heap) if contact.waiting_since != NOBODY]
