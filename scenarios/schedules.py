"""Schedules: how many agents of a group are on duty in each interval, by numbers, clock times and shifts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from scenarios.calendar import Calendar
from scenarios.model import Group, GroupShift, Scenario
from scenarios.tables import DAY_SECONDS
from scenarios.times import WEEKDAYS, clock_seconds


def scheduled(group: Group, calendar: Calendar) -> list[float]:
    """One number per interval of all days: those of ``staff``, and those of shifts who have no break."""
    numbers = listed(group, calendar)
    for _, intervals, shift in worked(group, calendar):
        for interval in intervals:
            numbers[interval] += shift.agents
    return numbers


def paid(group: Group, calendar: Calendar) -> list[float]:
    """Agents paid in each interval of all days: all who are scheduled, on the floor or not.

    Shrinkage is paid, and so are those who are absent for the day (sick pay). A shift is paid from its start
    to its end, paid breaks included and unpaid ones left out; what lies before or after the horizon is not
    this scenario's cost.
    """
    numbers = listed(group, calendar)
    for _, intervals, shift in worked(group, calendar, paid_breaks=True):
        for interval in intervals:
            numbers[interval] += shift.agents
    return numbers


def with_numbers(group: Group, calendar: Calendar) -> Group:
    """The same group with its shifts as numbers of ``staff``; the same object where it has none."""
    if not group.shifts:
        return group
    return group.model_copy(update={"staff": tuple(scheduled(group, calendar)), "shifts": ()})


def staffed(group: Group, numbers: Iterable[float], shrinkage: float) -> Group:
    """The same group with these numbers per interval alone: no shifts, and nobody absent by chance."""
    changes = {"staff": tuple(numbers), "shifts": (), "absence": 0.0, "shrinkage": shrinkage}
    return group.model_copy(update=changes)


def averaged(scenario: Scenario) -> Scenario:
    """As staffing formulas see it: shifts are numbers, and absence is a fixed share, part of shrinkage.

    The same object where there is neither.
    """
    groups = {
        name: group
        if not group.absence
        else group.model_copy(
            update={"absence": 0.0, "shrinkage": 1.0 - (1.0 - group.shrinkage) * (1.0 - group.absence)}
        )
        for name, group in (
            (name, with_numbers(group, scenario.calendar)) for name, group in scenario.groups.items()
        )
    }
    same = all(groups[name] is group for name, group in scenario.groups.items())
    return scenario if same else scenario.model_copy(update={"groups": groups})


def listed(group: Group, calendar: Calendar) -> list[float]:
    """Numbers of ``staff`` per interval. From clock times: the last one reached when it starts, else 0."""
    per_day = round(DAY_SECONDS / calendar.interval)
    if not isinstance(group.staff, dict):
        each = list(group.staff)
        return each * calendar.days if len(each) == per_day else each
    steps = sorted((clock_seconds(clock), number) for clock, number in group.staff.items())
    day = []
    for interval in range(per_day):
        reached = [number for seconds, number in steps if seconds <= interval * calendar.interval]
        day.append(reached[-1] if reached else 0.0)
    return day * calendar.days


def worked(
    group: Group, calendar: Calendar, paid_breaks: bool = False
) -> Iterator[tuple[int, list[int], GroupShift]]:
    """Day on which it starts, intervals worked, with or without paid breaks, and the shift.

    Those that began the day before the first are among them.
    """
    per_day = round(DAY_SECONDS / calendar.interval)
    for day in range(-1, calendar.days):
        weekday = WEEKDAYS[(calendar.start + dt.timedelta(days=day)).weekday()]
        for shift in group.shifts:
            if weekday in shift.days:
                begins = day * per_day + round(clock_seconds(shift.start) / calendar.interval)
                each = [begins + place for place in _at_work(shift, calendar.interval, paid_breaks)]
                yield day, [interval for interval in each if 0 <= interval < calendar.days * per_day], shift


def _at_work(shift: GroupShift, interval: float, paid_breaks: bool) -> list[int]:
    """Intervals of a shift, counted from its start, less those of its breaks, or of the unpaid ones."""
    idle: set[int] = set()
    for rest in shift.breaks:
        if not (rest.paid and paid_breaks):
            idle |= set(range(round(rest.after / interval), round((rest.after + rest.length) / interval)))
    return [place for place in range(round(shift.length / interval)) if place not in idle]
