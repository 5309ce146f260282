"""Resolution: whether a contact that runs its course resolves the case."""

from __future__ import annotations

from math import isnan

from sim.contract import NOBODY, Draws, Plan
from sim.engines.reference.people import Contact


class Resolution:
    """By the share of the group that handled the contact last, if it has one; else by the channel's."""

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self._draws = draws
        self._of_group: list[list[float]] = plan.skill_resolution.tolist()
        self._of_channel: list[list[list[float]]] = plan.success.tolist()

    def resolves(self, contact: Contact) -> bool:
        """Whether the contact, having run its course, resolves the case."""
        luck = self._draws.resolution_luck(contact.channel, contact.attempt).item(contact.case)
        return bool(luck < self._share(contact))

    def _share(self, contact: Contact) -> float:
        if contact.group != NOBODY:
            share = self._of_group[contact.group][contact.queue]
            if not isnan(share):
                return share
        return self._of_channel[contact.channel][contact.intent][contact.segment]
