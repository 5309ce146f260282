"""The calendar, and incidents within it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from scenarios.checks.names import unknown
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
    if calendar.warm_up >= calendar.days * DAY_SECONDS:
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
    yield from _incidents(scenario)


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
