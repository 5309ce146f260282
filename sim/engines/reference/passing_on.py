"""Passing on: an agent hands a contact to another channel instead of ending it."""

from __future__ import annotations

from math import isnan

from sim.contract import NOBODY, Busy, Chance, Draws, Outcome, Plan
from sim.engines.reference.people import Contact
from sim.engines.reference.routing import Routing


class PassingOn:
    """Which contacts are passed on, how much time that takes, and what comes of it.

    What a front misrouted is passed on in any case; it goes to its own queue, not to another channel.
    """

    def __init__(self, plan: Plan, draws: Draws, routing: Routing) -> None:
        self._draws = draws
        self._routing = routing
        self._to: list[int] = plan.transfer_to.tolist()
        self._when_busy = [Busy(busy) for busy in plan.transfer_busy.tolist()]
        self._of_group: list[list[float]] = plan.skill_transfer.tolist()
        self._of_channel: list[list[float]] = plan.transfer_share.tolist()
        self._part_of_misrouted: list[float] = plan.transfer_part.tolist()
        self._part: list[float] = plan.passing_part.tolist()
        self._queue_of: list[list[int]] = plan.queue_of.tolist()
        self._max_attempts = plan.max_attempts

    def part(self, contact: Contact, group: int) -> float:
        """The share of its handle time that a group spends on the contact."""
        if contact.misrouted:
            return self._part_of_misrouted[contact.channel]
        return self._part[contact.channel] if self._would(contact, group) else 1.0

    def outcome(self, contact: Contact) -> Outcome | None:
        """What its handling, which is over, comes to; ``None`` if the agent ends the contact."""
        if contact.misrouted:
            return Outcome.TRANSFERRED
        if not self._would(contact, contact.group):
            return None
        when_busy = self._when_busy[contact.channel]
        if when_busy is Busy.QUEUE or self._is_anybody_free(contact):
            return Outcome.TRANSFERRED
        return None if when_busy is Busy.SKIP else Outcome.DISCONNECTED

    def _would(self, contact: Contact, group: int) -> bool:
        """Whether a group would rather pass the contact on than end it."""
        if self._to[contact.channel] == NOBODY or contact.attempt + 1 == self._max_attempts:
            return False
        luck = self._draws.chance(Chance.TRANSFERS, contact.attempt).item(contact.case)
        return bool(luck < self._share(contact, group))

    def _share(self, contact: Contact, group: int) -> float:
        share = self._of_group[group][contact.queue]
        return self._of_channel[contact.channel][contact.intent] if isnan(share) else share

    def _is_anybody_free(self, contact: Contact) -> bool:
        """Whether an agent of the other channel could take it at this very moment."""
        return self._routing.is_anybody_free(self._queue_of[self._to[contact.channel]][contact.intent])
