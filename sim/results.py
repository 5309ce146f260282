"""Results: what a run or a comparison hands back, as tidy pandas tables.

Tables are built when first asked for and kept. A result holds sums over replications and a few kilobytes
for each of them; tables with rows for single replications, intervals, groups and cases, are made by
simulating the same replications again, which gives the same days. :data:`COLUMNS` says what every column of
every table holds and its unit; :mod:`sim.measures` defines every measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from scenarios.model import Scenario
from sim import tables
from sim.columns import COLUMNS, Column
from sim.contract import Plan
from sim.counting.counted import Counted
from sim.counting.replay import Replayed, replay
from sim.errors import RunError
from sim.policies import Policy
from sim.summary import (
    Estimates,
    by_scope,
    delta_columns,
    estimates,
    incident_table,
    interval_table,
    summary_table,
)
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
    counted: Counted
    """The finished replications."""
    reached: bool | None = None
    """Whether the precision asked for was reached; None when none was asked for."""
    policy: Policy | None = None
    """By which agents and contacts were chosen; None: by the rules."""

    @property
    def replications(self) -> int:
        """How many replications were finished."""
        return len(self.counted)

    @property
    def complete(self) -> bool:
        """Whether every replication asked for was finished; a cancelled run keeps those that were."""
        return self.replications == self.replications_asked

    @cached_property
    def estimates(self) -> Estimates:
        """Every measure by (scope, name), with what comparisons need to pair it."""
        return estimates(by_scope(self.plan, self.terms, self.counted))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every measure of every scope: mean, 95% half-width, and percentiles across replications."""
        return summary_table(self.plan, self.estimates, self.scenario.currency)

    @property
    def intervals(self) -> pd.DataFrame:
        """Channels by interval and replication; contacts count in the interval in which they arrived.

        The replications are simulated again, once for this table and :attr:`groups`.
        """
        return self._intervals_and_groups[0]

    @cached_property
    def interval_summary(self) -> pd.DataFrame:
        """The main measures of channels by interval, over replications."""
        return interval_table(self.plan, self.counted)

    @property
    def groups(self) -> pd.DataFrame:
        """Agents' time by group, interval and replication; simulated again, as :attr:`intervals`."""
        return self._intervals_and_groups[1]

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Agents scheduled, required (offered load), busy and present, by group and interval."""
        return tables.coverage(self.plan, self.counted)

    @cached_property
    def spillover(self) -> pd.DataFrame:
        """Where customers turned after an attempt failed: from channel to another channel, by outcome."""
        return tables.spillover(self.plan, self.counted)

    @cached_property
    def journeys(self) -> pd.DataFrame:
        """Flows between attempts: each attempt's channel, how it ended and where the case went."""
        return tables.journeys(self.plan, self.counted)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """What became of each incident: who noticed it when, how long it lasted, whom it hurt.

        They are counted whole, whether or not they fall into the warm-up.
        """
        return incident_table(self.plan, self.counted, [one.name for one in self.scenario.incidents])

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row per case and replication. The replications are simulated again for it."""
        return tables.cases(self.plan, self.terms, self._replay())

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """One row per contact. Raises RunError unless the run kept the table (``contacts=True``)."""
        if self.counted.contacts is None:
            raise RunError("this run kept no contact table; run again with contacts=True")
        return tables.contacts(self.plan, self.counted)

    @cached_property
    def _intervals_and_groups(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return tables.intervals_and_groups(self.plan, self.terms, self._replay())

    def _replay(self) -> Iterator[Replayed]:
        numbers = self.counted.numbers.tolist()
        return replay(self.plan, self.terms, self.seed, self.engine, numbers, self.policy)

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
    def reached(self) -> bool | None:
        """Whether the precision asked for was reached, of every difference; None when none was asked for."""
        return self.base.reached

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

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """What became of each incident, in every scenario."""
        return self._together(lambda result: result.incidents)

    def _together(self, table: Callable[[Result], pd.DataFrame]) -> pd.DataFrame:
        frames = []
        for name, result in self.results.items():
            frame = table(result).copy()
            frame.insert(0, "scenario", name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)
