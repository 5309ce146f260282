"""Diallers: channels in which the centre calls the customers, while agents are idle."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from sim.contract import Chance, Draws, Kind, Outcome, Plan
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.entrance import Entrance
from sim.engines.reference.floor import Floor
from sim.engines.reference.people import Contact


class Diallers:
    """Whom each dialler is to call, in order, and whose telephone rings.

    Who answers asks for an agent by ``enter(contact)``; a contact ends by ``conclude(contact, outcome)``.
    """

    def __init__(
        self,
        plan: Plan,
        draws: Draws,
        agenda: Agenda,
        entrance: Entrance,
        floor: Floor,
        enter: Callable[[Contact], None],
        conclude: Callable[[Contact, Outcome], None],
    ) -> None:
        self._draws = draws
        self._agenda = agenda
        self._entrance = entrance
        self._floor = floor
        self._enter = enter
        self._conclude = conclude
        self._tries: list[int] = plan.dialler_tries.tolist()
        self._pace: list[float] = plan.dialler_pace.tolist()
        self._reaches: list[float] = plan.dialler_reaches.tolist()
        self._ring: list[int] = plan.dialler_ring.tolist()
        self._retry: list[int] = plan.dialler_retry.tolist()
        self._drops: list[bool] = plan.drop_at_close.tolist()
        self._priority: list[list[int]] = plan.skill_priority.tolist()
        self._keep_idle: list[list[int]] = plan.skill_keep_idle.tolist()
        self.channels = [channel for channel, tries in enumerate(self._tries) if tries > 0]
        """Those that have a dialler, in their order."""
        self._lists: dict[int, deque[Contact]] = {channel: deque() for channel in self.channels}
        self._ringing = dict.fromkeys(self.channels, 0)

    # -- the list ----------------------------------------------------------------------------------

    def take_down(self, contact: Contact) -> None:
        """The contact, new or called in vain, goes on the list; nobody is called again after closing."""
        if contact.tries > 0 and self._has_closed(contact.channel):
            self._conclude(contact, Outcome.DISCONNECTED)
        else:
            self._lists[contact.channel].append(contact)

    def clear(self, channel: int) -> None:
        """A channel that drops closes: who is on its list will not be called. Telephones go on ringing."""
        while self._lists.get(channel):
            self._conclude(self._lists[channel].popleft(), Outcome.DISCONNECTED)

    def _has_closed(self, channel: int) -> bool:
        return self._drops[channel] and not self._entrance.is_open(channel)

    # -- the calls ---------------------------------------------------------------------------------

    def place_calls(self) -> None:
        """Every dialler calls as many customers as its pace allows for the agents who are idle now."""
        for channel in self.channels:
            waiting = self._lists[channel]
            while waiting and self._may_call(waiting[0]):
                self._call(waiting.popleft())

    def _may_call(self, contact: Contact) -> bool:
        channel = contact.channel
        if not self._entrance.is_open(channel) or not self._entrance.has_line(channel):
            return False
        most = int(self._pace[channel] * float(self._spare(contact.queue)))
        return self._ringing[channel] < most

    def _spare(self, queue: int) -> int:
        """Agents who are idle beyond those whom skills for the queue keep idle."""
        return sum(
            max(0, self._floor.here(group) - self._floor.at_work(group) - self._keep_idle[group][queue])
            for group, priority in enumerate(self._priority)
            if priority[queue] > 0
        )

    def _call(self, contact: Contact) -> None:
        self._entrance.let_in(contact)
        self._ringing[contact.channel] += 1
        known_at = self._agenda.now + self._ring[contact.channel]
        self._agenda.at(known_at, Kind.FRONT, contact.id, self._ringing_ends, contact)

    def _ringing_ends(self, contact: Contact) -> None:
        """The customer answers and asks for an agent, or does not answer."""
        self._ringing[contact.channel] -= 1
        contact.reached = self._answers(contact)
        if not contact.reached:
            self._in_vain(contact)
        elif self._has_closed(contact.channel):
            self._conclude(contact, Outcome.DISCONNECTED)
        else:
            self._enter(contact)

    def _answers(self, contact: Contact) -> bool:
        luck = self._draws.chance(Chance.CONNECTS + contact.tries, contact.attempt).item(contact.case)
        return bool(luck < self._reaches[contact.channel])

    def _in_vain(self, contact: Contact) -> None:
        """Nobody has answered: the customer will be on the list again, unless called often enough."""
        self._entrance.let_out(contact)
        contact.tries += 1
        if contact.tries == self._tries[contact.channel]:
            self._conclude(contact, Outcome.UNREACHED)
        else:
            again_at = self._agenda.now + self._retry[contact.channel]
            self._agenda.at(again_at, Kind.ARRIVAL, contact.id, self.take_down, contact)
