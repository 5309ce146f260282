"""Start: where agents may be, the work that comes when nobody waits, and what the formulas make of it.

With more agents than anybody needs, the simulation shows each group's own work by interval, redials after
answers, spillover and shared skills included. Erlang's formulas turn it into agents: a start for a search,
and the figures that a planner would have had without one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.channels import Concurrent, Live
from scenarios.distributions import parse_law
from scenarios.fields import for_intent
from scenarios.model import Scenario
from scenarios.parameters import default_of
from scenarios.units import parameter_of
from sim.contract import TICKS_PER_SECOND, WORK, Floats, Ints, Mode, Plan
from sim.staffing.agents import agents_for
from sim.staffing.days import Days
from sim.staffing.erlang import ENDLESS, Of
from sim.terms import OF, Terms

if TYPE_CHECKING:
    from sim.staffing.targets import Goal

Bools = NDArray[np.bool_]

_MOST_AMPLE = 50_000
_SOME_SECONDS = 300.0
"""A handle time where no contact shows one."""


def allowed(plan: Plan) -> Bools:
    """[G, K] where a search may put agents: while a channel of theirs that cannot wait is open, or somebody
    is scheduled. Groups that have deferred work only, and nobody scheduled, may be there at any time."""
    found = np.zeros(plan.staff.shape, np.bool_)
    for group in range(len(plan.groups)):
        for queue in np.flatnonzero(plan.skill_priority[group] > 0):
            channel = plan.queue_channel[queue]
            if plan.mode[channel] != Mode.DEFERRED:
                found[group] |= open_intervals(plan, int(channel))
        found[group] |= plan.staff[group] > 0
        if not found[group].any():
            found[group] = (plan.skill_priority[group] > 0).any()
    return found


def open_intervals(plan: Plan, channel: int) -> Bools:
    """[K] whether a channel is open at any time of an interval."""
    starts = np.arange(plan.intervals) * plan.interval_ticks
    found = np.zeros(plan.intervals, np.bool_)
    for window in range(plan.open_index[channel], plan.open_index[channel + 1]):
        found |= (plan.open_from[window] < starts + plan.interval_ticks) & (plan.open_until[window] > starts)
    return found


def ample(scenario: Scenario, plan: Plan, times: float = 3.0) -> Ints:
    """[G, K] so many times the agents that all customers of the busiest interval would keep busy."""
    busiest = float(plan.rate.sum(axis=0).max(initial=0.0)) * TICKS_PER_SECOND / plan.interval_ticks
    number = min(int(times * busiest * _longest_handling(scenario)) + 30, _MOST_AMPLE)
    return np.where(allowed(plan), max(number, int(plan.staff.max(initial=0))), 0).astype(np.int64)


def _longest_handling(scenario: Scenario) -> float:
    """The longest mean handle time of any channel that cannot wait, in seconds."""
    means = [_SOME_SECONDS]
    for settings in scenario.channels.values():
        if isinstance(settings, Live | Concurrent):
            means += [_mean_law(settings, "handle_time", intent) for intent in scenario.intents]
            if settings.wrap is not None:
                means.append(max(means) + settings.wrap.mean_seconds)
    return max(mean for mean in means if math.isfinite(mean))


def _mean_law(settings: Live | Concurrent, field: str, intent: str) -> float:
    """The mean in seconds of a law that may depend on the intent."""
    name = parameter_of(type(settings).model_fields[field])
    fallback = default_of(name) if name else None
    return parse_law(for_intent(getattr(settings, field), intent, fallback)).mean_seconds


def work_in_progress(plan: Plan, days: Days) -> Floats:
    """[G, K] agents busy at once with ample staff, who work on as many contacts at once as pays."""
    busy = days.of("group", "occupied").mean(axis=0) * TICKS_PER_SECOND / plan.interval_ticks
    channels = [lead_channel(plan, group) for group in range(len(plan.groups))]
    faster = [1.0 if channel is None else at_once(plan, channel) for channel in channels]
    return np.asarray(busy / np.array(faster).reshape(-1, 1))


@dataclass(frozen=True, eq=False)
class Erlangs:
    """What the formulas ask for: agents [G, K] on the floor."""

    erlang_c: Ints
    """Nobody hangs up; each interval by itself."""
    erlang_a: Ints
    """Customers hang up after an exponential patience; each interval by itself."""
    start: Ints
    """The same with the work in progress, which knows what an interval leaves to the next."""


def erlangs(scenario: Scenario, plan: Plan, terms: Terms, goals: Sequence[Goal], days: Days) -> Erlangs:
    """The formulas' answers for work that was seen with ample staff."""
    seconds = plan.interval_ticks / TICKS_PER_SECOND
    arrived = days.of("group", "load").mean(axis=0) / seconds
    busy = days.of("group", "occupied").mean(axis=0) / seconds
    there = allowed(plan)
    rows = [
        _of_group(
            scenario, plan, terms, goals, days, group, np.stack([arrived[group], arrived[group], busy[group]])
        )
        for group in range(len(plan.groups))
    ]
    found = np.array(rows, np.int64).reshape(len(plan.groups), 3, plan.intervals).swapaxes(0, 1)
    return Erlangs(*(np.where(there, part, 0) for part in found))


def _of_group(
    scenario: Scenario, plan: Plan, terms: Terms, goals: Sequence[Goal], days: Days, group: int, load: Floats
) -> Ints:
    """[3, K] by Erlang C, Erlang A, and Erlang A with the work in progress."""
    channel = lead_channel(plan, group)
    load = load / (1.0 if channel is None else at_once(plan, channel))
    occupancy = [g.limit for g in goals if g.measure == "occupancy" and g.group in (None, plan.groups[group])]
    full = min(occupancy, default=1.0)
    ceiling = np.ceil(load / max(full, 1e-3) - 1e-9).astype(np.int64)
    if channel is None:
        return ceiling
    handle = handle_seconds(days, channel)
    patience = patience_seconds(scenario, plan.channels[channel])
    found = ceiling
    for goal in goals:
        if goal.channel in (None, plan.channels[channel]):
            for name, given in _formula_goals(plan, terms, goal, channel):
                needs = agents_for(
                    np.where(load < 1e-6, 0.0, load) * 3600.0 / handle,
                    handle,
                    np.array([[ENDLESS], [patience], [patience]]),
                    **{name: given[0]},  # type: ignore[arg-type]
                    **given[1],  # type: ignore[arg-type]
                )
                found = np.maximum(found, needs)
    return found


def _formula_goals(
    plan: Plan, terms: Terms, goal: Goal, channel: int
) -> list[tuple[str, tuple[float, dict[str, object]]]]:
    """What a goal is called in the formulas."""
    within = float(terms.target_within[channel] / TICKS_PER_SECOND)
    short_of_one = min(goal.limit, 0.9999)  # no number of agents answers everybody in time
    if goal.measure.startswith("service_level"):
        of: Of = OF[int(terms.target_of[channel])]  # type: ignore[assignment]
        for name in OF:
            if goal.measure.endswith(name):
                of = name  # type: ignore[assignment]
        return [("service_level", (short_of_one, {"within_seconds": within, "of": of}))]
    if goal.measure in ("asa_seconds", "wait_seconds_mean"):
        return [("asa_seconds", (max(goal.limit, 1e-3), {}))]
    if goal.measure == "abandonment":
        return [("abandonment", (max(goal.limit, 1e-4), {}))]
    return []


def lead_channel(plan: Plan, group: int) -> int | None:
    """The channel that says how many of a group are needed: the first in its priorities that cannot wait."""
    ranked = sorted(
        (int(plan.skill_priority[group, queue]), int(plan.queue_channel[queue]))
        for queue in np.flatnonzero(plan.skill_priority[group] > 0)
        if plan.mode[plan.queue_channel[queue]] != Mode.DEFERRED
    )
    return ranked[0][1] if ranked else None


def handle_seconds(days: Days, channel: int) -> float:
    """The mean handle time of a channel."""
    total, served = (
        float(days.of("channel", name)[:, channel].sum()) for name in ("handle_seconds", "served")
    )
    return max(total / served, 1e-3) if served > 0 and total > 0 else _SOME_SECONDS


def patience_seconds(scenario: Scenario, channel: str) -> float:
    """The mean patience of a channel's customers, over its intents; infinite if any never gives up."""
    settings = scenario.channels[channel]
    if not isinstance(settings, Live | Concurrent):
        return math.inf
    means = [_mean_law(settings, "patience", intent) for intent in scenario.intents]
    return float(np.mean(means)) if means else math.inf


def at_once(plan: Plan, channel: int) -> float:
    """How many times as much an agent does with several contacts open as with one at a time, at best."""
    cap = int(plan.cap[channel])
    return max(open_ * float(plan.speed[channel, open_]) / WORK for open_ in range(1, cap + 1))
