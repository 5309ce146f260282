"""Observing a simulated centre long enough to compare it with an exact value.

The whole chain is run: a scenario from plain data, its plan, its luck, the engine. A run is cut into batches
of arrivals; figures are ratios of sums, with the standard error of such a ratio over the batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from scenarios import Scenario
from sim import plan as plans
from sim.contract import NOBODY, TICKS_PER_SECOND, Outcome, Plan, Trace
from sim.engines import Engine
from sim.luck.streams import draw

Z = 3.3
"""Standard errors within which an observed figure agrees: a sound simulator fails once in a thousand."""
BATCH_SECONDS = 3600
START_SECONDS = 3600
"""Left out: the centre starts empty."""
DAY = 86_400


@dataclass(frozen=True)
class Estimate:
    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.5g} ± {self.error:.2g}"


def ratio(numerators: Any, denominators: Any) -> Estimate:
    """Sum over sum, with its standard error (delta method) over independent batches."""
    y, n = np.asarray(numerators, float), np.asarray(denominators, float)
    value = y.sum() / n.sum()
    spread = np.sum((y - value * n) ** 2) * len(n) / (len(n) - 1)
    return Estimate(value, math.sqrt(spread) / n.sum())


def agrees(observed: Estimate, exact: float, precision: float = 0.1) -> None:
    """Within ``Z`` standard errors, which must be small enough for the comparison to mean something."""
    assert observed.error <= precision * abs(exact), f"{observed} is too blurred to compare with {exact:.5g}"
    assert abs(observed.value - exact) <= Z * observed.error, f"{observed} against exactly {exact:.5g}"


@dataclass(frozen=True)
class Observed:
    """One replication of one or more days; methods count in batches, the start and the end left out."""

    plan: Plan
    trace: Trace

    @property
    def _batches(self) -> int:
        return self.plan.horizon // (BATCH_SECONDS * TICKS_PER_SECOND) - START_SECONDS // BATCH_SECONDS - 1

    @cached_property
    def _batch(self) -> Any:
        """[m] batch of each contact, -1 outside."""
        batch = (self.trace.arrived // TICKS_PER_SECOND - START_SECONDS) // BATCH_SECONDS
        return np.where((batch >= 0) & (batch < self._batches), batch, -1)

    def mean(self, values: Any, among: Any = None) -> Estimate:
        """Mean of a value over contacts."""
        chosen = self._batch >= 0
        if among is not None:
            chosen = chosen & among
        batch = self._batch[chosen]
        return ratio(
            np.bincount(batch, weights=np.asarray(values, float)[chosen], minlength=self._batches),
            np.bincount(batch, minlength=self._batches),
        )

    def time_average(self, integral: Any) -> Estimate:
        """Mean level of a meter's row (ticks per interval)."""
        per_batch = BATCH_SECONDS * TICKS_PER_SECOND // self.plan.interval_ticks
        skip = START_SECONDS * TICKS_PER_SECOND // self.plan.interval_ticks
        rows = integral[skip : skip + self._batches * per_batch].reshape(self._batches, per_batch).sum(axis=1)
        return ratio(rows, np.full(self._batches, BATCH_SECONDS * TICKS_PER_SECOND))

    def of(self, outcome: Outcome) -> Any:
        return self.trace.outcome == outcome

    def channel(self, name: str) -> Any:
        return self.trace.channel == self.plan.channels.index(name)

    @property
    def answered(self) -> Any:
        return self.trace.answered != NOBODY

    @property
    def wait(self) -> Any:
        return self.trace.queued / TICKS_PER_SECOND

    @property
    def sojourn(self) -> Any:
        return (self.trace.ended - self.trace.arrived) / TICKS_PER_SECOND


def centre(
    channels: dict[str, Any],
    groups: dict[str, Any],
    per_second: dict[str, float],
    days: int = 1,
    **fields: Any,
) -> Scenario:
    """Cases that go to the channel of their own name, at a steady rate."""
    return Scenario(
        name="law",
        calendar={"start": "2026-06-01", "timezone": "UTC", "days": days},
        intents={
            name: {"volume": {"per_day": rate * DAY}, "first_channel": {name: 1}}
            for name, rate in per_second.items()
        },
        channels=channels,
        groups=groups,
        frustration={"handle_time": 0, "patience": 0},
        **fields,
    )


def agents(number: int, *skills: str, **priorities: int) -> dict[str, Any]:
    taken = {name: {} for name in skills} | {name: {"priority": p} for name, p in priorities.items()}
    return {"agents": {"skills": taken, "staff": {"00:00": number}, "shrinkage": 0}}


class Observe(Protocol):
    """A scenario as an engine has it, for as long as the engine's speed allows."""

    def __call__(self, asked: Scenario) -> Observed: ...


def observed(asked: Scenario, engine: Engine, longer: int, seed: int = 1) -> Observed:
    """The scenario over so many times its days."""
    days = asked.calendar.days * longer
    calendar = asked.calendar.model_copy(update={"days": days})
    plan = plans.build(asked.model_copy(update={"calendar": calendar}))
    return Observed(plan, engine(plan, draw(plan, seed, 0)))


def exponential(mean: float) -> dict[str, Any]:
    return {"exponential": {"mean": mean}}


def replicated(
    asked: Scenario, engine: Engine, replications: int, figure: Callable[[Plan, Trace], float], seed: int = 1
) -> Any:
    """A figure of each of many replications."""
    plan = plans.build(asked)
    return np.array([figure(plan, engine(plan, draw(plan, seed, r))) for r in range(replications)])
