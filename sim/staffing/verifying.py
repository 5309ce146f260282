"""Verifying: the rostered staff simulated against the goals, and where to ask for more when one is missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.model import Scenario
from sim.columns import Column
from sim.contract import Floats, Ints, Plan
from sim.plan import build
from sim.staffing.days import Days, watch
from sim.staffing.targets import Condition, Goal, Judged, conditions
from sim.terms import terms_of

Bools = NDArray[np.bool_]

COLUMNS: dict[str, Column] = {
    "goal": Column("", "What must hold."),
    "name": Column("", "Channel or group; empty for all."),
    "interval": Column("", "First interval that it speaks of; 0 is the first."),
    "until": Column("", "The interval after the last."),
    "estimate": Column("as the measure", "As simulated with the rostered staff."),
    "half_width": Column("as the measure", "Half-width of its 95% confidence interval."),
    "limit": Column("as the measure", "At least or at most this."),
    "holds": Column("", "Whether it held, on average or on as many days as it must."),
    "probability": Column("share", "That it holds in the long run, by the spread between replications."),
    "replications": Column("", "Simulated; if all goals hold, with a seed that no round before has seen."),
}
"""Columns of the table of checks."""

_LEAST_STEP, _MOST_STEP = 0.02, 0.25
"""Share of the agents required that a round adds, one agent at least: as goals fall short, within these."""


class Trial:
    """A staffing simulated: what became of each goal, and who was busy when."""

    def __init__(self, scenario: Scenario, goals: Sequence[Goal], seed: int, replications: int) -> None:
        self.plan: Plan = build(scenario)
        self.days: Days = watch(self.plan, terms_of(scenario, self.plan), seed, 0, replications)
        self.judged = [condition.judge(self.days) for condition in conditions(self.plan, goals)]

    @property
    def missed(self) -> list[Judged]:
        """Goals that do not hold."""
        return [judged for judged in self.judged if not judged.holds]

    def table(self) -> pd.DataFrame:
        """A row per goal and day or interval (:data:`COLUMNS`); those with nothing to judge are left out."""
        rows = []
        for judged in self.judged:
            if not judged.counts:
                continue
            asked = judged.condition
            rows.append(
                (
                    str(asked.goal), asked.name, asked.first, asked.until, *judged.estimate,
                    asked.goal.limit, judged.holds, judged.confidence, len(self.days),
                )
            )  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def more(self, required: Ints) -> Ints:
        """[groups, intervals] agents to ask for beyond ``required``, where goals were missed."""
        added = np.zeros_like(required)
        for judged in self.missed:
            intervals = self._worst(judged)
            groups = self._busiest(judged.condition, intervals, required)
            missing = judged.shortfall / max(judged.condition.goal.limit, 1e-9)
            part = min(max(missing, _LEAST_STEP), _MOST_STEP)
            step = np.maximum(1, np.rint(part * required[groups, intervals])).astype(np.int64)
            added[groups, intervals] = np.maximum(added[groups, intervals], step)
        return added

    def _worst(self, judged: Judged) -> Ints:
        """The intervals in which most was missing: those that fall short by half of the worst, or more."""
        asked = judged.condition
        short = np.maximum(-(judged.weights @ asked.surplus(self.days)), 0.0)
        if asked.goal.kind.scope == "all" or len(short) != asked.until - asked.first:
            busy = self._occupancy().max(axis=0)[asked.first : asked.until]
            short = np.where(busy >= 0.9 * busy.max(initial=0.0), 1.0, 0.0)
        return asked.first + np.flatnonzero(short >= 0.5 * max(short.max(initial=0.0), 1e-12))

    def _busiest(self, asked: Condition, intervals: Ints, required: Ints) -> Ints:
        """For each interval the busiest group that may help; one that works then, if there is one."""
        able = self._able(asked)
        busy = self._occupancy()[:, intervals] + (required[:, intervals] > 0)
        busy = np.where(able[:, np.newaxis], busy, -1.0)
        found: Ints = np.argmax(busy, axis=0)
        return found

    def _able(self, asked: Condition) -> Bools:
        """Which groups may help: those with a skill for the channel, the group itself, or all."""
        number = len(self.plan.groups)
        if asked.goal.kind.scope == "group":
            return np.asarray(np.arange(number) == asked.place)
        if asked.goal.kind.scope == "all":
            return np.ones(number, dtype=bool)
        queues = np.flatnonzero(self.plan.queue_channel == asked.place)
        return np.asarray((self.plan.skill_priority[:, queues] > 0).any(axis=1))

    def _occupancy(self) -> Floats:
        """[groups, intervals] share of time on the floor that is busy."""
        busy, there = (self.days.of("group", name).mean(axis=0) for name in ("occupied", "staffed"))
        share: Floats = np.divide(busy, there, out=np.zeros_like(busy), where=there > 0)
        return share


def shown_missed(missed: Iterable[Judged]) -> str:
    """Goals that were missed, each once.

    >>> shown_missed([])
    ''
    """
    return "; ".join(dict.fromkeys(str(judged.condition.goal) for judged in missed))
