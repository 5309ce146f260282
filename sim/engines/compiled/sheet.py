"""The sheet: a plan as the compiled engine reads it, made once per plan.

Groups and queues occur as bits of 64-bit words, so that "which of them" is one test however many there are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.contract import NOBODY, Bools, Floats, Ints, Keys, Kind, Mode, Plan, event_order
from sim.engines.compiled.records import (
    CALLBACK_OFFER,
    CHANGE,
    CHANNEL,
    CONSULT,
    DIALLER,
    INCIDENT,
    PASSING_ON,
    QUEUE,
)

WORD = 64
ALWAYS = 2**62
"""More contacts than ever stand in a queue."""
Bytes = NDArray[np.uint8]


class Sizes(NamedTuple):
    """How much room a plan needs."""

    groups: int
    queues: int
    channels: int
    most_cap: int
    agents: int
    """On the floor at once, at most."""
    shelves: int
    """Of each group: with room by contacts open, full by contacts open, interruptible, leaving."""


class Sheet(NamedTuple):
    """What does not change while a replication is simulated. Sizes as in :class:`~sim.contract.Plan`."""

    sizes: Sizes
    planned_channels: NDArray[np.void]
    """[C] of :data:`CHANNEL`, as they are at the start."""
    planned_queues: NDArray[np.void]
    """[Q] of :data:`QUEUE`, as they are at the start."""
    opens: Ints
    """[W]."""
    closes: Ints
    """[W]."""
    planned_incidents: NDArray[np.void]
    """[N] of :data:`INCIDENT`, by channel, as they are at the start."""
    changes: NDArray[np.void]
    """[T] of :data:`CHANGE`: closings, staffing and detections, in order; one more never comes."""
    queue_of: Ints
    """[C, I]."""
    next_row: Ints
    """[C, O, I, S]."""
    agent_ranks: Keys
    """[ranks, words of G] groups that may take a queue, of equal priority, best first; those of queue q are
    ``queues[q].first_rank`` to ``last_rank``."""
    wrong_queue: Ints
    """[Q]."""
    transfer_part: Floats
    """[C]."""
    diallers: NDArray[np.void]
    """[C] of :data:`DIALLER`."""
    offers: NDArray[np.void]
    """[C] of :data:`CALLBACK_OFFER`."""
    passing_on: NDArray[np.void]
    """[C] of :data:`PASSING_ON`."""
    transfer_share: Floats
    """[C, I]."""
    consults: NDArray[np.void]
    """[C] of :data:`CONSULT`."""
    consult_share: Floats
    """[C, I]."""
    success: Floats
    """[C, I, S]."""
    skill_resolution: Floats
    """[G, Q] in place of ``success``, or NaN."""
    skill_transfer: Floats
    """[G, Q] in place of ``transfer_share``, or NaN."""
    queue_work: Ints
    """[Q]."""
    queue_staff: Ints
    """[Q, K]."""
    overflow: Ints
    """[G, Q] ticks after which the skill opens."""
    keep_idle: Ints
    """[G, Q] others who must be idle."""
    queue_least: Ints
    """[G, Q] contacts that must stand in the queue."""
    own_below: Ints
    """[G, Q] contacts in the group's better queues that are too many."""
    busy_below: Floats
    """[G, Q] share of the group that must not be busy."""
    priority: Ints
    """[G, Q]."""
    weight: Floats
    """[G, Q] of waits."""
    selective: Bytes
    """[G] 1: the group looks at more than place in some queue."""
    rouses: Bytes
    """[G] 1: an agent who goes idle may make room for a colleague."""
    first_choice: Ints
    """[G + 1] rows of ``choices`` that belong to each group."""
    choices: Keys
    """[ranks, words of Q] queues that a group may take, of equal standing, best first."""
    room_for: Keys
    """[1 + most cap, words of Q] queues from which an agent with so many contacts open may take another."""
    factor: Floats
    """[G, Q] handle-time factor."""
    speed: Ints
    """[C, 1 + most cap] work units per tick."""
    frustration: Floats
    """[A, 2] factors on handle time and on patience."""

    def tables(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""
        return {name: np.ascontiguousarray(a) for name, a in self._asdict().items() if name != "sizes"}


def sheet_of(plan: Plan) -> Sheet:
    """Prepare a plan."""
    groups, queues, channels = len(plan.groups), len(plan.queue_channel), len(plan.channels)
    most_cap = int(plan.cap.max(initial=1))
    deferred = plan.mode[plan.queue_channel] == Mode.DEFERRED
    agent_ranks, first_rank = _agent_ranks(plan)
    choices, first_choice = _choices(plan, deferred)
    room_for = np.zeros((1 + most_cap, _words(queues)), np.uint64)
    shared = plan.mode[plan.queue_channel] == Mode.CONCURRENT
    for load in range(1 + most_cap):
        takes = shared & (plan.cap[plan.queue_channel] > load) if load else np.ones(queues, np.bool_)
        room_for[load] = _bits(takes)
    incidents, first_incident = _incidents(plan)
    return Sheet(
        sizes=Sizes(groups, queues, channels, most_cap, _comings(plan), 2 * most_cap + 2),
        planned_channels=_channels(plan, first_incident),
        planned_queues=_queues(plan, first_rank),
        opens=plan.open_from,
        closes=plan.open_until,
        planned_incidents=incidents,
        changes=_changes(plan, incidents),
        queue_of=plan.queue_of,
        next_row=plan.next_row,
        agent_ranks=agent_ranks,
        wrong_queue=plan.wrong_queue,
        transfer_part=plan.transfer_part,
        diallers=_diallers(plan),
        offers=_offers(plan),
        passing_on=_passing_on(plan),
        transfer_share=plan.transfer_share,
        consults=_consults(plan),
        consult_share=plan.consult_share,
        success=plan.success,
        skill_resolution=plan.skill_resolution,
        skill_transfer=plan.skill_transfer,
        queue_work=plan.queue_work,
        queue_staff=plan.queue_staff,
        overflow=plan.skill_overflow,
        keep_idle=plan.skill_keep_idle,
        queue_least=plan.skill_queue_least,
        own_below=plan.skill_own_below,
        busy_below=plan.skill_busy_below,
        priority=plan.skill_priority,
        weight=plan.choice_weight,
        selective=_selective(plan),
        rouses=_bytes((plan.skill_keep_idle > 0).any(axis=1)),
        first_choice=first_choice,
        choices=choices,
        room_for=room_for,
        factor=plan.skill_factor,
        speed=plan.speed,
        frustration=np.stack([plan.frustration_work, plan.frustration_patience], axis=1),
    )


def _comings(plan: Plan) -> int:
    """No more agents than this ever come to the floor, those who come back counted each time."""
    ups = np.maximum(np.diff(plan.staff, axis=1, prepend=0), 0)
    came = int(ups[plan.absence == 0].sum())
    people: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for group, day, interval, first, until in plan.duty.tolist():
        people.setdefault((group, day, interval), []).append((first, until))
    for (group, day, interval), ranges in people.items():
        before = people.get((group, day, interval - 1), [])
        came += sum(until - first for first, until in ranges) + 1  # one for what rounding may bring
        came -= sum(
            max(min(until, ended) - max(first, began), 0)
            for first, until in ranges
            for began, ended in before
        )
    return came


def _selective(plan: Plan) -> Bytes:
    skill = plan.skill_priority > 0
    special = (plan.skill_overflow > 0) | (plan.skill_keep_idle > 0) | (plan.choice_weight != 1.0)
    return _bytes((skill & (special | _conditions(plan))).any(axis=1))


def _conditions(plan: Plan) -> Bools:
    """[G, Q] whether a skill has conditions besides time and reserve."""
    below = (plan.skill_own_below < ALWAYS) | np.isfinite(plan.skill_busy_below)
    return (plan.skill_priority > 0) & ((plan.skill_queue_least > 0) | below)


def _bytes(flags: Any) -> Bytes:
    return np.asarray(flags, np.uint8)


def _words(number: int) -> int:
    return max(-(-number // WORD), 1)


def _bits(which: Bools) -> Keys:
    """A set of places as words."""
    words = np.zeros(_words(len(which)), np.uint64)
    for place in np.flatnonzero(which).tolist():
        words[place // WORD] |= np.uint64(1 << place % WORD)
    return words


def _agent_ranks(plan: Plan) -> tuple[Keys, Ints]:
    ranks, first = [], [0]
    for queue in range(len(plan.queue_channel)):
        priority = plan.skill_priority[:, queue]
        ranks += [_bits(priority == value) for value in np.unique(priority[priority > 0])]
        first.append(len(ranks))
    return np.array(ranks, np.uint64).reshape(len(ranks), _words(len(plan.groups))), np.array(first)


def _choices(plan: Plan, deferred: Bools) -> tuple[Keys, Ints]:
    ranks, first = [], [0]
    for group in range(len(plan.groups)):
        priority = plan.choice_rank[group]
        for last in (False, True):
            mine = (priority > 0) & (deferred == last)
            ranks += [_bits(mine & (priority == value)) for value in np.unique(priority[mine])]
        first.append(len(ranks))
    return np.array(ranks, np.uint64).reshape(len(ranks), _words(len(plan.queue_channel))), np.array(first)


def _channels(plan: Plan, first_incident: Ints) -> NDArray[np.void]:
    channels = np.zeros(len(plan.channels), CHANNEL)
    channels["lines"] = plan.lines
    channels["window"] = plan.open_index[:-1]
    channels["last_window"] = plan.open_index[1:]
    channels["first_incident"] = first_incident[:-1]
    channels["last_incident"] = first_incident[1:]
    channels["cap"] = plan.cap
    channels["mode"] = plan.mode
    channels["interruptible"] = plan.interruptible
    channels["drops"] = plan.drop_at_close
    channels["front"] = (plan.front_law >= 0).any(axis=1)
    channels["wrap"] = (plan.wrap_law >= 0).any(axis=1)
    channels["balk"] = plan.balk > 0
    channels["silent"] = plan.silent > 0
    channels["callback"] = plan.callback_above >= 0
    channels["passes_on"] = plan.transfer_to >= 0
    channels["consults"] = plan.consult_group >= 0
    channels["dials"] = plan.dialler_tries > 0
    return channels


def _offers(plan: Plan) -> NDArray[np.void]:
    offers = np.zeros(len(plan.channels), CALLBACK_OFFER)
    offers["above"] = plan.callback_above
    offers["estimate"] = plan.callback_estimate
    offers["take_up"] = plan.callback_take_up
    offers["connects"] = plan.callback_connects
    offers["tries"] = plan.callback_tries
    offers["retry"] = plan.callback_retry
    offers["ring"] = plan.callback_ring
    return offers


def _diallers(plan: Plan) -> NDArray[np.void]:
    diallers = np.zeros(len(plan.channels), DIALLER)
    diallers["pace"] = plan.dialler_pace
    diallers["reaches"] = plan.dialler_reaches
    diallers["ring"] = plan.dialler_ring
    diallers["retry"] = plan.dialler_retry
    diallers["tries"] = plan.dialler_tries
    return diallers


def _passing_on(plan: Plan) -> NDArray[np.void]:
    passing_on = np.zeros(len(plan.channels), PASSING_ON)
    passing_on["part"] = plan.passing_part
    passing_on["to"] = plan.transfer_to
    passing_on["busy"] = plan.transfer_busy
    return passing_on


def _consults(plan: Plan) -> NDArray[np.void]:
    consults = np.zeros(len(plan.channels), CONSULT)
    consults["part"] = plan.consult_part
    consults["group"] = plan.consult_group
    consults["waits"] = plan.consult_waits
    return consults


def _queues(plan: Plan, first_rank: Ints) -> NDArray[np.void]:
    queues = np.zeros(len(plan.queue_channel), QUEUE)
    queues["first_rank"] = first_rank[:-1]
    queues["last_rank"] = first_rank[1:]
    queues["channel"] = plan.queue_channel
    skill = plan.skill_priority > 0
    queues["overflows"] = (skill & (plan.skill_overflow > 0)).any(axis=0)
    queues["watched"] = _conditions(plan).any(axis=0)
    reserved = (skill & (plan.skill_keep_idle > 0)).any(axis=0)
    queues["conditional"] = queues["overflows"] | reserved | queues["watched"]
    return queues


def _incidents(plan: Plan) -> tuple[NDArray[np.void], Ints]:
    order = np.argsort(plan.incident_channel, kind="stable")
    incidents = np.zeros(len(order), INCIDENT)
    incidents["begins"] = plan.incident_from[order]
    incidents["ends"] = plan.incident_until[order]
    incidents["failure"] = plan.incident_failure[order]
    incidents["slowdown"] = plan.incident_slowdown[order]
    incidents["reports"] = plan.incident_reports[order]
    incidents["announced_after"] = plan.announced_after[order]
    incidents["heeded"] = plan.announcement_heeded[order]
    incidents["returns_within"] = plan.returns_within[order]
    incidents["place"] = order
    incidents["detected"] = NOBODY
    return incidents, np.searchsorted(plan.incident_channel[order], np.arange(len(plan.channels) + 1))


def _changes(plan: Plan, incidents: NDArray[np.void]) -> NDArray[np.void]:
    """Closings of channels that drop those waiting, staffing, detections, openings of channels that dial; the
    last entry never comes."""
    found = []
    for channel in np.flatnonzero(plan.drop_at_close).tolist():
        windows = slice(int(plan.open_index[channel]), int(plan.open_index[channel + 1]))
        order = event_order(Kind.CLOSING, channel)
        found += [(tick, order, 0) for tick in plan.open_until[windows].tolist() if tick < plan.horizon]
    for group in range(len(plan.groups)):
        by = np.diff(plan.staff[group], prepend=0)
        order = event_order(Kind.STAFFING, group)
        # Where people may be absent, the number may change in any interval; each replication has its own.
        when = range(plan.intervals) if plan.absence[group] > 0 else np.flatnonzero(by).tolist()
        found += [(k * plan.interval_ticks, order, int(by[k])) for k in when]
    for place, incident in enumerate(incidents["place"].tolist()):
        if 0 <= plan.incident_noticed[incident] < plan.horizon:
            order = event_order(Kind.DETECTION, incident)
            found.append((int(plan.incident_noticed[incident]), order, place))
    for channel in np.flatnonzero(plan.dialler_tries).tolist():
        windows = slice(int(plan.open_index[channel]), int(plan.open_index[channel + 1]))
        order = event_order(Kind.OPENING, channel)
        found += [(tick, order, 0) for tick in plan.open_from[windows].tolist() if tick < plan.horizon]
    return np.array([*sorted(found), (plan.horizon, 0, 0)], CHANGE)
