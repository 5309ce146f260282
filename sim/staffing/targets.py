"""Targets: what must hold of a staffing, by day or by interval, on average or on most days.

A :class:`Goal` is asked; a :class:`Condition` is one sum that must not be negative. Service level of at least
80% is: contacts answered in time, less 0.8 × contacts counted, is 0 or more, summed over an interval or a
day and averaged over simulated days. Such sums add up over intervals, which is what a search needs to know
where an agent helps.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.special import betaincc, stdtr

from scenarios.channels import Deferred, SelfService
from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.wording import near
from sim.contract import Floats, Mode, Plan
from sim.estimates import half_width
from sim.staffing.days import Days
from sim.staffing.start import allowed
from sim.terms import OF, Terms

Per = Literal["day", "interval"]


class Kind(NamedTuple):
    """A measure that a goal may name."""

    title: str
    scope: Literal["channel", "group", "all"]
    numerator: str
    denominator: str
    ceiling: bool
    """At most so much is asked, not at least."""
    unit: Literal["share", "s", "points"]


KINDS: dict[str, Kind] = {
    "service_level": Kind("service level", "channel", "good", "counted", False, "share"),
    "service_level_of_offered": Kind(
        "service level of offered", "channel", "answered_in_time", "judged", False, "share"
    ),
    "service_level_of_answered": Kind(
        "service level of answered", "channel", "answered_in_time", "answered_judged", False, "share"
    ),
    "service_level_abandons_good": Kind(
        "service level, abandons good", "channel", "answered_or_abandoned_in_time", "judged", False, "share"
    ),
    "finished": Kind("work finished", "channel", "served", "queued", False, "share"),
    "asa_seconds": Kind("ASA", "channel", "answer_seconds", "answered", True, "s"),
    "wait_seconds_mean": Kind("mean wait", "channel", "wait_seconds", "queued", True, "s"),
    "abandonment": Kind("abandonment", "channel", "gave_up_waiting", "queued", True, "share"),
    "blocked": Kind("blocked", "channel", "blocked", "offered", True, "share"),
    "occupancy": Kind("occupancy", "group", "occupied", "staffed", True, "share"),
    "effort": Kind("effort per case", "all", "effort", "cases", True, "points"),
}
"""Measures of goals, each defined as in :mod:`sim.measures`. ``finished`` is the share of contacts offered to
the queue that were served before the simulation ended: the rest is backlog."""


@dataclass(frozen=True)
class Goal:
    """One thing that must hold: a measure of a channel (or a group's occupancy, or effort) and its limit.

    ``channel`` None is every channel with agents, ``group`` None every group. It holds on each simulated day
    of the calendar, or in each interval; on average over repetitions of it, or with ``probability`` in such a
    share of them.

    >>> print(Goal("service_level", "phone", at_least=0.8))
    phone service level at least 80% a day
    >>> print(Goal("asa_seconds", "phone", at_most=20, per="interval", probability=0.9))
    phone ASA at most 20 s in each interval on 90% of days
    """

    measure: str = "service_level"
    channel: str | None = None
    group: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    per: Per = "day"
    probability: float | None = None

    @property
    def kind(self) -> Kind:
        """What the measure is made of."""
        return KINDS[self.measure]

    @property
    def limit(self) -> float:
        """At least or at most this."""
        limit = self.at_most if self.kind.ceiling else self.at_least
        assert limit is not None
        return limit

    def __str__(self) -> str:
        where = {"channel": self.channel or "every channel", "group": self.group or "every group", "all": ""}
        side = "at most" if self.kind.ceiling else "at least"
        when = "a day" if self.per == "day" else "in each interval"
        sure = "" if self.probability is None else f" on {self.probability:.0%} of days"
        words = (
            f"{where[self.kind.scope]} {self.kind.title} {side} {shown(self.limit, self.kind)} {when}{sure}"
        )
        return words.strip()

    def problems(self, plan: Plan) -> list[Problem]:
        """What is wrong with it for this plan."""
        if self.measure not in KINDS:
            cure = near(str(self.measure), KINDS, "write one of these")
            return [Problem("goals measure", self.measure, f"one of {', '.join(KINDS)}", cure)]
        return [*self._misplaced(plan), *self._misjudged()]

    def _misplaced(self, plan: Plan) -> Iterator[Problem]:
        served = [
            name for name, mode in zip(plan.channels, plan.mode, strict=True) if mode != Mode.SELF_SERVICE
        ]
        known: dict[str, Sequence[str]] = {"channel": served, "group": plan.groups, "all": ()}
        for scope, name in (("channel", self.channel), ("group", self.group)):
            if name is None:
                continue
            if scope != self.kind.scope:
                yield Problem(f"goals {scope}", name, f"nothing, for {self.measure}", "leave it out")
            elif name not in known[scope]:
                allowed = (
                    f"a {scope} with agents: {', '.join(known[scope])}" if known[scope] else f"no {scope}"
                )
                cure = near(name, known[scope], "write one of these")
                yield Problem(f"goals {scope}", name, allowed, cure)
        if self.per not in ("day", "interval"):
            yield Problem("goals per", self.per, "day or interval", 'write per="day"')
        elif self.per == "interval" and self.kind.scope == "all":
            yield Problem("goals per", self.per, f"day, for {self.measure}", 'write per="day"')

    def _misjudged(self) -> Iterator[Problem]:
        side, other = ("at_most", "at_least") if self.kind.ceiling else ("at_least", "at_most")
        limit, wrong = getattr(self, side), getattr(self, other)
        if wrong is not None:
            yield Problem(f"goals {other}", wrong, f"{side}, for {self.measure}", f"write {side}={wrong}")
        elif limit is None:
            yield Problem(f"goals {side}", None, "the limit", f"write {side}=…")
        elif not _number(limit) or limit < 0 or (self.kind.unit == "share" and limit > 1):
            allowed = "a share from 0 to 1" if self.kind.unit == "share" else "a number of 0 or more"
            yield Problem(
                f"goals {side}", limit, allowed, "0.8 is 80%" if self.kind.unit == "share" else "change it"
            )
        if self.probability is not None and not (_number(self.probability) and 0 < self.probability < 1):
            allowed = "a share between 0 and 1, or None: on average"
            yield Problem("goals probability", self.probability, allowed, "0.9 is nine days in ten")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def shown(value: float, kind: Kind) -> str:
    """A value of a measure as people write it.

    >>> shown(0.805, KINDS["service_level"]), shown(20.0, KINDS["asa_seconds"])
    ('80.5%', '20 s')
    """
    if math.isnan(value):
        return "no value"
    if kind.unit == "share":
        return f"{100 * value:.3g}%"
    return f"{value:.3g} s" if kind.unit == "s" else f"{value:.3g}"


def goals_of(scenario: Scenario) -> tuple[Goal, ...]:
    """Each channel's own target, for the day; deferred work whose target is further off must be finished.

    Outbound has no goal of its own: agents call when they are idle.

    A reply that may take longer than is left of the horizon is not judged before it ends. Where that is
    true of half a day's contacts and more, the goal is that the target's share of them is finished.
    """
    found = []
    for name, channel in scenario.channels.items():
        if isinstance(channel, SelfService) or getattr(channel, "dialler", None) is not None:
            continue
        beyond = channel.target.within > (scenario.calendar.days - 0.5) * 86_400
        measure = "finished" if isinstance(channel, Deferred) and beyond else "service_level"
        found.append(Goal(measure, name, at_least=channel.target.share))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Condition:
    """A goal for one channel or group (or all), and one day or interval."""

    goal: Goal
    place: int
    """Of the channel or group in the plan."""
    first: int
    """The first interval."""
    until: int
    """The one after the last."""
    name: str
    """Of the channel or group; empty for all."""
    spread: bool
    """An agent's help is felt all day: deferred work, and effort."""

    @property
    def scale(self) -> float:
        """What is a unit of the measure: shares are, other limits are their own."""
        return 1.0 if self.goal.kind.unit == "share" else max(self.goal.limit, 1e-6)

    def sums(self, days: Days) -> tuple[Floats, Floats]:
        """Numerator and denominator ``[R, intervals]`` (or ``[R, 1]``) of each replication."""
        kind = self.goal.kind
        above, below = (days.of(kind.scope, name) for name in (kind.numerator, kind.denominator))
        if kind.scope == "all":
            return above, below
        return (part[:, self.place, self.first : self.until] for part in (above, below))  # type: ignore[return-value]

    def surplus(self, days: Days) -> Floats:
        """``[R, intervals]`` by how much it holds, in the numerator's unit; negative where it does not."""
        above, below = self.sums(days)
        excess = above - self.goal.limit * below
        return -excess if self.goal.kind.ceiling else excess

    def judge(self, days: Days) -> Judged:
        """What was found of it."""
        above, below = self.sums(days)
        asked = below
        if self.goal.kind.denominator.startswith("answered"):  # that nobody was answered is no good answer
            asked = days.of("channel", "queued")[:, self.place, self.first : self.until]
        return Judged(self, days, above.sum(axis=1), below.sum(axis=1), asked.sum(axis=1), asked)


@dataclass(frozen=True, eq=False)
class Judged:
    """A condition and what R replications say of it."""

    condition: Condition
    days: Days
    above: Floats
    """[R] numerators, and below denominators."""
    below: Floats
    asked: Floats
    """[R] the same, or customers who came: where none of them was answered, nothing holds."""
    each: Floats
    """[R, intervals] those by interval."""

    @cached_property
    def by_interval(self) -> Floats:
        """[intervals] denominators on the days that decide."""
        return np.asarray(self.weights @ self.each)

    @cached_property
    def by_day(self) -> Floats:
        """``[R]`` the surplus of each replication."""
        excess = self.above - self.condition.goal.limit * self.below
        excess = -excess if self.condition.goal.kind.ceiling else excess
        return np.where((self.below <= 0) & (self.asked > 0), -self.condition.scale * self.asked, excess)

    @property
    def counts(self) -> bool:
        """Whether there was anything to judge."""
        return bool((self.asked > 0).any())

    @cached_property
    def weights(self) -> Floats:
        """``[R]`` the replications that decide: all alike, or those about the quantile that must hold."""
        goal = self.condition.goal
        known = self.asked > 0
        if goal.probability is None or not known.any():
            return self.days.weights
        slack = np.where(known, self.by_day / np.where(known, self.asked, 1.0), np.inf)
        order = np.argsort(slack, kind="stable")
        place = math.floor((1.0 - goal.probability) * int(known.sum()) + 1e-9)
        reach = max(2, len(order) // 12)
        chosen = order[max(place - reach, 0) : min(place + reach + 1, int(known.sum()))]
        weights = np.zeros(len(order))
        weights[chosen] = 1.0 / len(chosen)
        return weights

    @cached_property
    def size(self) -> float:
        """The denominator, on the days that decide."""
        return float(self.weights @ self.asked)

    @cached_property
    def surplus(self) -> float:
        """By how much it holds, on average or at the quantile."""
        goal = self.condition.goal
        known = self.asked > 0
        if goal.probability is None or not known.any():
            return float(self.weights @ self.by_day)
        slack = np.sort(self.by_day[known] / self.asked[known])
        place = math.floor((1.0 - goal.probability) * len(slack) + 1e-9)
        return float(slack[min(place, len(slack) - 1)]) * self.size

    @property
    def holds(self) -> bool:
        """Whether it held on average, or on as many days as it must."""
        if not self.counts:
            return True
        goal = self.condition.goal
        if goal.probability is not None:
            return self.share_of_days >= goal.probability - 1e-12
        return self.surplus >= -1e-9 * max(self.size, 1e-300)

    @property
    def shortfall(self) -> float:
        """By how much of the measure it fails, 0 when it holds."""
        return 0.0 if self.holds or not self.size else max(-self.surplus / self.size, 1e-12)

    @cached_property
    def share_of_days(self) -> float:
        """The share of replications, of those with anything to judge, in which it held."""
        known = self.asked > 0
        held = self.by_day[known] >= -1e-9 * self.asked[known]
        return float(held.mean()) if known.any() else 1.0

    @cached_property
    def estimate(self) -> tuple[float, float]:
        """The measure, over the days as they are weighed, and its 95% half-width."""
        weights = self.days.weights
        below = float(weights @ self.below)
        if below <= 0.0:
            return math.nan, math.nan
        mean = float(weights @ self.above) / below
        return mean, float(half_width(self.days.residuals(self.above - mean * self.below))) / below

    @property
    def confidence(self) -> float:
        """The probability that it holds in the long run, in view of the spread between replications."""
        number = len(self.below)
        goal = self.condition.goal
        if not self.counts:
            return 1.0
        if goal.probability is not None:
            known = int((self.asked > 0).sum())
            held = round(self.share_of_days * known)
            return float(betaincc(held + 1.0, known - held + 1.0, goal.probability))
        if number < 2:
            return math.nan
        error = float(np.std(self.days.residuals(self.by_day), ddof=1)) / math.sqrt(number)
        if error == 0.0:
            return float(self.holds)
        return float(stdtr(number - 1, self.surplus / error))


def conditions(plan: Plan, goals: Iterable[Goal]) -> list[Condition]:
    """Every condition of these goals.

    A group's intervals are those in which it may be at work: whoever stays after hours to finish is busy
    all the time, which more agents could not change.
    """
    found = []
    at_work = allowed(plan)
    for goal in goals:
        for place, name in _places(plan, goal):
            deferred = goal.kind.scope == "channel" and plan.mode[place] == Mode.DEFERRED
            spread = bool(deferred) or goal.kind.scope == "all"
            found += [
                Condition(goal, place, first, until, name, spread)
                for first, until in itertools.pairwise(_bounds(plan, goal))
                if goal.kind.scope != "group" or at_work[place, first:until].any()
            ]
    return found


def _bounds(plan: Plan, goal: Goal) -> list[int]:
    """Where what a goal is judged over begins, and the end of the last: days, intervals, or all together."""
    if goal.kind.scope == "all":
        return [0, plan.intervals]
    return plan.day_index.tolist() if goal.per == "day" else list(range(plan.intervals + 1))


def _places(plan: Plan, goal: Goal) -> list[tuple[int, str]]:
    if goal.kind.scope == "all":
        return [(-1, "")]
    names = plan.channels if goal.kind.scope == "channel" else plan.groups
    asked = goal.channel if goal.kind.scope == "channel" else goal.group
    return [
        (place, name)
        for place, name in enumerate(names)
        if name == asked
        or (asked is None and (goal.kind.scope == "group" or plan.mode[place] != Mode.SELF_SERVICE))
    ]


def day_of(plan: Plan, interval: int) -> int:
    """The local day, 0 the first, of an interval."""
    return int(np.searchsorted(plan.day_index, interval, side="right")) - 1


def check_goals(goals: Any, plan: Plan) -> list[Problem]:
    """What is wrong with goals."""
    cure = 'write sim.staffing.Goal("service_level", "phone", at_least=0.8)'
    if not isinstance(goals, Iterable) or isinstance(goals, str):
        return [Problem("goals", goals, "a Goal, several, or None: the channels' own targets", cure)]
    problems: list[Problem] = []
    for goal in goals:
        if isinstance(goal, Goal):
            problems += goal.problems(plan)
        else:
            problems.append(Problem("goals", goal, "a sim.staffing.Goal", cure))
    return problems


def definition_of(plan: Plan, terms: Terms, channel: int) -> str:
    """The definition of service level that a channel's target names."""
    return OF[int(terms.target_of[channel])]
