"""Customers: segments, what they come for, how many, and where they try first."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scenarios.checks.calendar import intervals_per_day
from scenarios.checks.names import sum_to_one, unknown_keys
from scenarios.errors import Problem
from scenarios.model import Scenario, Volume
from scenarios.profiles import profile_names
from scenarios.wording import near

MOST_CASES_PER_DAY = 2_000_000
"""More cases in a day are a typing error, or more than one machine simulates in reasonable time."""
MOST_CASES = 20_000_000
"""Most cases expected over all days of a scenario."""


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Shares that do not add up, unknown channels, and volumes that cannot be placed on the calendar."""
    shares = {name: segment.share for name, segment in scenario.segments.items()}
    for problem in sum_to_one("segments", shares):
        yield Problem("segments", shares, "segments whose share sums to 1", problem.cure)
    yield from _first_channels(scenario)
    for name, intent in scenario.intents.items():
        yield from _volume(f"intents.{name}.volume", intent.volume, scenario)
    yield from _totals(scenario)


def _first_channels(scenario: Scenario) -> Iterator[Problem]:
    channels = scenario.channels
    for name, segment in scenario.segments.items():
        yield from unknown_keys(f"segments.{name}.adoption", segment.adoption, channels, "channel")
        if segment.first_channel is not None:
            field = f"segments.{name}.first_channel"
            yield from unknown_keys(field, segment.first_channel, channels, "channel")
            yield from sum_to_one(field, segment.first_channel)
    all_segments_choose = all(segment.first_channel for segment in scenario.segments.values())
    for name, intent in scenario.intents.items():
        field = f"intents.{name}.first_channel"
        if intent.first_channel:
            yield from unknown_keys(field, intent.first_channel, channels, "channel")
            yield from sum_to_one(field, intent.first_channel)
        elif len(channels) > 1 and not all_segments_choose:
            example = ", ".join(
                f"{channel}: {share}" for channel, share in zip(channels, (0.6, 0.4), strict=False)
            )
            yield Problem(
                field, None, "shares of channels that sum to 1", f"add first_channel: {{{example}}}"
            )


def _volume(field: str, volume: Volume, scenario: Scenario) -> Iterator[Problem]:
    if (volume.per_day is None) == (volume.per_interval is None):
        value = None if volume.per_day is None else {"per_day": volume.per_day, "per_interval": "…"}
        yield Problem(field, value, "either per_day or per_interval", "give one of the two")
    yield from _weekdays(field, volume)
    per_day = intervals_per_day(scenario)
    if isinstance(volume.profile, str):
        if volume.profile not in profile_names():
            known = profile_names()
            allowed = f"a profile: {', '.join(known)}, a CSV file, or one weight per interval"
            yield Problem(
                f"{field}.profile", volume.profile, allowed, near(volume.profile, known, "use one of these")
            )
    elif per_day is not None and len(volume.profile) != per_day:
        yield _length(f"{field}.profile", len(volume.profile), per_day, 1)
    elif not any(volume.profile):
        yield Problem(
            f"{field}.profile", list(volume.profile), "weights that are not all 0", "give one a weight"
        )
    if volume.per_interval is not None and per_day is not None:
        days = scenario.calendar.days
        if len(volume.per_interval) not in (per_day, per_day * days):
            yield _length(f"{field}.per_interval", len(volume.per_interval), per_day, days)


def _weekdays(field: str, volume: Volume) -> Iterator[Problem]:
    if volume.weekday_index and max(volume.weekday_index.values()) > 100:
        yield Problem(
            f"{field}.weekday_index",
            dict(volume.weekday_index),
            "factors of at most 100",
            "1 is an average day",
        )


def _length(field: str, length: int, per_day: int, days: int) -> Problem:
    whole = f", or {per_day * days} for all {days} days" if days > 1 else ""
    return Problem(
        field,
        f"{length} values",
        f"{per_day} values, one for each interval of a day{whole}",
        f"{'add' if length < per_day else 'remove'} some, or change calendar.interval",
    )


def _totals(scenario: Scenario) -> Iterator[Problem]:
    per_day = intervals_per_day(scenario)
    busiest = math.fsum(_cases(intent.volume, per_day) for intent in scenario.intents.values())
    factors = [holiday.volume for holiday in scenario.calendar.by_day()]
    for cases, most, period in (
        (busiest * max(factors), MOST_CASES_PER_DAY, "a day"),
        (busiest * math.fsum(factors), MOST_CASES, "in all"),
    ):
        if cases > most:
            yield Problem(
                "intents",
                f"about {cases:,.0f} cases {period}",
                f"at most {most:,} cases {period}",
                "correct the volumes, or model a share of the customers and of the staff",
            )
            return


def _cases(volume: Volume, per_day: int | None) -> float:
    """Cases expected on the busiest day."""
    index = max([1.0, *volume.weekday_index.values()])
    if volume.per_interval is None:
        return (volume.per_day or 0.0) * index
    size = per_day or len(volume.per_interval) or 1
    days = range(0, len(volume.per_interval), size)
    return max((math.fsum(volume.per_interval[day : day + size]) for day in days), default=0.0) * index
