"""Journeys: next steps, and which intents can come to which channel."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from scenarios.channels import Channel, SelfService
from scenarios.checks.names import unknown, unknown_keys
from scenarios.distributions import Unlimited
from scenarios.errors import Problem
from scenarios.fields import for_intent
from scenarios.model import NextStep, Scenario
from scenarios.outbound import is_called
from scenarios.parameters import default_of

_SUM_TOLERANCE = 1e-9
_NO_STEP = {
    "resolved": "a resolved case is over",
    "unfinished": "the simulation is over",
    "called_back": "the callback follows of itself",
}
"""Outcomes after which customers choose nothing, and why."""


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Next steps from nowhere, to nowhere, after what cannot happen, above 1 in all, or contradictory."""
    for place, step in enumerate(scenario.next_steps):
        yield from _step(f"next_steps.{place}", step, scenario)
    yield from _overlaps(scenario)


def _step(field: str, step: NextStep, scenario: Scenario) -> Iterator[Problem]:
    channel = scenario.channels.get(step.after)
    if channel is None:
        yield unknown(f"{field}.after", step.after, scenario.channels, "channel")
    else:
        yield from _outcomes(field, step, channel)
    for part, known, what in (
        ("intents", scenario.intents, "intent"),
        ("segments", scenario.segments, "segment"),
    ):
        for name in getattr(step, part) or ():
            if name not in known:
                yield unknown(f"{field}.{part}", name, known, what)
    yield from unknown_keys(f"{field}.go", step.go, scenario.channels, "channel")
    total = sum(step.go.values())
    if total > 1.0 + _SUM_TOLERANCE:
        yield Problem(
            f"{field}.go",
            dict(step.go),
            "probabilities that sum to at most 1; what is left of 1 gives up",
            f"they sum to {total:g}; lower some of them by {total - 1:g} in all",
        )
    if isinstance(step.delay, Unlimited):
        yield Problem(
            f"{field}.delay", "unlimited", "a delay that ends", "leave the channel out of go: that gives up"
        )


def possible_outcomes(channel: Channel) -> tuple[str, ...]:
    """Outcomes after which a customer of this channel may take a next step."""
    if isinstance(channel, SelfService):
        return ("failed", "blocked", "closed")
    outcomes = ["unresolved", "transferred", "blocked", "closed"]
    if channel.mode != "deferred":
        outcomes += ["abandoned", "disconnected"]
    elif channel.transfer is not None and channel.transfer.when_busy == "lose":
        outcomes.append("disconnected")
    if channel.front is not None:
        outcomes.append("contained")
    if getattr(channel, "dialler", None) is not None:
        outcomes.append("unreached")
    return tuple(outcomes)


def _outcomes(field: str, step: NextStep, channel: Channel) -> Iterator[Problem]:
    possible = possible_outcomes(channel)
    for outcome in step.outcome:
        if outcome in _NO_STEP:
            allowed = "an outcome after which the customer goes on"
            reason = _NO_STEP[outcome]
            yield Problem(
                f"{field}.outcome", outcome, f"{allowed}: {', '.join(possible)}", f"remove it: {reason}"
            )
        elif outcome not in possible:
            allowed = f"an outcome of {step.after}, which is {channel.mode}: {', '.join(possible)}"
            cure = (
                "write failed"
                if outcome == "unresolved"
                else "write unresolved"
                if outcome == "failed"
                else "remove it"
            )
            yield Problem(f"{field}.outcome", outcome, allowed, cure)
    for outcome in sorted({name for name in step.outcome if step.outcome.count(name) > 1}):
        yield Problem(f"{field}.outcome", outcome, "each outcome once", "remove the repetition")


def _overlaps(scenario: Scenario) -> Iterator[Problem]:
    """Rows of which neither is more specific, although both hold for someone."""
    for (one, first), (two, second) in itertools.combinations(enumerate(scenario.next_steps), 2):
        if (
            first.after == second.after
            and set(first.outcome) & set(second.outcome)
            and (first.intents is None) == (second.intents is None)
            and (first.segments is None) == (second.segments is None)
            and _meet(first.intents, second.intents)
            and _meet(first.segments, second.segments)
        ):
            both = ", ".join(sorted(set(first.outcome) & set(second.outcome)))
            yield Problem(
                f"next_steps.{two}.outcome",
                both,
                f"one row for each case; next_steps.{one} says already what follows {first.after} {both}",
                "join the two rows, or name intents or segments in one of them",
            )


def _meet(one: tuple[str, ...] | None, two: tuple[str, ...] | None) -> bool:
    return one is None or two is None or bool(set(one) & set(two))


def reachable(scenario: Scenario) -> set[tuple[str, str]]:
    """(channel, intent) pairs that a case can come to, by its first channel or by next steps."""
    found: set[tuple[str, str]] = set()
    for intent, asked in scenario.intents.items():
        first: set[str] = set(scenario.channels) if len(scenario.channels) == 1 else set()
        called = is_called(asked, scenario)
        if called:
            first |= {channel for channel, share in asked.first_channel.items() if share > 0}
        for segment in () if called else scenario.segments.values():
            preference = asked.first_channel if segment.first_channel is None else segment.first_channel
            first |= {channel for channel, share in preference.items() if share > 0}
            first |= {channel for channel, share in segment.adoption.items() if share > 0}
        todo = [channel for channel in first if channel in scenario.channels]
        while todo:
            channel = todo.pop()
            if (channel, intent) not in found:
                found.add((channel, intent))
                todo += _next(scenario, channel, intent)
    return found


def _next(scenario: Scenario, channel: str, intent: str) -> list[str]:
    return [*_passed_on(scenario, channel, intent), *_go(scenario, channel, intent)]


def _passed_on(scenario: Scenario, channel: str, intent: str) -> list[str]:
    """The channel to which agents pass contacts on, if they do."""
    transfer = getattr(scenario.channels[channel], "transfer", None)
    if transfer is None or transfer.to not in scenario.channels:
        return []
    shares = [for_intent(transfer.share, intent, default_of("phone.transfer_share"))]
    shares += [
        group.skills[channel].transfer or 0.0 for group in scenario.groups.values() if channel in group.skills
    ]
    return [transfer.to] if max(shares) > 0 else []


def _go(scenario: Scenario, channel: str, intent: str) -> list[str]:
    return [
        target
        for step in scenario.next_steps
        if step.after == channel and (step.intents is None or intent in step.intents)
        for target, share in step.go.items()
        if share > 0 and target in scenario.channels
    ]
