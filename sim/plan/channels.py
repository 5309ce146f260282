"""Channels: hours, callbacks, transfers, attention, laws and success, per channel, intent and segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from scenarios.channels import Channel, Concurrent, Deferred, Live, SelfService, Transfer
from scenarios.distributions import Law, parse_law
from scenarios.fields import for_intent
from scenarios.model import Scenario
from scenarios.parameters import default_of
from scenarios.times import ALL_DAY, WEEKDAYS, Windows
from scenarios.units import parameter_of
from sim.clock import Clock, to_ticks
from sim.contract import FAR, NOBODY, WORK, Bools, Busy, Estimate, Floats, Ints, Mode, Ticks
from sim.plan import holidays
from sim.plan.laws import LawTable

UNLIMITED_LINES = 2**62
MODES = {mode.name.lower(): mode for mode in Mode}


def windows(scenario: Scenario, clock: Clock) -> tuple[Ticks, Ticks, Ints]:
    """Opening windows of all channels: from [W], until [W], index [C + 1]. Adjoining ones are merged."""
    opens: list[int] = []
    closes: list[int] = []
    index = [0]
    special = holidays.hours(scenario)
    for name, channel in scenario.channels.items():
        for begins, ends in _windows(channel, special.get(name, {}), clock):
            if len(opens) > index[-1] and closes[-1] == begins:
                closes[-1] = ends
            else:
                opens.append(begins)
                closes.append(ends)
        index.append(len(opens))
    return tuple(np.array(column, dtype=np.int64) for column in (opens, closes, index))  # type: ignore[return-value]


def _windows(channel: Channel, special: Mapping[int, Windows], clock: Clock) -> list[tuple[int, int]]:
    """Spans of ticks in which the clock shows hours of opening; ``special`` has those of some days."""
    if channel.open is None and not special:
        return [(0, clock.horizon)]
    week = dict.fromkeys(WEEKDAYS, ALL_DAY) if channel.open is None else channel.open
    found: list[tuple[int, int]] = []
    for day in range(clock.days):
        usual = week.get(WEEKDAYS[clock.date(day).weekday()], ())
        for begins, ends in special.get(day, usual):
            found += clock.spans(day, to_ticks(begins), to_ticks(ends))
    return sorted(found)


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


def work_means(scenario: Scenario) -> Floats:
    """[C, I] mean handle time, or duration of self-service, in seconds."""
    return np.array(
        [
            [
                _law(
                    channel, "duration" if isinstance(channel, SelfService) else "handle_time", intent
                ).mean_seconds
                for intent in scenario.intents
            ]
            for channel in scenario.channels.values()
        ]
    )


class Callbacks(NamedTuple):
    """Offers to ring back, [C] each."""

    callback_above: Ticks
    callback_estimate: Ints
    callback_take_up: Floats
    callback_connects: Floats
    callback_tries: Ints
    callback_retry: Ticks
    callback_ring: Ticks


def callbacks(scenario: Scenario) -> Callbacks:
    """Offers to ring back of all channels; where none is made the other fields are 0."""
    size = len(scenario.channels)
    found = Callbacks(
        callback_above=np.full(size, NOBODY, np.int64),
        callback_estimate=np.zeros(size, np.int64),
        callback_take_up=np.zeros(size),
        callback_connects=np.zeros(size),
        callback_tries=np.zeros(size, np.int64),
        callback_retry=np.zeros(size, np.int64),
        callback_ring=np.zeros(size, np.int64),
    )
    for c, channel in enumerate(scenario.channels.values()):
        if isinstance(channel, Live) and channel.callback is not None:
            offer = channel.callback
            found.callback_above[c] = to_ticks(offer.offer_above)
            found.callback_estimate[c] = Estimate[offer.estimate.upper()]
            found.callback_take_up[c] = offer.take_up
            found.callback_connects[c] = offer.connect
            found.callback_tries[c] = offer.attempts
            found.callback_retry[c] = to_ticks(offer.retry)
            found.callback_ring[c] = to_ticks(offer.ring)
    return found


class Diallers(NamedTuple):
    """How customers are called, [C] each."""

    dialler_tries: Ints
    dialler_pace: Floats
    dialler_reaches: Floats
    dialler_ring: Ticks
    dialler_retry: Ticks


def diallers(scenario: Scenario) -> Diallers:
    """The diallers of all channels; all 0 where there is none."""
    size = len(scenario.channels)
    found = Diallers(
        dialler_tries=np.zeros(size, np.int64),
        dialler_pace=np.zeros(size),
        dialler_reaches=np.zeros(size),
        dialler_ring=np.zeros(size, np.int64),
        dialler_retry=np.zeros(size, np.int64),
    )
    for c, channel in enumerate(scenario.channels.values()):
        if isinstance(channel, Live) and channel.dialler is not None:
            dialler = channel.dialler
            found.dialler_tries[c] = dialler.attempts
            found.dialler_pace[c] = dialler.calls_per_agent
            found.dialler_reaches[c] = dialler.reached
            found.dialler_ring[c] = to_ticks(dialler.ring)
            found.dialler_retry[c] = to_ticks(dialler.retry)
    return found


class Backlog(NamedTuple):
    """Who waits already at the start."""

    backlog: Ints
    """[I, C]."""
    backlog_at: Ticks
    """[C]."""


def backlogs(scenario: Scenario, expected: Floats, opens: Ticks, index: Ints) -> Backlog:
    """Backlogs of all channels, divided among intents as their ``expected`` [I, C] first attempts are.

    ``opens`` and ``index``: windows of opening, see :func:`windows`. What is left by rounding down goes to
    the intents with the largest remainders, the first of several.
    """
    found = np.zeros(expected.shape, np.int64)
    at = np.full(expected.shape[1], FAR, np.int64)
    for c, channel in enumerate(scenario.channels.values()):
        if index[c] < index[c + 1]:
            at[c] = opens[index[c]]
        number = getattr(channel, "backlog", 0)
        if number > 0 and expected[:, c].sum() > 0:
            exact = number * expected[:, c] / expected[:, c].sum()
            found[:, c] = np.floor(exact)
            rest = int(number - found[:, c].sum())
            order = np.argsort(found[:, c] - exact, kind="stable")
            found[order[:rest], c] += 1
    return Backlog(found, at)


class Transfers(NamedTuple):
    """What agents pass on, [C] and [C, I]."""

    transfer_share: Floats
    transfer_to: Ints
    transfer_busy: Ints
    passing_part: Floats


def transfers(scenario: Scenario) -> Transfers:
    """What agents of all channels pass on, and to which channel."""
    channels, intents = list(scenario.channels), list(scenario.intents)
    found = Transfers(
        transfer_share=np.zeros((len(channels), len(intents))),
        transfer_to=np.full(len(channels), NOBODY, np.int64),
        transfer_busy=np.zeros(len(channels), np.int64),
        passing_part=np.ones(len(channels)),
    )
    for c, channel in enumerate(scenario.channels.values()):
        transfer = getattr(channel, "transfer", None)
        if transfer is not None:
            share, name = transfer.share, parameter_of(Transfer.model_fields["share"])
            assert name is not None
            found.transfer_share[c] = [for_intent(share, intent, default_of(name)) for intent in intents]
            found.transfer_to[c] = channels.index(transfer.to)
            found.transfer_busy[c] = Busy[transfer.when_busy.upper()]
            found.passing_part[c] = transfer.part
    return found


class Consults(NamedTuple):
    """Which contacts need a second agent, [C, I] and [C]."""

    consult_share: Floats
    consult_group: Ints
    consult_part: Floats
    consult_waits: Bools


def consults(scenario: Scenario) -> Consults:
    """Which contacts of all channels need a second agent, and whose."""
    channels, intents, groups = list(scenario.channels), list(scenario.intents), list(scenario.groups)
    found = Consults(
        consult_share=np.zeros((len(channels), len(intents))),
        consult_group=np.full(len(channels), NOBODY, np.int64),
        consult_part=np.zeros(len(channels)),
        consult_waits=np.zeros(len(channels), np.bool_),
    )
    for c, channel in enumerate(scenario.channels.values()):
        if isinstance(channel, Live) and channel.consult is not None:
            consult = channel.consult
            found.consult_share[c] = [for_intent(consult.share, intent, 0.0) for intent in intents]
            found.consult_group[c] = groups.index(consult.group)
            found.consult_part[c] = consult.part
            found.consult_waits[c] = consult.when_busy == "wait"
    return found


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
