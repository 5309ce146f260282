"""Agents: queues as the skills divide them, priorities and factors, and the number on the floor."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from scenarios.calendar import Calendar
from scenarios.channels import SelfService
from scenarios.model import Group, OnlyIf, Routing, Scenario
from scenarios.schedules import listed, paid, scheduled, worked
from sim.clock import Timeline, to_ticks
from sim.contract import HALF_UP, NOBODY, AgentOrder, Floats, Ints
from sim.plan.holidays import staff_factors

AGENT_ORDERS = {
    "longest_idle": AgentOrder.LONGEST_IDLE,
    "least_loaded": AgentOrder.LEAST_LOADED,
    "fill_first": AgentOrder.FILL_FIRST,
    "random": AgentOrder.RANDOM,
}


ALWAYS = 2**62
"""More contacts than ever stand in a queue."""
_SHIFT = 2**20
"""Numbers of people of one shift: more than a group may have agents, so that a shift's people keep theirs
whoever else is scheduled."""


class Skill(NamedTuple):
    """What a group may do with a queue."""

    priority: int = 0
    """0: nothing."""
    factor: float = 1.0
    overflow: int = 0
    keep_idle: int = 0
    queue_least: int = 0
    own_below: int = ALWAYS
    busy_below: float = math.inf
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
    queue_least: Ints
    own_below: Ints
    busy_below: Floats
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
        queue_least=table("queue_least", np.int64),
        own_below=table("own_below", np.int64),
        busy_below=table("busy_below", np.float64),
        weight=table("weight", np.float64),
        resolution=table("resolution", np.float64),
        transfer=table("transfer", np.float64),
    )


def _skill(group: Group, channel: str, intent: str) -> Skill:
    skill = group.skills.get(channel)
    if skill is None or (skill.intents is not None and intent not in skill.intents):
        return Skill()
    only_if = skill.only_if or OnlyIf()
    return Skill(
        priority=skill.priority,
        factor=skill.handle_time,
        overflow=to_ticks(skill.overflow_after),
        keep_idle=skill.keep_idle,
        queue_least=only_if.queue_at_least,
        own_below=ALWAYS if only_if.own_queue_below is None else only_if.own_queue_below,
        busy_below=math.inf if only_if.busy_below is None else only_if.busy_below,
        weight=skill.weight,
        resolution=skill.resolution,
        transfer=skill.transfer,
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


class Staff(NamedTuple):
    """Who is on the floor; sizes as in :class:`~sim.contract.Plan`."""

    staff: Ints
    absence: Floats
    attending: Floats
    duty: Ints


def staff(scenario: Scenario, timeline: Timeline) -> Staff:
    """Scheduled x (1 - shrinkage), rounded half up, per interval; and who may be absent."""
    groups = list(scenario.groups.values())
    numbers = rostered(scenario, timeline)
    duty = np.array(
        [
            (place, *row)
            for place, group in enumerate(groups)
            if group.absence > 0
            for row in _duty(group, scenario.calendar, timeline)
        ],
        np.int64,
    ).reshape(-1, 5)
    for place, group in enumerate(groups):
        if group.absence > 0:  # whole people
            rows = duty[duty[:, 0] == place]
            numbers[place] = np.bincount(rows[:, 2], rows[:, 4] - rows[:, 3], timeline.intervals)
    on_the_floor = [
        [on_floor(number, 1.0 - group.shrinkage) for number in row]
        for group, row in zip(groups, numbers.tolist(), strict=True)
    ]
    return Staff(
        np.array(on_the_floor, dtype=np.int64).reshape(len(groups), timeline.intervals),
        np.array([group.absence for group in groups], np.float64),
        np.array([1.0 - group.shrinkage for group in groups], np.float64),
        duty,
    )


def on_floor(present: float, attending: float) -> int:
    """So many of those present are on the floor, rounded half up.

    >>> on_floor(10, 0.65), on_floor(3, 0.5)
    (7, 2)
    """
    return math.floor(present * attending + HALF_UP)


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


def rostered(scenario: Scenario, timeline: Timeline) -> Floats:
    """[G, K] agents scheduled in the intervals that there are, as many as holidays leave of them."""
    return _in_time(scenario, timeline, [scheduled(g, scenario.calendar) for g in scenario.groups.values()])


def on_pay(scenario: Scenario, timeline: Timeline) -> Floats:
    """[G, K] agents paid: as :func:`scenarios.schedules.paid`, in the intervals that there are."""
    return _in_time(scenario, timeline, [paid(g, scenario.calendar) for g in scenario.groups.values()])


def _in_time(scenario: Scenario, timeline: Timeline, by_clock: list[list[float]]) -> Floats:
    """[G, K] of numbers by the clock, times what holidays leave of them."""
    rows = np.array(by_clock, np.float64).reshape(len(by_clock), timeline.days * timeline.per_day)
    return timeline.by_clock(rows) * staff_factors(scenario.calendar)[timeline.day]


def _duty(group: Group, calendar: Calendar, timeline: Timeline) -> list[tuple[int, int, int, int]]:
    """Day, interval, first person, one past the last: those listed are the first ones, shifts follow.

    People are whole: numbers, times what a holiday leaves of them, are rounded half up.
    """
    left = staff_factors(calendar)[timeline.day].tolist()
    when: dict[int, list[int]] = {}
    for interval, place in enumerate((timeline.day * timeline.per_day + timeline.slot).tolist()):
        when.setdefault(place, []).append(interval)
    found = [
        (place // timeline.per_day, interval, 0, on_floor(number, left[interval]))
        for place, number in enumerate(listed(group, calendar))
        for interval in when.get(place, [])
    ]
    places = {id(shift): place for place, shift in enumerate(group.shifts, start=1)}
    for day, worked_at, shift in worked(group, calendar):
        first = places[id(shift)] * _SHIFT
        found += [
            (day, interval, first, first + on_floor(shift.agents, left[interval]))
            for place in worked_at
            for interval in when.get(place, [])
        ]
    return sorted(row for row in found if row[3] > row[2])
