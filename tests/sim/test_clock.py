"""Seconds, ticks and local time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scenarios.clocks import changes
from sim.clock import TICKS_PER_DAY, Clock, array_to_ticks, to_seconds, to_ticks
from sim.contract import FAR, TICKS_PER_SECOND


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [(0, 0), (1e-6, 1), (0.5e-6, 0), (1.5e-6, 2), (86_400, TICKS_PER_DAY), (float("inf"), FAR), (1e300, FAR)],
)
def test_seconds_are_rounded_once_and_cut(seconds: float, ticks: int) -> None:
    assert to_ticks(seconds) == ticks
    assert array_to_ticks(np.array([seconds])).tolist() == [ticks]


def test_seconds_come_back() -> None:
    assert to_seconds(np.array([to_ticks(12.345678)])).tolist() == [12.345678]


def test_local_time() -> None:
    clock = Clock(dt.date(2026, 2, 28), "America/New_York", 3)
    assert clock.horizon == 3 * TICKS_PER_DAY
    assert [clock.date(day).isoformat() for day in range(3)] == ["2026-02-28", "2026-03-01", "2026-03-02"]
    moment = dt.datetime(2026, 3, 1, 10, 30, 0, 250)
    assert clock.local(clock.tick(moment)) == moment
    assert clock.tick(dt.datetime(2026, 2, 27, 23, 59)) == -60_000_000


# -- days on which clocks change -------------------------------------------------------------------

SPRING = Clock(dt.date(2026, 3, 29), "Europe/London", 1)
"""01:00 is 02:00."""
AUTUMN = Clock(dt.date(2026, 10, 25), "Europe/London", 1)
"""02:00 is 01:00 again."""
HALF = TICKS_PER_SECOND * 1800


@pytest.mark.parametrize(
    ("start", "zone", "days", "hours", "found"),
    [
        (dt.date(2026, 3, 28), "Europe/London", 1, 24, []),
        (dt.date(2026, 3, 28), "Europe/London", 2, 47, [(dt.date(2026, 3, 29), 3600)]),
        (dt.date(2026, 3, 29), "Europe/London", 1, 23, [(dt.date(2026, 3, 29), 3600)]),
        (dt.date(2026, 3, 30), "Europe/London", 208, 4992, []),
        (dt.date(2026, 10, 25), "Europe/Berlin", 1, 25, [(dt.date(2026, 10, 25), -3600)]),
        (dt.date(2026, 3, 8), "America/New_York", 3, 71, [(dt.date(2026, 3, 8), 3600)]),
        (dt.date(2026, 1, 1), "UTC", 365, 8760, []),
        (dt.date(2026, 4, 4), "Australia/Lord_Howe", 2, 48.5, [(dt.date(2026, 4, 5), -1800)]),
        (dt.date(2026, 10, 4), "Australia/Lord_Howe", 1, 23.5, [(dt.date(2026, 10, 4), 1800)]),
        # Midnight itself is skipped, or comes after an hour that is repeated.
        (dt.date(2017, 10, 15), "America/Sao_Paulo", 1, 23, [(dt.date(2017, 10, 15), 3600)]),
        (dt.date(2026, 4, 4), "America/Santiago", 2, 49, [(dt.date(2026, 4, 4), -3600)]),
        # A day that was not.
        (dt.date(2011, 12, 29), "Pacific/Apia", 3, 48, [(dt.date(2011, 12, 31), 86400)]),
    ],
)  # fmt: skip
def test_changes_of_the_clocks_are_found(
    start: dt.date, zone: str, days: int, hours: float, found: list[tuple[dt.date, int]]
) -> None:
    assert changes(start, zone, days) == found
    assert Clock(start, zone, days).horizon == hours * 3600 * TICKS_PER_SECOND


@pytest.mark.parametrize(
    "zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago"]
)
def test_local_time_is_that_of_the_zone_all_year(zone: str) -> None:
    clock = Clock(dt.date(2026, 1, 1), zone, 365)
    begins = dt.datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    for half in range(clock.horizon // HALF):
        there = (begins + half * dt.timedelta(minutes=30)).astimezone(ZoneInfo(zone))
        assert clock.local(half * HALF) == there.replace(tzinfo=None)
        if there.fold == 0:
            assert clock.tick(there.replace(tzinfo=None)) == half * HALF
    midnights = [clock.local(tick) for tick in clock.midnights[1:-1]]
    # In Santiago clocks skip the midnight of 6 September.
    assert [moment.date() for moment in midnights] == [clock.date(day) for day in range(1, 365)]


def test_a_skipped_moment_is_the_end_of_the_hour_and_an_ambiguous_one_the_first() -> None:
    def hours(clock: Clock, *clock_time: int) -> float:
        return clock.tick(dt.datetime.combine(clock.start, dt.time(*clock_time))) / (2 * HALF)

    assert [hours(SPRING, *at) for at in ((0, 59), (1, 0), (1, 30), (2, 0), (2, 30))] == [
        59 / 60,
        1,
        1,
        1,
        1.5,
    ]
    assert [hours(AUTUMN, *at) for at in ((0, 59), (1, 0), (1, 30), (2, 0), (2, 30))] == [
        59 / 60,
        1,
        1.5,
        3,
        3.5,
    ]


@pytest.mark.parametrize(
    ("clock", "begins", "ends", "spans"),
    [
        (SPRING, 0, 24, [(0, 1), (1, 23)]),
        (SPRING, 1, 2, []),
        (SPRING, 1.5, 3, [(1, 2)]),
        (SPRING, 0.5, 1.5, [(0.5, 1)]),
        (SPRING, 8, 20, [(7, 19)]),
        (AUTUMN, 0, 24, [(0, 2), (2, 25)]),
        (AUTUMN, 0, 1.5, [(0, 1.5), (2, 2.5)]),
        (AUTUMN, 1, 2, [(1, 2), (2, 3)]),
        (AUTUMN, 1.5, 3, [(1.5, 2), (2.5, 4)]),
        (AUTUMN, 8, 20, [(9, 21)]),
    ],
)
def test_times_of_day_hold_whenever_the_clock_shows_them(
    clock: Clock, begins: float, ends: float, spans: list[tuple[float, float]]
) -> None:
    hour = 2 * HALF
    found = clock.spans(0, round(begins * hour), round(ends * hour))
    assert [(since / hour, until / hour) for since, until in found] == spans


def test_intervals_that_exist() -> None:
    three = Clock(dt.date(2026, 4, 4), "Australia/Lord_Howe", 3).timeline(
        HALF
    )  # 02:00 is 01:30 again on the 5th
    assert three.index.tolist() == [0, 48, 97, 145]
    assert three.day.tolist() == [0] * 48 + [1] * 49 + [2] * 48
    assert three.slot[48:54].tolist() == [0, 1, 2, 3, 3, 4]
    assert three.by_clock(np.arange(144.0))[48:54].tolist() == [48, 49, 50, 51, 51, 52]
    usual = Clock(dt.date(2026, 3, 2), "Europe/London", 2).timeline(HALF)
    assert usual.by_clock(np.arange(96.0)).tolist() == list(range(96))
