"""Assigning: the programme behind a roster, for agents and shifts that may go together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.shifts import Contract, ShiftRules
from scenarios.team import Agent
from sim.contract import Floats, Ints
from sim.staffing.covering import DAYS_PER_WEEK
from sim.staffing.patterns import HOUR
from sim.staffing.solver import Programme

Bools = NDArray[np.bool_]

_MISSING_PRICE = 1000.0
_SHORT_PRICE = 20.0
"""Per hour of a shift nobody works, and of contract hours not given, where an hour of spread costs 1."""


@dataclass(frozen=True)
class Kind:
    """Shifts that are alike but for their breaks."""

    group: str
    template: str
    contract: str
    day: int
    start: float
    end: float
    paid_hours: float


class Rota:
    """What one agent may work by rest, days and hours, given what they work already."""

    def __init__(self, rules: ShiftRules, contract: Contract | None) -> None:
        self.rules = rules
        self.contract = contract
        self.taken: list[Kind] = []

    @property
    def hours(self) -> float:
        """Paid hours of the shifts taken."""
        return sum(kind.paid_hours for kind in self.taken)

    def obstacle(self, kind: Kind) -> str:
        """Why the agent cannot take a shift as well; empty when they can.

        >>> from scenarios.shifts import load_shifts
        >>> rota = Rota(load_shifts("standard"), None)
        >>> rota.taken.append(Kind("desk", "day", "", 0, 28800.0, 57600.0, 8.0))
        >>> rota.obstacle(Kind("desk", "half", "", 0, 61200.0, 75600.0, 4.0))
        'already at work that day'
        """
        if any(kind.day == other.day for other in self.taken):
            return "already at work that day"
        rest = self.rules.rest
        if any(kind.start < other.end + rest and other.start < kind.end + rest for other in self.taken):
            return f"without {rest / HOUR:g} h of rest"
        if self._days_in_a_row(kind) > (self.rules.most_days_in_a_row or math.inf):
            return f"at work on {self.rules.most_days_in_a_row} days in a row already"
        return self._over_contract(kind)

    def _days_in_a_row(self, kind: Kind) -> int:
        days = {other.day for other in self.taken} | {kind.day}
        first = last = kind.day
        while first - 1 in days:
            first -= 1
        while last + 1 in days:
            last += 1
        return last - first + 1

    def _over_contract(self, kind: Kind) -> str:
        if self.contract is None:
            return ""
        week = [other for other in self.taken if other.day // DAYS_PER_WEEK == kind.day // DAYS_PER_WEEK]
        if len(week) >= self.contract.most_days:
            return f"at work on {self.contract.most_days} days of the week already"
        hours = sum(other.paid_hours for other in week) + kind.paid_hours
        if self.contract.most_hours is not None and hours * HOUR > self.contract.most_hours + 1e-6:
            return f"beyond {self.contract.most_hours / HOUR:g} h in the week"
        return ""


def contract_of(rules: ShiftRules, agent: Agent) -> Contract | None:
    """The contract of an agent; None without one."""
    return None if agent.contract is None else rules.contracts[agent.contract]


class Assignment:
    """Agents and shifts that may go together: who works what."""

    def __init__(
        self,
        rules: ShiftRules,
        days: int,
        people: Sequence[Agent],
        kinds: Sequence[Kind],
        needed: Ints,
        able: Bools,
    ) -> None:
        self.rules, self.days, self.people, self.kinds = rules, days, people, kinds
        self.needed, self.able = needed, able
        self.start = np.array([kind.start for kind in kinds])
        self.end = np.array([kind.end for kind in kinds])
        self.day = np.array([kind.day for kind in kinds])
        self.hours = np.array([kind.paid_hours for kind in kinds])

    def solve(self, seconds: float, stop: Callable[[], bool] | None) -> Bools:
        """[agents, shifts] who works what."""
        programme = Programme()
        first = self.greedy()
        a, k = np.nonzero(self.able)
        pairs = programme.variables(len(a), upper=1.0, integer=True)
        missing = programme.variables(len(self.kinds), _MISSING_PRICE * self.hours, upper=self.needed)
        columns = np.concatenate([pairs, missing])
        rows = np.concatenate([k, np.arange(len(self.kinds))])
        programme.rows(self.needed, self.needed, rows, columns, 1.0)
        start = [first[a, k].astype(np.float64), (self.needed - first.sum(axis=0)).astype(np.float64)]
        for agent in range(len(self.people)):
            mine = np.flatnonzero(a == agent)
            self._limit(programme, agent, pairs[mine], k[mine])
            start += self._promise(programme, agent, pairs[mine], k[mine], first[agent])
        for pool in self._pools():
            start.append(self._fair(programme, pool, pairs, a, k, first))
        excess = float(self.hours.max())
        solution = programme.solve(seconds, start=np.concatenate(start), cancel=stop, excess=excess)
        if not solution.found:
            return first
        works = np.zeros(self.able.shape, dtype=bool)
        works[a, k] = np.rint(solution.values[pairs]) > 0
        return works

    def greedy(self) -> Bools:
        """A first roster: shift by shift in order of time, the agent who may take it and has fewest hours."""
        rotas = [Rota(self.rules, contract_of(self.rules, agent)) for agent in self.people]
        works = np.zeros(self.able.shape, dtype=bool)
        hours = np.zeros(len(rotas))
        for place in np.argsort(self.start, kind="stable").tolist():
            kind, left = self.kinds[place], int(self.needed[place])
            for agent in np.argsort(hours, kind="stable").tolist() if left else ():
                if self.able[agent, place] and not rotas[agent].obstacle(kind):
                    rotas[agent].taken.append(kind)
                    works[agent, place] = True
                    hours[agent] += kind.paid_hours
                    left -= 1
                if not left:
                    break
        return works

    def _limit(self, programme: Programme, agent: int, pairs: Ints, k: Ints) -> None:
        """One shift a day, rest between shifts, days in a row, days and hours a week."""
        together = {tuple(np.flatnonzero(self.day[k] == day).tolist()) for day in np.unique(self.day[k])}
        for begins in np.unique(self.start[k]):
            resting = (self.start[k] <= begins) & (begins < self.end[k] + self.rules.rest)
            together.add(tuple(np.flatnonzero(resting).tolist()))
        for members in sorted(together):
            if len(members) > 1:
                _at_most(programme, pairs[list(members)], 1.0, 1.0)
        row = self.rules.most_days_in_a_row or self.days
        for first in range(self.days - row):
            stretch = (self.day[k] >= first) & (self.day[k] <= first + row)
            _at_most(programme, pairs[stretch], 1.0, float(row))
        contract = contract_of(self.rules, self.people[agent])
        if contract is None:
            return
        for week in np.unique(self.day[k] // DAYS_PER_WEEK):
            here = self.day[k] // DAYS_PER_WEEK == week
            _at_most(programme, pairs[here], 1.0, float(contract.most_days))
            if contract.most_hours is not None:
                _at_most(programme, pairs[here], self.hours[k[here]], contract.most_hours / HOUR)

    def _promise(
        self, programme: Programme, agent: int, pairs: Ints, k: Ints, first: Bools
    ) -> Iterator[Floats]:
        """Least hours of whole weeks, at a price where they cannot be given."""
        contract = contract_of(self.rules, self.people[agent])
        if contract is None or not contract.least_hours:
            return
        least = contract.least_hours / HOUR
        for week in range(self.days // DAYS_PER_WEEK):
            here = self.day[k] // DAYS_PER_WEEK == week
            short = programme.variables(1, _SHORT_PRICE)
            columns = np.concatenate([pairs[here], short])
            values = np.concatenate([self.hours[k[here]], np.ones(1)])
            programme.rows(least, math.inf, np.zeros(len(columns), dtype=np.int64), columns, values)
            given = float(self.hours[k[here]] @ first[k[here]])
            yield np.array([max(0.0, least - given)])

    def _pools(self) -> list[list[int]]:
        """Agents who are alike: of the same contract and groups, so that their hours can be compared."""
        pools: dict[object, list[int]] = {}
        for place, agent in enumerate(self.people):
            pools.setdefault((agent.contract, frozenset(agent.groups)), []).append(place)
        return [pool for pool in pools.values() if len(pool) > 1]

    def _fair(
        self, programme: Programme, pool: Sequence[int], pairs: Ints, a: Ints, k: Ints, first: Bools
    ) -> Floats:
        """Most and least hours of a pool; their difference has a price."""
        most, least = programme.variables(2, [1.0, -1.0]).tolist()
        programme.rows(0.0, math.inf, [0, 0], [most, least], [1.0, -1.0])
        for agent in pool:
            mine = np.flatnonzero(a == agent)
            zeros = np.zeros(len(mine) + 1, dtype=np.int64)
            values = np.append(self.hours[k[mine]], -1.0)
            programme.rows(-math.inf, 0.0, zeros, np.append(pairs[mine], most), values)
            programme.rows(0.0, math.inf, zeros, np.append(pairs[mine], least), values)
        hours = first[list(pool)] @ self.hours
        return np.array([hours.max(), hours.min()])


def _at_most(programme: Programme, variables: Ints, weight: Floats | float, most: float) -> None:
    """A row: weights of variables together are at most so much."""
    if len(variables):
        programme.rows(-math.inf, most, np.zeros(len(variables), dtype=np.int64), variables, weight)
