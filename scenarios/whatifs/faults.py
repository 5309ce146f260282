"""The incidents of a scenario that make attempts fail: what may be noticed, mended and announced."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scenarios.errors import Problem
from scenarios.model import Incident, Scenario


def faults(scenario: Scenario, channel: str | None) -> list[Incident]:
    """Incidents that make attempts in ``channel`` fail (None: in any), in the scenario's order."""
    return [one for one in scenario.incidents if _is_fault(one, channel)]


def changed_faults(
    scenario: Scenario, channel: str | None, change: Callable[[Incident], Incident]
) -> Scenario:
    """The scenario with each of these incidents changed; the others stay as they are."""
    incidents = tuple(change(one) if _is_fault(one, channel) else one for one in scenario.incidents)
    return scenario.model_copy(update={"incidents": incidents})


def no_fault(scenario: Scenario, channel: str | None) -> Iterator[Problem]:
    """The problem that there is nothing to notice."""
    if faults(scenario, channel):
        return
    places = list(dict.fromkeys(one.channel for one in faults(scenario, None)))
    if places:
        cure = f"choose {' or '.join(places)}, or leave it out"
        yield Problem("channel", channel, "a channel in which an incident makes attempts fail", cure)
    else:
        allowed = "a scenario in which an incident makes attempts fail"
        yield Problem("channel", channel, allowed, "stack a channel outage before this")


def whose(scenario: Scenario, channel: str | None) -> str:
    """What is noticed, in words: ``"portal outage"``, ``"outages"``."""
    places = list(dict.fromkeys(one.channel for one in faults(scenario, channel)))
    if channel is None and len(places) != 1:
        return "outages"
    return f"{channel or places[0]} outage"


def _is_fault(incident: Incident, channel: str | None) -> bool:
    return incident.failure > 0.0 and channel in (None, incident.channel)
