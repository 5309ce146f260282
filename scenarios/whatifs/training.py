"""Train agents: hours off the floor now, faster and better answers from the next day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Name
from scenarios.model import Group, Scenario, Skill
from scenarios.times import Clock, clock_seconds
from scenarios.units import Count, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.cross_train import LONGEST_NAME, split_staff
from scenarios.whatifs.fields import asked
from scenarios.whatifs.windows import DAY_SECONDS, window_problems, window_seconds, window_text
from scenarios.whatifs.words import per_cent, points

Series = tuple[float, ...]


class TrainAgents(WhatIf):
    """Some agents of a group spend hours of one day in training, and work better from the next day on.

    While they are trained they are paid and take nothing, as a group of their own; afterwards they are
    another group, whose contacts are shorter by ``faster`` and resolve the case more often by ``points``. So
    the first day costs waits, and later days give them back. What the training itself costs is not in the
    figures, nor that its gain may fade. Neutral: a share of 0.
    """

    kind: ClassVar[str] = "train_agents"
    title: ClassVar[str] = "Train agents"
    group: ClassVar[PlannersGroup] = "People"

    team: Name = asked(kind="choice", title="Group", refers_to="groups")
    share: Share = asked(
        1.0,
        kind="share",
        title="Share of the group",
        help="How many of its agents are trained; at every time of day to the nearest agent at work.",
        low=0,
        high=1,
        step=0.05,
    )
    start: Clock = asked("13:00", kind="clock", title="Off the floor from")
    end: Clock = asked("15:00", kind="clock", title="Until")
    day: Count = asked(
        0,
        kind="number",
        title="On day",
        help="Days after the scenario's first; 0 is the first. The gain begins on the next.",
        unit="days",
        low=0,
        step=1,
    )
    faster: Annotated[Share, Field(lt=1.0)] = asked(
        0.05,
        kind="share",
        title="Shorter contacts",
        help="By how much handle times fall afterwards. An assumption: no study of its size was found.",
        low=0,
        high=0.3,
        step=0.01,
    )
    points: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)] = asked(
        0.0,
        kind="number",
        title="Resolution, change by",
        help="Percentage points of the contacts that they take afterwards.",
        unit="points",
        low=-5,
        high=10,
        step=1,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"team in training 13:00–15:00 on Mon 2 Mar, then 5% faster"``."""
        whole = "" if self.share == 1.0 else f"{per_cent(self.share)} of "
        date = scenario.calendar.start + dt.timedelta(days=self.day)
        when = f"{window_text(self.start, self.end)} on {date:%a} {date.day} {date:%b}"
        gain = f"{per_cent(self.faster)} faster" if self.faster else ""
        better = f"{points(self.points)} of resolution" if self.points else ""
        then = " and ".join(part for part in (gain, better) if part) or "as before"
        return f"{whole}{self.team} in training{when}, then {then}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.share == 0.0:
            return
        yield from window_problems(self.start, self.end, grid_seconds=scenario.calendar.interval)
        last = scenario.calendar.days - 1
        if last == 0:
            yield Problem(
                "day", self.day, "a day before the last, and this scenario has one day only",
                "ask a scenario of several days",
            )  # fmt: skip
        elif self.day >= last:
            yield Problem("day", self.day, f"a day before the last, 0 to {last - 1}", f"write {last - 1}")
        team = scenario.groups.get(self.team)
        if team is None or not self.points:
            return
        several = [
            name
            for name, skill in team.skills.items()
            if skill.resolution is None
            and isinstance(getattr(scenario.channels.get(name), "resolution", None), dict)
        ]
        if several:
            yield Problem(
                "points", self.points, f"0, as {several[0]} resolves another share of each intent",
                "leave it out, or give the skill a resolution of its own",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.share == 0.0:
            return scenario
        team = scenario.groups[self.team]
        every = team.model_copy(update={"staff": all_days(scenario, team)})
        part, rest = (tuple(staff) for staff in split_staff(every, self.share))
        now, later = self._masks(scenario)
        staff = zip(tuple(every.staff), part, rest, now, later, strict=True)
        at_work = tuple(few if after or away else every_one for every_one, _, few, away, after in staff)
        trained = {
            "staff": tuple(one if after else 0.0 for one, after in zip(part, later, strict=True)),
            "skills": {name: self._better(scenario, name, skill) for name, skill in team.skills.items()},
        }
        away = {
            "staff": tuple(one if is_away else 0.0 for one, is_away in zip(part, now, strict=True)),
            "skills": {name: _unused(skill) for name, skill in team.skills.items()},
            "shrinkage": 0.99,
        }
        changes = {
            self.team: team.model_copy(update={"staff": at_work}),
            free_name(scenario, self.team, "_in_training"): team.model_copy(update=away),
            free_name(scenario, self.team, "_trained"): team.model_copy(update=trained),
        }
        return scenario.model_copy(update={"groups": replaced(scenario.groups, changes)})

    def _masks(self, scenario: Scenario) -> tuple[list[bool], list[bool]]:
        """Of all intervals: which lie in the training, and which on the days after it."""
        interval = scenario.calendar.interval
        per_day = round(DAY_SECONDS / interval)
        begins, ends = window_seconds(self.start, self.end)
        every = range(per_day * scenario.calendar.days)
        now = [k // per_day == self.day and begins <= k % per_day * interval < ends for k in every]
        return now, [k // per_day > self.day for k in every]

    def _better(self, scenario: Scenario, channel: str, skill: Skill) -> Skill:
        changes: dict[str, float] = {"handle_time": round(skill.handle_time * (1.0 - self.faster), 9)}
        if self.points:
            now = skill.resolution
            if now is None:
                now = float(getattr(scenario.channels[channel], "resolution", 0.0))
            changes["resolution"] = min(1.0, max(0.0, round(now + self.points / 100.0, 12)))
        return skill.model_copy(update=changes)


def all_days(scenario: Scenario, group: Group) -> Series:
    """The agents scheduled in each interval of all days."""
    interval, days = scenario.calendar.interval, scenario.calendar.days
    per_day = round(DAY_SECONDS / interval)
    if not isinstance(group.staff, Mapping):
        series = tuple(group.staff)
        return series if len(series) == per_day * days else series * days
    steps = {clock_seconds(clock): agents for clock, agents in group.staff.items()}
    day: list[float] = []
    for k in range(per_day):
        reached = [seconds for seconds in steps if seconds <= k * interval]
        day.append(steps[max(reached)] if reached else 0.0)
    return tuple(day) * days


def _unused(skill: Skill) -> Skill:
    """A skill that nobody uses: it would need more idle colleagues than there are."""
    return skill.model_copy(update={"keep_idle": 1_000_000})


def free_name(scenario: Scenario, team: str, ending: str) -> str:
    """A name for a part of a group, which no group has yet."""
    name, count = team[: LONGEST_NAME - len(ending)] + ending, 1
    while name in scenario.groups:
        count += 1
        tail = f"{ending}_{count}"
        name = team[: LONGEST_NAME - len(tail)] + tail
    return name
