"""What a scenario may say that this version does not simulate: refused, never silently ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from scenarios.distributions import Law, dump_law
from scenarios.errors import Problem
from scenarios.model import Scenario
from sim.clock import Clock
from sim.plan.agents import AGENT_ORDERS


def not_simulated(scenario: Scenario) -> list[Problem]:
    """Every field of a sound scenario that this version cannot simulate, with its cure; [] without one."""
    return [
        *_in_calendar(scenario),
        *_in_channels(scenario),
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
        callback = getattr(channel, "callback", None)
        if callback is not None:
            yield _later(f"channels.{name}.callback", callback, "nothing", "remove it")


def _in_routing(scenario: Scenario) -> Iterator[Problem]:
    order = scenario.routing.agent_order
    if order not in AGENT_ORDERS:
        yield _later("routing.agent_order", order, " or ".join(AGENT_ORDERS), "use longest_idle")


def _later(field: str, value: object, allowed: str, cure: str) -> Problem:
    return Problem(field, _written(value), f"{allowed} (not simulated in this version)", cure)


def _written(value: object) -> Any:
    if isinstance(value, Law):
        return dump_law(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
    return value
