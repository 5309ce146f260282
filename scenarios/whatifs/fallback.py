"""Where customers turn when a channel has failed them: next steps that a what-if must bring along."""

from __future__ import annotations

from typing import Any

from scenarios.distributions import Deterministic, Law, parse_law
from scenarios.model import NextStep, Scenario
from scenarios.parameters import default_of

SERVED_MODES = ("live", "concurrent", "deferred")
"""Modes of the channels that have agents."""


def main_phone(scenario: Scenario, *, but_not: str | None = None) -> str | None:
    """The channel that customers fall back on: ``phone``, else the first live channel, else the first
    channel with agents; None where there is none (``but_not`` is left out)."""
    names = [name for name in scenario.channels if name != but_not]
    for modes in (("live",), SERVED_MODES):
        fitting = [name for name in names if scenario.channels[name].mode in modes]
        if fitting:
            return "phone" if "phone" in fitting else fitting[0]
    return None


def other_served(scenario: Scenario, *, but_not: tuple[str | None, ...]) -> str | None:
    """The first other channel with agents, for those who do not take the phone; None without one."""
    for name, channel in scenario.channels.items():
        if name not in but_not and channel.mode in SERVED_MODES:
            return name
    return None


def destinations(phone: str | None, other: str | None, moves_on: float, to_phone: float) -> dict[str, float]:
    """The ``go`` of a next step: of the share ``moves_on``, ``to_phone`` take the phone, the rest
    ``other`` (or the phone too, where there is no other).

    >>> destinations("phone", "email", 0.75, 0.8)
    {'phone': 0.6, 'email': 0.15}
    """
    if phone is None:
        return {}
    if other is None:
        return {phone: moves_on} if moves_on > 0 else {}
    shares = {phone: _neat(moves_on * to_phone), other: _neat(moves_on * (1.0 - to_phone))}
    return {name: share for name, share in shares.items() if share > 0}


def missing_step(scenario: Scenario, channel: str) -> NextStep | None:
    """The next step that ``channel`` needs for an outage to send customers elsewhere, by the parameter
    library; None where the scenario already says what they do, or they have nowhere to go.

    A self-service channel fails (``failed``): customers spill over. A channel with agents cannot be
    reached (``blocked``): a share tries again later on the phone, and other channels spill over.
    """
    outcome = "failed" if scenario.channels[channel].mode == "self_service" else "blocked"
    if any(step.after == channel and outcome in step.outcome for step in scenario.next_steps):
        return None
    if channel == main_phone(scenario):
        go, delay = {channel: float(default_of("phone.redial_share"))}, "phone.redial_delay"
    else:
        phone = main_phone(scenario, but_not=channel)
        other = other_served(scenario, but_not=(channel, phone))
        go = destinations(phone, other, default_of("spill.moves_on"), default_of("spill.to_phone"))
        delay = "spill.delay"
    if not go:
        return None
    step: dict[str, Any] = {"after": channel, "outcome": (outcome,), "go": go}
    return NextStep(**step, delay=parse_law(default_of(delay)))


def library_mean(parameter: str) -> float:
    """The mean in seconds of a law in the parameter library."""
    return parse_law(default_of(parameter)).law_mean


def library_law(parameter: str, mean_seconds: float) -> Law:
    """The law of the parameter library with another mean: the same shape, stretched; always 0 for 0."""
    if mean_seconds == 0:
        return Deterministic(value=0)
    law = parse_law(default_of(parameter))
    return type(law).model_validate({**law.model_dump(), "mean": mean_seconds})


def _neat(share: float) -> float:
    """A share without the dust of floating-point products, so that a diff reads well."""
    return round(share, 12)
