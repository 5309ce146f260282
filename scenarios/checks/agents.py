"""Agents: skills that exist, channels that somebody serves, and staff on the calendar."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.channels import SelfService
from scenarios.checks.calendar import intervals_per_day
from scenarios.checks.journeys import reachable
from scenarios.checks.names import unknown
from scenarios.errors import Problem
from scenarios.model import Group, Scenario
from scenarios.tables import DAY_SECONDS
from scenarios.times import clock_seconds
from scenarios.units import format_duration

MOST_AGENTS = 50_000
"""Most agents of one group; the largest centres have fewer."""


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Skills for what does not exist or needs nobody, contacts that nobody may take, misplaced staff."""
    for name, group in scenario.groups.items():
        yield from _skills(f"groups.{name}.skills", group, scenario)
        yield from _staff(f"groups.{name}.staff", group, scenario)
        yield from _shifts(f"groups.{name}.shifts", group, scenario)
    yield from _unserved(scenario)


def _skills(field: str, group: Group, scenario: Scenario) -> Iterator[Problem]:
    for channel, skill in group.skills.items():
        if channel not in scenario.channels:
            yield unknown(f"{field}.{channel}", channel, scenario.channels, "channel")
        elif isinstance(scenario.channels[channel], SelfService):
            yield Problem(
                f"{field}.{channel}", channel, "a channel with agents", "remove the skill: it is self-service"
            )
        elif skill.transfer is not None and getattr(scenario.channels[channel], "transfer", None) is None:
            yield Problem(
                f"{field}.{channel}.transfer",
                skill.transfer,
                f"nothing: nobody passes {channel} on",
                f"add channels.{channel}.transfer with a channel to pass it to, or remove the skill's",
            )
        for intent in skill.intents or ():
            if intent not in scenario.intents:
                yield unknown(f"{field}.{channel}.intents", intent, scenario.intents, "intent")


def _unserved(scenario: Scenario) -> Iterator[Problem]:
    missing: dict[str, list[str]] = {}
    reach = reachable(scenario)
    for channel, settings in scenario.channels.items():
        for intent in scenario.intents:
            if isinstance(settings, SelfService) or (channel, intent) not in reach:
                continue
            skills = [group.skills[channel] for group in scenario.groups.values() if channel in group.skills]
            if not any(skill.intents is None or intent in skill.intents for skill in skills):
                missing.setdefault(channel, []).append(intent)
    for channel, intents in missing.items():
        everyone = len(intents) == len(scenario.intents)
        whom = "" if everyone else f" for {', '.join(intents)}"
        yield Problem(
            f"channels.{channel}",
            channel,
            f"a channel that some group may take{whom}; customers can come here, and nobody serves them",
            f"add {channel} to a group's skills" + ("" if everyone else ", or widen the intents of one"),
        )


def _staff(field: str, group: Group, scenario: Scenario) -> Iterator[Problem]:
    per_day = intervals_per_day(scenario)
    numbers = list(group.staff.values()) if isinstance(group.staff, dict) else list(group.staff)
    if numbers and max(numbers) > MOST_AGENTS:
        yield Problem(field, max(numbers), f"at most {MOST_AGENTS:,} agents in a group", "correct the number")
    if per_day is None:
        return
    if isinstance(group.staff, dict):
        for clock in group.staff:
            if clock_seconds(clock) % (DAY_SECONDS // per_day):
                yield Problem(
                    f"{field}.{clock}",
                    clock,
                    f"the start of an interval of {format_duration(scenario.calendar.interval)}",
                    "round it, or shorten calendar.interval",
                )
    elif len(numbers) not in (per_day, per_day * scenario.calendar.days):
        days = scenario.calendar.days
        whole = f", or {per_day * days} for all {days} days" if days > 1 else ""
        yield Problem(
            field,
            f"{len(numbers)} values",
            f"{per_day} values, one for each interval of a day{whole}",
            f'{"add" if len(numbers) < per_day else "remove"} some, or give times: {{"08:00": 10}}',
        )


def _shifts(field: str, group: Group, scenario: Scenario) -> Iterator[Problem]:
    """Shifts and breaks off the grid of intervals, breaks outside their shift or over one another."""
    per_day = intervals_per_day(scenario)
    grid = format_duration(scenario.calendar.interval)
    step = DAY_SECONDS // per_day if per_day else 1
    for place, shift in enumerate(group.shifts):
        where = f"{field}.{place}"
        times = {"start": float(clock_seconds(shift.start)), "length": shift.length}
        for number, rest in enumerate(shift.breaks):
            times |= {f"breaks.{number}.after": rest.after, f"breaks.{number}.length": rest.length}
        for name, seconds in times.items():
            if seconds % step:
                yield Problem(
                    f"{where}.{name}",
                    shift.start if name == "start" else format_duration(seconds),
                    f"a multiple of the interval, {grid}",
                    "round it, or shorten calendar.interval",
                )
        if not 0 < shift.length <= DAY_SECONDS:
            yield Problem(
                f"{where}.length", format_duration(shift.length), "more than 0, up to 24 h", "correct it"
            )
        ends = 0.0
        for number, rest in enumerate(shift.breaks):
            if rest.length <= 0 or rest.after < ends or rest.after + rest.length > shift.length:
                yield Problem(
                    f"{where}.breaks.{number}",
                    f"{format_duration(rest.length)} after {format_duration(rest.after)}",
                    "a break within the shift, after the break before it",
                    "put breaks in order, without overlap",
                )
            ends = rest.after + rest.length
    shifts = sum(shift.agents for shift in group.shifts)
    if shifts > MOST_AGENTS:
        yield Problem(field, shifts, f"at most {MOST_AGENTS:,} agents in a group", "correct the numbers")
