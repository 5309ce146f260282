"""A queue: contacts in order of place."""

from __future__ import annotations

from bisect import bisect_left, insort
from operator import attrgetter

from sim.engines.reference.people import Contact

_place = attrgetter("place")


class Queue:
    """Contacts of one channel that the same skills may take, the earliest place first.

    Work that was interrupted comes back with its old place; a contact whose customer left without a sign
    keeps its own.
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

    def waiting(self) -> list[Contact]:
        """Everybody, in order of place."""
        return list(self._line)
