"""Agents: queues as the skills divide them, priorities and factors, and the number on the floor."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from scenarios.channels import SelfService
from scenarios.model import Group, Routing, Scenario
from scenarios.times import clock_seconds
from sim.clock import to_ticks
from sim.contract import NOBODY, AgentOrder, Floats, Ints

_ROUNDING = 1e-9
"""So that 10 x (1 - 0.35), which floating point puts just below 6.5, is rounded up as on paper."""


AGENT_ORDERS = {
    "longest_idle": AgentOrder.LONGEST_IDLE,
    "least_loaded": AgentOrder.LEAST_LOADED,
    "fill_first": AgentOrder.FILL_FIRST,
    "random": AgentOrder.RANDOM,
}


class Skill(NamedTuple):
    """What a group may do with a queue."""

    priority: int = 0
    """0: nothing."""
    factor: float = 1.0
    overflow: int = 0
    keep_idle: int = 0
    weight: float = 1.0
    resolution: float | None = None
    """None: the channel's."""
    transfer: float | None = None


class Skills(NamedTuple):
    """Queues and who takes them."""

    queue_of: Ints
    """[C, I]."""
    queue_channel: Ints
    """[Q]."""
    priority: Ints
    """[G, Q], and so are the others."""
    factor: Floats
    overflow: Ints
    keep_idle: Ints
    weight: Floats
    resolution: Floats
    """NaN: the channel's."""
    transfer: Floats


def skills(scenario: Scenario) -> Skills:
    """One queue for all intents of a channel that exactly the same skills accept."""
    queue_of = np.full((len(scenario.channels), len(scenario.intents)), NOBODY, dtype=np.int64)
    queues: dict[tuple[int, tuple[Skill, ...]], int] = {}
    for c, (channel, settings) in enumerate(scenario.channels.items()):
        if isinstance(settings, SelfService):
            continue
        for i, intent in enumerate(scenario.intents):
            taken_by = tuple(_skill(group, channel, intent) for group in scenario.groups.values())
            queue_of[c, i] = queues.setdefault((c, taken_by), len(queues))
    columns = [taken_by for _, taken_by in queues]

    def table(field: str, dtype: type) -> Any:
        values = [[getattr(skill, field) for skill in column] for column in columns]
        return np.array(values, dtype=dtype).reshape(len(queues), len(scenario.groups)).T.copy()

    return Skills(
        queue_of,
        np.array([channel for channel, _ in queues], dtype=np.int64),
        priority=table("priority", np.int64),
        factor=table("factor", np.float64),
        overflow=table("overflow", np.int64),
        keep_idle=table("keep_idle", np.int64),
        weight=table("weight", np.float64),
        resolution=table("resolution", np.float64),
        transfer=table("transfer", np.float64),
    )


def _skill(group: Group, channel: str, intent: str) -> Skill:
    skill = group.skills.get(channel)
    if skill is None or (skill.intents is not None and intent not in skill.intents):
        return Skill()
    return Skill(
        skill.priority,
        skill.handle_time,
        to_ticks(skill.overflow_after),
        skill.keep_idle,
        skill.weight,
        skill.resolution,
        skill.transfer,
    )


def wrong_queues(queue_channel: Ints) -> Ints:
    """[Q] the next queue of the same channel, round and round.

    >>> wrong_queues(np.array([0, 0, 1, 0])).tolist()
    [1, 3, 2, 0]
    """
    found = np.zeros(len(queue_channel), np.int64)
    for channel in np.unique(queue_channel):
        mine = np.flatnonzero(queue_channel == channel)
        found[mine] = np.roll(mine, -1)
    return found


def choice_ranks(routing: Routing, priority: Ints) -> Ints:
    """[G, Q] in which order a group chooses among queues: by priority, or all alike."""
    if routing.contact_order in ("oldest_over_all", "growing_score"):
        return (priority > 0).astype(np.int64)
    return priority


def choice_weights(routing: Routing, weight: Floats) -> Floats:
    """[G, Q] what waits count: as much as the skills say, or alike."""
    if routing.contact_order in ("weighted_wait", "growing_score"):
        return weight
    return np.ones_like(weight)


def staff(scenario: Scenario, interval_ticks: int, intervals_per_day: int) -> Ints:
    """[G, K] agents on the floor: scheduled x (1 - shrinkage), rounded half up, per interval."""
    days = scenario.calendar.days
    rows = [
        [
            math.floor(n * (1.0 - group.shrinkage) + 0.5 + _ROUNDING)
            for n in scheduled(group, interval_ticks, intervals_per_day, days)
        ]
        for group in scenario.groups.values()
    ]
    return np.array(rows, dtype=np.int64).reshape(len(rows), days * intervals_per_day)


def queue_staff(priority: Ints, staff: Ints) -> Ints:
    """[Q, K] agents on the floor, of [G, K], of all groups with a skill for a queue ([G, Q])."""
    return np.asarray((priority > 0).astype(np.int64).T @ staff)


def queue_work(queue_of: Ints, work: Floats, cases: Floats, queues: int) -> Ints:
    """[Q] mean handle time in ticks: of the queue's intents, weighted by their expected cases.

    ``queue_of`` [C, I], ``work`` [C, I] seconds, ``cases`` [I]. Where none are expected, all weigh alike.

    >>> queue_work(np.array([[0, 0], [1, 1]]), np.array([[60, 120], [30, 90]]), np.array([3, 1]), 2).tolist()
    [75000000, 45000000]
    """
    found = np.zeros(queues, np.int64)
    for queue in range(queues):
        channel, intents = np.nonzero(queue_of == queue)
        weights = cases[intents] if cases[intents].sum() > 0 else np.ones(len(intents))
        found[queue] = to_ticks(float(np.average(work[channel, intents], weights=weights)))
    return found


def scheduled(group: Group, interval_ticks: int, intervals_per_day: int, days: int) -> list[float]:
    """[K] numbers scheduled. From clock times: the last one reached when the interval starts, else 0."""
    if not isinstance(group.staff, dict):
        listed = list(group.staff)
        return listed * days if len(listed) == intervals_per_day else listed
    steps = sorted((to_ticks(clock_seconds(clock)), number) for clock, number in group.staff.items())
    day = []
    for interval in range(intervals_per_day):
        reached = [number for tick, number in steps if tick <= interval * interval_ticks]
        day.append(reached[-1] if reached else 0.0)
    return day * days
