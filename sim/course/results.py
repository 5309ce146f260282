"""Results of courses: what happened in each week, and what the weeks come to, as tidy tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scenarios.course import Course
from scenarios.model import Scenario
from sim.columns import Column
from sim.contract import Floats
from sim.course import telling
from sim.course.totals import TOTALS, break_even, hours_off_floor, mean_and_half_width, week_totals
from sim.course.week import Week
from sim.estimates import verdict
from sim.measures import Scope, measure
from sim.results import Result
from sim.summary import delta_columns

_WEEK = Column("", "Number of the week; the first is 1.")
_DELTA = Column(
    "as the measure", "Difference from the scenario as it stands, paired: same customers, same luck."
)

COLUMNS: dict[str, dict[str, Column]] = {
    "weeks": {
        "week": _WEEK,
        "scope": Column("", "What the row speaks of: all, channel, group, intent or segment."),
        "name": Column("", "Which one of them."),
        "measure": Column("", "Name of the measure; sim.measures has its definition."),
        "mean": Column("as the measure", "Estimate over replications of the days simulated."),
        "half_width": Column("as the measure", "Half-width of its 95% confidence interval."),
        "unit": Column("", "Unit of the measure; the currency for money."),
        "delta": _DELTA,
        "delta_half_width": Column("as the measure", "Half-width of its 95% confidence interval."),
        "verdict": Column("", "higher, lower, or no clear difference."),
    },
    "state": {
        "week": _WEEK,
        "what": Column("", "What changed or was carried over."),
        "scope": Column("", "Whose it is: all, channel, group or segment."),
        "name": Column("", "Which one of them."),
        "of": Column("", "The channel launched, where it is one's; else empty."),
        "value": Column("", "The number."),
        "unit": Column("", "share, factor, agents, cases, h, posts or money."),
    },
    "whole": {
        "total": Column("", "What is added up over the weeks; sim.course.TOTALS has its definition."),
        "mean": Column("", "Over all weeks; the days simulated count as a week of days like them."),
        "half_width": Column("", "Half-width of its 95% confidence interval."),
        "unit": Column("", "Its unit."),
    },
}  # fmt: skip
"""Columns of the tables of a course."""


@dataclass(frozen=True, eq=False)
class CourseResult:
    """A course, simulated: each week under the same customers and the same luck."""

    course: Course
    base: Result
    """The scenario as it stands, in any week."""
    results: tuple[Result, ...]
    """Week by week; those that were finished, if it was cancelled."""
    numbers: tuple[Week, ...]
    """What each week was made of."""
    days_per_week: float
    next_posts: tuple[float, ...]
    """Posts per week above the normal number, made in each week."""

    @property
    def replications(self) -> int:
        """How many replications every week has."""
        return self.base.replications

    @property
    def complete(self) -> bool:
        """Whether all weeks were finished."""
        return len(self.results) == self.course.weeks

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenario of each week."""
        return tuple(result.scenario for result in self.results)

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """Every measure of every week, and its paired difference from the scenario as it stands."""
        frames = []
        for week, result in enumerate(self.results, start=1):
            frame = result.summary[["scope", "name", "measure", "mean", "half_width", "unit"]].copy()
            frame.insert(0, "week", week)
            rows = frame[["scope", "name", "measure"]].itertuples(index=False, name=None)
            deltas = delta_columns(self.base.plan, self.base.estimates, result.plan, result.estimates, rows)
            frames.append(pd.concat([frame, deltas], axis=1))
        return pd.concat(frames, ignore_index=True)

    def over_weeks(self, measure: str, name: str = "all", scope: Scope = "all") -> pd.DataFrame:
        """The rows of one measure, a week each: ``over_weeks("asa_seconds", "phone", "channel")``.

        Raises ``KeyError`` when no week has such a row.
        """
        rows = self.weeks
        found = rows[(rows["scope"] == scope) & (rows["name"] == name) & (rows["measure"] == measure)]
        if found.empty:
            raise KeyError(f"no week has {measure!r} for {scope} {name!r}")
        return found.reset_index(drop=True)

    def recovered(self, measure_name: str, name: str = "all", scope: Scope = "all") -> int | None:
        """The first week from which on a measure is, to the end, not clearly worse than as things stand.

        None when it still is in the last week; 1 when it never was.
        """
        bad = "lower" if measure(measure_name, scope).better == "higher" else "higher"
        worse = self.over_weeks(measure_name, name, scope)
        weeks = worse.loc[worse["verdict"] == bad, "week"]
        after = 1 if weeks.empty else int(weeks.iloc[-1]) + 1
        return after if after <= len(self.results) else None

    @cached_property
    def state(self) -> pd.DataFrame:
        """What changed and what was carried over, week by week."""
        rows = [(week.number, *row) for week in self.numbers for row in self._facts(week)]
        return pd.DataFrame(rows, columns=list(COLUMNS["state"]))

    @cached_property
    def totals(self) -> Mapping[str, Floats]:
        """Each of :data:`~sim.course.totals.TOTALS` by replication and week, ``[R, W]``."""
        hours = self.course.hours_per_week
        found = [
            week_totals(result, week, self.days_per_week, hours)
            for result, week in zip(self.results, self.numbers, strict=True)
        ]
        return {one.name: np.stack([week[one.name] for week in found], axis=1) for one in TOTALS}

    @cached_property
    def whole(self) -> pd.DataFrame:
        """What all weeks come to."""
        rows = [
            (one.name, *mean_and_half_width(self.totals[one.name].sum(axis=1)), self._unit(one.unit))
            for one in TOTALS
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS["whole"]))

    @cached_property
    def assisted(self) -> pd.DataFrame:
        """Contacts in channels with agents, a week each, against the scenario as it stands.

        With a launch, ``trap`` says where they are clearly more: the channel that was to relieve agents
        brings them work, the deflection trap. Where other parts add contacts too, compare with the course
        without the launch (:func:`compare_courses`).
        """
        without = week_totals(self.base, None, self.days_per_week, self.course.hours_per_week)
        name, rows = "assisted_contacts", []
        for week, values in enumerate(self.totals[name].T, start=1):
            delta, width = mean_and_half_width(values - without[name])
            launched = bool(self.numbers[week - 1].launched)
            told = verdict(delta, width)
            rows.append(
                (week, *mean_and_half_width(values), delta, width, told, launched and told == "higher")
            )
        columns = ["week", "mean", "half_width", "delta", "delta_half_width", "verdict", "trap"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def sentence(self) -> str:
        """What a planner reads first."""
        return telling.of_course(self)

    def _unit(self, unit: str) -> str:
        return self.base.scenario.currency if unit == "money" else unit

    def _facts(self, week: Week) -> Iterator[tuple[str, str, str, str, float, str]]:
        for one in week.launched:
            for segment, share in one.adoption.items():
                yield "adoption", "segment", segment, one.name, share, "share"
            yield "success, of final", "channel", one.name, one.name, one.success, "share"
            yield "handle-time factor, new channel", "channel", one.name, one.name, one.slowness, "factor"
        for group, crew in week.crews.items():
            yield "headcount", "group", group, "", crew.employed, "agents"
            yield "trained headcount", "group", group, "", crew.on_floor, "agents"
            yield "handle-time factor", "group", group, "", week.handle_time[group], "factor"
            yield "absence", "group", group, "", week.absence[group], "share"
            yield "hours in training per agent", "group", group, "", week.training_hours[group], "h"
            yield "exhaustion", "group", group, "", week.carried.exhaustion.get(group, 0.0), "share"
            if group in week.carried.occupancy:
                yield "occupancy, week before", "group", group, "", week.carried.occupancy[group], "share"
        for channel, cases in week.carried.backlog.items():
            yield "backlog above normal", "channel", channel, "", cases, "cases"
        yield "volume factor", "all", "all", "", week.volume, "factor"
        yield "posts above normal", "all", "all", "", self.next_posts[week.number - 1], "posts"
        hours = hours_off_floor(week, self.course.hours_per_week)
        yield "hours off the floor", "all", "all", "", hours, "h"
        yield "cost beside", "all", "all", "", week.other_cost, self.base.scenario.currency


@dataclass(frozen=True, eq=False)
class CourseComparison:
    """A course and others of the same scenario, under the same customers and the same luck."""

    results: Mapping[str, CourseResult]
    """By name; the first is what the others are compared with."""

    @property
    def reference(self) -> str:
        """The name of the course that the others are compared with."""
        return next(iter(self.results))

    @property
    def complete(self) -> bool:
        """Whether all weeks of all courses were finished."""
        return all(result.complete for result in self.results.values())

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """Every course's weeks, with paired differences from the reference in the same week."""
        frames = []
        for name, result in self.results.items():
            for week, (mine, other) in enumerate(
                zip(result.results, self._first.results, strict=False), start=1
            ):
                frame = mine.summary[["scope", "name", "measure", "mean", "half_width", "unit"]].copy()
                rows = frame[["scope", "name", "measure"]].itertuples(index=False, name=None)
                deltas = delta_columns(other.plan, other.estimates, mine.plan, mine.estimates, rows)
                frame.insert(0, "week", week)
                frame.insert(0, "course", name)
                if name == self.reference:
                    deltas["verdict"] = ""
                frames.append(pd.concat([frame, deltas], axis=1))
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def whole(self) -> pd.DataFrame:
        """What all weeks come to, with paired differences from the reference (over weeks that both have)."""
        rows = []
        for name, result in self.results.items():
            for one in TOTALS:
                mine = result.totals[one.name]
                delta, width = mean_and_half_width(self._extra(name, one.name).sum(axis=1))
                told = "" if name == self.reference else verdict(delta, width)
                found = mean_and_half_width(mine.sum(axis=1))
                rows.append((name, one.name, *found, delta, width, told, result._unit(one.unit)))
        columns = ["course", "total", "mean", "half_width", "delta", "delta_half_width", "verdict", "unit"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def break_even(self) -> pd.DataFrame:
        """When what a course costs more than the reference is recovered, in money and in agents' hours.

        ``week`` is the estimate, ``earliest`` to ``latest`` its interval, each NA where the weeks do not
        suffice; 1 where nothing was ever spent. Hours are those with contacts and off the floor: training is
        repaid in hours when contacts have become shorter, long before fewer agents are scheduled. Customers
        who give up bring no work, which looks like a saving: read ``given_up`` beside it.
        """
        rows = [
            (name, total, *break_even(self._extra(name, total)))
            for name in self.results
            if name != self.reference
            for total in ("cost", "work_hours")
        ]
        table = pd.DataFrame(rows, columns=["course", "total", "week", "earliest", "latest"])
        return table.astype({"week": "Int64", "earliest": "Int64", "latest": "Int64"})

    @cached_property
    def sentence(self) -> str:
        """What a planner reads first."""
        return telling.of_comparison(self)

    @property
    def _first(self) -> CourseResult:
        return self.results[self.reference]

    def _extra(self, name: str, total: str) -> Floats:
        """What each week of a course has more than the reference, ``[R, W]``."""
        mine, other = self.results[name].totals[total], self._first.totals[total]
        weeks = min(mine.shape[1], other.shape[1])
        return mine[:, :weeks] - other[:, :weeks]
