"""Holidays: what is different on which of the days simulated."""

from __future__ import annotations

import numpy as np

from scenarios.calendar import Calendar, Holiday
from scenarios.channels import Channel, SelfService
from scenarios.model import Scenario
from scenarios.times import Windows
from sim.contract import Floats


def volume_factors(calendar: Calendar) -> Floats:
    """[D] by which cases are multiplied."""
    return np.array([holiday.volume for holiday in calendar.by_day()], np.float64)


def staff_factors(calendar: Calendar) -> Floats:
    """[D] by which agents scheduled are multiplied."""
    return np.array([holiday.staff for holiday in calendar.by_day()], np.float64)


def hours(scenario: Scenario) -> dict[str, dict[int, Windows]]:
    """Opening hours of a holiday, by channel and day, where they are not the usual ones."""
    found: dict[str, dict[int, Windows]] = {}
    for day, holiday in enumerate(scenario.calendar.by_day()):
        if holiday.hours is None:
            continue
        for name, channel in scenario.channels.items():
            if _concerned(name, channel, holiday):
                found.setdefault(name, {})[day] = holiday.hours
    return found


def _concerned(name: str, channel: Channel, holiday: Holiday) -> bool:
    """Whether a holiday's hours are those of a channel."""
    if holiday.channels is not None:
        return name in holiday.channels
    return channel.open is not None and not isinstance(channel, SelfService)
