"""The clock: seconds, ticks and local wall time, on days of 24 hours and on days on which clocks change.

Engines count int64 ticks since the first instant of the first day; tables give seconds since then; people
read local time. A day on which clocks go forward has 23 hours, one on which they go back has 25 (in a few
zones they change by half an hour). Three rules say what is meant:

* What holds by time of day (volumes, numbers of agents, opening hours) holds whenever the clock shows that
  time: never in the hour that is skipped, twice in the hour that is repeated.
* A moment, a date with a time (an incident's window), is the first instant at which the clock shows it or a
  later time: a skipped one is the end of the skipped hour, of a repeated one the first is meant.
* A duration is time that passes. An interval is one, so the horizon has those intervals that really exist.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scenarios.calendar import Calendar
from scenarios.clocks import elapsed, seconds_of, stretches
from sim.contract import FAR, TICKS_PER_SECOND, Floats, Ints, Ticks

SECONDS_PER_DAY = 86_400
TICKS_PER_DAY = SECONDS_PER_DAY * TICKS_PER_SECOND
"""By the clock."""


def to_ticks(seconds: float) -> int:
    """Seconds as ticks, rounded to the nearest (half to even) and cut to ``FAR``.

    >>> to_ticks(1.5), to_ticks(float("inf")) == FAR
    (1500000, True)
    """
    return FAR if seconds * TICKS_PER_SECOND >= FAR else round(seconds * TICKS_PER_SECOND)


def array_to_ticks(seconds: Floats) -> Ticks:
    """An array of seconds (infinity allowed) as ticks, by the rule of :func:`to_ticks`."""
    return np.rint(np.minimum(seconds * TICKS_PER_SECOND, float(FAR))).astype(np.int64)


def to_seconds(ticks: Ticks) -> Floats:
    """Ticks as seconds.

    >>> to_seconds(np.array([1_500_000])).tolist()
    [1.5]
    """
    return ticks / TICKS_PER_SECOND


@dataclass(frozen=True)
class Clock:
    """Local time over the horizon: ``days`` whole days from midnight of ``start`` in ``timezone``.

    >>> clock = Clock(dt.date(2026, 3, 29), "Europe/London", days=1)  # 01:00 is 02:00
    >>> clock.tick(dt.datetime(2026, 3, 29, 10, 30)) // TICKS_PER_SECOND, clock.local(0).isoformat()
    (34200, '2026-03-29T00:00:00')
    >>> clock.horizon // (3600 * TICKS_PER_SECOND)
    23
    """

    start: dt.date
    timezone: str
    days: int

    @classmethod
    def of(cls, calendar: Calendar) -> Clock:
        """The clock of a scenario's calendar."""
        return cls(calendar.start, calendar.timezone, calendar.days)

    @cached_property
    def horizon(self) -> int:
        """Ticks from the first midnight to the last."""
        return seconds_of(self.start, self.timezone, self.days) * TICKS_PER_SECOND

    @cached_property
    def midnights(self) -> tuple[int, ...]:
        """The tick at which each day begins, and that at which the last one ends."""
        begins = (self.tick(dt.datetime.combine(self.date(day), dt.time())) for day in range(1, self.days))
        return (0, *begins, self.horizon)

    @cached_property
    def _bounds(self) -> tuple[tuple[int, int, int], ...]:
        """Of each stretch: the tick at which it begins, that at which it ends, ticks that it is ahead."""
        found = stretches(self.start, self.timezone, self.days)
        begins = [stretch.begins * TICKS_PER_SECOND for stretch in found]
        ahead = [stretch.ahead * TICKS_PER_SECOND for stretch in found]
        return tuple(zip(begins, [*begins[1:], self.horizon], ahead, strict=True))

    def date(self, day: int) -> dt.date:
        """The local date of the ``day``-th day (0 is the first)."""
        return self.start + dt.timedelta(days=day)

    def tick(self, moment: dt.datetime) -> int:
        """The first tick at which the clock shows a local date and time, or a later one.

        Negative before the first midnight; before and after the horizon clocks are taken not to change.
        """
        since = elapsed(self.start, self.timezone, self.days, moment)
        return (since.days * SECONDS_PER_DAY + since.seconds) * TICKS_PER_SECOND + since.microseconds

    def local(self, tick: int) -> dt.datetime:
        """The local date and time of a tick."""
        place = bisect_right(self._bounds, tick, key=lambda bounds: bounds[0]) - 1
        shown = tick + self._bounds[max(place, 0)][2]
        return dt.datetime.combine(self.start, dt.time()) + dt.timedelta(microseconds=shown)

    def spans(self, day: int, begins: int, ends: int) -> Iterator[tuple[int, int]]:
        """When, on a day, the clock shows a time in [begins, ends), in ticks after midnight by the clock.

        One span of ticks, none where all of it is skipped, two where the clock comes back into it.
        """
        midnight = day * TICKS_PER_DAY
        first, last = self.midnights[day : day + 2]
        for start, end, ahead in self._bounds:
            since = max(start, first, midnight + begins - ahead)
            until = min(end, last, midnight + ends - ahead)
            if since < until:
                yield since, until

    def timeline(self, interval: int) -> Timeline:
        """The intervals of so many ticks that the horizon has."""
        begins = np.arange(0, self.horizon, interval, dtype=np.int64)
        index = np.array(self.midnights, np.int64) // interval
        starts, _, ahead = np.array(self._bounds, np.int64).T
        shown = begins + ahead[np.searchsorted(starts, begins, side="right") - 1]
        day = np.repeat(np.arange(self.days), np.diff(index))
        return Timeline(interval, index, day, shown % TICKS_PER_DAY // interval)


@dataclass(frozen=True, eq=False)
class Timeline:
    """The K intervals that a horizon of D days really has, and where each of them stands on the clock.

    >>> spring = Clock(dt.date(2026, 3, 29), "Europe/London", days=1).timeline(3600 * TICKS_PER_SECOND)
    >>> spring.slot[:3].tolist(), spring.index.tolist()
    ([0, 2, 3], [0, 23])
    """

    interval: int
    """Ticks."""
    index: Ints
    """[D + 1] the intervals of day d are ``index[d]:index[d + 1]``."""
    day: Ints
    """[K] of which day it is."""
    slot: Ints
    """[K] how many intervals after midnight the clock shows when it begins."""

    @property
    def intervals(self) -> int:
        """K."""
        return len(self.day)

    @property
    def days(self) -> int:
        """D."""
        return len(self.index) - 1

    @property
    def per_day(self) -> int:
        """Intervals of a day by the clock, 24 hours."""
        return TICKS_PER_DAY // self.interval

    def by_clock(self, values: Floats) -> Floats:
        """[..., K] of values by the clock, [..., D * per_day]: skipped ones left out, repeated ones twice."""
        return values[..., self.day * self.per_day + self.slot]


def timeline_of(calendar: Calendar) -> Timeline:
    """The intervals of a scenario's calendar."""
    return Clock.of(calendar).timeline(to_ticks(calendar.interval))
