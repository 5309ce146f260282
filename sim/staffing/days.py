"""Days: simulated days of one staffing, with what goals ask of them by interval.

Much as a headline of :mod:`sim.counting`, but with every interval of every replication, for a goal may speak
of each interval, and of the share of days on which it holds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from sim.contract import TICKS_PER_SECOND, Floats, Ints, Plan
from sim.counting import Counted
from sim.counting.layout import CASE, CASE_OUTCOMES, CELL_FIELDS
from sim.effort import DRIVERS, GRAIN
from sim.experiments.batch import Line
from sim.summary import channel_quantities
from sim.terms import Terms

CHANNEL_SUMS = (
    "queued", "answered", "served", "gave_up_waiting", "good", "counted", "answered_in_time", "judged",
    "answered_judged", "answered_or_abandoned_in_time", "answer_seconds", "wait_seconds", "offered",
    "blocked", "closed", "handle_seconds",
)  # fmt: skip
"""Kept of each channel, as :data:`sim.measures.CHANNEL_QUANTITIES` defines them."""
GROUP_SUMS = ("staffed", "occupied", "load")
"""Kept of each group, in seconds: on the floor, busy (overtime included), and the work that arrived."""
CUSTOMER_SUMS = ("effort", "cases")

_LEAST_WEIGHED, _LEAST_CURVED = 12, 30
"""Replications from which days are weighed, by their number of cases and by its square too."""
_ILL = 1e6

Scope = Literal["channel", "group", "all"]


@dataclass(frozen=True, eq=False)
class Days:
    """R replications of one staffing."""

    channels: Floats
    """[fields, R, C, K] of :data:`CHANNEL_SUMS`."""
    groups: Floats
    """[fields, R, G, K] of :data:`GROUP_SUMS`."""
    customers: Floats
    """[fields, R, 1] of :data:`CUSTOMER_SUMS`."""
    expected: tuple[float, float]
    """Mean and variance of the number of cases in a replication, which the scenario says."""

    @cached_property
    def weights(self) -> Floats:
        """[R] weights with sum 1, by which the number of cases has the mean and variance that it should have.

        A weighted mean is a regression on the number of cases (control variates: Lavenberg & Welch,
        *Management Science* 27, 1981): a busy day among few days then moves no estimate.
        """
        number = len(self)
        cases = self.customers[CUSTOMER_SUMS.index("cases"), :, 0]
        mean, variance = self.expected
        if number < _LEAST_WEIGHED or variance <= 0.0:
            return np.full(number, 1.0 / number)
        distance = (cases - mean) / variance**0.5
        known = np.stack([distance, distance * distance - 1.0])[: 2 if number >= _LEAST_CURVED else 1]
        centred = known - known.mean(axis=1, keepdims=True)
        spread = centred @ centred.T / number
        if np.linalg.cond(spread) > _ILL:
            return np.full(number, 1.0 / number)
        return np.asarray((1.0 - np.linalg.solve(spread, known.mean(axis=1)) @ centred) / number)

    @property
    def explained(self) -> int:
        """How many regressors the weights have."""
        if len(self) < _LEAST_WEIGHED or self.expected[1] <= 0.0:
            return 0
        return 2 if len(self) >= _LEAST_CURVED else 1

    def residuals(self, values: Floats) -> Floats:
        """[R] what the number of cases does not explain of values [R]: the weighted mean has their spread."""
        if not self.explained:
            return np.asarray(values - values.mean())
        cases = self.customers[CUSTOMER_SUMS.index("cases"), :, 0]
        distance = (cases - self.expected[0]) / self.expected[1] ** 0.5
        design = np.stack([np.ones_like(distance), distance, distance * distance])[: 1 + self.explained].T
        return np.asarray(values - design @ np.linalg.lstsq(design, values, rcond=None)[0])

    def __len__(self) -> int:
        """How many replications."""
        return int(self.customers.shape[1])

    def of(self, scope: Scope, name: str) -> Floats:
        """One sum of each replication: [R, C or G, K], or [R, 1] for all."""
        names, values = {
            "channel": (CHANNEL_SUMS, self.channels),
            "group": (GROUP_SUMS, self.groups),
            "all": (CUSTOMER_SUMS, self.customers),
        }[scope]
        return np.asarray(values[names.index(name)])

    @classmethod
    def join(cls, parts: Iterable[Days]) -> Days:
        """Replications of several parts, in order."""
        rows = list(parts)
        channels, groups, customers = (
            np.concatenate([getattr(part, name) for part in rows], axis=1)
            for name in ("channels", "groups", "customers")
        )
        return cls(channels, groups, customers, rows[0].expected)


def expected(plan: Plan) -> tuple[float, float]:
    """Mean and variance of the number of cases in a replication: Poisson, mixed by a factor for each day.

    The factor of a day is the same quantile for all intents, so their spreads add up.
    """
    bounds = itertools.pairwise(plan.day_index.tolist())
    days = np.stack([plan.rate[:, first:until].sum(axis=1) for first, until in bounds], axis=1)
    busy = plan.day_factor_cv @ days
    waiting = int(plan.backlog[:, plan.backlog_at < plan.horizon].sum())
    return float(days.sum()) + waiting, float(days[~plan.exact_counts].sum() + busy @ busy)


def _channels(plan: Plan, terms: Terms, cells: Ints) -> Floats:
    by_channel = {name: cells[..., place].swapaxes(1, 2) for place, name in enumerate(CELL_FIELDS)}
    by_channel["queue_ticks"] = np.zeros_like(by_channel["offered"])
    found = channel_quantities(plan, terms, by_channel, plan.interval_ticks / TICKS_PER_SECOND)
    return np.stack([found[name].swapaxes(1, 2) for name in CHANNEL_SUMS])


def _customers(counted: Counted) -> Floats:
    sums = counted.headlines.intents.sum(axis=1)
    effort = np.sum([sums[:, CASE[f"effort_{driver}"]] for driver in DRIVERS], axis=0) / GRAIN
    cases = np.sum([sums[:, CASE[outcome]] for outcome in CASE_OUTCOMES], axis=0)
    return np.stack([effort, cases])[..., None]


def watch(plan: Plan, terms: Terms, seed: int, first: int, size: int) -> Days:
    """Simulate ``size`` replications from ``first`` on, on the compiled engine."""
    shape = (len(plan.channels), plan.intervals, len(CELL_FIELDS))
    cells = np.empty((size, *shape), np.int64)
    groups = np.empty((len(GROUP_SUMS), size, len(plan.groups), plan.intervals))
    # What is counted is the same object each time, and full at the end.
    for row, (counted, day, here) in enumerate(Line(plan, terms).each(seed, first, size)):  # noqa: B007
        cells[row] = day.cells.reshape(shape)
        groups[:, row] = here.present, here.busy + here.overtime, day.load[:-1]
    return Days(_channels(plan, terms, cells), groups / TICKS_PER_SECOND, _customers(counted), expected(plan))
