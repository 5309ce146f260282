"""Days to simulate twice: a scenario and luck, hashed, rounded so that ties abound, or given by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st

import scenarios
from scenarios import Scenario
from sim import plan as plans
from sim.contract import FAR, TICKS_PER_SECOND, Draws, Front, Plan
from sim.luck.streams import draw
from tests.golden.given import NEVER, Case, GivenDraws
from tests.strategies import BUSY, DAY, scenario_fields

UNITS = (None, 900, 60, 1, 900, 3600)
"""Seconds to which times are rounded, if at all."""


@dataclass(frozen=True)
class Day:
    """A scenario and the luck of its customers."""

    asked: Scenario
    luck: Callable[[Plan], Draws]
    told: str
    """The luck in words."""

    @cached_property
    def plan(self) -> Plan:
        return plans.build(self.asked)

    def draws(self) -> Draws:
        """New every time, so that no engine leans on what another asked."""
        return self.luck(self.plan)

    def __str__(self) -> str:
        return f"{scenarios.dumps(self.asked)}\n# luck: {self.told}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis prints of an argument; the scenario is told with what went wrong."""
        printer.text(f"<a day with this luck: {self.told}>")


class RoundedDraws:
    """Hashed luck with all times rounded to a unit (ticks): :class:`sim.contract.Draws`."""

    def __init__(self, plan: Plan, seed: int, replication: int, unit: int) -> None:
        self._exact, self._unit = draw(plan, seed, replication), unit
        arrival = self._exact.arrival // unit * unit
        # Cases that now come together are in the order of their intents.
        self._order = np.lexsort((np.arange(len(arrival)), self._exact.intent, arrival))
        self.arrival = arrival[self._order]
        self.key = self._exact.key[self._order]
        self.intent = self._exact.intent[self._order]
        self.segment = self._exact.segment[self._order]
        self.first_channel = self._exact.first_channel[self._order]
        self.staff = self._exact.staff
        self.fix = np.where(self._exact.fix < FAR, self._exact.fix // unit * unit, FAR)

    def work(self, channel: int, attempt: int) -> Any:
        return self._rounded(self._exact.work(channel, attempt))

    def patience(self, channel: int, attempt: int) -> Any:
        return self._rounded(self._exact.patience(channel, attempt))

    def resolution_luck(self, channel: int, attempt: int) -> Any:
        return self._exact.resolution_luck(channel, attempt)[self._order]

    def chance(self, which: int, attempt: int) -> Any:
        return self._exact.chance(which, attempt)[self._order]

    def front(self, channel: int, attempt: int) -> Any:
        return self._rounded(self._exact.front(channel, attempt))

    def front_ends(self, channel: int, attempt: int) -> Any:
        return self._exact.front_ends(channel, attempt)[self._order]

    def wrap(self, channel: int, attempt: int) -> Any:
        return self._rounded(self._exact.wrap(channel, attempt))

    def balks(self, channel: int, attempt: int) -> Any:
        return self._exact.balks(channel, attempt)[self._order]

    def leaves_silently(self, channel: int, attempt: int) -> Any:
        return self._exact.leaves_silently(channel, attempt)[self._order]

    def silent(self, channel: int, attempt: int) -> Any:
        return self._rounded(self._exact.silent(channel, attempt))

    def incident_luck(self, attempt: int) -> Any:
        return self._exact.incident_luck(attempt)[self._order]

    def next_channel(self, row: int, attempt: int) -> Any:
        return self._exact.next_channel(row, attempt)[self._order]

    def delay(self, row: int, attempt: int) -> Any:
        return self._rounded(self._exact.delay(row, attempt))

    def _rounded(self, ticks: Any) -> Any:
        nearest = (ticks + self._unit // 2) // self._unit * self._unit
        return np.where(ticks < FAR, nearest, FAR)[self._order]


def hashed(asked: Scenario, seed: int, replication: int = 0, unit: int | None = None) -> Day:
    """A day with the luck that belongs to a seed, its times rounded to ``unit`` seconds if that is given."""
    if unit is None:
        told = f"draw(plan, {seed}, {replication})"
        return Day(asked, lambda plan: draw(plan, seed, replication), told)
    told = f"RoundedDraws(plan, {seed}, {replication}, {unit} s)"
    return Day(asked, lambda plan: RoundedDraws(plan, seed, replication, unit * TICKS_PER_SECOND), told)


def given_by_hand(asked: Scenario, cases: Sequence[Case]) -> Day:
    """A day whose customers are listed with their luck."""
    told = "\n#   ".join(["GivenDraws(plan, cases), the cases being", *map(str, cases)])
    return Day(asked, lambda plan: GivenDraws(plan, cases), told)


# -- random days -----------------------------------------------------------------------------------


@st.composite
def random_days(draw_from: st.DrawFn) -> Day:
    """Small days of every kind, with hashed luck, most of them rounded."""
    asked = Scenario(**draw_from(scenario_fields(120)))
    seed = draw_from(st.integers(0, 2**64 - 1) | st.integers(0, 9))
    return hashed(asked, seed, draw_from(st.integers(0, 3)), draw_from(st.sampled_from(UNITS)))


@st.composite
def days_by_hand(draw_from: st.DrawFn) -> Day:
    """Small days whose customers come within a few seconds or minutes, with luck in few values."""
    fields = draw_from(scenario_fields())
    interval = fields["calendar"]["interval"]
    # They come around a moment at which staff and hours change.
    about = (_busy(fields) + draw_from(st.integers(0, BUSY - 1))) * interval
    unit = draw_from(st.sampled_from([interval // 4, 60, 1]))
    size = draw_from(st.sampled_from([12, 16, 8, 4]))
    cases = draw_from(st.lists(_cases(fields, max(about - 6 * unit, 0), unit), min_size=size, max_size=size))
    return given_by_hand(Scenario(**fields), cases)


def _busy(fields: dict[str, Any]) -> int:
    """The first interval of a day in which cases are expected."""
    volumes = [intent["volume"]["per_interval"] for intent in fields["intents"].values()]
    return next((k for k, cases in enumerate(zip(*volumes, strict=True)) if any(cases)), 0)


def _cases(fields: dict[str, Any], begins: int, unit: int) -> st.SearchStrategy[Case]:
    channels = list(fields["channels"])
    times = st.sampled_from([units * unit for units in (2, 1, 4, 6, 0, 12)])
    patience = st.sampled_from([NEVER, *(units * unit for units in (6, 12, 2, 4, 0))])
    failing = st.sampled_from([False, False, True])
    return st.builds(
        Case,
        at=st.integers(0, 12).map(lambda units: min(begins + units * unit, DAY - 1)),
        channel=st.sampled_from(channels),
        work=st.tuples(times, times),
        patience=st.tuples(patience, patience),
        resolves=st.tuples(failing, failing, failing),
        incident=st.sampled_from([0.125, 0.625, 0.875]),
        front=st.tuples(times, times),
        front_ends=st.tuples(*[st.sampled_from([Front.PASSES, *Front])] * 2),
        wrap=st.tuples(times, times),
        balks=st.tuples(*[failing] * 2),
        silent=st.tuples(*[st.booleans()] * 2),
        silent_time=st.tuples(times, times),
        takes_callback=st.tuples(*[st.booleans()] * 2),
        answers=st.tuples(*[st.booleans()] * 3),
        passed_on=st.tuples(*[st.booleans()] * 3),
        consults=st.tuples(*[st.booleans()] * 2),
        heeds=st.tuples(*[st.booleans()] * 2),
        returns=st.tuples(st.sampled_from([0.5, 0.0, 0.999])),
        agent=st.tuples(*[st.sampled_from([0.5, 0.0, 0.999])] * 2),
        next=st.tuples(*[st.sampled_from([*channels, None])] * 2),
        delay=st.tuples(times, times),
        intent=st.sampled_from(list(fields["intents"])),
        segment=st.sampled_from(list(fields["segments"])),
    )


# -- more than fit into a word ---------------------------------------------------------------------


@st.composite
def wide_days(draw_from: st.DrawFn) -> Day:
    """Days with more than 64 groups, queues or both, of which each group takes some."""
    groups = draw_from(st.sampled_from([7, 66, 130]))
    intents = draw_from(st.sampled_from([40, 3] if groups > 7 else [70, 30]))
    seed = draw_from(st.integers(0, 2**32))
    chance = random.Random(seed)
    names = [f"intent_{i}" for i in range(intents)]
    channels = {
        "phone": {"mode": "live", "handle_time": 900, "patience": 1800},
        "chat": {"mode": "concurrent", "handle_time": 900, "patience": 1800, "cap": 3},
        "email": {"mode": "deferred", "handle_time": {"uniform": {"low": 0, "high": 3600}}},
    }

    def skill(channel: str) -> dict[str, Any]:
        some = sorted(chance.sample(names, chance.randint(1, intents)))
        return {"priority": chance.randint(1, 3), "handle_time": chance.choice([1, 0.5]), "intents": some}

    def group(number: int) -> dict[str, Any]:
        if number == 0:
            return {"skills": {channel: {} for channel in channels}, "staff": {"00:00": 1}}
        takes = chance.sample(list(channels), chance.randint(1, 3))
        agents = {f"{hour:02d}:00": round(chance.random() * 100 / groups) for hour in (0, 10, 11)}
        return {"skills": {channel: skill(channel) for channel in takes}, "staff": agents, "shrinkage": 0}

    fields = {
        "name": "wide",
        "calendar": {"start": "2026-03-02", "timezone": "UTC", "interval": 3600},
        "intents": {
            name: {
                "volume": {"per_interval": [0] * 9 + [300 / intents] * 4 + [0] * 11},
                "first_channel": {"phone": 0.4, "chat": 0.4, "email": 0.2},
            }
            for name in names
        },
        "channels": channels,
        "groups": {f"group_{number}": group(number) for number in range(groups)},
        "next_steps": [{"after": "phone", "outcome": "abandoned", "go": {"phone": 0.5}, "delay": 600}],
    }
    return hashed(Scenario(**fields), seed, unit=draw_from(st.sampled_from([None, 60])))
