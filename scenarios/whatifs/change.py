"""An unannounced change: one morning contacts take longer, until agents have found out how."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Incident, Scenario
from scenarios.times import Clock
from scenarios.units import Count, Seconds, Share, format_duration
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.fallback import SERVED_MODES
from scenarios.whatifs.fields import asked
from scenarios.whatifs.windows import window_seconds
from scenarios.whatifs.words import listed, per_cent

HOUR, DAY = 3600.0, 86_400.0
LEAST = 0.005
"""A jump of less than half a per cent is over."""
MOST_STEPS = 1000
"""Incidents that a scenario may have."""

Prepared = Literal["not_told", "announced", "announced_and_tested"]


class UnannouncedChange(WhatIf):
    """A new screen, price or rule goes live, and contacts take longer until agents have learnt it.

    The jump halves every so often: hour by hour where it is gone within days, else day by day, as incidents
    that slow down and fail nobody. Each step has the mean of the decay in it; time counts by the clock, with
    the nights. With several channels each has the same jump, and nothing learnt in one helps in another.
    ``prepared`` is the preset: not told (the "Monday shock"), announced to the centre, or announced and tried
    out with agents before. That customers ask about the change too is another what-if (scale volume).
    Neutral: a jump of 0.
    """

    kind: ClassVar[str] = "unannounced_change"
    title: ClassVar[str] = "Unannounced change"
    group: ClassVar[PlannersGroup] = "Incidents"

    jump: Annotated[float, Field(ge=0.0, le=4.0, allow_inf_nan=False)] = asked(
        kind="share",
        title="Contacts take longer by",
        help="At first, when nobody told the centre.",
        parameter="change.handle_time_jump",
        step=0.05,
    )
    prepared: Prepared = asked(
        "not_told",
        kind="choice",
        title="The centre was",
        help="not_told: agents learn it from customers; announced: they have read about it; "
        "announced_and_tested: some of them tried it out, and what confused them was put right.",
    )
    halves_after: Seconds = asked(
        kind="duration",
        title="Halves every",
        help="How fast agents find out.",
        unit="s",
        parameter="change.halves_after",
        step=3600,
    )
    start: Clock = asked("08:00", kind="clock", title="From", help="Local time of day.")
    day: Count = asked(
        0,
        kind="number",
        title="On day",
        help="Days after the scenario's first; 0 is the first.",
        unit="days",
        low=0,
        step=1,
        advanced=True,
    )
    channels: Names | None = asked(
        None,
        kind="choices",
        title="Only in",
        help="Omitted: all channels with agents.",
        refers_to="channels",
        modes=SERVED_MODES,
        advanced=True,
    )
    left_if_announced: Share = asked(
        kind="share",
        title="Left of the jump when announced",
        parameter="change.left_if_announced",
        shown_when={"prepared": ("announced",)},
        step=0.05,
        advanced=True,
    )
    left_if_tested: Share = asked(
        kind="share",
        title="Left of the jump when tested too",
        parameter="change.left_if_tested",
        shown_when={"prepared": ("announced_and_tested",)},
        step=0.05,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"unannounced change 08:00: contacts 25% longer, halving every 4 h"``."""
        how = {"not_told": "unannounced", "announced": "announced", "announced_and_tested": "tested"}
        where = f" in {listed(self.channels)}" if self.channels else ""
        times = f"{per_cent(self.size)} longer{where}, halving every {format_duration(self.halves_after)}"
        return f"{how[self.prepared]} change {self._moment(scenario)}: contacts {times}"

    @property
    def size(self) -> float:
        """The jump at first, as far as preparation leaves one."""
        left = {
            "not_told": 1.0,
            "announced": self.left_if_announced,
            "announced_and_tested": self.left_if_tested,
        }
        return self.jump * left[self.prepared]

    def _moment(self, scenario: Scenario) -> str:
        date = scenario.calendar.start + dt.timedelta(days=self.day)
        return self.start + (f" on {date:%a} {date.day} {date:%b}" if scenario.calendar.days > 1 else "")

    def _places(self, scenario: Scenario) -> tuple[str, ...]:
        return self.channels or tuple(
            name for name, channel in scenario.channels.items() if channel.mode in SERVED_MODES
        )

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.day >= scenario.calendar.days:
            last = scenario.calendar.days - 1
            yield Problem("day", self.day, f"a day of the scenario, 0 to {last}", f"write {last}")
            return
        if self.halves_after < 60.0:
            written = format_duration(self.halves_after)
            yield Problem("halves_after", written, "at least 1 min", 'write "1 h", or a jump of 0')
            return
        places = self._places(scenario)
        if not places:
            yield Problem("channels", None, "a scenario with agents", "choose another scenario")
        most = MOST_STEPS - len(scenario.incidents)
        asked_for = len(places) * sum(1 for _ in self._steps(scenario))
        if asked_for > most:
            yield Problem(
                "channels", list(places), f"at most {most} steps of the decay; {asked_for} are needed",
                "name fewer channels, or let it halve sooner",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        steps = list(self._steps(scenario))
        incidents = [
            Incident(
                name=f"{self.prepared.replace('_', ' ')}: {channel}, step {number}",
                channel=channel,
                window=window,
                failure=0.0,
                slow_down=factor,
            )
            for channel in self._places(scenario)
            for number, (window, factor) in enumerate(steps, start=1)
        ]
        return scenario.model_copy(update={"incidents": (*scenario.incidents, *incidents)})

    def _steps(self, scenario: Scenario) -> Iterator[tuple[tuple[dt.datetime, dt.datetime], float]]:
        """Window and slow-down of each step, until the jump is over or the scenario is."""
        midnight = dt.datetime.combine(scenario.calendar.start, dt.time())
        begins = midnight + dt.timedelta(days=self.day, seconds=window_seconds(self.start, None)[0])
        left = (midnight + dt.timedelta(days=scenario.calendar.days) - begins).total_seconds()
        length = HOUR if self.halves_after < DAY else DAY
        since = 0.0
        while since < left and self.size * decay(self.halves_after, since, since) >= LEAST:
            until = min(since + length, left)
            factor = round(1.0 + self.size * decay(self.halves_after, since, until), 4)
            window = (begins + dt.timedelta(seconds=since), begins + dt.timedelta(seconds=until))
            if scenario.calendar.shows(window):
                yield window, factor
            since = until


def decay(halves_after: float, since: float, until: float) -> float:
    """The mean between two times of what halves every ``halves_after``, from 1 at time 0.

    >>> decay(60, 0, 0), decay(60, 60, 60), round(decay(60, 0, 60), 3)
    (1.0, 0.5, 0.721)
    """
    if since == until:
        return float(2.0 ** (-since / halves_after))
    rate = math.log(2.0) / halves_after
    return (math.exp(-rate * since) - math.exp(-rate * until)) / (rate * (until - since))
