"""A mailing or campaign brings contacts, and the centre has heard of it in time, or it has not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Scenario
from scenarios.times import Clock
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.fields import asked
from scenarios.whatifs.staff import ChangeStaff
from scenarios.whatifs.volume import ScaleVolume, cases_per_interval
from scenarios.whatifs.windows import DAY_SECONDS, intervals_within, window_problems, window_text
from scenarios.whatifs.words import listed, number, per_cent


class SendMailing(WhatIf):
    """A mailing brings cases in a window of every day; with notice, the centre has staffed for some of them.

    ``notice`` is the share of the extra cases that groups are staffed for: by as many per cent more agents as
    there are more cases in the window, all intents together. Without notice nobody is added. What notice is
    worth is the difference between two such answers, and the pay of those added is in it. Neutral: a factor
    of 1.
    """

    kind: ClassVar[str] = "send_mailing"
    title: ClassVar[str] = "Mailing, with or without notice"
    group: ClassVar[PlannersGroup] = "Customers"

    factor: Annotated[float, Field(gt=0.0, le=10.0, allow_inf_nan=False)] = asked(
        kind="number",
        title="Cases times",
        help="Of the intents that the mailing is about, while customers react to it.",
        parameter="demand.mailing_surge",
        step=0.1,
    )
    intents: Names | None = asked(
        None, kind="choices", title="About", help="Omitted: all intents.", refers_to="intents"
    )
    start: Clock = asked(
        "10:00", kind="clock", title="From", help="When customers react: 30 to 90 min after it is sent."
    )
    end: Clock = asked("14:00", kind="clock", title="Until")
    notice: Share = asked(
        0.0,
        kind="share",
        title="Staffed for",
        help="0%: the centre was not told; 100%: it was, and added agents for all extra cases.",
        low=0,
        high=1,
        step=0.1,
    )
    groups: Names | None = asked(
        None,
        kind="choices",
        title="Groups that add agents",
        help="Omitted: all groups.",
        refers_to="groups",
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"mailing: 2 times the cases of loan 10:00–14:00, nobody told"``."""
        of = f" of {listed(self.intents)}" if self.intents else ""
        told = "nobody told" if self.notice == 0.0 else f"staffed for {per_cent(self.notice)} of them"
        window = window_text(self.start, self.end)
        return f"mailing: {number(self.factor)} times the cases{of}{window}, {told}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        yield from window_problems(self.start, self.end, grid_seconds=scenario.calendar.interval)
        if self.notice > 0.0 and not scenario.groups:
            yield Problem("notice", self.notice, "0, as there are no agents", "leave it out")

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.factor == 1.0:
            return scenario
        more = ScaleVolume(factor=self.factor, intents=self.intents, start=self.start, end=self.end)
        changed = more.apply(scenario)
        before, after = (self._cases(one) for one in (scenario, changed))
        if self.notice == 0.0 or before == 0.0:
            return changed
        percent = round(100.0 * self.notice * (after - before) / before, 6)
        staff = ChangeStaff(groups=self.groups, percent=percent, start=self.start, end=self.end)
        return staff.apply(changed)

    def _cases(self, scenario: Scenario) -> float:
        """Expected cases of all intents in the window."""
        interval, days = scenario.calendar.interval, scenario.calendar.days
        total = 0.0
        for intent in scenario.intents.values():
            cases = cases_per_interval(intent.volume, interval)
            within = intervals_within(scenario, len(cases), self.start, self.end)
            times = days if len(cases) * interval <= DAY_SECONDS else 1
            total += times * math.fsum(now for now, inside in zip(cases, within, strict=True) if inside)
        return total
