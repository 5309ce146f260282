"""Local clocks: when they change within the days simulated, and how much time really passes.

A day has 24 hours by the clock; where clocks go forward an hour of it is skipped, where they go back one
is repeated. :class:`sim.clock.Clock` says what that means for times of day and for moments.
"""

from __future__ import annotations

import datetime as dt
import math
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

DAY_SECONDS = 86_400
_DAY, _SECOND, _NOTHING = dt.timedelta(days=1), dt.timedelta(seconds=1), dt.timedelta(0)


@dataclass(frozen=True)
class Stretch:
    """A time in which the clock runs evenly: until the next stretch begins."""

    begins: int
    """Seconds since the first instant of the first day."""
    ahead: int
    """Seconds by which the clock is ahead of the time since then, counted from 00:00 of that day."""


@lru_cache(maxsize=256)
def stretches(start: dt.date, timezone: str, days: int) -> tuple[Stretch, ...]:
    """The stretches of so many days: one, and another for each change of the clocks within them.

    >>> stretches(dt.date(2026, 3, 28), "Europe/London", 2)
    (Stretch(begins=0, ahead=0), Stretch(begins=90000, ahead=3600))
    """
    zone = zoneinfo.ZoneInfo(timezone)
    first = _first_instant(start, zone)
    midnight = dt.datetime.combine(start, dt.time())
    changes = [first]
    at, last = first, _first_instant(start + days * _DAY, zone)
    while at < last:
        until = min(at + _DAY, last)
        if _offset(until, zone) != _offset(at, zone) and (change := _change(at, until, zone)) < last:
            changes.append(change)
        at = until
    return tuple(
        Stretch((at - first) // _SECOND, (_naive(at, zone) - midnight - (at - first)) // _SECOND)
        for at in changes
    )


def changes(start: dt.date, timezone: str, days: int) -> list[tuple[dt.date, int]]:
    """When clocks change within so many days: the date, and by how many seconds forward (negative: back).

    >>> changes(dt.date(2026, 10, 24), "Europe/London", 2)
    [(datetime.date(2026, 10, 25), -3600)]
    """
    found, ahead = [], 0
    for stretch in stretches(start, timezone, days):
        if stretch.ahead != ahead:
            date = start + (stretch.begins + stretch.ahead) // DAY_SECONDS * _DAY
            found.append((date, stretch.ahead - ahead))
        ahead = stretch.ahead
    return found


@lru_cache(maxsize=256)
def seconds_of(start: dt.date, timezone: str, days: int) -> int:
    """The seconds that pass in so many days.

    >>> seconds_of(dt.date(2026, 3, 29), "Europe/London", 1) // 3600
    23
    """
    zone = zoneinfo.ZoneInfo(timezone)
    return (_first_instant(start + days * _DAY, zone) - _first_instant(start, zone)) // _SECOND


def elapsed(start: dt.date, timezone: str, days: int, moment: dt.datetime) -> dt.timedelta:
    """The time from the first instant of the days until the clock first shows a moment, or a later one.

    Negative before it; before and after these days clocks are taken not to change.

    >>> elapsed(dt.date(2026, 3, 29), "Europe/London", 1, dt.datetime(2026, 3, 29, 1, 30))  # 01:00 is 02:00
    datetime.timedelta(seconds=3600)
    """
    found = stretches(start, timezone, days)
    shown = moment - dt.datetime.combine(start, dt.time())
    ends = [stretch.begins * _SECOND for stretch in found[1:]]
    for stretch, end in zip(found, [*ends, dt.timedelta.max], strict=True):
        passed = shown - stretch.ahead * _SECOND
        if passed < end:
            break
    return passed if shown < _NOTHING else max(passed, stretch.begins * _SECOND)


def longest_interval(start: dt.date, timezone: str, days: int) -> int:
    """The longest interval, in seconds, of which every stretch of every day has whole ones by the clock.

    >>> longest_interval(dt.date(2026, 4, 5), "Australia/Lord_Howe", 1)  # 02:00 is 01:30 again
    1800
    """
    bounds = [DAY_SECONDS]
    found = stretches(start, timezone, days)
    for place, stretch in enumerate(found):
        ahead = found[place - 1].ahead if place else 0
        bounds += [stretch.begins + ahead, stretch.begins + stretch.ahead]
    return math.gcd(*bounds)


def _offset(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.timedelta | None:
    return instant.astimezone(zone).utcoffset()


def _naive(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _first_instant(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """When a day begins, in UTC: at midnight, the first of two; where that is skipped, when clocks change."""
    midnight = dt.datetime.combine(day, dt.time())
    instant = midnight.replace(tzinfo=zone).astimezone(dt.UTC)
    return instant if _naive(instant, zone) == midnight else _change(instant - _DAY, instant, zone)


def _change(before: dt.datetime, after: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The first second, after ``before``, at which the clock's offset is that of ``after``."""
    then = _offset(after, zone)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        middle = max(middle, before + _SECOND)
        before, after = (before, middle) if _offset(middle, zone) == then else (middle, after)
    return after
