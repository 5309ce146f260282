"""Agents: queues as the skills divide them, priorities and factors, and the number on the floor."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from scenarios.channels import SelfService
from scenarios.model import Group, Scenario
from scenarios.times import clock_seconds
from sim.clock import to_ticks
from sim.contract import NOBODY, Floats, Ints

_ROUNDING = 1e-9
"""So that 10 x (1 - 0.35), which floating point puts just below 6.5, is rounded up as on paper."""


class Skills(NamedTuple):
    """Queues and who takes them."""

    queue_of: Ints
    """[C, I]."""
    queue_channel: Ints
    """[Q]."""
    priority: Ints
    """[G, Q]."""
    factor: Floats
    """[G, Q]."""


def skills(scenario: Scenario) -> Skills:
    """One queue for all intents of a channel that exactly the same skills accept."""
    queue_of = np.full((len(scenario.channels), len(scenario.intents)), NOBODY, dtype=np.int64)
    queues: dict[tuple[int, tuple[tuple[int, float], ...]], int] = {}
    for c, (channel, settings) in enumerate(scenario.channels.items()):
        if isinstance(settings, SelfService):
            continue
        for i, intent in enumerate(scenario.intents):
            taken_by = tuple(_skill(group, channel, intent) for group in scenario.groups.values())
            queue_of[c, i] = queues.setdefault((c, taken_by), len(queues))
    shape = (len(scenario.groups), len(queues))
    columns = [taken_by for _, taken_by in queues]
    return Skills(
        queue_of,
        np.array([channel for channel, _ in queues], dtype=np.int64),
        np.array([[p for p, _ in column] for column in columns], dtype=np.int64)
        .reshape(shape[::-1])
        .T.copy(),
        np.array([[f for _, f in column] for column in columns]).reshape(shape[::-1]).T.copy(),
    )


def _skill(group: Group, channel: str, intent: str) -> tuple[int, float]:
    """Priority and handle-time factor; (0, 1) when the group may not take it."""
    skill = group.skills.get(channel)
    if skill is None or (skill.intents is not None and intent not in skill.intents):
        return 0, 1.0
    return skill.priority, skill.handle_time


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
