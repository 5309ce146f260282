"""The automated front: a menu or a bot that answers before an agent does."""

from __future__ import annotations

from collections.abc import Callable

from sim.contract import NOBODY, Draws, Front, Kind, Outcome, Plan
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.people import Contact


class AutomatedFront:
    """Stands between a contact's arrival in a channel and its asking for an agent.

    ``is_open(channel)`` tells whether a channel is open now; a contact goes on by ``enter(contact)`` or ends
    by ``conclude(contact, outcome)``.
    """

    def __init__(
        self,
        plan: Plan,
        draws: Draws,
        agenda: Agenda,
        is_open: Callable[[int], bool],
        enter: Callable[[Contact], None],
        conclude: Callable[[Contact, Outcome], None],
    ) -> None:
        self._draws = draws
        self._agenda = agenda
        self._is_open = is_open
        self._enter = enter
        self._conclude = conclude
        self._stands = (plan.front_law != NOBODY).tolist()
        self._drops: list[bool] = plan.drop_at_close.tolist()
        self._wrong_queue: list[int] = plan.wrong_queue.tolist()
        self._max_attempts = plan.max_attempts

    def receive(self, contact: Contact) -> None:
        """A contact is in its channel: it meets the front, if there is one, else it enters at once."""
        if self._stands[contact.channel][contact.intent]:
            duration = self._draws.front(contact.channel, contact.attempt).item(contact.case)
            self._agenda.at(self._agenda.now + duration, Kind.FRONT, contact.id, self._ends, contact)
        else:
            self._enter(contact)

    def _ends(self, contact: Contact) -> None:
        end = self._draws.front_ends(contact.channel, contact.attempt).item(contact.case)
        if end == Front.CONTAINS:
            self._conclude(contact, Outcome.CONTAINED)
        elif end == Front.LOSES:
            self._conclude(contact, Outcome.ABANDONED)
        elif self._drops[contact.channel] and not self._is_open(contact.channel):
            self._conclude(contact, Outcome.DISCONNECTED)
        else:
            if end == Front.MISROUTES:
                self._misroute(contact)
            self._enter(contact)

    def _misroute(self, contact: Contact) -> None:
        """To the wrong queue; but not where no attempt is left for the second leg of the transfer."""
        if contact.attempt + 1 < self._max_attempts:
            contact.misrouted = True
            contact.queue = self._wrong_queue[contact.queue]
