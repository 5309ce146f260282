"""Covering: the mixed-integer programme that chooses shifts, and why it has no solution when it has none.

Shifts are counted, not enumerated agent by agent, and their breaks are implicit: a whole number of agents
works each pattern (a shift on a day, for a group and a contract), and for each time at which a break may
begin a number of them begins it, which over the break's window adds up to the agents who work it (Aykin 1996,
Management Science 42, 591-602). Shifts whose breaks have the same window share these numbers, whatever their
length or template. So breaks with m, n, ... possible times need m + n + ... numbers, where placing them one
by one in shifts needs m x n x ... patterns. Sums of breaks between forward and backward bounds (Bechtold and
Jacobs 1990, Management Science 36, 1339-1351) are smaller still and have the same relaxation, but took HiGHS
longer.

Weeks are not enumerated either: for each group, contract and week there is a number of agents, who are at
least those at work on any day; their days and hours together lie between that number times the least and the
most. Agents whose days together are so many can share them out evenly, none twice on a day (Gale 1957,
Pacific Journal of Mathematics 7, 1073-1082), so days a week are exact; hours are exact where the shifts of a
contract are equally long, and else hold on average.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.shifts import Contract, ShiftRules
from sim.contract import Floats, Ints
from sim.staffing.demand import Demand
from sim.staffing.patterns import HOUR, Pattern, Wages, Window, covered
from sim.staffing.solver import Programme, Solution

DAYS_PER_WEEK = 7

_Shared = tuple[int, Window, float | None]
"""Group, window, and pay per hour where the break is unpaid."""


@dataclass(frozen=True)
class Limit:
    """What a row of the programme holds: a field of the rules, and its value there."""

    field: str
    value: float
    least: bool
    """Whether it is a least number, else a most."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """A pattern with its breaks placed, and how many agents work it."""

    pattern: Pattern
    breaks: tuple[float, ...]
    """When each begins, in seconds from the first midnight."""
    agents: int


class _Pause:
    """A break that shifts share: of one group, with the same window, and if unpaid with the same pay."""

    def __init__(self) -> None:
        self.members: list[tuple[int, int]] = []
        """(pattern, which of its breaks)."""
        self.variables: Ints = np.zeros(0, dtype=np.int64)
        """Agents who begin it, by the window's times."""


class Covering:
    """The programme for a demand and shift rules: built, solved, and read back as shifts with breaks.

    ``elastic`` asks another question: what the limits would have to be for the demand to be covered.
    """

    def __init__(
        self, demand: Demand, rules: ShiftRules, patterns: Sequence[Pattern], elastic: bool = False
    ) -> None:
        self.demand = demand
        self.rules = rules
        self.patterns = patterns
        self.elastic = elastic
        self.needed = demand.rostered(rules.breaks_in_shrinkage)
        self.wages = Wages(demand.scenario, rules)
        self.limits: list[Limit] = []
        self._slack: list[int] = []
        self._programme = Programme()
        self._coverage: list[tuple[Ints, Ints, Floats]] = []
        self._pauses: dict[_Shared, _Pause] = defaultdict(_Pause)
        self._place_shifts()
        for shared, pause in self._pauses.items():
            self._place_breaks(shared, pause)
        self._short = self._cover()
        self._keep_template_limits()
        self._keep_contracts()

    def solve(self, seconds: float, gap: float, cancel: Callable[[], bool] | None = None) -> Solution:
        """The cheapest shifts to a relative gap, or the best that ``seconds`` allow.

        First without whole numbers, which is quick and bounds the cost from below; then among whole numbers
        next to that solution (Berthold 2014, Mathematical Programming Computation 6, 33-54), which is mostly
        near enough; only where it is not, and the programme is not large, among all.
        """
        began = time.monotonic()

        def left() -> float:
            return max(1.0, seconds - (time.monotonic() - began))

        relaxed = self._programme.solve(seconds, cancel=cancel, relaxed=True)
        if not relaxed.found:
            return relaxed
        bound = relaxed.objective if relaxed.status == "optimal" else -math.inf
        large = self._programme.columns > _LARGE
        share = left() if large else 0.6 * left()
        near = self._programme.solve(
            share,
            gap / 2,
            cancel=cancel,
            within=self._near(relaxed.values),
            target=bound / (1.0 - gap) if gap < 1.0 else math.inf,
        )
        if not near.found:
            every = self._programme.solve(left(), gap, cancel=cancel)
            return _bounded(every, max(bound, every.bound), gap) if every.found else every
        near = _bounded(near, bound, gap)
        if near.status == "optimal" or large:
            return near
        every = self._programme.solve(
            left(), gap, start=near.values, cancel=cancel, within=self._better(relaxed, near)
        )
        if every.status == "infeasible":  # nothing is cheaper
            return _bounded(near, near.objective, gap)
        best = min((one for one in (near, every) if one.found), key=lambda one: one.objective)
        return _bounded(best, min(max(bound, every.bound), best.objective), gap)

    def _better(self, relaxed: Solution, near: Solution) -> tuple[Floats, Floats]:
        """Bounds that every solution keeps that is no dearer than ``near``: what costs more is not used."""
        lower, upper = (bound.copy() for bound in self._programme.bounds)
        if not len(relaxed.reduced):
            return lower, upper
        room = near.objective - relaxed.objective + _DUST * max(1.0, abs(near.objective))
        dear = (relaxed.reduced > _DUST) & (relaxed.values <= lower + _DUST)
        most = np.floor(room / np.where(dear, relaxed.reduced, 1.0) + _DUST)
        mine = np.zeros(len(lower), dtype=bool)
        mine[self._shifts] = True
        return lower, np.where(dear & mine, np.minimum(upper, lower + most), upper)

    def _near(self, values: Floats) -> tuple[Floats, Floats]:
        """Bounds that let shifts be only about what they are in a solution of fractions."""
        lower, upper = (bound.copy() for bound in self._programme.bounds)
        agents = values[self._shifts]
        lower[self._shifts] = np.maximum(0.0, np.floor(agents + _DUST) - 1.0)
        upper[self._shifts] = np.where(agents > _DUST, np.ceil(agents - _DUST) + 1.0, 0.0)
        return lower, upper

    # -- building ------------------------------------------------------------------------------------

    def _place_shifts(self) -> None:
        """A variable per pattern: agents who work it."""
        scale = 0.0 if self.elastic else 1.0
        costs = np.array([scale * self._cost(pattern) for pattern in self.patterns])
        self._shifts = self._programme.variables(len(self.patterns), costs, integer=True)
        for place, pattern in enumerate(self.patterns):
            variable = int(self._shifts[place])
            self._add_cover(pattern.group, variable, pattern.start, pattern.end, 1.0)
            for which, window in enumerate(pattern.windows):
                if len(window.starts) == 1:
                    first = window.starts[0]
                    self._add_cover(pattern.group, variable, first, first + window.length, -1.0)
                else:
                    rate = None if window.paid else pattern.rate
                    self._pauses[pattern.group, window, rate].members.append((place, which))

    def _cost(self, pattern: Pattern) -> float:
        """Pay of a shift; unpaid breaks that may move are taken off where they are placed."""
        fixed = [window.starts[0] for window in pattern.windows]
        hours = self.wages.cost(pattern, tuple(fixed))
        for window in pattern.windows:
            if not window.paid and len(window.starts) > 1:
                first = window.starts[0]
                hours += pattern.rate * self.wages.hours(first, first + window.length)
        return hours

    def _add_cover(self, group: int, variable: int, start: float, end: float, sign: float) -> None:
        intervals = self.needed.shape[1]
        at, share = covered(start, end, self.demand.interval, intervals, self.rules.repeats)
        self._coverage.append((group * intervals + at, np.full(len(at), variable), sign * share))

    def _place_breaks(self, shared: _Shared, pause: _Pause) -> None:
        """A variable per time at which a break may begin; together they are the agents whose break it is."""
        group, window, rate = shared
        number = len(window.starts)
        costs = np.zeros(number)
        if rate is not None and not self.elastic:
            costs -= [rate * self.wages.hours(start, start + window.length) for start in window.starts]
        pause.variables = self._programme.variables(number, costs, integer=True)
        for variable, start in zip(pause.variables.tolist(), window.starts, strict=True):
            self._add_cover(group, variable, start, start + window.length, -1.0)
        shifts = self._shifts[[place for place, _ in pause.members]]
        variables = np.concatenate([pause.variables, shifts])
        values = np.concatenate([np.ones(number), -np.ones(len(shifts))])
        self._programme.rows(0.0, 0.0, np.zeros(len(variables), dtype=np.int64), variables, values)

    def _cover(self) -> Ints:
        """Rows that cover the demand; the variables of what is missing by interval, if that may be."""
        cells = self.needed.size
        row, variable, value = (np.concatenate(part) for part in zip(*self._coverage, strict=True))
        rows, columns, values = [row], [variable], [value]
        hours = self.demand.interval / HOUR
        short = np.zeros(0, dtype=np.int64)
        price = self.rules.under_price
        if self.elastic:
            price = _ELASTIC_SHORT
        if price is not None:
            short = self._programme.variables(cells, price * hours, upper=self.needed.ravel())
            rows.append(np.arange(cells))
            columns.append(short)
            values.append(np.ones(cells))
        upper = np.full(cells, math.inf)
        if self.rules.over_price > 0.0 and not self.elastic:
            over = self._programme.variables(cells, self.rules.over_price * hours)
            rows.append(np.arange(cells))
            columns.append(over)
            values.append(-np.ones(cells))
            upper = self.needed.ravel().astype(np.float64)
        lower = self.needed.ravel()
        self._programme.rows(
            lower, upper, np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
        )
        if self.rules.seats is not None:
            intervals = self.needed.shape[1]
            self._limited("seats", self.rules.seats, row % intervals, variable, value, intervals)
        return short

    def _keep_template_limits(self) -> None:
        """Most agents who start a template on one day."""
        for name, template in self.rules.shifts.items():
            if template.most_agents is None:
                continue
            mine = [place for place, pattern in enumerate(self.patterns) if pattern.template == name]
            if not mine:
                continue
            days = [self.patterns[place].day for place in mine]
            field = f"shifts.{name}.most_agents"
            rows = np.unique(days, return_inverse=True)[1]
            self._limited(field, template.most_agents, rows, self._shifts[mine], 1.0, len(set(days)))

    def _limited(
        self,
        field: str,
        most: float,
        row: Sequence[int] | Ints,
        variable: Ints,
        value: Floats | float,
        number: int,
    ) -> None:
        """Rows with the same most; in an elastic programme it may be raised, at a price."""
        values = np.broadcast_to(np.asarray(value, dtype=np.float64), np.shape(row))
        row, variable = np.asarray(row, dtype=np.int64), np.asarray(variable, dtype=np.int64)
        if self.elastic:
            slack = self._give(Limit(field, most, least=False), 1.0)
            row = np.concatenate([row, np.arange(number)])
            variable = np.concatenate([variable, np.full(number, slack)])
            values = np.concatenate([values, np.full(number, -1.0)])
        self._programme.rows(-math.inf, np.full(number, float(most)), row, variable, values)

    def _give(self, limit: Limit, cost: float) -> int:
        """A variable: by how much a limit moves."""
        slack = int(self._programme.variables(1, cost, integer=True)[0])
        self.limits.append(limit)
        self._slack.append(slack)
        return slack

    # -- weeks ---------------------------------------------------------------------------------------

    def _keep_contracts(self) -> None:
        """Agents by group, contract and week, and what they may work."""
        cells: dict[tuple[int, str, int], list[int]] = defaultdict(list)
        for place, pattern in enumerate(self.patterns):
            cells[pattern.group, pattern.contract, pattern.day // DAYS_PER_WEEK].append(place)
        agents = {
            key: int(self._programme.variables(1, integer=True)[0])
            for key in cells
            if _binds(self.rules.contracts[key[1]]) or self.rules.headcount
        }
        for key, variable in agents.items():
            self._keep_week(key, variable, cells[key])
        weeks = {week for _, _, week in agents}
        for week in sorted(weeks):
            for name, contract in self.rules.contracts.items():
                mine = [v for (_, kind, w), v in agents.items() if kind == name and w == week]
                if not mine:
                    continue
                self._keep_headcount(f"contracts.{name}", contract, mine)
            for group, most in self.rules.headcount.items():
                place = self.demand.groups.index(group)
                mine = [v for (g, _, w), v in agents.items() if g == place and w == week]
                if not mine:
                    continue
                zeros = np.zeros(len(mine), dtype=np.int64)
                self._limited(f"headcount.{group}", most, zeros, np.array(mine, dtype=np.int64), 1.0, 1)

    def _keep_headcount(self, field: str, contract: Contract, mine: list[int]) -> None:
        zeros = np.zeros(len(mine), dtype=np.int64)
        variables = np.array(mine, dtype=np.int64)
        if contract.most_agents is not None:
            self._limited(f"{field}.most_agents", contract.most_agents, zeros, variables, 1.0, 1)
        if contract.least_agents:
            self._least(f"{field}.least_agents", contract.least_agents, variables, np.ones(len(mine)), 0.0, 0)

    def _keep_week(self, key: tuple[int, str, int], agents: int, places: list[int]) -> None:
        contract = self.rules.contracts[key[1]]
        shifts = self._shifts[places]
        days = np.array([self.patterns[place].day for place in places])
        paid = np.array([self.patterns[place].paid_hours for place in places])
        each, row = np.unique(days, return_inverse=True)
        self._at_most_agents(agents, shifts, np.ones(len(shifts)), 1.0, row, len(each))
        whole = (key[2] + 1) * DAYS_PER_WEEK <= self.demand.days
        together = np.zeros(len(shifts), dtype=np.int64)
        if contract.most_days < len(each):
            self._at_most_agents(agents, shifts, np.ones(len(shifts)), contract.most_days, together, 1)
        if contract.most_hours is not None:
            self._at_most_agents(agents, shifts, paid, contract.most_hours / HOUR, together, 1)
        field = f"contracts.{key[1]}"
        if contract.least_days and whole:
            each_agent = float(contract.least_days)
            self._least(f"{field}.least_days", each_agent, shifts, np.ones(len(shifts)), each_agent, agents)
        if contract.least_hours and whole:
            each_agent = contract.least_hours / HOUR
            self._least(f"{field}.least_hours", each_agent, shifts, paid, each_agent, agents)

    def _at_most_agents(
        self, agents: int, shifts: Ints, weight: Floats, each: float, row: Ints, number: int
    ) -> None:
        """Weights of shifts together are at most ``each`` times the agents."""
        rows = np.concatenate([row, np.arange(number)])
        columns = np.concatenate([shifts, np.full(number, agents)])
        values = np.concatenate([weight, np.full(number, -each)])
        self._programme.rows(-math.inf, np.zeros(number), rows, columns, values)

    def _least(
        self, field: str, value: float, variables: Ints, weight: Floats, each: float, agents: int
    ) -> None:
        """Weights together are at least ``value``, or with ``each`` at least that times the agents."""
        columns, values = [variables], [weight]
        if each:
            columns.append(np.array([agents]))
            values.append(np.array([-each]))
        if self.elastic:
            columns.append(np.array([self._give(Limit(field, value, least=True), 1.0 / max(value, 1.0))]))
            values.append(np.ones(1))
        together = np.concatenate(columns)
        zeros = np.zeros(len(together), dtype=np.int64)
        self._programme.rows(0.0 if each else value, math.inf, zeros, together, np.concatenate(values))

    # -- reading -------------------------------------------------------------------------------------

    def chosen(self, solution: Solution) -> list[Chosen]:
        """The shifts of a solution, breaks dealt out to them, in order of group, start and end."""
        agents = np.rint(solution.values[self._shifts]).astype(np.int64)
        dealt: dict[tuple[int, int], Sequence[float]] = {}
        for (_, window, _), pause in self._pauses.items():
            begun = np.rint(solution.values[pause.variables]).astype(np.int64).tolist()
            times = [start for start, n in zip(window.starts, begun, strict=True) for _ in range(n)]
            for place, which in pause.members:
                number = int(agents[place])
                dealt[place, which], times = times[:number], times[number:]
        found = []
        for place in np.flatnonzero(agents).tolist():
            pattern = self.patterns[place]
            placed = [
                dealt.get((place, which), window.starts * int(agents[place]))
                for which, window in enumerate(pattern.windows)
            ]
            together: dict[tuple[float, ...], int] = defaultdict(int)
            for breaks in zip(*placed, strict=True) if placed else [()] * int(agents[place]):
                together[breaks] += 1
            found += [Chosen(pattern, breaks, number) for breaks, number in sorted(together.items())]
        return sorted(found, key=lambda one: (one.pattern.group, one.pattern.start, one.pattern.end))

    def shortfall(self, solution: Solution) -> Floats:
        """[groups, intervals] agents missing."""
        if not len(self._short):
            return np.zeros(self.needed.shape)
        return solution.values[self._short].reshape(self.needed.shape)

    def raised(self, solution: Solution) -> Iterator[tuple[Limit, float]]:
        """Limits that an elastic solution moved, each by the most that any of its rows needs."""
        moved: dict[Limit, float] = {}
        for limit, variable in zip(self.limits, self._slack, strict=True):
            by = float(np.rint(solution.values[variable]))
            if by > 0:
                moved[limit] = max(by, moved.get(limit, 0.0))
        yield from moved.items()


def _bounded(solution: Solution, bound: float, gap: float) -> Solution:
    """A solution with another bound from below; optimal if it is then within the gap."""
    bounded = replace(solution, bound=bound)
    return replace(bounded, status="optimal" if bounded.gap <= gap else "feasible")


_DUST = 1e-6
_LARGE = 6000
"""Variables beyond which HiGHS takes longer than it is given to begin branching."""
_ELASTIC_SHORT = 1e4
"""In an elastic programme an agent-hour missing costs more than any limit moved."""


def _binds(contract: Contract) -> bool:
    """Whether a contract limits anything."""
    return contract != Contract(pay_factor=contract.pay_factor, groups=contract.groups)
