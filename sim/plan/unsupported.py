"""What a scenario may say that this version does not simulate: refused, never silently ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from scenarios.distributions import Law, dump_law
from scenarios.errors import Problem
from scenarios.model import Scenario
from sim.clock import Clock

_STAGES = ("front", "callback", "wrap")
_SHARES = ("balk", "silent_abandonment")
CONTACT_ORDERS = ("weighted_wait", "priority_then_oldest")
"""With equal weights these are one rule: the best priority, then the longest wait."""
AGENT_ORDERS = ("longest_idle",)


def not_simulated(scenario: Scenario) -> list[Problem]:
    """Every field of a sound scenario that this version cannot simulate, with its cure; [] without one."""
    return [
        *_in_calendar(scenario),
        *_in_channels(scenario),
        *_in_groups(scenario),
        *_in_incidents(scenario),
        *_in_routing(scenario),
    ]


def _in_calendar(scenario: Scenario) -> Iterator[Problem]:
    calendar = scenario.calendar
    if calendar.warm_up != 0:
        yield _later("calendar.warm_up", calendar.warm_up, "0 s", "start on an earlier day and leave it out")
    change = Clock(calendar.start, calendar.timezone, calendar.days).clock_change()
    if change is not None:
        yield Problem(
            "calendar.start",
            calendar.start.isoformat(),
            f"days without a change of the clocks (in {calendar.timezone} they change on {change:%Y-%m-%d})",
            "choose other days, or a time zone without daylight saving such as UTC",
        )


def _in_channels(scenario: Scenario) -> Iterator[Problem]:
    for name, channel in scenario.channels.items():
        for stage in _STAGES:
            value = getattr(channel, stage, None)
            if value is not None:
                yield _later(f"channels.{name}.{stage}", value, "nothing", "remove it")
        for share in _SHARES:
            value = getattr(channel, share, 0)
            if value != 0:
                yield _later(f"channels.{name}.{share}", value, "0", "set it to 0")


def _in_groups(scenario: Scenario) -> Iterator[Problem]:
    for name, group in scenario.groups.items():
        for channel, skill in group.skills.items():
            field = f"groups.{name}.skills.{channel}"
            if skill.overflow_after != 0:
                yield _later(
                    f"{field}.overflow_after", skill.overflow_after, "0 s", "set it to 0 s, or give the "
                    "skill a higher priority number",
                )  # fmt: skip
            if skill.keep_idle != 0:
                yield _later(f"{field}.keep_idle", skill.keep_idle, "0", "set it to 0")
            if skill.weight != 1:
                yield _later(f"{field}.weight", skill.weight, "1", "set it to 1, or use priorities")


def _in_incidents(scenario: Scenario) -> Iterator[Problem]:
    for index, incident in enumerate(scenario.incidents):
        if incident.slow_down != 1:
            yield _later(
                f"incidents.{index}.slow_down", incident.slow_down, "1", "set it to 1, or use failure"
            )


def _in_routing(scenario: Scenario) -> Iterator[Problem]:
    routing = scenario.routing
    if routing.contact_order not in CONTACT_ORDERS:
        yield _later(
            "routing.contact_order", routing.contact_order, " or ".join(CONTACT_ORDERS), "use weighted_wait"
        )
    if routing.agent_order not in AGENT_ORDERS:
        yield _later("routing.agent_order", routing.agent_order, AGENT_ORDERS[0], f"use {AGENT_ORDERS[0]}")


def _later(field: str, value: object, allowed: str, cure: str) -> Problem:
    return Problem(field, _written(value), f"{allowed} (not simulated in this version)", cure)


def _written(value: object) -> Any:
    if isinstance(value, Law):
        return dump_law(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
    return value
