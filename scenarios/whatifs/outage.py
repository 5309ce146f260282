"""A channel is down, wholly or in part, for a while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from scenarios.errors import Problem
from scenarios.fields import Name
from scenarios.model import Incident, Scenario
from scenarios.times import Clock
from scenarios.units import Count, Factor, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.fallback import missing_step
from scenarios.whatifs.fields import asked
from scenarios.whatifs.windows import window_problems, window_seconds, window_text
from scenarios.whatifs.words import listed, number, per_cent


class ChannelOutage(WhatIf):
    """Attempts in a channel fail between two times of a day, as an incident.

    In a self-service channel the attempt fails at the end of its duration; a channel with agents cannot
    be reached (``blocked``). Where the scenario does not say what customers do then, a next step with the
    parameter library's figures is added (and :meth:`describe` says so). What begins in that time may take
    longer as well, or instead: visits to a slow portal, calls with a slow system. Neutral: a failure of 0 and
    no slow-down.
    """

    kind: ClassVar[str] = "channel_outage"
    title: ClassVar[str] = "Channel outage"
    group: ClassVar[PlannersGroup] = "Incidents"
    inbound: ClassVar[bool] = True

    channel: Name = asked(kind="choice", title="Channel", refers_to="channels")
    start: Clock = asked("10:00", kind="clock", title="From", help="Local time of day.")
    end: Clock = asked("11:30", kind="clock", title="Until", help="Local time of day.")
    failure: Share = asked(
        kind="share",
        title="Failing",
        help="Share of attempts that fail in that time; 100% is a full outage.",
        parameter="outage.failure",
        step=0.05,
    )
    slow_down: Factor = asked(
        1.0,
        kind="number",
        title="Takes times as long",
        help="Factor on the time in self-service, or with an agent, of what begins in that time.",
        low=1,
        high=3,
        step=0.1,
        advanced=True,
    )
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

    def describe(self, scenario: Scenario) -> str:
        """For example ``"portal down 10:00–11:30"``."""
        text = self._name(scenario)
        step = missing_step(scenario, self.channel) if self.channel in scenario.channels else None
        return f"{text}, after which some try {listed(step.go)}" if step and self.failure else text

    def _name(self, scenario: Scenario) -> str:
        down = "down" if self.failure == 1.0 else f"{per_cent(self.failure)} down" if self.failure else ""
        slow = f"{number(self.slow_down)} times as slow" if self.slow_down != 1.0 else ""
        how = " and ".join(part for part in (down, slow) if part) or "0% down"
        date = scenario.calendar.start + dt.timedelta(days=self.day)
        when = f" on {date:%a} {date.day} {date:%b}" if scenario.calendar.days > 1 else ""
        return f"{self.channel} {how}{window_text(self.start, self.end)}{when}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        yield from window_problems(self.start, self.end)
        if self.day >= scenario.calendar.days:
            last = scenario.calendar.days - 1
            yield Problem("day", self.day, f"a day of the scenario, 0 to {last}", f"write {last}")

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.failure == 0.0 and self.slow_down == 1.0:
            return scenario
        midnight = dt.datetime.combine(scenario.calendar.start, dt.time()) + dt.timedelta(days=self.day)
        start, end = window_seconds(self.start, self.end)
        incident = Incident(
            name=self._name(scenario),
            channel=self.channel,
            window=(midnight + dt.timedelta(seconds=start), midnight + dt.timedelta(seconds=end)),
            failure=self.failure,
            slow_down=self.slow_down,
        )
        step = missing_step(scenario, self.channel) if self.failure else None
        return scenario.model_copy(
            update={
                "incidents": (*scenario.incidents, incident),
                "next_steps": (*scenario.next_steps, *([step] if step else [])),
            }
        )
