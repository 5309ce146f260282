"""The calendar, its holidays, and incidents within it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from scenarios.calendar import Calendar
from scenarios.checks.names import unknown
from scenarios.clocks import longest_interval, seconds_of
from scenarios.distributions import Unlimited
from scenarios.errors import Problem
from scenarios.model import Incident, Scenario
from scenarios.tables import DAY_SECONDS, MOST_INTERVALS
from scenarios.times import moment_text
from scenarios.units import format_duration


def intervals_per_day(scenario: Scenario) -> int | None:
    """Intervals in a day; ``None`` when the interval does not divide a day."""
    seconds = scenario.calendar.interval
    whole = 1.0 <= seconds <= DAY_SECONDS and (seconds * 1e6).is_integer()
    return int(DAY_SECONDS // seconds) if whole and DAY_SECONDS % seconds == 0 else None


def problems(scenario: Scenario) -> Iterator[Problem]:
    """An interval that does not divide a day, too many of them, incidents that never happen."""
    calendar = scenario.calendar
    per_day = intervals_per_day(scenario)
    seconds = seconds_of(calendar.start, calendar.timezone, calendar.days)
    if per_day is None:
        yield Problem(
            "calendar.interval",
            format_duration(calendar.interval),
            "a duration from 1 s that divides a day evenly",
            "write 15 min, 30 min or 1 h",
        )
    elif per_day * calendar.days > MOST_INTERVALS:
        yield Problem(
            "calendar.interval",
            format_duration(calendar.interval),
            f"at most {MOST_INTERVALS:,} intervals in all ({per_day * calendar.days:,} are asked for)",
            "choose a longer interval or fewer days",
        )
    elif problem := _across_a_change(calendar):
        yield problem
    if seconds == 0:
        allowed = f"a day that there was in {calendar.timezone}"
        yield Problem("calendar.start", calendar.start.isoformat(), allowed, "begin on another day")
    elif calendar.warm_up >= seconds:
        yield Problem(
            "calendar.warm_up",
            format_duration(calendar.warm_up),
            f"less than the {calendar.days} days simulated",
            "shorten it, or simulate more days",
        )
    elif per_day is not None and calendar.warm_up % calendar.interval:
        whole = round(calendar.warm_up / calendar.interval) * calendar.interval
        yield Problem(
            "calendar.warm_up",
            format_duration(calendar.warm_up),
            f"a multiple of the interval, {format_duration(calendar.interval)}",
            f"write {format_duration(whole)}",
        )
    yield from _holidays(scenario)
    yield from _incidents(scenario)


def _across_a_change(calendar: Calendar) -> Problem | None:
    """An interval within which clocks would change."""
    longest = longest_interval(calendar.start, calendar.timezone, calendar.days)
    if longest % calendar.interval == 0:
        return None
    return Problem(
        "calendar.interval",
        format_duration(calendar.interval),
        f"one that fits between changes of the clocks: they change in {calendar.timezone} on these days,"
        f" and {format_duration(longest)} is the longest that does",
        f"write {format_duration(longest)}, or a part of it",
    )


def _holidays(scenario: Scenario) -> Iterator[Problem]:
    for date, holiday in scenario.calendar.holidays.items():
        for place, name in enumerate(holiday.channels or ()):
            if name not in scenario.channels:
                field = f"calendar.holidays.{date}.channels.{place}"
                yield unknown(field, name, scenario.channels, "channel")
        if holiday.channels is not None and holiday.hours is None:
            field = f"calendar.holidays.{date}.hours"
            yield Problem(field, None, "hours for these channels", "add hours: closed, or leave channels out")


def _incidents(scenario: Scenario) -> Iterator[Problem]:
    begins = dt.datetime.combine(scenario.calendar.start, dt.time())
    ends = begins + dt.timedelta(days=scenario.calendar.days)
    for place, incident in enumerate(scenario.incidents):
        field = f"incidents.{place}"
        if incident.channel not in scenario.channels:
            yield unknown(f"{field}.channel", incident.channel, scenario.channels, "channel")
        window = [moment_text(moment) for moment in incident.window]
        if incident.window[0] >= incident.window[1]:
            yield Problem(
                f"{field}.window", window, "a window that ends after it begins", "swap the two times"
            )
        elif not scenario.calendar.shows(incident.window):
            yield Problem(
                f"{field}.window",
                window,
                f"a time that the clock shows: in {scenario.calendar.timezone} it is put forward then",
                "end the window later",
            )
        elif incident.window[0] >= ends or incident.window[1] <= begins:
            yield Problem(
                f"{field}.window",
                window,
                f"a time within the days simulated, {moment_text(begins)} to {moment_text(ends)}",
                "move the window, or calendar.start",
            )
        yield from _detected(field, incident)


def _detected(field: str, incident: Incident) -> Iterator[Problem]:
    """Detection by nothing, or what follows a detection that there is not."""
    detection = incident.detection
    if detection is not None and detection.monitoring is None and detection.reports is None:
        yield Problem(
            f"{field}.detection", {}, "monitoring, reports or both", "add monitoring: 10 min, or reports: 3"
        )
    if isinstance(incident.fix, Unlimited):
        yield Problem(f"{field}.fix", "unlimited", "a law that ends", "leave fix out: nothing fixes it then")
    for part in ("fix", "announcement"):
        if detection is None and getattr(incident, part) is not None:
            yield Problem(
                f"{field}.{part}",
                part,
                "nothing: it begins with the detection, and nobody detects this incident",
                f"add detection: {{monitoring: 10 min}}, or remove {part}",
            )
