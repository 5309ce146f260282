"""The calendar of a scenario as figures and rows read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios import Scenario


@dataclass(frozen=True)
class Days:
    """When intervals are, in local time: what :class:`planner_app.answers.readings.Told` asks for."""

    meta: Mapping[str, Any]

    @classmethod
    def of(cls, scenario: Scenario) -> Days:
        """The days of a scenario."""
        calendar = scenario.calendar
        return cls(
            {
                "start": calendar.start.isoformat(),
                "days": calendar.days,
                "timezone": calendar.timezone,
                "interval_seconds": calendar.interval,
            }
        )

    @property
    def number(self) -> int:
        """How many days."""
        return int(self.meta["days"])

    @property
    def interval(self) -> float:
        """Seconds of an interval."""
        return float(self.meta["interval_seconds"])

    def date(self, day: int) -> dt.date:
        """The date of a day; 0 is the first."""
        return dt.date.fromisoformat(self.meta["start"]) + dt.timedelta(days=day)

    def name(self, day: int) -> str:
        """A day in words.

        >>> meta = {"start": "2026-03-02", "days": 7, "timezone": "UTC", "interval_seconds": 900}
        >>> Days(meta).name(2)
        'Wed 4 Mar'
        """
        date = self.date(day)
        return f"{date:%a} {date.day} {date:%b}"

    @property
    def noun(self) -> str:
        """What the whole horizon is called."""
        return {1: "day", 7: "week"}.get(self.number, f"{self.number} days")
