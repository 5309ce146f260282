"""Capacity: agents week by week over a year, with the classes to hire chosen at least cost.

Numbers of people are expected values: of those employed a share leaves each week. A class that starts in week
c is in training, then works at the ramp's productivity, then at 1. All this is linear in the sizes of
classes, so that one mixed-integer programme chooses when classes start and how large they are, for the least
sum of pay, cost of hiring and price of shortage within the weeks planned.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from scenarios.errors import Problem
from scenarios.hiring import DAY_SECONDS, Hiring
from sim.columns import Column
from sim.contract import Floats, Ints
from sim.errors import InfeasibleStaffing, RunCancelledError, RunError
from sim.experiments.asking import check_watching, refuse, whole
from sim.experiments.replicate import Cancel, stopper
from sim.staffing.patterns import HOUR
from sim.staffing.solver import Programme, Solution

WEEK_SECONDS = 7 * DAY_SECONDS
MOST_WEEKS = 520

COLUMNS: dict[str, dict[str, Column]] = {
    "weeks": {
        "week": Column("", "Number of the week; 0 is the first."),
        "start": Column("", "Its first day."),
        "volume": Column("factor", "Contacts against those of the first week planned with; 1: as many."),
        "needed": Column("agents", "On the floor, as full-time agents."),
        "on_floor": Column("agents", "Productive agents after shrinkage."),
        "gap": Column("agents", "on_floor less needed: negative when agents are missing."),
        "employed": Column("agents", "On the payroll, trainees included."),
        "in_training": Column("agents", "Of them, not yet taking contacts."),
        "productive": Column("agents", "Those trained, each counted with the ramp's productivity."),
        "hires": Column("agents", "Who start training in this week."),
        "classes": Column("", "Classes that start in this week."),
        "leavers": Column("agents", "Who leave in this week, or do not finish training."),
        "pay": Column("money", "Of all employed."),
        "hiring_cost": Column("money", "Of the hires and classes of this week."),
        "shortage_cost": Column("money", "Agents missing at their price."),
        "cost": Column("money", "All three."),
    },
    "classes": {
        "week": Column("", "Week in which it starts; 0 is the first."),
        "start": Column("", "Its first day."),
        "decide_by": Column("", "The lead time before."),
        "agents": Column("agents", "Who start."),
        "classes": Column("", "In so many classes."),
        "on_contacts": Column("", "First day on which they take contacts."),
        "up_to_speed": Column("", "First day on which they are as productive as the others."),
    },
}
"""Columns of the tables of a capacity plan."""


@dataclass(frozen=True)
class Flows:
    """What one agent, employed from the start or hired, contributes in each week: shares by age in weeks."""

    employed: Floats
    """[weeks] still there, of hires that started 0, 1, ... weeks ago."""
    training: Floats
    """[weeks] of them, in training."""
    productive: Floats
    """[weeks] of them, productive agents."""
    staying: Floats
    """[weeks] of those employed at the start: still there in week 0, 1, ..."""
    lead: int
    """Weeks before the first class can start."""

    @classmethod
    def of(cls, hiring: Hiring, weeks: int) -> Flows:
        """The flows of ``hiring``.

        Attrition is a rate a of those employed a year, so that exp(-7a / 365) stay a week.
        """
        ages = np.arange(weeks)
        staying = np.exp(-hiring.attrition_per_year * 7.0 / 365.0) ** ages
        trained = _weeks(hiring.training)
        there = staying * np.where(ages < trained, 1.0, hiring.finish)
        ramp = np.concatenate([np.zeros(trained), np.asarray(hiring.ramp), np.ones(weeks)])[:weeks]
        return cls(
            there, np.where(ages < trained, there, 0.0), there * ramp, staying, _weeks(hiring.lead_time)
        )


def _weeks(seconds: float) -> int:
    return math.ceil(seconds / WEEK_SECONDS - 1e-9)


@dataclass(frozen=True, eq=False)
class CapacityPlan:
    """Agents week by week, and the classes that bring them."""

    hiring: Hiring
    start: dt.date
    needed: Floats
    """[weeks] agents needed on the floor."""
    volume: Floats
    """[weeks] factor on volume."""
    hires: Ints
    """[weeks] agents who start training."""
    classes: Ints
    """[weeks] classes that start."""
    gap: float
    """How much dearer than the least possible the plan may be, as a share of its cost."""
    service: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Sampled weeks simulated; empty unless that was asked for."""

    @cached_property
    def flows(self) -> Flows:
        """What hires contribute by age."""
        return Flows.of(self.hiring, len(self.needed))

    @cached_property
    def on_floor(self) -> Floats:
        """[weeks] productive agents after shrinkage."""
        return self._productive * (1.0 - self.hiring.shrinkage)

    @property
    def _productive(self) -> Floats:
        return self.hiring.agents * self.flows.staying + self._of_hires(self.flows.productive)

    def _of_hires(self, by_age: Floats) -> Floats:
        return np.convolve(self.hires.astype(np.float64), by_age)[: len(self.needed)]

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """A row per week (:data:`COLUMNS`)."""
        hiring, number = self.hiring, len(self.needed)
        employed = hiring.agents * self.flows.staying + self._of_hires(self.flows.employed)
        hours = hiring.hours_per_week / HOUR
        pay = employed * hours * hiring.pay_per_hour
        costs = self.hires * hiring.cost_per_hire + self.classes * hiring.cost_per_class
        gap = self.on_floor - self.needed
        missing = np.maximum(-gap, 0.0) * hours * (hiring.shortage_price or 0.0)
        return pd.DataFrame(
            {
                "week": np.arange(number),
                "start": [self.start + dt.timedelta(weeks=week) for week in range(number)],
                "volume": self.volume,
                "needed": self.needed,
                "on_floor": self.on_floor,
                "gap": gap,
                "employed": employed,
                "in_training": self._of_hires(self.flows.training),
                "productive": self._productive,
                "hires": self.hires,
                "classes": self.classes,
                "leavers": self._leavers(),
                "pay": pay,
                "hiring_cost": costs,
                "shortage_cost": missing,
                "cost": pay + costs + missing,
            }
        )

    def _leavers(self) -> Floats:
        """[weeks] who are there in a week and not in the next."""
        beyond = Flows.of(self.hiring, len(self.needed) + 1)
        stayed = self.hiring.agents * beyond.staying
        hired = np.convolve(self.hires.astype(np.float64), -np.diff(beyond.employed))[: len(self.needed)]
        return -np.diff(stayed) + hired

    @cached_property
    def starts(self) -> pd.DataFrame:
        """A row per week in which classes start (:data:`COLUMNS`, ``classes``)."""
        trained, ramp = _weeks(self.hiring.training), len(self.hiring.ramp)
        rows = []
        for week in np.flatnonzero(self.hires).tolist():
            begins = self.start + dt.timedelta(weeks=week)
            rows.append(
                (
                    week, begins, begins - dt.timedelta(weeks=self.flows.lead), int(self.hires[week]),
                    int(self.classes[week]), begins + dt.timedelta(weeks=trained),
                    begins + dt.timedelta(weeks=trained + ramp),
                )
            )  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS["classes"]))

    @property
    def cost(self) -> float:
        """Pay, hiring and shortage of all weeks."""
        return float(self.weeks["cost"].sum())

    @property
    def short_weeks(self) -> int:
        """Weeks in which agents are missing."""
        return int((self.needed - self.on_floor > 1e-6).sum())

    @property
    def sentence(self) -> str:
        """The plan in a sentence."""
        hires, starts = int(self.hires.sum()), len(self.starts)
        worst = float((self.needed - self.on_floor).max())
        if self.short_weeks:
            week = int(np.argmax(self.needed - self.on_floor)) + 1
            short = f"{self.short_weeks} weeks are short, week {week} the most, by {worst:.1f} agents"
        else:
            short = "no week is short"
        return (
            f"{hires} hires in {starts} starts over {len(self.needed)} weeks, for {self.cost:,.0f}; {short}."
        )


def capacity(
    needed: Sequence[float] | Floats,
    hiring: Hiring,
    *,
    start: dt.date,
    volume: Sequence[float] | Floats | None = None,
    beyond: int = 26,
    gap: float = 0.001,
    seconds: float = 20.0,
    cancel: Cancel | None = None,
) -> CapacityPlan:
    """The classes to hire, and agents week by week, at least cost.

    ``needed`` are agents on the floor in each week, as full-time agents (:func:`needed_by_week` makes them
    from a requirement); ``volume`` is the factor that they were made for and is kept with the plan. ``start``
    is the first day of the first week. Chosen to a relative ``gap`` of the least cost, or the best of
    ``seconds``. So that the last weeks are not left short because hiring no longer pays, ``beyond`` more
    weeks with the need of the last one are planned with, and then left out.

    Raises ``InfeasibleStaffing`` where the need cannot be met and shortage has no price, naming the weeks;
    ``RunError`` for arguments out of range; ``RunCancelledError``.

    >>> steady = Hiring(agents=10, attrition_per_year=0, shrinkage=0)
    >>> capacity([10.0] * 8, steady, start=dt.date(2026, 1, 5)).hires.sum()
    np.int64(0)
    """
    need, factors = _checked(needed, hiring, volume, start, beyond, cancel)
    longer = np.concatenate([need, np.full(beyond, need[-1])])
    programme, hires, classes, fixed = _programme(longer, hiring)
    stop = None if cancel is None else stopper(cancel)
    # The gap is one of the whole cost, of which most is pay that no hiring changes.
    solution = programme.solve(seconds, gap, cancel=stop, excess=max(gap * fixed, 1e-6))
    if solution.status == "infeasible":
        raise InfeasibleStaffing("no hiring meets this need", _why(longer, hiring))
    if not solution.found and stop is not None and stop():
        raise RunCancelledError("the plan was cancelled before any hiring was found")
    if not solution.found:
        problem = Problem("seconds", seconds, "enough time to find any plan", "allow more time")
        raise RunError("no plan was found in time", [problem])
    kept = slice(len(need))
    hired, begun = (np.rint(solution.values[columns[kept]]).astype(np.int64) for columns in (hires, classes))
    return CapacityPlan(hiring, start, need, factors, hired, begun, _gap(solution, fixed))


def _gap(solution: Solution, fixed: float) -> float:
    excess = max(0.0, solution.objective - solution.bound)
    total = solution.objective + fixed
    return excess / total if excess > 1e-9 * max(1.0, total) else 0.0


def _programme(need: Floats, hiring: Hiring) -> tuple[Programme, Ints, Ints, float]:
    """The programme, its numbers of hires and classes by week, and the cost that no hiring changes."""
    weeks, flows = len(need), Flows.of(hiring, len(need))
    hours = hiring.hours_per_week / HOUR
    rate = hours * hiring.pay_per_hour
    programme = Programme()
    starts = np.arange(weeks)
    most = np.where(starts < flows.lead, 0.0, math.inf)
    # Pay of a hire who starts in week c: for every week that is left of those planned.
    pay = rate * np.cumsum(flows.employed)[::-1]
    hires = programme.variables(weeks, pay + hiring.cost_per_hire, upper=most, integer=True)
    classes = programme.variables(weeks, hiring.cost_per_class, upper=most, integer=True)
    _size_classes(programme, hires, classes, hiring)
    week, age = np.tril_indices(weeks)
    age, start = week - age, age
    after = 1.0 - hiring.shrinkage
    rows, columns, values = [week], [hires[start]], [after * flows.productive[age]]
    if hiring.shortage_price is not None:
        short = programme.variables(weeks, hiring.shortage_price * hours)
        rows, columns, values = [*rows, starts], [*columns, short], [*values, np.ones(weeks)]
    lower = need - after * hiring.agents * flows.staying
    programme.rows(lower, math.inf, np.concatenate(rows), np.concatenate(columns), np.concatenate(values))
    return programme, hires, classes, float(rate * hiring.agents * flows.staying.sum())


def _size_classes(programme: Programme, hires: Ints, classes: Ints, hiring: Hiring) -> None:
    """Sizes and numbers of classes."""
    weeks = len(hires)
    row = np.concatenate([np.arange(weeks)] * 2)
    both = np.concatenate([hires, classes])
    ones = np.ones(weeks)
    programme.rows(np.zeros(weeks), math.inf, row, both, np.concatenate([ones, -hiring.class_least * ones]))
    largest = MOST_HIRES if hiring.class_most is None else hiring.class_most
    programme.rows(-math.inf, np.zeros(weeks), row, both, np.concatenate([ones, -largest * ones]))
    if hiring.most_classes is not None:
        zeros = np.zeros(weeks, dtype=np.int64)
        programme.rows(-math.inf, float(hiring.most_classes), zeros, classes, 1.0)
    if hiring.classes_at_once is not None:
        trained = max(1, _weeks(hiring.training))
        week, start = np.tril_indices(weeks)
        near = week - start < trained
        programme.rows(
            -math.inf, np.full(weeks, float(hiring.classes_at_once)), week[near], classes[start[near]], 1.0
        )


MOST_HIRES = 100_000
"""Agents in a class where nothing limits it."""


def _why(need: Floats, hiring: Hiring) -> list[Problem]:
    """The weeks that no hiring brings enough agents for: where the shortage is least, but is."""
    programme, hires, classes, _ = _programme(need, hiring.model_copy(update=_ONLY_SHORTAGE))
    solution = programme.solve(10.0, 0.01)
    if not solution.found:
        return [Problem("", "limits on classes that contradict one another", "limits that fit", "raise them")]
    hired, begun = (np.rint(solution.values[columns]).astype(np.int64) for columns in (hires, classes))
    plan = CapacityPlan(hiring, dt.date(2000, 1, 3), need, np.ones(len(need)), hired, begun, 0.0)
    missing = plan.needed - plan.on_floor
    weeks = np.flatnonzero(missing > 1e-6)
    worst = int(np.argmax(missing))
    named = f"week {weeks[0] + 1}" if len(weeks) == 1 else f"{len(weeks)} weeks from week {weeks[0] + 1} on"
    found = (
        f"a need of {need[worst]:.1f} agents in week {worst + 1}, {missing[worst]:.1f} more than can be there"
    )
    binding = [f"lead time {plan.flows.lead} weeks", f"training {_weeks(hiring.training)} weeks"]
    for name in ("class_most", "classes_at_once", "most_classes"):
        if (value := getattr(hiring, name)) is not None:
            binding.append(f"{name} {value}")
    allowed = f"a need that can be met; {named} cannot, with {', '.join(binding)}"
    return [Problem("", found, allowed, "give shortage_price, employ more at first, or widen these limits")]


_ONLY_SHORTAGE = {"shortage_price": 1.0, "pay_per_hour": 0.0, "cost_per_hire": 0.0, "cost_per_class": 0.0}


def _checked(
    needed: object, hiring: object, volume: object, start: object, beyond: object, cancel: Cancel | None
) -> tuple[Floats, Floats]:
    """Numbers by week as arrays; raises RunError with all that is wrong."""
    problems = [*_series("needed", needed, 1e6), *check_watching(None, cancel)]
    if volume is not None:
        problems += _series("volume", volume, 1e3)
    if not problems and volume is not None and len(volume) != len(needed):  # type: ignore[arg-type]
        allowed = f"{len(needed)} numbers, one per week"  # type: ignore[arg-type]
        problems.append(Problem("volume", f"{len(volume)} numbers", allowed, "give both for the same weeks"))  # type: ignore[arg-type]
    if not isinstance(hiring, Hiring):
        problems.append(Problem("hiring", hiring, "a scenarios.Hiring", "write scenarios.Hiring(agents=100)"))
    if not isinstance(start, dt.date):
        problems.append(Problem("start", start, "a date", "write datetime.date(2026, 1, 5)"))
    if not whole(beyond, 0, MOST_WEEKS):
        problems.append(Problem("beyond", beyond, f"a whole number from 0 to {MOST_WEEKS}", "26 is usual"))
    refuse(problems, "this plan")
    need = np.asarray(needed, dtype=np.float64)
    return need, np.ones(len(need)) if volume is None else np.asarray(volume, dtype=np.float64)


def _series(name: str, given: object, most: float) -> Iterable[Problem]:
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.zeros(0)
    if values.ndim != 1 or not 1 <= len(values) <= MOST_WEEKS:
        yield Problem(name, given, f"a list of 1 to {MOST_WEEKS} numbers, one per week", "give one per week")
    elif not ((values >= 0) & (values <= most)).all():
        wrong = float(values[~((values >= 0) & (values <= most))][0])
        yield Problem(name, wrong, f"numbers from 0 to {most:g}", "correct the list")
