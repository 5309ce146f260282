"""Glances made by hand: a day of six intervals of an hour, from 08:00."""

from __future__ import annotations

import numpy as np

from planner_app.answers.glance import Glance, Line, Window
from planner_app.answers.readings import Reading
from planner_app.answers.words import Estimate
from sim.measures import Scope, measure

INTERVALS = 24
OPEN = slice(8, 14)
NAN = float("nan")


def make_line(wait: list[float], *, scheduled: float = 10.0, required: float = 9.0) -> Line:
    """A line that is open from 08:00 to 14:00, with these waits and half-widths of a tenth."""

    def day(values: object, outside: float = 0.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        full = np.full(INTERVALS, outside)
        full[OPEN] = values
        return full

    waits = day(wait, NAN)
    return Line(
        wait=waits,
        half_width=waits / 10,
        offered=day(100.0),
        answered=day(95.0),
        scheduled=day(scheduled),
        required=day([required] * 3 + [required + 3.0] + [required] * 2),
    )


def make_reading(
    name: str, before: float, after: float | None, width: float, *, scope: Scope = "channel"
) -> Reading:
    """A number that goes from ``before`` to ``after``, its difference give or take ``width``."""
    return Reading(
        measure(name, scope),
        measure(name, scope).title,
        scope,
        "phone" if scope == "channel" else "all",
        Estimate(before, 0.1),
        None if after is None else Estimate(after, 0.1),
        None if after is None else Estimate(after - before, width),
    )


def make_glance(*, compared: bool = True, clear: bool = True, days: int = 12) -> Glance:
    """A baseline that waits 10 s, and a what-if that waits a minute and more at 11:00."""
    lines = {"baseline": make_line([10.0] * 6)}
    width = 0.01 if clear else 1000.0
    numbers = [
        make_reading("asa_seconds", 10.0, 40.0 if compared else None, width),
        make_reading("service_level", 0.9, 0.6 if compared else None, width),
        make_reading("abandonment", 0.02, 0.08 if compared else None, width),
        make_reading("effort", 0.4, 0.6 if compared else None, width, scope="all"),
    ]
    if compared:
        lines["what-if"] = make_line([20.0, 20.0, 30.0, 100.0, 40.0, 20.0], required=9.5)
    return Glance(
        lines=lines,
        numbers=tuple(numbers),
        incidents=(Window("portal down", 10 * 3600.0, 11 * 3600.0),) if compared else (),
        meta={
            "phone": "phone",
            "currency": "£",
            "interval_seconds": 3600.0,
            "replications": days,
            "start": "2026-03-02",
            "days": 1,
            "timezone": "Europe/London",
            "channels": [
                {"name": "phone", "mode": "live", "target": {"share": 0.8, "within": 20.0, "of": "offered"}}
            ],
        },
    )
