"""Telling: a requirement as tables and as one plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenarios.model import Scenario
from sim.clock import Clock
from sim.contract import Plan
from sim.staffing.targets import Judged, day_of, shown

if TYPE_CHECKING:
    from sim.staffing.requirement import Requirement


def starts_of(base: Scenario, plan: Plan) -> list[pd.Timestamp]:
    """[K] local time at which each interval begins."""
    clock = Clock(base.calendar.start, base.calendar.timezone, base.calendar.days)
    return [pd.Timestamp(clock.local(interval * plan.interval_ticks)) for interval in range(plan.intervals)]


def agents_table(need: Requirement) -> pd.DataFrame:
    """Group, interval, start, required, scheduled, analytic, erlang_c, present."""
    plan = need.plan
    groups, intervals = need.staff.shape
    return pd.DataFrame(
        {
            "group": np.repeat(np.array(plan.groups, object), intervals),
            "interval": np.tile(np.arange(intervals), groups),
            "start": starts_of(need.base, plan) * groups,
            "required": need.staff.ravel(),
            "scheduled": need.scheduled.ravel(),
            "analytic": need.erlangs.erlang_a.ravel(),
            "erlang_c": need.erlangs.erlang_c.ravel(),
            "present": plan.staff.ravel(),
        }
    )


def certificate_table(need: Requirement) -> pd.DataFrame:
    """A row per goal, channel or group, and day or interval."""
    rows = [_row(need, item, less) for item, less in zip(need.judged, need.one_less, strict=True)]
    return pd.DataFrame(rows, columns=list(_Row.__annotations__))


class _Row:
    """Columns of a certificate."""

    goal: str
    measure: str
    name: str
    day: int
    interval: float
    start: object
    limit: float
    estimate: float
    half_width: float
    probability: float
    holds: bool
    confidence: float
    one_less: float
    one_less_probability: float
    one_less_holds: bool


def _row(need: Requirement, item: Judged, less: Judged) -> tuple[object, ...]:
    condition, goal = item.condition, item.condition.goal
    start = starts_of(need.base, need.plan)[condition.first]
    by_interval = goal.per == "interval"
    return (
        str(goal), goal.measure, condition.name, day_of(need.plan, condition.first),
        float(condition.first) if by_interval else np.nan, start, goal.limit, *item.estimate,
        item.share_of_days, item.holds, item.confidence, less.estimate[0], less.share_of_days, less.holds,
    )  # fmt: skip


def sentence_of(need: Requirement) -> str:
    """What is needed, what it costs, what holds, and what one agent fewer does."""
    if not need.staff.any():
        return "Nobody is needed: the goals hold without agents."
    money = need.base.currency
    most = int(need.staff.sum(axis=0).max())
    more = need.cost - need.cost_present
    side = "more" if more > 0 else "less"
    told = f"{need.hours:,.0f} scheduled hours ({most:,} agents on the floor at most)"
    told += f" for {money}{need.cost:,.0f}"
    if need.terms.paid.any():
        told += f", {money}{abs(more):,.0f} {side} than now,"
    tight = [item for item in need.judged if item.counts]
    if not tight:
        return f"{told} are needed."
    item = min(tight, key=_slack)
    kind = item.condition.goal.kind
    mean, width = item.estimate
    state = "meet every goal" if need.holds else "come nearest to the goals"
    what = f"{item.condition.name} {kind.title}".strip()
    return (
        f"{told} {state}; the tightest is {what}, {shown(mean, kind)} ± {shown(width, kind)}"
        + _with_one_less(need)
    )


def _slack(item: Judged) -> float:
    return item.surplus / item.size / item.condition.scale if item.size > 0 else np.inf


def _with_one_less(need: Requirement) -> str:
    group, interval = need.where_less
    if group < 0:
        return "."
    start = starts_of(need.base, need.plan)[interval]
    failing = [item for item in need.one_less if not item.holds]
    where = f"one of the {need.plan.groups[group]} fewer at {start:%H:%M}"
    if not failing:
        return f"; {where} makes less difference than these days can tell."
    worst = min(failing, key=_slack)
    kind = worst.condition.goal.kind
    what = f"{worst.condition.name} {kind.title}".strip()
    return f"; with {where}, {what} would be {shown(worst.estimate[0], kind)}."
