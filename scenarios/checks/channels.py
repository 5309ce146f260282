"""Channels: values by intent, laws that must end, and shared attention."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from scenarios.channels import Concurrent, Front, Live, SelfService
from scenarios.checks.journeys import reachable
from scenarios.checks.names import unknown, unknown_keys
from scenarios.distributions import Unlimited
from scenarios.errors import Problem
from scenarios.fields import for_intent, is_by_intent
from scenarios.model import Scenario

_MUST_END = ("handle_time", "duration", "wrap", "silent_time")
_ROUNDING = 1e-9


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Values that miss an intent or name an unknown one, work that never ends, faulty slow-down tables."""
    reach = reachable(scenario)
    for name, channel in scenario.channels.items():
        intents = [intent for place, intent in reach if place == name]
        for part, prefix in (
            (channel, f"channels.{name}"),
            (getattr(channel, "front", None), f"channels.{name}.front"),
            (getattr(channel, "transfer", None), f"channels.{name}.transfer"),
            (getattr(channel, "consult", None), f"channels.{name}.consult"),
        ):
            if part is None:
                continue
            for field, declared in type(part).model_fields.items():
                value = getattr(part, field)
                if is_by_intent(declared) and isinstance(value, Mapping):
                    yield from _by_intent(f"{prefix}.{field}", value, scenario, intents)
                if field in _MUST_END:
                    yield from _endless(f"{prefix}.{field}", value)
        front = getattr(channel, "front", None)
        if front is not None:
            yield from _front(f"channels.{name}.front", front, scenario)
        transfer = getattr(channel, "transfer", None)
        if transfer is not None:
            yield from _transfer(f"channels.{name}.transfer.to", transfer.to, scenario)
        if isinstance(channel, Live) and channel.dialler is not None:
            yield from _dialler(f"channels.{name}", name, channel, scenario)
        consult = getattr(channel, "consult", None)
        if consult is not None and consult.group not in scenario.groups:
            yield unknown(f"channels.{name}.consult.group", consult.group, list(scenario.groups), "group")
        if isinstance(channel, Concurrent) and channel.slowdown is not None:
            yield from _slowdown(f"channels.{name}.slowdown", channel.slowdown, channel.cap)


def _by_intent(
    field: str, value: Mapping[str, Any], scenario: Scenario, intents: list[str]
) -> Iterator[Problem]:
    yield from unknown_keys(field, value, ["default", *scenario.intents], "intent")
    missing = [] if "default" in value else [intent for intent in intents if intent not in value]
    if missing:
        yield Problem(
            field,
            sorted(value),
            f"a value for every intent that can come here; {', '.join(missing)} has none",
            "add default, or the missing intents",
        )


def _endless(field: str, value: object) -> Iterator[Problem]:
    laws: Mapping[str, object] = value if isinstance(value, Mapping) else {"": value}
    for intent, law in laws.items():
        if isinstance(law, Unlimited):
            where = f"{field}.{intent}" if intent else field
            yield Problem(
                where, "unlimited", "a law that ends", "write a duration; only patience may be unlimited"
            )


def _front(field: str, front: Front, scenario: Scenario) -> Iterator[Problem]:
    for intent in scenario.intents:
        contained = for_intent(front.containment, intent, 0.0)
        total = contained + front.hang_up + front.misroute
        if total > 1.0 + _ROUNDING:
            yield Problem(
                f"{field}.containment",
                contained,
                f"containment, hang_up and misroute that sum to at most 1 (for {intent})",
                f"they sum to {total:g}; lower some of them by {total - 1:g} in all",
            )


def _transfer(field: str, to: str, scenario: Scenario) -> Iterator[Problem]:
    served = [name for name, channel in scenario.channels.items() if not isinstance(channel, SelfService)]
    if to not in scenario.channels:
        yield unknown(field, to, served, "channel")
    elif to not in served:
        allowed = f"a channel with agents: {', '.join(served)}"
        yield Problem(field, to, allowed, "choose one of these; a next step leads to self-service")
    elif getattr(scenario.channels[to], "dialler", None) is not None:
        yield Problem(
            field, to, "a channel that customers come to", f"choose another, or remove channels.{to}.dialler"
        )


def _dialler(field: str, name: str, channel: Live, scenario: Scenario) -> Iterator[Problem]:
    for part in ("front", "callback"):
        if getattr(channel, part) is not None:
            yield Problem(
                f"{field}.{part}",
                part,
                "nothing: agents call the customers of a channel with a dialler",
                f"remove {part}, or dialler",
            )
    for place, incident in enumerate(scenario.incidents):
        if incident.channel == name and incident.failure > 0:
            yield Problem(
                f"incidents.{place}.channel",
                name,
                "a channel without a dialler, unless failure is 0: nobody tries it in vain",
                "choose another channel, or write failure: 0 and a slow_down",
            )


def is_first_choice(channel: str, scenario: Scenario) -> bool:
    """Whether there are customers who go to a channel first."""
    volumes = [intent.volume for intent in scenario.intents.values()]
    nobody = not any(volume.per_day or any(volume.per_interval or ()) for volume in volumes)
    firsts = [intent.first_channel for intent in scenario.intents.values()]
    firsts += [
        {**(segment.first_channel or {}), **segment.adoption} for segment in scenario.segments.values()
    ]
    goes = len(scenario.channels) == 1 or any(first.get(channel, 0.0) > 0 for first in firsts)
    return goes and not nobody


def _slowdown(field: str, table: tuple[float, ...], cap: int) -> Iterator[Problem]:
    shown = list(table)
    if len(table) < cap:
        cure = f"add {cap - len(table)} more, or lower cap to {len(table)}"
        yield Problem(field, shown, f"a factor for each of 1 to {cap} contacts open (cap)", cure)
    if not table or table[0] != 1.0:
        yield Problem(
            field, shown, "1 as the first factor: one contact alone is not slowed down", "begin with 1"
        )
    if any(later < earlier for earlier, later in itertools.pairwise(table)):
        yield Problem(field, shown, "factors that do not fall as more contacts are open", "put them in order")
