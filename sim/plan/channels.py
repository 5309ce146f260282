"""Channels: opening hours, incidents, attention, laws and success, per channel, intent and segment."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scenarios.channels import Channel, Concurrent, Deferred, SelfService
from scenarios.distributions import Law, parse_law
from scenarios.fields import for_intent
from scenarios.model import Scenario
from scenarios.parameters import default_of
from scenarios.times import WEEKDAYS
from scenarios.units import parameter_of
from sim.clock import Clock, to_ticks
from sim.contract import NOBODY, WORK, Floats, Ints, Mode, Ticks
from sim.plan.laws import LawTable

UNLIMITED_LINES = 2**62
MODES = {mode.name.lower(): mode for mode in Mode}


def windows(scenario: Scenario, clock: Clock) -> tuple[Ticks, Ticks, Ints]:
    """Opening windows of all channels: from [W], until [W], index [C + 1]. Adjoining ones are merged."""
    opens: list[int] = []
    closes: list[int] = []
    index = [0]
    for channel in scenario.channels.values():
        for begins, ends in _windows(channel, clock):
            if len(opens) > index[-1] and closes[-1] == begins:
                closes[-1] = ends
            else:
                opens.append(begins)
                closes.append(ends)
        index.append(len(opens))
    return tuple(np.array(column, dtype=np.int64) for column in (opens, closes, index))  # type: ignore[return-value]


def _windows(channel: Channel, clock: Clock) -> list[tuple[int, int]]:
    if channel.open is None:
        return [(0, clock.horizon)]
    found = []
    for day in range(clock.days):
        midnight = day * (clock.horizon // clock.days)
        for begins, ends in channel.open.get(WEEKDAYS[clock.date(day).weekday()], ()):
            found.append((midnight + to_ticks(begins), midnight + to_ticks(ends)))
    return found


def incidents(scenario: Scenario, clock: Clock) -> tuple[Ints, Ticks, Ticks, Floats, Floats]:
    """Channel, from, until, failure and slow-down of each incident, [N] each."""
    channels = list(scenario.channels)
    return (
        np.array([channels.index(incident.channel) for incident in scenario.incidents], dtype=np.int64),
        np.array([clock.tick(incident.window[0]) for incident in scenario.incidents], dtype=np.int64),
        np.array([clock.tick(incident.window[1]) for incident in scenario.incidents], dtype=np.int64),
        np.array([incident.failure for incident in scenario.incidents], dtype=np.float64),
        np.array([incident.slow_down for incident in scenario.incidents], dtype=np.float64),
    )


def caps(scenario: Scenario) -> Ints:
    """[C] most contacts open per agent."""
    return np.array(
        [channel.cap if isinstance(channel, Concurrent) else 1 for channel in scenario.channels.values()]
    )


def speeds(scenario: Scenario) -> Ints:
    """[C, 1 + max cap] work units per tick with k contacts open."""
    table = np.zeros((len(scenario.channels), 1 + int(caps(scenario).max())), dtype=np.int64)
    for c, channel in enumerate(scenario.channels.values()):
        slowdown = _slowdown(channel)
        for k in range(1, table.shape[1]):
            table[c, k] = round(WORK / slowdown[min(k, len(slowdown)) - 1])
    return table


def _slowdown(channel: Channel) -> list[float]:
    """f(1), f(2), … up to the cap; 1 for channels without shared attention."""
    if not isinstance(channel, Concurrent):
        return [1.0]
    if channel.slowdown is not None:
        return list(channel.slowdown)
    extra = float(default_of("chat.slowdown_per_contact"))
    return [1.0 + extra * others for others in range(channel.cap)]


def successes(scenario: Scenario) -> Floats:
    """[C, I, S] probability that a contact that runs its course resolves the case."""
    return np.array(
        [
            [
                [
                    _success(channel, intent, segment.self_service_success)
                    for segment in scenario.segments.values()
                ]
                for intent in scenario.intents
            ]
            for channel in scenario.channels.values()
        ]
    )


def _success(channel: Channel, intent: str, self_service_factor: float) -> float:
    if isinstance(channel, SelfService):
        return min(1.0, float(_of_intent(channel, "success", intent)) * self_service_factor)
    return float(_of_intent(channel, "resolution", intent))


def work_laws(scenario: Scenario, table: LawTable) -> Ints:
    """[C, I] law of handle time, or of the duration of self-service."""
    return np.array(
        [
            [
                table.add(
                    _law(channel, "duration" if isinstance(channel, SelfService) else "handle_time", intent)
                )
                for intent in scenario.intents
            ]
            for channel in scenario.channels.values()
        ],
        dtype=np.int64,
    )


def patience_laws(scenario: Scenario, table: LawTable) -> Ints:
    """[C, I] law of patience, ``NOBODY`` where nobody waits impatiently."""
    return np.array(
        [
            [
                NOBODY
                if isinstance(channel, SelfService | Deferred)
                else table.add(_law(channel, "patience", intent))
                for intent in scenario.intents
            ]
            for channel in scenario.channels.values()
        ],
        dtype=np.int64,
    )


class Stages(NamedTuple):
    """What may happen to a contact besides being handled; sizes as in :class:`~sim.contract.Plan`."""

    front_law: Ints
    front_contains: Floats
    front_loses: Floats
    front_misroutes: Floats
    transfer_part: Floats
    wrap_law: Ints
    balk: Floats
    silent: Floats
    silent_law: Ints


def stages(scenario: Scenario, table: LawTable) -> Stages:
    """Fronts, wrap, balking and silent abandonment of all channels."""
    shape = (len(scenario.channels), len(scenario.intents))
    found = Stages(
        front_law=np.full(shape, NOBODY, np.int64),
        front_contains=np.zeros(shape),
        front_loses=np.zeros(shape[0]),
        front_misroutes=np.zeros(shape[0]),
        transfer_part=np.ones(shape[0]),
        wrap_law=np.full(shape, NOBODY, np.int64),
        balk=np.zeros(shape[0]),
        silent=np.zeros(shape[0]),
        silent_law=np.full(shape, NOBODY, np.int64),
    )
    for c, channel in enumerate(scenario.channels.values()):
        if isinstance(channel, SelfService):
            continue
        if channel.front is not None:
            found.front_law[c] = table.add(channel.front.duration)
            found.front_contains[c] = [
                for_intent(channel.front.containment, intent, 0.0) for intent in scenario.intents
            ]
            found.front_loses[c] = channel.front.hang_up
            found.front_misroutes[c] = channel.front.misroute
            found.transfer_part[c] = channel.front.transfer_part
        if channel.wrap is not None:
            found.wrap_law[c] = table.add(channel.wrap)
        found.balk[c] = getattr(channel, "balk", 0.0)
        if isinstance(channel, Concurrent) and channel.silent_abandonment > 0:
            found.silent[c] = channel.silent_abandonment
            found.silent_law[c] = table.add(channel.silent_time)
    return found


def _law(channel: Channel, field: str, intent: str) -> Law:
    return parse_law(_of_intent(channel, field, intent))


def _of_intent(channel: Channel, field: str, intent: str) -> Any:
    """A field's value for an intent; where it names neither the intent nor a default, the library's."""
    name = parameter_of(type(channel).model_fields[field])
    return for_intent(getattr(channel, field), intent, default_of(name) if name else None)
