"""The clock: seconds, ticks and local wall time, and the one place where daylight saving will live.

Engines count int64 ticks since the horizon's start; tables give seconds; people read local time. In
this version every simulated day has 24 hours: a horizon in which the local clocks change is refused
(:func:`clock_change`), so that a tick, an interval and a local time mean the same on every day.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

import numpy as np

from sim.contract import FAR, TICKS_PER_SECOND, Floats, Ticks

SECONDS_PER_DAY = 86_400
TICKS_PER_DAY = SECONDS_PER_DAY * TICKS_PER_SECOND


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

    >>> clock = Clock(dt.date(2026, 3, 2), "Europe/London", days=1)
    >>> clock.tick(dt.datetime(2026, 3, 2, 10, 30)) // TICKS_PER_SECOND, clock.local(0).isoformat()
    (37800, '2026-03-02T00:00:00')
    """

    start: dt.date
    timezone: str
    days: int

    @property
    def horizon(self) -> int:
        """Ticks from the first midnight to the last."""
        return self.days * TICKS_PER_DAY

    def date(self, day: int) -> dt.date:
        """The local date of the ``day``-th day (0 is the first)."""
        return self.start + dt.timedelta(days=day)

    def tick(self, moment: dt.datetime) -> int:
        """The tick of a local date and time; negative before the first midnight."""
        since = moment - dt.datetime.combine(self.start, dt.time())
        return (since.days * SECONDS_PER_DAY + since.seconds) * TICKS_PER_SECOND + since.microseconds

    def local(self, tick: int) -> dt.datetime:
        """The local date and time of a tick."""
        return dt.datetime.combine(self.start, dt.time()) + dt.timedelta(microseconds=tick)

    def clock_change(self) -> dt.datetime | None:
        """The first local hour within the horizon before which the clocks change; ``None`` without one.

        >>> Clock(dt.date(2026, 3, 29), "Europe/London", days=1).clock_change().isoformat()
        '2026-03-29T02:00:00'
        """
        zone = zoneinfo.ZoneInfo(self.timezone)
        midnight = dt.datetime.combine(self.start, dt.time())
        offset = midnight.replace(tzinfo=zone).utcoffset()
        for hour in range(1, 24 * self.days + 1):
            moment = midnight + dt.timedelta(hours=hour)
            if moment.replace(tzinfo=zone).utcoffset() != offset:
                return moment
        return None
