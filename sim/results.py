"""Results: what a run or a comparison hands back, as tidy pandas tables.

Tables are built when first asked for and kept. :data:`COLUMNS` says what every column of every table holds
and its unit; :mod:`sim.measures` defines every measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scenarios.model import Scenario
from sim import effort, money, tables
from sim.columns import COLUMNS, Column
from sim.contract import OUTCOMES, TICKS_PER_SECOND, Plan
from sim.errors import RunError
from sim.journeys import CASE_OUTCOMES
from sim.summary import (
    Estimates,
    Quantities,
    by_interval,
    by_scope,
    delta_columns,
    estimates,
    interval_table,
    summary_table,
)
from sim.tally import Tally
from sim.terms import Terms

__all__ = ["BASELINE", "COLUMNS", "Column", "Comparison", "Result"]

BASELINE = "baseline"
"""What tables call the base of a comparison."""


@dataclass(frozen=True, eq=False)
class Result:
    """One scenario, simulated: what was asked, how, and what came out."""

    scenario: Scenario
    seed: int
    engine: str
    version: str
    """Of this package."""
    duration_seconds: float
    """Wall time of the run."""
    replications_asked: int
    plan: Plan
    terms: Terms
    tallies: tuple[Tally, ...]
    """One per finished replication, in order."""

    @property
    def replications(self) -> int:
        """How many replications were finished."""
        return len(self.tallies)

    @property
    def complete(self) -> bool:
        """Whether every replication asked for was finished; a cancelled run keeps those that were."""
        return self.replications == self.replications_asked

    @cached_property
    def estimates(self) -> Estimates:
        """Every measure by (scope, name), with what comparisons need to pair it."""
        return estimates(by_scope(self.plan, self.terms, self.tallies))

    @cached_property
    def _interval_quantities(self) -> Quantities:
        return by_interval(self.plan, self.terms, self.tallies)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every measure of every scope: mean, 95% half-width, and percentiles across replications."""
        return summary_table(self.plan, self.estimates, self.scenario.currency)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Channels by interval and replication; contacts count in the interval in which they arrived."""
        return tables.intervals(self.plan, self._numbers, self._interval_quantities)

    @cached_property
    def interval_summary(self) -> pd.DataFrame:
        """The main measures of channels by interval, over replications."""
        return interval_table(self.plan, self._interval_quantities)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Agents' time by group, interval and replication."""
        return tables.groups(self.plan, self._numbers, self.tallies)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Agents scheduled, required (offered load) and busy, by group and interval."""
        return tables.coverage(self.plan, self.tallies)

    @cached_property
    def spillover(self) -> pd.DataFrame:
        """Where customers turned after an attempt failed: from channel to another channel, by outcome."""
        return tables.spillover(self.plan, self.tallies)

    @cached_property
    def journeys(self) -> pd.DataFrame:
        """Flows between attempts: each attempt's channel, how it ended and where the case went."""
        return tables.journeys(self.plan, self.tallies)

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row per case. Raises RunError when the run left the table out (``cases=False``)."""
        if self.tallies[0].cases is None:
            raise RunError("this run kept no case table; run again with cases=True")
        raw = tables.stack(self._numbers, [tally.cases or {} for tally in self.tallies], "case")
        plan, weights = self.plan, self.terms.weights
        arrived, ended = (raw[name] / TICKS_PER_SECOND for name in ("arrived", "ended"))
        parts = effort.points(
            weights,
            waited_seconds=raw["waited"] / TICKS_PER_SECOND,
            contacts=raw["contacts"],
            channel_switches=raw["channel_switches"],
            transfers=raw["transfers"],
            retellings=raw["retellings"],
            failed_self_service=raw["failed_self_service"],
        )
        points = parts.sum(axis=0)
        return pd.DataFrame(
            {
                "replication": raw["replication"],
                "case": raw["case"],
                "key": raw["key"],
                "intent": tables.named(raw["intent"], plan.intents),
                "segment": tables.named(raw["segment"], plan.segments),
                "first_channel": tables.named(raw["first_channel"], plan.channels),
                "arrived_seconds": arrived,
                "contacts": raw["contacts"],
                "channels": raw["channels"],
                "transfers": raw["transfers"],
                "failures": raw["failures"],
                "outcome": tables.named(raw["outcome"], CASE_OUTCOMES),
                "resolved": raw["outcome"] == CASE_OUTCOMES.index("resolved"),
                "wait_seconds": raw["wait"] / TICKS_PER_SECOND,
                "elapsed_seconds": ended - arrived,
                "effort": points,
                **{f"effort_{name}": part for name, part in zip(effort.DRIVERS, parts, strict=True)},
                "ease_score": effort.ease_score(points, weights.scale),
                "churn": money.churn(self.terms.loyalty, raw["failures"]),
                "cost": raw["cost"],
            }
        )

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """One row per contact. Raises RunError unless the run kept the table (``contacts=True``)."""
        if self.tallies[0].contacts is None:
            raise RunError("this run kept no contact table; run again with contacts=True")
        raw = tables.stack(self._numbers, [tally.contacts or {} for tally in self.tallies])
        plan = self.plan
        answered = raw["answered"] / TICKS_PER_SECOND
        return pd.DataFrame(
            {
                "replication": raw["replication"],
                "case": raw["case"],
                "attempt": raw["attempt"],
                "channel": tables.named(raw["channel"], plan.channels),
                "intent": tables.named(raw["intent"], plan.intents),
                "segment": tables.named(raw["segment"], plan.segments),
                "group": tables.named(raw["group"], plan.groups),
                "arrived": raw["arrived"] / TICKS_PER_SECOND,
                "answered": np.where(raw["answered"] < 0, np.nan, answered),
                "ended": raw["ended"] / TICKS_PER_SECOND,
                "wait_seconds": raw["wait"] / TICKS_PER_SECOND,
                "handle_seconds": raw["handled"] / TICKS_PER_SECOND,
                "outcome": tables.named(raw["outcome"], OUTCOMES),
                "next_channel": tables.named(raw["next_channel"], plan.channels),
            }
        )

    @property
    def _numbers(self) -> list[int]:
        return [tally.replication for tally in self.tallies]

    def value(self, measure: str, name: str = "all", scope: str = "all") -> float:
        """The mean of one measure, ``result.value("asa_seconds", "phone", "channel")``.

        Raises ``KeyError`` when the summary has no such row.
        """
        rows = self.summary
        found = rows[(rows["scope"] == scope) & (rows["name"] == name) & (rows["measure"] == measure)]
        if found.empty:
            raise KeyError(f"the summary has no {measure!r} for {scope} {name!r}")
        return float(found["mean"].iloc[0])


@dataclass(frozen=True, eq=False)
class Comparison:
    """A base and its variants, simulated with the same customers and the same luck."""

    results: Mapping[str, Result]
    """By name; the first is :data:`BASELINE`. All have the same replications."""

    @property
    def base(self) -> Result:
        """The base's own result."""
        return self.results[BASELINE]

    @property
    def replications(self) -> int:
        """How many replications were finished, of every scenario."""
        return self.base.replications

    @property
    def complete(self) -> bool:
        """Whether every replication asked for was finished."""
        return self.base.complete

    @property
    def duration_seconds(self) -> float:
        """Wall time of the comparison."""
        return self.base.duration_seconds

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every scenario's summary, with paired differences from the base and what they amount to."""
        frames = []
        for name, result in self.results.items():
            frame = result.summary.copy()
            frame.insert(0, "scenario", name)
            if name == BASELINE:
                deltas = pd.DataFrame({"delta": 0.0, "delta_half_width": 0.0, "verdict": ""}, frame.index)
            else:
                rows = frame[["scope", "name", "measure"]].itertuples(index=False, name=None)
                deltas = delta_columns(
                    self.base.plan, self.base.estimates, result.plan, result.estimates, rows
                )
            frames.append(pd.concat([frame, deltas], axis=1))
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def interval_summary(self) -> pd.DataFrame:
        """The main measures of channels by interval, of every scenario."""
        return self._together(lambda result: result.interval_summary)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Agents scheduled, required and busy, of every scenario."""
        return self._together(lambda result: result.coverage)

    @cached_property
    def spillover(self) -> pd.DataFrame:
        """Where customers turned after an attempt failed, in every scenario."""
        return self._together(lambda result: result.spillover)

    @cached_property
    def journeys(self) -> pd.DataFrame:
        """Flows between attempts, in every scenario."""
        return self._together(lambda result: result.journeys)

    def _together(self, table: Callable[[Result], pd.DataFrame]) -> pd.DataFrame:
        frames = []
        for name, result in self.results.items():
            frame = table(result).copy()
            frame.insert(0, "scenario", name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)
