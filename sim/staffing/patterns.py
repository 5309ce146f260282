"""Patterns: every shift that the rules allow on the days of a calendar, with where its breaks may lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from scenarios.shifts import Break, ShiftRules, ShiftTemplate
from scenarios.times import WEEKDAYS, clock_seconds
from scenarios.wording import near
from sim.clock import SECONDS_PER_DAY
from sim.contract import Floats, Ints

HOUR = 3600.0
MOST_PATTERNS = 100_000
"""More are refused: no solver would finish."""


@dataclass(frozen=True)
class Window:
    """A break: how long, whether it is paid, and the times at which it may begin (seconds of the horizon)."""

    length: float
    paid: bool
    starts: tuple[float, ...]


@dataclass(frozen=True)
class Pattern:
    """A shift on one day, for a group on a contract; times are seconds from the first midnight."""

    group: int
    template: str
    contract: str
    day: int
    start: float
    end: float
    windows: tuple[Window, ...]
    rate: float
    """Pay per hour, before premiums."""

    @property
    def paid_hours(self) -> float:
        """Hours paid: without unpaid breaks."""
        unpaid = sum(window.length for window in self.windows if not window.paid)
        return (self.end - self.start - unpaid) / HOUR


class Wages:
    """What an hour costs at each time, as a multiple of pay: 1, and the premiums that apply."""

    def __init__(self, scenario: Scenario, rules: ShiftRules) -> None:
        # A day more than the longest shift after the last midnight.
        days = scenario.calendar.days + 2
        self._times = np.array([0.0, days * SECONDS_PER_DAY])
        self._hours = self._times / HOUR
        for premium in rules.premiums.values():
            times, hours = _premium(premium.hours, premium.extra, scenario.calendar.start, days)
            every = np.union1d(self._times, times)
            self._hours = np.interp(every, self._times, self._hours) + np.interp(every, times, hours)
            self._times = every

    def hours(self, start: float, end: float) -> float:
        """Hours from ``start`` to ``end``, each counted with its premiums."""
        return float(np.interp(end, self._times, self._hours) - np.interp(start, self._times, self._hours))

    def cost(self, pattern: Pattern, breaks: tuple[float, ...]) -> float:
        """Pay of one agent who works a pattern with breaks that begin at ``breaks``."""
        hours = self.hours(pattern.start, pattern.end)
        for window, start in zip(pattern.windows, breaks, strict=True):
            if not window.paid:
                hours -= self.hours(start, start + window.length)
        return pattern.rate * hours


def _premium(
    week: Mapping[str, tuple[tuple[int, int], ...]], extra: float, first: dt.date, days: int
) -> tuple[Floats, Floats]:
    """Knots of the hours that a premium adds up to, as a broken line over the horizon."""
    times, hours = [0.0], [0.0]
    for day in range(days):
        weekday = WEEKDAYS[(first.weekday() + day) % 7]
        for opens, closes in week.get(weekday, ()):
            times += [day * SECONDS_PER_DAY + opens, day * SECONDS_PER_DAY + closes]
            hours += [hours[-1], hours[-1] + extra * (closes - opens) / HOUR]
    return np.array(times), np.array(hours)


def patterns(scenario: Scenario, rules: ShiftRules) -> list[Pattern]:
    """Every pattern that the rules allow; raises ``ScenarioError`` where rules do not suit the scenario."""
    problems = list(unsuited(scenario, rules))
    if problems:
        raise ScenarioError(problems)
    number = sum(_number(scenario, template, rules) for template in rules.shifts.values())
    if number > MOST_PATTERNS:
        allowed = f"at most {MOST_PATTERNS:,} possible shifts, over all days, groups and contracts"
        cure = "use longer steps between starts, fewer lengths, or fewer days"
        raise ScenarioError([Problem("", f"{number:,} possible shifts", allowed, cure)])
    return list(dict.fromkeys(_patterns(scenario, rules)))


def _number(scenario: Scenario, template: ShiftTemplate, rules: ShiftRules) -> int:
    """How many patterns a template makes."""
    calendar = scenario.calendar
    days = sum(weekday(calendar.start, day) in template.days for day in range(calendar.days))
    contracts = sum(len(rules.contracts_of(template, group)) for group in scenario.groups)
    return days * contracts * len(_starts(template, calendar.interval)) * len(template.length)


def _patterns(scenario: Scenario, rules: ShiftRules) -> Iterator[Pattern]:
    calendar = scenario.calendar
    for place, (group, settings) in enumerate(scenario.groups.items()):
        for name, template in rules.shifts.items():
            contracts = rules.contracts_of(template, group)
            days = [d for d in range(calendar.days) if weekday(calendar.start, d) in template.days]
            for day in days if contracts else ():
                for start in _starts(template, calendar.interval):
                    begin = day * SECONDS_PER_DAY + start
                    windows = tuple(_window(pause, begin, calendar.interval) for pause in template.breaks)
                    for length in template.length:
                        for contract in contracts:
                            factor = template.pay_factor * rules.contracts[contract].pay_factor
                            rate = settings.pay_per_hour * factor
                            yield Pattern(place, name, contract, day, begin, begin + length, windows, rate)


def weekday(first: dt.date, day: int) -> str:
    """The weekday of the ``day``-th day (0 is the first).

    >>> weekday(dt.date(2026, 3, 2), 6)
    'sun'
    """
    return WEEKDAYS[(first.weekday() + day) % 7]


def _starts(template: ShiftTemplate, interval: float) -> list[float]:
    first = clock_seconds(template.earliest)
    last = first if template.latest is None else clock_seconds(template.latest)
    return _steps(first, last, interval if template.step is None else template.step)


def _window(pause: Break, begin: float, interval: float) -> Window:
    starts = _steps(pause.earliest, pause.latest, interval if pause.step is None else pause.step)
    return Window(pause.length, pause.paid, tuple(begin + start for start in starts))


def _steps(first: float, last: float, step: float) -> list[float]:
    return [first + step * place for place in range(int((last - first + 1e-6) // step) + 1)]


def unsuited(scenario: Scenario, rules: ShiftRules) -> Iterator[Problem]:
    """Where shift rules speak of groups that the scenario does not have, or leave a group without shifts."""
    groups = list(scenario.groups)
    if not groups:
        yield Problem("groups", None, "a scenario with groups of agents", "add a group first")
    named = [(f"shifts.{name}.groups", template.groups or ()) for name, template in rules.shifts.items()]
    named += [(f"contracts.{name}.groups", kind.groups or ()) for name, kind in rules.contracts.items()]
    named += [("headcount", tuple(rules.headcount))]
    for field, names in named:
        for name in names:
            if name not in groups:
                allowed = f"a group of the scenario: {', '.join(groups)}"
                yield Problem(field, name, allowed, near(name, groups, "write one of these"))


def covered(start: float, end: float, interval: float, intervals: int, repeats: bool) -> tuple[Ints, Floats]:
    """The intervals that a time from ``start`` to ``end`` touches, and the share of each that it covers.

    What lies past the horizon covers its beginning if the horizon ``repeats``, else nothing.

    >>> covered(900.0, 3150.0, 900.0, 96, repeats=False)
    (array([1, 2, 3]), array([1. , 1. , 0.5]))
    """
    first, last = int(start // interval), int(-(-end // interval))
    every = np.arange(first, last)
    share = np.minimum(end, (every + 1) * interval) - np.maximum(start, every * interval)
    keep = every < (10 * intervals if repeats else intervals)
    return every[keep] % intervals, share[keep] / interval
