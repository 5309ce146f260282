"""Calendars that staffing plans for: those on whose days the clocks do not change."""

from __future__ import annotations

from scenarios.clocks import changes
from scenarios.errors import Problem
from scenarios.model import Scenario


def clocks_change(scenario: Scenario) -> list[Problem]:
    """A problem where clocks change on the days of a scenario, [] where they do not.

    Staff, shifts and breaks are planned by the clock, 24 hours a day: of an hour that is repeated they could
    not say which of the two is meant.
    """
    calendar = scenario.calendar
    found = changes(calendar.start, calendar.timezone, calendar.days)
    if not found:
        return []
    when = f"in {calendar.timezone} they change on {', '.join(date.isoformat() for date, _ in found)}"
    allowed = f"days without a change of the clocks, to plan staff for ({when})"
    cure = "choose other days, or a time zone without daylight saving such as UTC; it can be run as it is"
    return [Problem("calendar.start", calendar.start.isoformat(), allowed, cure)]
