"""Erlang's formulas: one queue, calls at random, exponential handle times and patience, in the long run.

* *Erlang B* (1917): nobody waits; who finds all agents busy is lost.
* *Erlang C* (1917): everybody waits, however long it takes.
* *Erlang A* (Palm 1957): who waits gives up after an exponential patience.
* Any of them with *lines*: at most so many calls at once, waiting or served; others are blocked.

They are one formula: A tends to C as patience grows, to B as it vanishes, and with as many lines as agents
all of them are B. Arguments are numbers or arrays that fit together (numpy's broadcasting), and so are
results. They are exact to ten digits or more from no agent to 100,000 and beyond.

Units: calls per hour, seconds, erlangs (calls that arrive within a handle time), and agents on the floor,
that is after shrinkage. A caller who gives up does so for good here: redials belong to the calls per hour.

Sources: Riordan, *Stochastic Service Systems* (1962), chapter 5; Garnett, Mandelbaum & Reiman, "Designing a
call center with impatient customers" (*MSOM* 4, 2002); Zeltyn & Mandelbaum, "Call centers with impatient
customers" (*Queueing Systems* 51, 2005), for the closed forms.

>>> queue = performance(200, 180, 14)  # 100 calls in half an hour, of 3 minutes each: 10 erlangs
>>> [round(float(value), 4) for value in (queue.waiting, queue.asa_seconds, queue.service_level(20))]
[0.1741, 7.8359, 0.8884]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenarios.errors import Problem
from sim.errors import RunError
from sim.staffing.poisson import below, log_poisson
from sim.staffing.waiting import Lined, Unlimited

Floats = NDArray[np.float64]

Of = Literal["offered", "answered", "abandons_good"]
"""Definitions of service level, by the words of a channel's target."""

Who = Literal["answered", "all"]
"""Whose waits: of answered calls, or of all that came to the queue, until the answer or giving up."""

MOST_AGENTS = 10_000_000
ENDLESS = np.inf
"""Patience of callers who never give up, and lines that never run out."""

_NEGLIGIBLE = -46.0
"""Logarithm of a share that changes no digit."""
_HALVINGS = 52


def erlang_b(load: ArrayLike, agents: ArrayLike) -> Floats:
    """The share of calls that is lost where nobody can wait: M/G/n/n offered ``load`` erlangs.

    It holds whatever the law of the handle time (Sevastyanov 1957).

    >>> erlang_b(2.0, [0, 1, 2, 3]).round(4).tolist()
    [1.0, 0.6667, 0.4, 0.2105]
    >>> float(erlang_b(100_000, 100_000).round(9))
    0.002518893
    """
    load, agents = _checked(load=load, agents=agents)
    return np.asarray(1.0 / below(agents, load))


def erlang_c(load: ArrayLike, agents: ArrayLike) -> Floats:
    """The share of calls that must wait where nobody gives up: M/M/n; 1 when there is no steady state.

    >>> erlang_c(8.0, [8, 9, 10, 12]).round(4).tolist()
    [1.0, 0.6533, 0.4092, 0.1398]
    """
    load, agents = _checked(load=load, agents=agents)
    room = np.maximum(agents - load, 0.0) / np.maximum(agents, 1.0)
    with np.errstate(invalid="ignore"):
        return np.where(room > 0.0, 1.0 / (1.0 + (below(agents, load) - 1.0) * room), 1.0)


def erlang_a(load: ArrayLike, agents: ArrayLike, patience: ArrayLike) -> Floats:
    """The share of calls that gives up in M/M/n+M offered ``load`` erlangs.

    ``patience`` is the mean patience over the mean handle time: endless, nobody gives up while there is a
    steady state (Erlang C); with 0 it is Erlang B.

    >>> erlang_a(57.0, 60, [0.0, 0.5, 2.0]).round(4).tolist()
    [0.0695, 0.0384, 0.0238]
    >>> bool(abs(erlang_a(57.0, 60, 0.0) - erlang_b(57.0, 60)) < 1e-12)
    True
    """
    hour = 3600.0
    return performance(load, hour, agents, np.asarray(patience, float) * hour).abandonment


def performance(
    calls_per_hour: ArrayLike,
    handle_seconds: ArrayLike,
    agents: ArrayLike,
    patience_seconds: ArrayLike = ENDLESS,
    lines: ArrayLike = ENDLESS,
) -> Performance:
    """What a queue does in the long run, all measures of it.

    ``patience_seconds`` is the mean of an exponential patience: endless, it is Erlang C; 0, it is Erlang B.
    ``lines`` is the most calls at once, waiting or served.

    Raises :class:`~sim.errors.RunError` for figures that are out of range.

    >>> patience = [1e3, 1e6, 1e9, ENDLESS]  # A tends to C
    >>> performance(1140, 180, 60, patience).waiting.round(6).tolist()
    [0.488327, 0.598766, 0.599039, 0.599039]
    >>> performance(1140, 180, 60, [100, 1, 0]).abandonment.round(4).tolist()  # to B
    [0.0373, 0.0672, 0.0695]
    >>> performance(1140, 180, 60, lines=[80, 60]).blocking.round(4).tolist()  # as lines are cut to agents
    [0.0135, 0.0695]
    >>> float(erlang_b(57, 60).round(4))
    0.0695
    """
    return Performance(
        *_checked(
            calls_per_hour=calls_per_hour,
            handle_seconds=handle_seconds,
            agents=agents,
            patience_seconds=patience_seconds,
            lines=lines,
        )
    )


@dataclass(frozen=True, eq=False)
class Performance:
    """The long run of queues, arrays of one shape. Made by :func:`performance`.

    Shares are of the calls that came to the queue; blocked ones never did, and are counted apart.
    """

    calls_per_hour: Floats
    handle_seconds: Floats
    agents: Floats
    patience_seconds: Floats
    lines: Floats

    @property
    def load(self) -> Floats:
        """Erlangs offered: calls that arrive within a handle time."""
        return self.calls_per_hour / 3600.0 * self.handle_seconds

    @cached_property
    def waiting(self) -> Floats:
        """The share that must wait, or give up at once."""
        rest = self._weights
        return np.where(rest > 0.0, 1.0 / (1.0 + rest), 1.0)

    @cached_property
    def blocking(self) -> Floats:
        """The share of all calls that finds every line taken."""
        full = self._each(lambda queue: np.zeros(queue.calls.shape), lambda queue: queue.full)
        return full / (1.0 + self._below * np.exp(-self._log_sum))

    @cached_property
    def abandonment(self) -> Floats:
        """The share that gives up waiting."""
        return self.waiting * self._gives_up

    @cached_property
    def occupancy(self) -> Floats:
        """The share of agents' time that is spent on calls; 0 without agents."""
        served = self.load * (1.0 - self.blocking) * (1.0 - self.abandonment)
        return np.minimum(
            np.divide(served, self.agents, out=np.zeros(served.shape), where=self.agents > 0), 1.0
        )

    @cached_property
    def asa_seconds(self) -> Floats:
        """Average speed of answer: the mean wait of answered calls; NaN where none is."""
        waited = self._each(lambda queue: queue.mean_answered, lambda queue: queue.mean_answered)
        answered = self._answered_late
        with np.errstate(invalid="ignore", divide="ignore"):
            late = np.where(answered > 0.0, answered * waited, 0.0)
            return late / (1.0 - self.waiting + answered)

    @cached_property
    def wait_seconds_mean(self) -> Floats:
        """The mean wait of all calls, until the answer or giving up."""
        waited = self._each(lambda queue: queue.mean_all, lambda queue: queue.mean_all)
        return np.where(self.waiting > 0.0, self.waiting * np.where(self.waiting > 0.0, waited, 0.0), 0.0)

    @property
    def queue_length_mean(self) -> Floats:
        """Calls waiting: Little's law."""
        return self.calls_per_hour / 3600.0 * (1.0 - self.blocking) * self.wait_seconds_mean

    def service_level(self, within_seconds: ArrayLike, of: Of = "offered") -> Floats:
        """The share answered within so many seconds: of all calls, of those answered, or abandons as good.

        ``abandons_good`` counts those who gave up within the time as if they had been answered.

        >>> queue = performance(1200, 240, 78, patience_seconds=120)
        >>> [round(float(queue.service_level(20, of)), 4) for of in ("offered", "answered", "abandons_good")]
        [0.7939, 0.85, 0.846]
        """
        seconds = self._seconds(within_seconds)
        in_time = 1.0 - self.waiting + self._answered_late - self._answered_after(seconds)
        if of == "answered":
            with np.errstate(invalid="ignore", divide="ignore"):
                return in_time / (1.0 - self.abandonment)
        if of == "abandons_good":
            return 1.0 - self._in_queue_after(seconds)
        return in_time

    def longer_than(self, seconds: ArrayLike, of: Who = "all") -> Floats:
        """The share of waits that is longer."""
        asked = self._seconds(seconds)
        if of == "all":
            return self._in_queue_after(asked)
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._answered_after(asked) / (1.0 - self.abandonment)

    def wait_percentile(self, share: ArrayLike, of: Who = "answered") -> Floats:
        """The seconds that such a share of waits does not exceed; infinite where no wait ends.

        >>> float(performance(200, 180, 14).wait_percentile(0.9).round(2))  # 45 s × log(0.17413 / 0.1)
        24.96
        """
        (share,) = _checked(share=share)
        shape = np.broadcast_shapes(share.shape, self.calls_per_hour.shape)
        mine = Performance(*(np.broadcast_to(part, shape) for part in self._parts))
        left = np.broadcast_to(1.0 - share, shape)

        def late(seconds: Floats) -> NDArray[np.bool_]:
            return mine.longer_than(seconds, of) > left

        low, high = np.zeros(shape), np.array(mine.handle_seconds)
        for _ in range(60):
            if not (up := late(high)).any():
                break
            high = np.where(up, 4.0 * high, high)
        endless = late(high)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            up = late(middle)
            low, high = np.where(up, middle, low), np.where(up, high, middle)
        return np.where(endless, np.inf, np.where(late(np.zeros(shape)), high, 0.0))

    # -- what it is made of ------------------------------------------------------------------------

    @property
    def _parts(self) -> tuple[Floats, ...]:
        return (self.calls_per_hour, self.handle_seconds, self.agents, self.patience_seconds, self.lines)

    @cached_property
    def _serving(self) -> Floats:
        """Agents who can be busy: no more than there are lines."""
        return np.minimum(self.agents, self.lines)

    @cached_property
    def _below(self) -> Floats:
        """The states in which an agent is free, relative to that with all busy and nobody waiting."""
        return below(self._serving, self.load) - 1.0

    @cached_property
    def _unlimited(self) -> Unlimited:
        """All queues as if lines never ran out."""
        calls, handle = self.calls_per_hour.ravel() / 3600.0, self.handle_seconds.ravel()
        with np.errstate(divide="ignore"):
            return Unlimited(calls, self._serving.ravel() / handle, 1.0 / self.patience_seconds.ravel())

    @cached_property
    def _lined(self) -> dict[int, Lined]:
        """The queues in which lines do run out, by their place."""
        found = {}
        all_of_them = self._unlimited
        for place in np.flatnonzero(np.isfinite(self.lines.ravel())):
            calls, done, hang_ups = (
                float(part[place]) for part in (all_of_them.calls, all_of_them.done, all_of_them.hang_ups)
            )
            places = int(self.lines.flat[place] - self._serving.flat[place])
            if calls > 0.0 and not _never_full(calls, done, hang_ups, places):
                found[int(place)] = Lined(calls, done, hang_ups, places)
        return found

    def _each(self, unlimited: Callable[[Unlimited], Floats], lined: Callable[[Lined], float]) -> Floats:
        """A figure of every queue, by the law that it has."""
        found = np.array(unlimited(self._unlimited), np.float64)
        for place, queue in self._lined.items():
            found[place] = lined(queue)
        return found.reshape(self.calls_per_hour.shape)

    @cached_property
    def _log_sum(self) -> Floats:
        return self._each(lambda queue: queue.log_sum, lambda queue: queue.log_sum)

    @cached_property
    def _weights(self) -> Floats:
        """States with a free agent over those in which a call that gets a line must wait."""
        full = self._each(lambda queue: np.zeros(queue.calls.shape), lambda queue: queue.full)
        with np.errstate(divide="ignore", over="ignore"):
            return self._below * np.exp(-self._log_sum) / (1.0 - full)

    @cached_property
    def _gives_up(self) -> Floats:
        return self._each(lambda queue: queue.gives_up, lambda queue: queue.gives_up)

    @cached_property
    def _answered_late(self) -> Floats:
        return self.waiting * (1.0 - self._gives_up)

    def _answered_after(self, seconds: Floats) -> Floats:
        """The share answered after waiting longer."""
        return self._answered_late * self._tails(seconds, "longer_answered")

    def _in_queue_after(self, seconds: Floats) -> Floats:
        """The share that is still waiting."""
        with np.errstate(divide="ignore", invalid="ignore"):
            stays = np.where(seconds > 0.0, np.exp(-seconds / self.patience_seconds), 1.0)
        return self.waiting * stays * self._tails(seconds, "longer")

    def _tails(self, seconds: Floats, which: str) -> Floats:
        flat = seconds.ravel()
        found = np.array(getattr(self._unlimited, which)(flat), np.float64)
        for place, queue in self._lined.items():
            found[place] = getattr(queue, which)(float(flat[place]))
        return found.reshape(seconds.shape)

    def _seconds(self, seconds: ArrayLike) -> Floats:
        (asked,) = _checked(within_seconds=seconds)
        shape = self.calls_per_hour.shape
        if np.broadcast_shapes(asked.shape, shape) != shape:
            raise RunError(
                "these figures cannot be used",
                [
                    Problem(
                        "within_seconds", asked.shape, f"a number, or an array of shape {shape}", "reshape it"
                    )
                ],
            )
        return np.broadcast_to(asked, shape)


def _never_full(calls: float, done: float, hang_ups: float, places: int) -> bool:
    """Whether so many places are as good as any number."""
    if hang_ups == 0.0:
        return calls < done and places * np.log(calls / done) < _NEGLIGIBLE
    if np.isinf(hang_ups):
        return places > 0
    rank, mean = done / hang_ups, calls / hang_ups
    beyond = log_poisson(rank + places, mean) - log_poisson(max(rank, mean - 1.0), mean)
    return bool(rank + places > mean and beyond < _NEGLIGIBLE)


# -- what may be asked -----------------------------------------------------------------------------

_RANGES: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "load": ("0 or more erlangs", lambda x: (x >= 0) & np.isfinite(x), "calls per hour × seconds / 3600"),
    "calls_per_hour": ("0 or more", lambda x: (x >= 0) & np.isfinite(x), "give calls, not a share"),
    "handle_seconds": ("more than 0 s", lambda x: (x > 0) & np.isfinite(x), "give seconds: 6 min is 360"),
    "agents": (
        f"whole numbers from 0 to {MOST_AGENTS:,}",
        lambda x: (x >= 0) & (x <= MOST_AGENTS) & (x == np.floor(x)),
        "round up",
    ),
    "patience_seconds": ("0 s or more; infinity: endless", lambda x: x >= 0, "leave it out for Erlang C"),
    "lines": (
        "whole numbers from 0, or infinity",
        lambda x: (x >= 0) & (x == np.floor(x)) & ((x <= MOST_AGENTS) | np.isinf(x)),
        "leave it out: as many as it takes",
    ),
    "within_seconds": ("0 s or more", lambda x: x >= 0, "20 is usual"),
    "share": ("shares from 0 to 1", lambda x: (x >= 0) & (x <= 1), "0.9 is the 90th percentile"),
}


def _checked(**given: ArrayLike) -> tuple[Floats, ...]:
    """Arguments as arrays of one shape; raises RunError that names all that are out of range."""
    problems, arrays = [], []
    for name, values in given.items():
        allowed, fits, cure = _RANGES[name]
        try:
            array = np.asarray(values, np.float64)
        except (TypeError, ValueError):
            problems.append(Problem(name, values, allowed, cure))
            continue
        good = fits(array)
        if not np.all(good):
            problems.append(
                Problem(name, float(array[~good].flat[0] if array.ndim else array), allowed, cure)
            )
        arrays.append(array)
    if not problems:
        try:
            return cast(tuple[Floats, ...], np.broadcast_arrays(*arrays))
        except ValueError:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in zip(given, arrays, strict=True))
            problems.append(
                Problem("shapes", shapes, "shapes that fit together", "give numbers, or equal lengths")
            )
    raise RunError("these figures cannot be used", problems)
