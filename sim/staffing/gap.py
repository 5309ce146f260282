"""Gap: Erlang C, Erlang A and the simulation side by side, and what accounts for the difference."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.contract import NOBODY, Ints, LawKind, Mode, Outcome, Plan
from sim.experiments.replicate import Cancel, Progress
from sim.staffing.agents import scheduled_for
from sim.staffing.requirement import Requirement, cost_of, trials_of
from sim.staffing.slopes import kept
from sim.staffing.targets import Judged, conditions, day_of, shown
from sim.staffing.telling import starts_of

METHODS = ("erlang_c", "erlang_a", "simulation")
TITLES = {"erlang_c": "Erlang C", "erlang_a": "Erlang A", "simulation": "the simulation"}


@dataclass(frozen=True, eq=False)
class Gap:
    """What the formulas and the simulation ask for, what each would give, and why they differ."""

    need: Requirement
    staffs: dict[str, Ints]
    """[G, K] agents on the floor, by method."""
    judged: dict[str, list[Judged]]
    """The goals under each of these staffings, on the same days."""

    @cached_property
    def agents(self) -> pd.DataFrame:
        """Group, interval, start, and the agents that each method asks for."""
        plan = self.need.plan
        groups, intervals = self.need.staff.shape
        return pd.DataFrame(
            {
                "group": np.repeat(np.array(plan.groups, object), intervals),
                "interval": np.tile(np.arange(intervals), groups),
                "start": starts_of(self.need.base, plan) * groups,
                **{method: staff.ravel() for method, staff in self.staffs.items()},
            }
        )

    @cached_property
    def results(self) -> pd.DataFrame:
        """Method, hours, cost, goal, name, day, limit, estimate, half_width, holds; goals by day only."""
        rows = []
        for method, items in self.judged.items():
            hours, cost = self._price(method)
            for item in items:
                condition = item.condition
                if condition.goal.per == "day":
                    day = day_of(self.need.plan, condition.first)
                    told = (str(condition.goal), condition.name, day, condition.goal.limit)
                    rows.append((method, hours, cost, *told, *item.estimate, item.holds))
        columns = [
            "method",
            "hours",
            "cost",
            "goal",
            "name",
            "day",
            "limit",
            "estimate",
            "half_width",
            "holds",
        ]
        return pd.DataFrame(rows, columns=columns)

    @property
    def sentence(self) -> str:
        """The difference in plain words."""
        hours = {method: self._price(method)[0] for method in METHODS}
        if not hours["simulation"]:
            return "Nobody is needed, by any method."
        told = [
            f"{_by(hours['erlang_c'], hours['simulation'])} by Erlang C, in which nobody hangs up"
            f" ({self._given('erlang_c')})",
            f"{_by(hours['erlang_a'], hours['simulation'])} by Erlang A ({self._given('erlang_a')})",
        ]
        because = list(causes(self.need))
        start = f"{hours['simulation']:,.0f} scheduled hours are needed; it would be " + " and ".join(told)
        return f"{start}. What the formulas do not know: {'; '.join(because)}." if because else f"{start}."

    def _price(self, method: str) -> tuple[float, float]:
        base = self.need.base
        shrinkage = np.array([group.shrinkage for group in base.groups.values()])
        scheduled = scheduled_for(self.staffs[method], shrinkage[:, None])
        return float(scheduled.sum()) * base.calendar.interval / 3600.0, cost_of(base, scheduled)

    def _given(self, method: str) -> str:
        """What a staffing would give, for the goal that it fails most or meets with least to spare."""
        known = [item for item in self.judged[method] if item.counts and item.size > 0]
        if not known:
            return "nothing to judge"
        item = min(known, key=lambda one: one.surplus / one.size / one.condition.scale)
        kind = item.condition.goal.kind
        what = f"{item.condition.name} {kind.title}".strip()
        return f"{what} {shown(item.estimate[0], kind)}"


def _by(hours: float, needed: float) -> str:
    """How much more or less."""
    share = hours / needed - 1.0
    if abs(share) < 0.005:
        return f"{hours:,.0f}, as many,"
    return f"{hours:,.0f}, {abs(share):.0%} {'more' if share > 0 else 'less'},"


def explain_gap(
    need: Requirement,
    *,
    replications: int = 50,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Gap:
    """Simulate what the formulas ask for on the same days as the requirement, and say why they differ."""
    staffs = dict(zip(METHODS, (need.erlangs.erlang_c, need.erlangs.erlang_a, need.staff), strict=True))
    wanted = conditions(need.plan, need.goals)
    with trials_of(
        need.base, need.plan, need.terms, need.seed, replications, executor, workers, progress, cancel
    ) as trials:
        judged = {
            method: kept(wanted, trials.days(staff, 0, replications)) for method, staff in staffs.items()
        }
    return Gap(need, staffs, judged)


def causes(need: Requirement) -> Iterator[str]:
    """What of the scenario and its goals Erlang's formulas leave out, the most usual first."""
    plan, scenario = need.plan, need.base
    served = [c for c in range(len(plan.channels)) if plan.mode[c] in (Mode.LIVE, Mode.CONCURRENT)]
    if any(goal.per == "day" for goal in need.goals):
        yield "a goal for the day lets some hours make up for others"
    if _laws(plan, plan.patience_law[served]) - {LawKind.EXPONENTIAL}:
        yield "customers' patience is not exponential"
    if _redials(plan, served):
        yield "some who hang up try again"
    if _shares(plan):
        yield "groups share work"
    if (plan.day_factor_cv > 0).any():
        yield "days differ in volume"
    if any(goal.probability is not None for goal in need.goals):
        yield "a goal on most days is more than one on average"
    if any(plan.mode[c] == Mode.DEFERRED for c in range(len(plan.channels))):
        yield "deferred work fills idle time"
    if any(plan.mode[c] == Mode.CONCURRENT for c in served):
        yield "agents hold several chats at once"
    if _laws(plan, plan.work_law[served]) - {LawKind.EXPONENTIAL}:
        yield "handle times are not exponential"
    if scenario.frustration.handle_time or scenario.frustration.patience:
        yield "frustrated customers take longer or wait less"
    yield "what one interval leaves waiting the next one has to serve"


def _laws(plan: Plan, laws: Ints) -> set[int]:
    """The kinds of these laws; endless patience is as good as exponential."""
    used = np.unique(laws[laws != NOBODY])
    return {int(plan.laws.kind[law]) for law in used} - {int(LawKind.UNLIMITED)}


def _redials(plan: Plan, served: list[int]) -> bool:
    rows = plan.next_row[served, Outcome.ABANDONED]
    rows = rows[rows != NOBODY]
    return bool(rows.size and (plan.next_share[rows].sum(axis=1) > 0).any())


def _shares(plan: Plan) -> bool:
    able = plan.skill_priority > 0
    several = [len(set(plan.queue_channel[mine].tolist())) > 1 for mine in able]
    return bool((able.sum(axis=0) > 1).any() or any(several))
