"""Reasons: why no staff meets a goal, where and when, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.channels import Deferred
from scenarios.errors import Problem
from scenarios.model import Scenario
from sim.clock import Clock
from sim.contract import Mode, Plan
from sim.staffing.slopes import Bools
from sim.staffing.start import open_intervals
from sim.staffing.targets import Condition, Judged, shown

_MOST_TIMES = 4


def why(scenario: Scenario, plan: Plan, there: Bools, failing: Sequence[Judged]) -> list[Problem]:
    """A problem for each goal and channel or group that ample staff does not meet."""
    together: dict[tuple[int, int], list[Judged]] = {}
    for item in failing:
        together.setdefault((id(item.condition.goal), item.condition.place), []).append(item)
    return [_problem(scenario, plan, there, items) for items in together.values()]


def _problem(scenario: Scenario, plan: Plan, there: Bools, items: Sequence[Judged]) -> Problem:
    worst = max(items, key=lambda item: item.shortfall / item.condition.scale)
    condition, kind = worst.condition, worst.condition.goal.kind
    goal = condition.goal
    when = "" if goal.per == "day" and len(plan.day_index) == 2 else _times(scenario, plan, items)
    cause, cure = _cause(scenario, plan, there, worst)
    reached = shown(worst.estimate[0], kind)
    if goal.probability is not None:
        reached += f", and the goal on {worst.share_of_days:.0%} of days"
    side = "at most" if kind.ceiling else "at least"
    field = f"goals {condition.name} {goal.measure}".replace("  ", " ")
    who = _groups(plan, condition.place) if kind.scope == "channel" else ""
    allowed = f"what ample staff{who} reach{when}: {reached}; {cause}"
    return Problem(
        field,
        f"{side} {shown(goal.limit, kind)}{'' if goal.per == 'day' else ' in each interval'}",
        allowed,
        cure,
    )


def _groups(plan: Plan, channel: int) -> str:
    """Who may take the channel."""
    mine = np.argwhere(plan.skill_priority[:, plan.queue_channel == channel] > 0)[:, 0]
    names = [plan.groups[group] for group in np.unique(mine)]
    return f" of {', '.join(names)}" if names else ""


def _times(scenario: Scenario, plan: Plan, items: Sequence[Judged]) -> str:
    clock = Clock(scenario.calendar.start, scenario.calendar.timezone, scenario.calendar.days)
    starts = [clock.local(item.condition.first * plan.interval_ticks) for item in items]
    form = "%a %H:%M" if scenario.calendar.days > 1 else "%H:%M"
    named = [f"{start:{form}}" for start in starts[:_MOST_TIMES]]
    more = len(starts) - len(named)
    return f" at {', '.join(named)}" + (f" and {more} more" if more > 0 else "")


def _cause(scenario: Scenario, plan: Plan, there: Bools, worst: Judged) -> tuple[str, str]:
    """What stands in the way, and the cure."""
    condition, goal = worst.condition, worst.condition.goal
    ask_for_less = f"ask for {'more' if goal.kind.ceiling else 'less'}"
    if goal.kind.scope != "channel":
        return "staff alone does not reach it", f"{ask_for_less}, or change what customers go through"
    channel = condition.place
    skilled = plan.skill_priority[:, plan.queue_channel == channel] > 0
    if not skilled.any():
        return "no group has the skill", f"give a group the skill for {condition.name}"
    without = [place for place in range(skilled.shape[1]) if not skilled[:, place].any()]
    if without:
        return "some of its intents have no group with the skill", "give a group the skill for every intent"
    window = slice(condition.first, condition.until)
    able = np.flatnonzero(skilled.any(axis=1))
    anybody = there[able].sum(axis=0) > 0
    if (open_intervals(plan, channel)[window] & ~anybody[window]).any():
        return "no group may be there then", "schedule somebody, or shorten the opening hours"
    if plan.balk[channel] > 0 and goal.measure == "abandonment":
        return "customers who balk are lost whenever all are busy", "lower balk, or ask for more"
    settings = scenario.channels[condition.name]
    if isinstance(settings, Deferred) or plan.mode[channel] == Mode.DEFERRED:
        return "what comes late cannot be done in time", f"simulate more days, or {ask_for_less}"
    if goal.probability is not None:
        return "so it is on the worst days", "ask for it on fewer days"
    if np.isfinite(plan.lines[channel]) and worst.size <= 0:
        return "no contact gets through", "add lines"
    return "staff alone does not reach it", ask_for_less


def shut_out(
    scenario: Scenario, plan: Plan, conditions: Sequence[Condition], judged: Sequence[Judged]
) -> list[Problem]:
    """A problem for each channel with a goal at whose lines every contact of the horizon is turned away."""
    found = {}
    for condition, item in zip(conditions, judged, strict=True):
        if condition.goal.kind.scope != "channel" or condition.name in found:
            continue
        offered, blocked, closed = (
            float(item.days.of("channel", name)[:, condition.place].sum())
            for name in ("offered", "blocked", "closed")
        )
        if blocked > 0 and blocked >= offered - closed:
            lines = getattr(scenario.channels[condition.name], "lines", None)
            found[condition.name] = Problem(
                f"goals {condition.name} {condition.goal.measure}",
                f"lines: {lines}",
                "a channel that somebody gets through to",
                "add lines, or mend the incident",
            )
    return list(found.values())
