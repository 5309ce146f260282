"""Steady states: one long run of a centre whose rates stay the same, cut into batches.

Replications answer what a day is like, which begins empty and ends. Some questions have no day: what does
this queue come to in the long run, what does a formula for a steady state leave out? One long run, its
beginning dropped, answers them. Neighbouring intervals resemble each other, so they are no sample; sums over
*batches* of many intervals hardly do, and a half-width from them holds once batches are long enough.

A measure is a sum over a sum, and so is its estimate; its half-width is the delta method's over batches
(:mod:`sim.estimates`), with Student's t of one degree of freedom less than there are batches. Whether
batches are long enough is tested with von Neumann's ratio. Sources: Law, *Simulation Modeling and Analysis*
(5th ed. 2015), section 9.5.3; Schmeiser, "Batch size effects in the analysis of simulation output",
*Operations Research* 30 (1982), for 10 to 30 batches; Alexopoulos & Seila, "Output data analysis", in Banks
(ed.), *Handbook of Simulation* (1998), chapter 7; von Neumann, *Annals of Mathematical Statistics* 12 (1941).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from scenarios.errors import Problem
from scenarios.fields import Series
from scenarios.model import Scenario
from scenarios.paths import written
from scenarios.units import format_duration
from sim import engines, money
from sim import plan as plans
from sim.clock import TICKS_PER_DAY
from sim.contract import TICKS_PER_SECOND, Floats, Plan, Trace
from sim.counting.book import book_of
from sim.counting.counted import read_day
from sim.counting.layout import CELL_FIELDS
from sim.estimates import Estimate, ratio
from sim.experiments.asking import check_experiment, refuse, whole
from sim.luck.streams import draw
from sim.measures import CHANNEL_RUN_QUANTITIES, Measure, Scope, in_scope, measure
from sim.summary import Quantities, applies, channel_quantities, scope_names
from sim.terms import Terms, terms_of

USUAL_DAYS = 30
LEAST_BATCHES, MOST_BATCHES = 5, 1000
MOST_DAYS = 365
SIGNIFICANT = 0.05
"""Batches that are independent are called too short so often."""

SCOPES: tuple[Scope, ...] = ("channel", "group")
"""What is known by interval."""


@dataclass(frozen=True)
class BatchMeans:
    """One measure in a steady state."""

    measure: str
    name: str
    scope: Scope
    unit: str
    """The measure's; of counts, hours and money ``… per day``."""
    mean: float
    """Sum over sum of all batches."""
    half_width: float
    """Of the 95% confidence interval, from batches as if they were independent."""
    values: Floats
    """[B] the ratio within each batch; NaN where its denominator is 0."""
    autocorrelation: float
    """Between neighbouring batches, of lag 1; NaN where no batch differs from another."""
    chance: float
    """Of neighbours as much alike as these, or more, if batches were independent (one-sided, from von
    Neumann's ratio); NaN where no batch differs from another."""
    batch_seconds: float
    effective_seconds: float
    """So long a run of intervals that do not resemble each other would tell as much: intervals ×
    variance between intervals / (intervals per batch × variance between batches)."""
    warning: str | None
    """That batches are too short, and what to do; None when nothing says so."""

    @property
    def batches(self) -> int:
        """How many there are."""
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Steady:
    """A steady state, simulated: every measure of channels and groups that has a value by interval."""

    scenario: Scenario
    """What was simulated: every day, and one more in which the last customers finish."""
    seed: int
    engine: str
    days: int
    batches: int
    intervals_per_batch: int
    warm_up_intervals: int
    """Left out at the start; what is left over from cutting whole batches is among them."""
    plan: Plan
    quantities: Mapping[Scope, Quantities]
    """By scope, then quantity: [batches × intervals per batch, n] of each interval."""

    @property
    def batch_seconds(self) -> float:
        """How long a batch is."""
        return self.intervals_per_batch * self.scenario.calendar.interval

    @property
    def warm_up_seconds(self) -> float:
        """How long the beginning is of which nothing is counted."""
        return self.warm_up_intervals * self.scenario.calendar.interval

    def estimate(self, name: str, of: str, scope: Scope = "channel") -> BatchMeans:
        """One measure: ``found.estimate("asa_seconds", "phone")``, ``found.estimate("occupancy", "team",
        "group")``.

        Raises ``KeyError`` when there is no such measure of it, with the names there are.
        """
        names = scope_names(self.plan).get(scope, ()) if scope in SCOPES else ()
        if of not in names:
            known = ", ".join(f"{one} {each}" for one in SCOPES for each in scope_names(self.plan)[one])
            raise KeyError(f"no {scope} {of!r} has a steady state; there are {known}")
        place = names.index(of)
        known_measures = [item.name for item in _measures(self.plan, scope, place)]
        if name not in known_measures:
            raise KeyError(f"no measure {name!r} of a {scope} by interval; there are {known_measures}")
        return self._batch_means(measure(name, scope), of, scope, place)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every measure, in columns named as in :class:`BatchMeans`; ``long_enough``: no warning."""
        rows = [
            (one.scope, one.name, one.measure, one.mean, one.half_width, one.unit, one.autocorrelation,
             one.chance, one.effective_seconds / 3600, one.warning is None)
            for one in self._all()
        ]  # fmt: skip
        columns = ["scope", "name", "measure", "mean", "half_width", "unit", "autocorrelation", "chance",
                   "effective_hours", "long_enough"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def _all(self) -> Iterator[BatchMeans]:
        for scope in SCOPES:
            for place, name in enumerate(scope_names(self.plan)[scope]):
                for item in _measures(self.plan, scope, place):
                    yield self._batch_means(item, name, scope, place)

    def _batch_means(self, item: Measure, name: str, scope: Scope, place: int) -> BatchMeans:
        quantities = self.quantities[scope]
        above = quantities[item.numerator][:, place]
        if item.denominator is None:
            above, below = above * (TICKS_PER_DAY / self.plan.interval_ticks), np.ones(len(above))
        else:
            below = quantities[item.denominator][:, place]
        each = ratio(above, below)
        cut = self.batches, self.intervals_per_batch
        found = ratio(above.reshape(cut).sum(axis=1), below.reshape(cut).sum(axis=1))
        alike, chance = neighbours(found.influence)
        unit = self.scenario.currency if item.unit == "money" else item.unit
        return BatchMeans(
            measure=item.name,
            name=name,
            scope=scope,
            unit=unit if item.denominator is not None else f"{unit} per day",
            mean=float(found.mean),
            half_width=float(found.half_width),
            values=found.each,
            autocorrelation=alike,
            chance=chance,
            batch_seconds=self.batch_seconds,
            effective_seconds=_worth(each, found) * self.scenario.calendar.interval,
            warning=self._warning(item, name, alike, chance),
        )

    def _warning(self, item: Measure, name: str, alike: float, chance: float) -> str | None:
        if not chance < SIGNIFICANT:
            return None
        days = min(4 * self.days, MOST_DAYS)
        cures = [f"days={days}"] if days > self.days else []
        cures += [f"batches={max(self.batches // 2, 10)}"] if self.batches > 10 else []
        cure = (
            f"simulate more days or cut fewer batches ({' or '.join(cures)})" if cures else "use replications"
        )
        return (
            f"{name}: {item.title} of neighbouring batches of {format_duration(self.batch_seconds)} is alike "
            f"(correlation {alike:.2f}; in independent ones so much has a chance of {chance:.1%}), so its "
            f"half-width may be too small: {cure}. If that does not help, there may be no steady state: more "
            "work may come than agents can do"
        )


def steady(
    scenario: Scenario,
    days: int = USUAL_DAYS,
    *,
    batches: int = 20,
    warm_up: float | None = None,
    seed: int = 1,
    engine: str = engines.DEFAULT,
) -> Steady:
    """Simulate a scenario whose rates stay the same once, for so many days, and cut the run into batches.

    ``warm_up``, in seconds, is dropped at the start; left out, the run is cut into one piece more than there
    are batches and the first piece is dropped. Batches are whole intervals; what does not divide is dropped
    too. The scenario's own number of days and warm-up do not matter. A day more is simulated than is counted,
    so that those who came last can finish. The same seed gives the same run.

    Raises :class:`~sim.errors.RunError` that lists everything in the scenario that changes over time
    (volumes, staff, opening hours, incidents, a random factor of the day), and arguments out of range.

    >>> import scenarios
    >>> desk = scenarios.Scenario(
    ...     name="M/M/2", calendar={"start": "2026-03-02"}, intents={"call": {"volume": {"per_day": 960}}},
    ...     channels={"phone": {"mode": "live", "handle_time": {"exponential": "2 min"},
    ...                         "patience": "unlimited"}},
    ...     groups={"team": {"skills": {"phone": {}}, "staff": {"00:00": 2}, "shrinkage": 0}})
    >>> wait = steady(desk, days=200, engine="compiled").estimate("asa_seconds", "phone")
    >>> exact = 96.0  # Erlang C: load 4/3 erlangs on 2 agents, 8/15 wait, for 180 s
    >>> wait.batches, abs(wait.mean - exact) < wait.half_width < 10
    (20, True)
    """
    problems = check_experiment([("", scenario)], seed, engine, None, None)
    if not whole(days, 1, MOST_DAYS):
        problems.append(Problem("days", days, f"a whole number from 1 to {MOST_DAYS}", "30 is usual"))
    if not whole(batches, LEAST_BATCHES, MOST_BATCHES):
        allowed = f"a whole number from {LEAST_BATCHES} to {MOST_BATCHES}"
        problems.append(Problem("batches", batches, allowed, "10 to 30 are usual"))
    refuse(problems)
    own, long = plans.build(scenario), _long(scenario, days + 1)
    plan = plans.build(long)
    refuse([*_changes(scenario, own, plan), *_does_not_fit(days, batches, warm_up, plan)])
    size, dropped = _cut(int(plan.day_index[days]), batches, warm_up, scenario.calendar.interval)
    draws = draw(plan, seed, 0)
    trace = engines.get(engine)(plan, draws)
    terms = terms_of(long, plan)
    counted = slice(dropped, int(plan.day_index[days]))
    cells = read_day(book_of(plan, terms), draws, trace).cells
    found: dict[Scope, Quantities] = {
        "channel": _of_channels(plan, terms, cells, trace),
        "group": _of_groups(plan, terms, trace),
    }
    return Steady(
        scenario=long,
        seed=seed,
        engine=engine,
        days=days,
        batches=batches,
        intervals_per_batch=size,
        warm_up_intervals=dropped,
        plan=plan,
        quantities={
            scope: {name: values[counted] for name, values in quantities.items()}
            for scope, quantities in found.items()
        },
    )


def neighbours(values: Floats) -> tuple[float, float]:
    """Autocorrelation of lag 1 of a series ``[B]``, and the chance of as much in independent values.

    Von Neumann's ratio of the mean squared difference of neighbours to the variance: C = 1 − Σ (xᵢ₊₁ − xᵢ)² /
    2 Σ (xᵢ − x̄)² is nearly normal for independent normal values, with mean 0 and variance
    (B − 2) / (B² − 1). NaN for a constant series.

    >>> alike, chance = neighbours(np.arange(10.0))
    >>> round(alike, 2), chance < 0.01
    (0.7, True)
    >>> round(neighbours(np.array([1.0, -1.0] * 5))[1], 3)
    0.998
    """
    number, deviation = len(values), values - values.mean()
    whole_variance = float(np.square(deviation).sum())
    if number < 3 or not whole_variance > 0.0:  # NaN too
        return math.nan, math.nan
    alike = float((deviation[1:] * deviation[:-1]).sum()) / whole_variance
    statistic = 1.0 - float(np.square(np.diff(deviation)).sum()) / (2.0 * whole_variance)
    spread = math.sqrt((number - 2) / (number**2 - 1))
    return alike, float(ndtr(-statistic / spread))


def _worth(each: Estimate, batched: Estimate) -> float:
    """Independent intervals that would tell as much; NaN where nothing varies."""
    intervals, size = len(each.influence), len(each.influence) // len(batched.influence)
    between = float(np.square(batched.influence).sum()) / (len(batched.influence) - 1)
    if not between > 0.0:
        return math.nan
    return intervals * float(np.square(each.influence).sum()) / (intervals - 1) / (size * between)


# -- what has a steady state ---------------------------------------------------------------------------


def _long(scenario: Scenario, days: int) -> Scenario:
    """The scenario over so many days, without clock changes; lists for all its days are those of one day."""
    calendar = scenario.calendar
    per_day = round(86_400 / calendar.interval)
    calendar = calendar.model_copy(update={"days": days, "timezone": "UTC", "warm_up": 0.0})
    intents = {
        name: intent.model_copy(
            update={
                "volume": intent.volume.model_copy(
                    update={"per_interval": _first_day(intent.volume.per_interval, per_day)}
                )
            }
        )
        for name, intent in scenario.intents.items()
    }
    groups = {
        name: group
        if isinstance(group.staff, Mapping)
        else group.model_copy(update={"staff": _first_day(group.staff, per_day)})
        for name, group in scenario.groups.items()
    }
    changes = {"calendar": calendar, "intents": intents, "groups": groups}
    return Scenario(**written(scenario.model_copy(update=changes)))


def _first_day(values: Series | None, per_day: int) -> Series | None:
    return None if values is None else tuple(values[:per_day])


def _changes(scenario: Scenario, own: Plan, plan: Plan) -> Iterator[Problem]:
    """What is not the same all the time, in the days that the scenario has or in others."""
    steady_cure = "write one number for all of the day and the week, or simulate days with sim.run"
    for place, name in enumerate(own.intents):
        if _varies(own.rate[place]) or _varies(plan.rate[place]):
            allowed = "the same in every interval of every day, for a steady state"
            field, volume = f"intents.{name}.volume", scenario.intents[name].volume
            shown: Any = volume.profile if volume.per_day is not None else "per_interval"
            yield Problem(field, shown, allowed, "use profile: flat and no weekday_index")
        if plan.day_factor_cv[place] > 0.0:
            field, value = f"intents.{name}.volume.day_factor_cv", float(plan.day_factor_cv[place])
            yield Problem(field, value, "0, for a steady state", "set it to 0: days then have one rate")
    for place, name in enumerate(own.groups):
        if _varies(own.staff[place]) or _varies(plan.staff[place]):
            allowed = "as many agents all the time, for a steady state"
            yield Problem(f"groups.{name}.staff", "changes over time", allowed, steady_cure)
    for place, name in enumerate(plan.channels):
        first, last = plan.open_index[place : place + 2]
        always = last - first == 1 and plan.open_until[first] - plan.open_from[first] == plan.horizon
        if not always:
            allowed = "always open, for a steady state"
            yield Problem(f"channels.{name}.open", "opening hours", allowed, "leave them out")
    for place, incident in enumerate(scenario.incidents):
        cure = "leave it out, or simulate days with sim.run"
        yield Problem(f"incidents.{place}", incident.name, "no incidents, in a steady state", cure)


def _varies(values: Any) -> bool:
    return not np.allclose(values, values[0], rtol=1e-9, atol=0.0)


def _does_not_fit(days: int, batches: int, warm_up: float | None, plan: Plan) -> Iterator[Problem]:
    intervals = int(plan.day_index[days])
    if warm_up is not None and not (isinstance(warm_up, int | float) and 0.0 <= warm_up < math.inf):
        yield Problem("warm_up", warm_up, "seconds, from 0, or None", "leave it out")
        return
    seconds = plan.interval_ticks / TICKS_PER_SECOND
    if _cut(intervals, batches, warm_up, seconds)[0] < 1:
        allowed = "long enough for a warm-up, and an interval or more in each batch"
        yield Problem("days", days, allowed, "simulate more days, or cut fewer batches")


def _cut(intervals: int, batches: int, warm_up: float | None, seconds: float) -> tuple[int, int]:
    """Intervals in a batch, and how many are dropped at the start."""
    if warm_up is None:
        size = intervals // (batches + 1)
    else:
        size = max(intervals - math.ceil(warm_up / seconds), 0) // batches
    return size, intervals - batches * size


# -- by interval ---------------------------------------------------------------------------------------


def _measures(plan: Plan, scope: Scope, place: int) -> Iterator[Measure]:
    """Measures that are sums over intervals, and mean something for the ``place``-th name."""
    for item in in_scope(scope):
        whole_run = item.numerator in CHANNEL_RUN_QUANTITIES
        if not whole_run and applies(plan, scope, place, item):
            yield item


def _of_channels(plan: Plan, terms: Terms, cells: Any, trace: Trace) -> Quantities:
    """The quantities ``[K, C]`` of channels."""
    shape = len(plan.channels), plan.intervals
    fields = {name: cells[:, place].reshape(shape).T for place, name in enumerate(CELL_FIELDS)}
    fields["queue_ticks"] = trace.queue_length.T
    return channel_quantities(plan, terms, fields, plan.interval_ticks / TICKS_PER_SECOND)


def _of_groups(plan: Plan, terms: Terms, trace: Trace) -> Quantities:
    """The quantities ``[K, G]`` of groups."""
    per_hour = 3600 * TICKS_PER_SECOND
    present, busy, overtime, contacts_open = (
        getattr(trace, name).T / per_hour for name in ("present", "busy", "overtime", "contacts_open")
    )
    paid = terms.paid.T * (plan.interval_ticks / per_hour)
    return {
        "paid_hours": paid,
        "staffed_hours": present,
        "busy_hours": busy,
        "overtime_hours": overtime,
        "occupied_hours": busy + overtime,
        "contact_hours": contacts_open,
        "agent_cost": money.agent_cost(paid, overtime, terms.pay_per_hour, terms.overtime_factor),
    }
