"""Seconds, ticks and local time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sim.clock import TICKS_PER_DAY, Clock, array_to_ticks, to_seconds, to_ticks
from sim.contract import FAR


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


@pytest.mark.parametrize(
    ("start", "zone", "days", "change"),
    [
        (dt.date(2026, 3, 28), "Europe/London", 1, None),
        (dt.date(2026, 3, 28), "Europe/London", 2, dt.date(2026, 3, 29)),
        (dt.date(2026, 3, 29), "Europe/London", 1, dt.date(2026, 3, 29)),
        (dt.date(2026, 3, 30), "Europe/London", 208, None),
        (dt.date(2026, 10, 25), "Europe/Berlin", 1, dt.date(2026, 10, 25)),
        (dt.date(2026, 1, 1), "UTC", 365, None),
        (dt.date(2026, 4, 4), "Australia/Lord_Howe", 2, dt.date(2026, 4, 5)),  # by half an hour
    ],
)
def test_changes_of_the_clocks_are_found(
    start: dt.date, zone: str, days: int, change: dt.date | None
) -> None:
    found = Clock(start, zone, days).clock_change()
    assert (found.date() if found else None) == change
