"""Demand: expected cases per interval, who the customers are, and where they go first."""

from __future__ import annotations

import numpy as np

from scenarios.model import Scenario, Segment, Volume
from scenarios.outbound import is_called
from scenarios.profiles import profile_weights, rescaled
from scenarios.times import WEEKDAYS
from sim.clock import Clock, Timeline
from sim.contract import Floats
from sim.plan.holidays import volume_factors

_NO_CHOICE = Segment()
"""A segment that prefers nothing."""


def rates(scenario: Scenario, clock: Clock, timeline: Timeline) -> Floats:
    """[I, K] expected cases. Weekday index and holidays multiply a volume in whatever form it is given."""
    weekdays = [WEEKDAYS[clock.date(day).weekday()] for day in range(clock.days)]
    holidays = volume_factors(scenario.calendar)
    rows = []
    for intent in scenario.intents.values():
        volume = intent.volume
        index = np.array([volume.weekday_index.get(weekday, 1.0) for weekday in weekdays])  # type: ignore[call-overload]
        by_clock = _days(volume, clock.days, timeline.per_day)
        rows.append(timeline.by_clock(by_clock) * (index * holidays)[timeline.day])
    return np.array(rows, dtype=np.float64)


def _days(volume: Volume, days: int, intervals_per_day: int) -> Floats:
    """[D * per day] by the clock, before the weekday index."""
    if volume.per_interval is not None:
        listed = np.array(volume.per_interval, dtype=np.float64)
        return np.tile(listed, days) if len(listed) == intervals_per_day else listed
    profile = volume.profile
    if isinstance(profile, str):
        shares = profile_weights(profile, intervals_per_day)
    else:
        shares = rescaled(profile, intervals_per_day)
    return np.tile((volume.per_day or 0.0) * np.array(shares), days)


def segment_shares(scenario: Scenario) -> Floats:
    """[S], summing to 1."""
    shares = np.array([segment.share for segment in scenario.segments.values()])
    return shares / float(shares.sum())


def first_shares(scenario: Scenario) -> Floats:
    """[I, S, C], summing to 1 over the channels.

    Shares of the segment where it has some, else of the intent; then each adopted channel takes its share
    from all others in proportion, in the order in which they are listed. Whoever is called does not choose:
    there the intent's shares hold for every segment.
    """
    channels = list(scenario.channels)
    return np.array(
        [
            [
                _first(intent.first_channel, _NO_CHOICE if is_called(intent, scenario) else segment, channels)
                for segment in scenario.segments.values()
            ]
            for intent in scenario.intents.values()
        ]
    )


def _first(of_intent: dict[str, float], segment: Segment, channels: list[str]) -> Floats:
    preference = of_intent if segment.first_channel is None else segment.first_channel
    if len(channels) == 1:
        return np.ones(1)
    shares = np.array([preference.get(channel, 0.0) for channel in channels])
    if shares.sum() > 0:
        shares /= shares.sum()
    for channel, adopted in segment.adoption.items():
        shares *= 1.0 - adopted
        shares[channels.index(channel)] += adopted
    return shares / float(shares.sum())
