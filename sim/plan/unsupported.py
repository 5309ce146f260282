"""What a scenario may say that this version does not simulate: refused, never silently ignored."""

from __future__ import annotations

from scenarios.errors import Problem
from scenarios.model import Scenario
from sim.clock import Clock


def not_simulated(scenario: Scenario) -> list[Problem]:
    """Every field of a sound scenario that this version cannot simulate, with its cure; [] without one."""
    calendar = scenario.calendar
    change = Clock(calendar.start, calendar.timezone, calendar.days).clock_change()
    if change is None:
        return []
    days = f"days without a change of the clocks (in {calendar.timezone} they change on {change:%Y-%m-%d})"
    cure = "choose other days, or a time zone without daylight saving such as UTC"
    return [Problem("calendar.start", calendar.start.isoformat(), days, cure)]
