"""Days in which luck is given by hand, and their traces as text that a person can follow.

A golden test states a tiny scenario, the customers with their luck, and the whole trace expected. All times
are in seconds from midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from scenarios import Scenario
from sim.contract import FAR, NOBODY, OUTCOMES, TICKS_PER_SECOND, Chance, Front, Plan, Trace

NEVER = float("inf")
Luck = bool | float
"""It happens, or does not, whatever the share; or a number, and it happens where the share is larger."""


@dataclass(frozen=True)
class Case:
    """A customer: when and where the case begins, and its luck in each attempt (the last one given goes on).

    ``next`` names the channel taken after each failed attempt, ``None`` gives up.
    """

    at: float
    channel: str
    work: Sequence[float] = (10,)
    patience: Sequence[float] = (NEVER,)
    resolves: Sequence[Luck] = (True,)
    incident: float = 0.5
    front: Sequence[float] = (0,)
    front_ends: Sequence[Front] = (Front.PASSES,)
    wrap: Sequence[float] = (0,)
    balks: Sequence[bool] = (False,)
    silent: Sequence[bool] = (False,)
    """Whether the customer, when giving up, leaves without a sign."""
    silent_time: Sequence[float] = (0,)
    takes_callback: Sequence[Luck] = (False,)
    answers: Sequence[Luck] = (True,)
    """Each call to the customer, by who rings back or a dialler, in whatever attempt."""
    passed_on: Sequence[Luck] = (False,)
    consults: Sequence[Luck] = (False,)
    heeds: Sequence[Luck] = (False,)
    returns: Sequence[float] = (0.5,)
    """When, after an incident: the share of the time within which customers come back."""
    agent: Sequence[float] = (0.5,)
    """Which of those free, where that is random: so far along the row of them."""
    next: Sequence[str | None] = (None,)
    delay: Sequence[float] = (0,)
    intent: str = "help"
    segment: str | None = None
    """The first one, unless named."""


TAKES: Any = {"takes_callback": [True]}
"""The customer takes a callback whenever one is offered, and answers the first try."""
IN_VAIN: Any = TAKES | {"answers": [False]}
ONCE_IN_VAIN: Any = TAKES | {"answers": [False, True]}


class GivenDraws:
    """Luck by hand: :class:`sim.contract.Draws`."""

    def __init__(
        self, plan: Plan, cases: Sequence[Case], staff: Mapping[str, Sequence[int]] = MappingProxyType({})
    ) -> None:
        self._plan, self._cases = plan, sorted(cases, key=lambda case: case.at)
        self._staff = staff

    def _each(self, value: Callable[[Case], Any], dtype: type = np.int64) -> Any:
        return np.array([value(case) for case in self._cases], dtype=dtype)

    @property
    def key(self) -> Any:
        return np.arange(len(self._cases), dtype=np.uint64)

    @property
    def arrival(self) -> Any:
        return self._each(lambda case: ticks(case.at))

    @property
    def intent(self) -> Any:
        return self._each(lambda case: self._plan.intents.index(case.intent))

    @property
    def segment(self) -> Any:
        segments = self._plan.segments
        return self._each(lambda case: 0 if case.segment is None else segments.index(case.segment))

    @property
    def first_channel(self) -> Any:
        return self._each(lambda case: self._channel(case.channel))

    def work(self, channel: int, attempt: int) -> Any:
        return self._each(lambda case: ticks(_at(case.work, attempt)))

    def patience(self, channel: int, attempt: int) -> Any:
        return self._each(lambda case: ticks(_at(case.patience, attempt)))

    def resolution_luck(self, channel: int, attempt: int) -> Any:
        return self._each(lambda case: _number(_at(case.resolves, attempt)), np.float64)

    def incident_luck(self, attempt: int) -> Any:
        return self._each(lambda case: case.incident, np.float64)

    def front(self, channel: int, attempt: int) -> Any:
        there = self._where(self._plan.front_law[channel] != NOBODY)
        return there * self._each(lambda case: ticks(_at(case.front, attempt)))

    def front_ends(self, channel: int, attempt: int) -> Any:
        there = self._where(self._plan.front_law[channel] != NOBODY)
        return np.where(there, self._each(lambda case: _at(case.front_ends, attempt)), Front.PASSES)

    def wrap(self, channel: int, attempt: int) -> Any:
        there = self._where(self._plan.wrap_law[channel] != NOBODY)
        return there * self._each(lambda case: ticks(_at(case.wrap, attempt)))

    def balks(self, channel: int, attempt: int) -> Any:
        return self._each(lambda case: _at(case.balks, attempt), np.bool_) & (self._plan.balk[channel] > 0)

    def leaves_silently(self, channel: int, attempt: int) -> Any:
        some = self._plan.silent[channel] > 0
        return self._each(lambda case: _at(case.silent, attempt), np.bool_) & some

    def silent(self, channel: int, attempt: int) -> Any:
        there = self._where(self._plan.silent_law[channel] != NOBODY)
        return there * self._each(lambda case: ticks(_at(case.silent_time, attempt)))

    def chance(self, which: int, attempt: int) -> Any:
        return self._each(lambda case: _number(_chance(case, which, attempt)), np.float64)

    @property
    def fix(self) -> Any:
        """As long as the scenario says: golden days have no other law for it."""
        laws = [None if law == NOBODY else law for law in self._plan.fix_law.tolist()]
        seconds = [NEVER if law is None else self._plan.laws.parameters[law, 0] for law in laws]
        return np.array([ticks(second) for second in seconds], np.int64)

    @property
    def staff(self) -> Any:
        """[G, K] as the plan has it, or as given for a group."""
        found = self._plan.staff.copy()
        for group, numbers in self._staff.items():
            found[self._plan.groups.index(group)] = numbers
        return found

    def _where(self, of_intent: Any) -> Any:
        """[n] what holds for each case's intent."""
        return of_intent[self.intent]

    def next_channel(self, row: int, attempt: int) -> Any:
        return self._each(lambda case: self._channel(_at(case.next, attempt)))

    def delay(self, row: int, attempt: int) -> Any:
        return self._each(lambda case: ticks(_at(case.delay, attempt)))

    def _channel(self, name: str | None) -> int:
        return NOBODY if name is None else self._plan.channels.index(name)


def _at(values: Sequence[Any], attempt: int) -> Any:
    return values[min(attempt, len(values) - 1)]


def _chance(whose: Case, which: int, attempt: int) -> Luck:
    match which:
        case Chance.TAKES_CALLBACK:
            return _at(whose.takes_callback, attempt)
        case Chance.TRANSFERS:
            return _at(whose.passed_on, attempt)
        case Chance.HEEDS:
            return _at(whose.heeds, attempt)
        case Chance.RETURNS:
            return _at(whose.returns, attempt)
        case Chance.AGENT:
            return _at(whose.agent, attempt)
        case Chance.CONSULTS:
            return _at(whose.consults, attempt)
        case _:
            return _at(whose.answers, which - Chance.CONNECTS)


def _number(luck: Luck) -> float:
    """A number below every share where it happens, and above every share where it does not."""
    return {True: -1.0, False: 2.0}[luck] if isinstance(luck, bool) else luck


def ticks(seconds: float) -> int:
    return FAR if seconds == NEVER else round(seconds * TICKS_PER_SECOND)


# -- tiny scenarios --------------------------------------------------------------------------------


def phone(**fields: Any) -> dict[str, Any]:
    return {"mode": "live", "patience": "unlimited", **fields}


def chat(**fields: Any) -> dict[str, Any]:
    return {"mode": "concurrent", "patience": "unlimited", "cap": 2, "slowdown": [1, 2], **fields}


def email(**fields: Any) -> dict[str, Any]:
    return {"mode": "deferred", **fields}


def portal(**fields: Any) -> dict[str, Any]:
    return {"mode": "self_service", **fields}


def front(duration: float = 1, **fields: Any) -> dict[str, Any]:
    """An automated front in which everything may happen; what does, the cases say."""
    return {"duration": duration, "containment": 0.2, "hang_up": 0.2, "misroute": 0.2, **fields}


def callback(**fields: Any) -> dict[str, Any]:
    """An offer to whoever would wait; whether it is taken, and each try answered, the cases say."""
    usual = {"offer_above": 0, "estimate": "queue", "attempts": 3, "retry": 20, "ring": 3}
    return {**usual, "take_up": 0.5, "connect": 0.5, **fields}


def calls(**fields: Any) -> dict[str, Any]:
    """A phone channel that calls back, of which 10 s are the mean handle time."""
    return phone(handle_time=10, callback=callback(**fields))


def outbound(**fields: Any) -> dict[str, Any]:
    """A channel whose dialler calls customers; whether a call is answered, the cases say."""
    usual = {"calls_per_agent": 1, "reached": 0.5, "ring": 5, "attempts": 2, "retry": 60}
    return phone(dialler={name: fields.pop(name, value) for name, value in usual.items()}, **fields)


def group(skills: Mapping[str, Any], staff: Any, **fields: Any) -> dict[str, Any]:
    table = staff if isinstance(staff, dict) else {"00:00": staff}
    return {"skills": skills, "staff": table, "shrinkage": 0, **fields}


def go(after: str, outcome: str | Sequence[str], *channels: str) -> dict[str, Any]:
    """A next step that may lead to any of the channels; which one, the cases say."""
    return {"after": after, "outcome": outcome, "go": {channel: 1 / len(channels) for channel in channels}}


def scenario(channels: Mapping[str, Any], groups: Mapping[str, Any], **fields: Any) -> Scenario:
    """Days (one unless said) with one-minute intervals; every channel may be a first channel."""
    intents = fields.pop("intents", ("help",))
    days = fields.pop("days", 1)
    anywhere = {channel: 1 / len(channels) for channel in channels}
    return Scenario(
        name="golden",
        calendar={"start": "2026-03-02", "timezone": "UTC", "days": days, "interval": "1 min"},
        intents={name: {"volume": {"per_day": 1}, "first_channel": anywhere} for name in intents},
        channels=channels,
        groups=groups,
        frustration=fields.pop("frustration", {"handle_time": 0, "patience": 0}),
        **fields,
    )  # fmt: skip


HEADING = "case try channel group arrived answered ended queued handled outcome next"
FULL = "case try channel group arrived entered answered ended queued handled wrapped outcome next"
"""With the automated front and what agents do without the customer."""
CALLED = "case try channel group arrived entered answered ended queued handled rung outcome next"
"""With calls to the customer."""


class Happen(Protocol):
    """What happens in a scenario to the cases given, as an engine has it."""

    def __call__(self, asked: Scenario, *cases: Case) -> Trace: ...


class Tell(Protocol):
    """The trace as text: a line for each contact, in the columns of the heading; ``-`` is nobody."""

    def __call__(self, asked: Scenario, *cases: Case, heading: str = HEADING) -> str: ...


# -- traces as text --------------------------------------------------------------------------------


def as_text(plan: Plan, trace: Trace, heading: str = HEADING) -> str:
    """A trace as :class:`Tell` tells it."""
    columns = [_column(plan, trace, name) for name in heading.split()]
    return "\n".join([heading, *(" ".join(words) for words in zip(*columns, strict=True))])


def _column(plan: Plan, trace: Trace, name: str) -> list[str]:
    match name:
        case "case":
            return [str(case) for case in trace.case]
        case "try":
            return [str(attempt) for attempt in trace.attempt]
        case "channel":
            return [plan.channels[channel] for channel in trace.channel]
        case "group":
            return [_name(plan.groups, group) for group in trace.group]
        case "helper":
            return [_name(plan.groups, group) for group in trace.helper]
        case "rung":
            return [str(calls) for calls in trace.rung]
        case "outcome":
            return [OUTCOMES[outcome] for outcome in trace.outcome]
        case "next":
            return [_name(plan.channels, channel) for channel in trace.next_channel]
        case _:
            return [_seconds(tick) for tick in getattr(trace, name)]


def expected(text: str) -> str:
    """A table written with any spacing, as :class:`Tell` tells it."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _name(names: Sequence[str], index: int) -> str:
    return "-" if index == NOBODY else names[index]


def _seconds(tick: int) -> str:
    return "-" if tick == NOBODY else f"{tick / TICKS_PER_SECOND:.6f}".rstrip("0").rstrip(".")


def minutes(integral: Any, row: int) -> dict[int, float]:
    """The minutes in which a meter's row is not 0, with its integral in seconds."""
    return {int(k): float(integral[row, k] / TICKS_PER_SECOND) for k in np.flatnonzero(integral[row])}
