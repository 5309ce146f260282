"""Change how many agents are scheduled, all day or in a window, and how many of them are away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Names, Staffing
from scenarios.model import Group, Scenario
from scenarios.parameters import default_of
from scenarios.schedules import with_numbers
from scenarios.times import Clock, clock_seconds, clock_text
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.training import free_name
from scenarios.whatifs.windows import (
    DAY_SECONDS,
    intervals_within,
    window_problems,
    window_seconds,
    window_text,
)
from scenarios.whatifs.words import listed, per_cent, signed


class ChangeStaff(WhatIf):
    """More or fewer agents in a group (or in all groups), every day.

    Give ``by`` (agents) or ``percent``. Without a window the change holds whenever a group is scheduled
    at all; within a window it holds throughout; nowhere do numbers fall below 0. ``shrinkage``
    replaces the groups', all day. A window's ends lie on the scenario's intervals, so that the result
    is exact. With ``overtime`` those who are added stand in a group beside their own, with the same skills,
    and are paid the parameter library's factor. Neutral: 0 agents, 0 percent, no shrinkage.
    """

    kind: ClassVar[str] = "change_staff"
    title: ClassVar[str] = "Change staff"
    group: ClassVar[PlannersGroup] = "Agents"

    groups: Names | None = asked(
        None, kind="choices", title="Groups", help="Omitted: all groups.", refers_to="groups"
    )
    by: Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)] = asked(
        0.0,
        kind="number",
        title="Agents",
        help="More, or fewer if negative, in each group.",
        unit="agents",
        low=-50,
        high=50,
        step=1,
    )
    percent: Annotated[float, Field(ge=-100, le=1000, allow_inf_nan=False)] = asked(
        0.0,
        kind="number",
        title="Per cent",
        help="Instead of a number of agents: −10 is a tenth fewer.",
        unit="%",
        low=-50,
        high=100,
        step=1,
    )
    counted: Literal["scheduled", "on_floor"] = asked(
        "scheduled",
        kind="choice",
        title="Agents counted",
        help="scheduled: some of them are away (shrinkage); on_floor: this many more are at work.",
        advanced=True,
    )
    start: Clock | None = asked(
        None, kind="clock", title="From", help="Omitted: whenever the group is scheduled."
    )
    end: Clock | None = asked(None, kind="clock", title="Until")
    shrinkage: Annotated[float, Field(ge=0.0, le=0.99, allow_inf_nan=False)] | None = asked(
        None,
        kind="share",
        title="New shrinkage",
        help="Share of scheduled time away from contacts, all day. Omitted: as it is.",
        parameter="agents.shrinkage",
        step=0.01,
        advanced=True,
    )

    overtime: bool = asked(
        False,
        kind="yes_no",
        title="Paid as overtime",
        help="Those who are added are paid time and a half (the library's money.overtime_factor).",
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"+3 generalists 10:00–12:00"``."""
        who = listed(self.groups) if self.groups else "agents in each group"
        parts = []
        if self.by:
            at_work = " on the floor" if self.counted == "on_floor" else ""
            parts.append(f"{signed(self.by)} {who}{at_work}{window_text(self.start, self.end)}")
        elif self.percent or self.shrinkage is None:
            who = listed(self.groups) if self.groups else "staff"
            parts.append(f"{signed(self.percent)}% {who}{window_text(self.start, self.end)}")
        if self.shrinkage is not None:
            whose = "" if parts or not self.groups else f" of {listed(self.groups)}"
            parts.append(f"shrinkage{whose} {per_cent(self.shrinkage)}")
        if self.overtime:
            parts.append("as overtime")
        return ", ".join(parts)

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        yield from window_problems(self.start, self.end, grid_seconds=scenario.calendar.interval)
        if self.by and self.percent:
            yield Problem(
                "percent", self.percent, "0 where a number of agents is given", "give one of the two"
            )
        if self.overtime and min(self.by, self.percent) < 0:
            yield Problem("overtime", True, "no, where there are fewer agents", "leave it out")
        if not scenario.groups:
            yield Problem("groups", None, "a scenario with groups of agents", "add a group first")

    def _changed(self, scenario: Scenario) -> Scenario:
        groups = {}
        for name in self.groups or tuple(scenario.groups):
            group = scenario.groups[name]
            if self.overtime:
                group = with_numbers(group, scenario.calendar)
            changed = self._group(scenario, group)
            extra = _more(group.staff, changed.staff) if self.overtime else {}
            if not extra:
                groups[name] = changed
                continue
            pay = round(group.pay_per_hour * float(default_of("money.overtime_factor")), 9)
            groups[name] = changed.model_copy(update={"staff": group.staff})
            groups[free_name(scenario, name, "_overtime")] = changed.model_copy(
                update={"staff": extra, "pay_per_hour": pay}
            )
        return scenario.model_copy(update={"groups": replaced(scenario.groups, groups)})

    def _group(self, scenario: Scenario, group: Group) -> Group:
        shrinkage = group.shrinkage if self.shrinkage is None else self.shrinkage
        if self.by or self.percent:
            group = with_numbers(group, scenario.calendar)
        if isinstance(group.staff, Mapping):
            staff: dict[str, float] | tuple[float, ...] = self._from_clocks(group.staff, shrinkage)
        else:
            within = intervals_within(scenario, len(group.staff), self.start, self.end)
            staff = tuple(
                self._number(now, shrinkage) if inside else now
                for now, inside in zip(group.staff, within, strict=True)
            )
        return group.model_copy(update={"staff": staff, "shrinkage": shrinkage})

    def _from_clocks(self, staff: Mapping[str, float], shrinkage: float) -> dict[str, float]:
        """Staff given from each time on, with the ends of the window added where they make a step."""
        first, last = window_seconds(self.start, self.end)
        steps = {clock_seconds(clock): agents for clock, agents in staff.items()}

        def scheduled(seconds: int) -> float:
            before = [clock for clock in steps if clock <= seconds]
            return steps[max(before)] if before else 0.0

        ends = {first, last} - {DAY_SECONDS} if self._has_window else set()
        changed: dict[str, float] = {}
        for seconds in sorted(steps.keys() | ends):
            now = scheduled(seconds)
            new = self._number(now, shrinkage) if first <= seconds < last else now
            if seconds in steps or new != (list(changed.values()) or [0.0])[-1]:
                changed[clock_text(seconds)] = new
        return changed

    @property
    def _has_window(self) -> bool:
        return self.start is not None or self.end is not None

    def _number(self, now: float, shrinkage: float) -> float:
        if self.percent:
            return round(now * (1.0 + self.percent / 100.0), 9)
        if not self.by or (now == 0.0 and not self._has_window):
            return now
        more = self.by / (1.0 - shrinkage) if self.counted == "on_floor" else self.by
        return max(0.0, round(now + more, 9))


def _more(before: Staffing, after: Staffing) -> Staffing:
    """How many more there are at each time; empty where there are none at any."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _more_from_clocks(before, after)
    assert not isinstance(before, Mapping)  # both are lists, then
    assert not isinstance(after, Mapping)
    extra = tuple(round(now - was, 9) for was, now in zip(before, after, strict=True))
    return extra if any(extra) else {}


def _more_from_clocks(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    more = {}
    for clock, number in after.items():
        reached = [one for one in before if clock_seconds(one) <= clock_seconds(clock)]
        more[clock] = round(number - (before[max(reached, key=clock_seconds)] if reached else 0.0), 9)
    return more if any(more.values()) else {}
