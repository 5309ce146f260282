"""The entrance of each channel: its opening hours and its lines."""

from __future__ import annotations

from sim.contract import Plan
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.people import Contact


class Entrance:
    """Knows when channels are open, and how many contacts are in each of them now."""

    def __init__(self, plan: Plan, agenda: Agenda) -> None:
        self._agenda = agenda
        self._lines: list[int] = plan.lines.tolist()
        self.inside = [0] * len(plan.channels)
        self._windows = [_windows_of(plan, channel) for channel in range(len(plan.channels))]

    def is_open(self, channel: int) -> bool:
        """Whether a channel is open now."""
        windows = self._windows[channel]
        while windows and windows[0][1] <= self._agenda.now:
            windows.pop(0)
        return bool(windows) and windows[0][0] <= self._agenda.now

    def closings(self, channel: int) -> list[int]:
        """The ticks at which a channel will close."""
        return [until for _, until in self._windows[channel]]

    def openings(self, channel: int) -> list[int]:
        """The ticks at which a channel will open."""
        return [begins for begins, _ in self._windows[channel]]

    def has_line(self, channel: int) -> bool:
        """Whether a line is free."""
        return self.inside[channel] < self._lines[channel]

    def let_in(self, contact: Contact) -> None:
        """The contact takes a line of its channel; some do even when none is free."""
        contact.holds_line = True
        self.inside[contact.channel] += 1

    def let_out(self, contact: Contact) -> None:
        """It gives the line back, if it holds one."""
        if contact.holds_line:
            contact.holds_line = False
            self.inside[contact.channel] -= 1


def _windows_of(plan: Plan, channel: int) -> list[tuple[int, int]]:
    mine = slice(int(plan.open_index[channel]), int(plan.open_index[channel + 1]))
    return list(zip(plan.open_from[mine].tolist(), plan.open_until[mine].tolist(), strict=True))
