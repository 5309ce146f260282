"""One replication of one day as a film: who waits where, who works, what has failed, moment by moment.

Pure reckoning: the trace of an engine in, whole numbers per moment out. A queue is a step function of the
contacts that entered it and left it, so its mean over an interval is the one that the results show; only
deferred work that was interrupted and went back is known by interval, and is added with its mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.contract import (
    NOBODY,
    TICKS_PER_SECOND,
    Bools,
    Floats,
    IncidentFact,
    Ints,
    Mode,
    Outcome,
    Plan,
    Ticks,
    Trace,
)

MOST_MOMENTS = 300
"""A film has no more moments than this, whatever the length of its day."""

NEW, AGAIN, PASSED_ON = "new", "again", "passed on"
"""How a contact came that does not follow one in another channel: the customer's first, another try in the
same channel, or handed over by an agent."""

_STEPS = (60, 120, 180, 300, 600, 900)
"""Seconds from one moment to the next."""
_QUIET = 0.1
"""Intervals without agents and with a smaller share of the busiest one's contacts do not stretch the day."""
_LOST = (Outcome.ABANDONED, Outcome.BLOCKED, Outcome.CLOSED, Outcome.DISCONNECTED, Outcome.FAILED)


@dataclass(frozen=True, eq=False)
class Stays:
    """Stays somewhere, in a queue for instance: ``[n]`` ticks at which they begin, and at which they end.

    >>> queue = Stays(np.array([0, 10, 20]), np.array([30, 20, 40]))
    >>> queue.at(np.array([0, 15, 20, 40])).tolist(), queue.means(np.array([0, 20, 40])).tolist()
    ([1, 2, 2, 0], [1.5, 1.5])
    """

    starts: Ticks
    ends: Ticks

    def at(self, moments: Ticks) -> Ints:
        """How many ``[m]`` are there; who comes at a moment is there, who leaves at it is not."""
        came = np.searchsorted(np.sort(self.starts), moments, "right")
        return came - np.searchsorted(np.sort(self.ends), moments, "right")

    def means(self, edges: Ticks) -> Floats:
        """How many there are on average between each of ``[m + 1]`` edges and the next."""
        spent = _spent(self.ends, edges) - _spent(self.starts, edges)
        return np.asarray(np.diff(spent) / np.diff(edges))

    def longest(self, moments: Ticks) -> Floats:
        """Seconds ``[m]`` that the one of those there has been there who came first; 0 with nobody."""
        found = np.zeros(len(moments))
        for place, now in enumerate(moments):
            there = self.starts[(self.starts <= now) & (self.ends > now)]
            found[place] = (now - there.min()) / TICKS_PER_SECOND if len(there) else 0.0
        return found


def _spent(until: Ticks, edges: Ticks) -> Ticks:
    """The sum of ``min(until, edge)`` for each edge."""
    ordered = np.sort(until)
    sums = np.concatenate([[0], np.cumsum(ordered)])
    before = np.searchsorted(ordered, edges, "right")
    return np.asarray(sums[before] + (len(ordered) - before) * edges)


@dataclass(frozen=True, eq=False)
class Lane:
    """A channel: F moments."""

    channel: str
    mode: Mode
    there: Ints
    """[F] customers waiting; in self-service, customers using it."""
    longest: Floats
    """[F] seconds that the first of those waiting has waited."""
    came: Mapping[str, Ints]
    """[F] contacts so far by where they come from: :data:`NEW`, :data:`AGAIN`, :data:`PASSED_ON`, or the
    channel of the attempt before. Callbacks are none of them."""
    lost: Ints
    """[F] contacts so far that gave up, did not get through, were cut off or failed."""
    callbacks: Ints
    """[F] customers who wait to be rung back."""

    @property
    def total(self) -> Ints:
        """[F] contacts so far."""
        return np.asarray(sum(self.came.values(), np.zeros(len(self.there), np.int64)))


@dataclass(frozen=True, eq=False)
class Crew:
    """A group of agents on average over each of K intervals, in whole agents that add up."""

    group: str
    scheduled: Ints
    busy: Ints
    idle: Ints
    overtime: Ints


@dataclass(frozen=True)
class Trouble:
    """An incident as it went on this day; ticks."""

    name: str
    channel: str
    start: int
    end: int
    planned: int
    """When its window ends."""
    noticed: int | None
    """When it was detected, if it was."""
    watched: bool
    """Whether anything could have detected it."""


@dataclass(frozen=True, eq=False)
class Film:
    """A day, moment by moment."""

    moments: Ticks
    """[F]."""
    interval: Ints
    """[F] the row of each moment in the columns of a :class:`Crew`."""
    lanes: tuple[Lane, ...]
    crews: tuple[Crew, ...]
    troubles: tuple[Trouble, ...]


# -- the day ---------------------------------------------------------------------------------------


def busy_hours(plan: Plan, traces: Sequence[Trace], day: int) -> tuple[int, int]:
    """Ticks from the start of the first to the end of the last interval of a day that is not quiet.

    All traces count together, so that several films have the same hours. A day on which nobody comes or works
    is shown whole.
    """
    counts = np.zeros(plan.intervals, np.int64)
    for trace in traces:
        counts += np.bincount(trace.arrived // plan.interval_ticks, minlength=plan.intervals)
    first, until = (int(place) for place in plan.day_index[day : day + 2])
    today = slice(first, until)
    staffed = (plan.staff[:, today] > 0).any(axis=0)
    busy = np.flatnonzero(staffed | (counts[today] > _QUIET * counts[today].max()))
    if not len(busy):
        return first * plan.interval_ticks, until * plan.interval_ticks
    return (first + int(busy[0])) * plan.interval_ticks, (first + int(busy[-1]) + 1) * plan.interval_ticks


def moments_of(hours: tuple[int, int]) -> Ticks:
    """Moments of a film: whole minutes apart, the end among them, :data:`MOST_MOMENTS` at most.

    >>> len(moments_of((0, 12 * 3600 * TICKS_PER_SECOND))), len(moments_of((0, 86_400 * TICKS_PER_SECOND)))
    (241, 289)
    """
    first, last = hours
    seconds = next((s for s in _STEPS if (last - first) // (s * TICKS_PER_SECOND) < MOST_MOMENTS), _STEPS[-1])
    return np.arange(first, last + 1, seconds * TICKS_PER_SECOND, dtype=np.int64)


def film(plan: Plan, trace: Trace, incidents: Sequence[str], hours: tuple[int, int]) -> Film:
    """What happened within ``hours``; ``incidents`` are their names in the plan's order."""
    moments = moments_of(hours)
    first, last = hours[0] // plan.interval_ticks, hours[1] // plan.interval_ticks
    interval = np.minimum(moments // plan.interval_ticks, last - 1) - first
    return Film(
        moments,
        interval,
        tuple(_lane(plan, trace, channel, moments) for channel in range(len(plan.channels))),
        tuple(_crew(plan, trace, group, slice(first, last)) for group in range(len(plan.groups))),
        tuple(
            trouble
            for place, name in enumerate(incidents)
            if (trouble := _trouble(plan, trace, place, name)).start < hours[1] and trouble.end > hours[0]
        ),
    )


# -- a channel -------------------------------------------------------------------------------------


def queue_of(plan: Plan, trace: Trace, channel: int) -> Stays:
    """Who waited for an agent of a channel for the first time: from entering to the answer, or to leaving.

    Callbacks are left out: their customers do not wait in the queue.
    """
    mine = (trace.channel == channel) & (trace.entered != NOBODY) & ~_is_callback(trace)
    ends = np.where(trace.answered == NOBODY, trace.ended, trace.answered)
    return Stays(trace.entered[mine], ends[mine])


def went_back(plan: Plan, trace: Trace, channel: int) -> Floats:
    """Interrupted work that waited again, on average over each interval ``[K]``: what
    :func:`queue_of` lacks of the trace's own queue.
    """
    edges = np.arange(plan.intervals + 1, dtype=np.int64) * plan.interval_ticks
    known = queue_of(plan, trace, channel).means(edges)
    return np.asarray(np.maximum(trace.queue_length[channel] / plan.interval_ticks - known, 0.0))


def came_from(plan: Plan, trace: Trace) -> tuple[Ints, tuple[str, ...]]:
    """Where each contact comes from, as a place in names: see :attr:`Lane.came`; NOBODY for callbacks."""
    names = (NEW, AGAIN, PASSED_ON, *plan.channels)
    before = np.roll(trace.channel, 1)
    source = np.where(before == trace.channel, 1, 3 + before)
    source[_follows(trace, Outcome.TRANSFERRED)] = 2
    source[_is_callback(trace)] = NOBODY
    source[trace.attempt == 0] = 0
    return source, names


def _lane(plan: Plan, trace: Trace, channel: int, moments: Ticks) -> Lane:
    mine = trace.channel == channel
    mode = Mode(int(plan.mode[channel]))
    stays = queue_of(plan, trace, channel)
    if mode is Mode.SELF_SERVICE:
        stays = Stays(trace.arrived[mine], trace.ended[mine])
    there = stays.at(moments)
    if mode is Mode.DEFERRED:
        again = went_back(plan, trace, channel)
        place = np.minimum(moments // plan.interval_ticks, plan.intervals - 1)
        there = there + np.rint(again[place]).astype(np.int64)
    source, names = came_from(plan, trace)
    midnights = plan.day_index * plan.interval_ticks
    since = midnights[np.searchsorted(midnights, moments[0], side="right") - 1]
    came = {
        name: _so_far(trace.arrived[mine & (source == place)], since, moments)
        for place, name in enumerate(names)
    }
    lost = mine & np.isin(trace.outcome, _LOST)
    rung = mine & _is_callback(trace)
    answered = np.where(trace.answered == NOBODY, trace.ended, trace.answered)
    return Lane(
        plan.channels[channel],
        mode,
        there,
        np.zeros(len(moments)) if mode is Mode.SELF_SERVICE else stays.longest(moments),
        {name: counts for name, counts in came.items() if counts[-1]},
        _so_far(trace.ended[lost], since, moments),
        Stays(trace.arrived[rung], answered[rung]).at(moments),
    )


def _so_far(ticks: Ticks, since: int, moments: Ticks) -> Ints:
    """How many ticks from ``since`` until before each moment."""
    today = np.sort(ticks[ticks >= since])
    return np.searchsorted(today, moments, "left").astype(np.int64)


def _follows(trace: Trace, outcome: Outcome) -> Bools:
    """Whether the contact before, of the same case, ended so."""
    return np.asarray((trace.attempt > 0) & (np.roll(trace.outcome, 1) == outcome))


def _is_callback(trace: Trace) -> Bools:
    return _follows(trace, Outcome.CALLED_BACK)


# -- agents and incidents --------------------------------------------------------------------------


def _crew(plan: Plan, trace: Trace, group: int, within: slice) -> Crew:
    parts = np.stack([
        trace.busy[group, within],
        trace.present[group, within] - trace.busy[group, within] - trace.overtime[group, within],
        trace.overtime[group, within],
    ])  # fmt: skip
    busy, idle, overtime = whole_parts(parts / plan.interval_ticks)
    return Crew(plan.groups[group], plan.staff[group, within].astype(np.int64), busy, idle, overtime)


def whole_parts(parts: Floats) -> Ints:
    """Parts ``[n, K]`` in whole numbers that add up to the rounded total, by largest remainders.

    >>> whole_parts(np.array([[2.6, 1.0], [0.3, 0.0], [0.2, 0.0]])).T.tolist()
    [[3, 0, 0], [1, 0, 0]]
    """
    found = np.floor(parts + 1e-9).astype(np.int64)
    missing = np.rint(parts.sum(axis=0)).astype(np.int64) - found.sum(axis=0)
    order = np.argsort(-(parts - found), axis=0, kind="stable")
    places = np.argsort(order, axis=0, kind="stable")
    return np.asarray(found + (places < missing))


def _trouble(plan: Plan, trace: Trace, place: int, name: str) -> Trouble:
    noticed = int(trace.incidents[place, IncidentFact.DETECTED])
    return Trouble(
        name,
        plan.channels[int(plan.incident_channel[place])],
        int(plan.incident_from[place]),
        int(trace.incidents[place, IncidentFact.ENDED]),
        int(plan.incident_until[place]),
        None if noticed == NOBODY else noticed,
        bool(plan.incident_noticed[place] != NOBODY or plan.incident_reports[place] > 0),
    )
