"""Windows of the day in which a what-if holds, and their place on the interval grid."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.times import clock_seconds, clock_text
from scenarios.units import format_duration

DAY_SECONDS = 86_400


def window_seconds(start: str | None, end: str | None) -> tuple[int, int]:
    """Start and end in seconds after midnight; an omitted end of the window is the day's.

    >>> window_seconds("10:00", None)
    (36000, 86400)
    """
    return (
        0 if start is None else clock_seconds(start),
        DAY_SECONDS if end is None else clock_seconds(end),
    )


def window_text(start: str | None, end: str | None) -> str:
    """The window as people write it, with a leading space; empty for the whole day.

    >>> window_text("10:00", "11:30"), window_text(None, None)
    (' 10:00–11:30', '')
    """
    if start is None and end is None:
        return ""
    first, last = window_seconds(start, end)
    return f" {clock_text(first)}–{clock_text(last)}"


def window_problems(
    start: str | None, end: str | None, *, grid_seconds: float | None = None
) -> Iterator[Problem]:
    """An end before the start, and ends off a grid of ``grid_seconds`` where one is given."""
    first, last = window_seconds(start, end)
    if last <= first:
        later = clock_text(min(first + 3600, DAY_SECONDS))
        yield Problem("end", end, f"a time of day after the start, {clock_text(first)}", f'write "{later}"')
    if grid_seconds is None:
        return
    for field, text, seconds in (("start", start, first), ("end", end, last)):
        if text is not None and seconds % grid_seconds:
            nearest = clock_text(min(round(seconds / grid_seconds) * grid_seconds, DAY_SECONDS))
            yield Problem(
                field, text,
                f"a time on the scenario's intervals of {format_duration(grid_seconds)}",
                f'write "{nearest}"',
            )  # fmt: skip


def intervals_within(scenario: Scenario, length: int, start: str | None, end: str | None) -> list[bool]:
    """For a list of ``length`` values, one per interval of a day or of all days: which lie within."""
    first, last = window_seconds(start, end)
    interval = scenario.calendar.interval
    per_day = round(DAY_SECONDS / interval)
    return [first <= (k % per_day) * interval < last for k in range(length)]
