"""Choosing shifts: group by group and week by week where nothing ties them, and why it cannot be done."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.errors import Problem
from scenarios.shifts import ShiftRules
from sim.clock import SECONDS_PER_DAY
from sim.contract import Floats, Ints
from sim.errors import InfeasibleStaffing, RunCancelledError, RunError
from sim.staffing.covering import DAYS_PER_WEEK, Chosen, Covering, Limit
from sim.staffing.demand import Demand
from sim.staffing.patterns import HOUR, Pattern, covered, patterns

_ELASTIC_SECONDS = 20.0
_ELASTIC_GAP = 0.002


@dataclass(frozen=True, eq=False)
class Choice:
    """Shifts chosen for a demand."""

    chosen: tuple[Chosen, ...]
    objective: float
    """Pay, and the prices of under- and over-coverage."""
    bound: float
    """No shifts that the rules allow cost less."""

    @property
    def gap(self) -> float:
        """How much dearer than the least possible the choice may be, as a share of what it costs."""
        excess = self.objective - self.bound
        return excess / self.objective if excess > 1e-9 * max(1.0, self.objective) else 0.0


def choose(
    demand: Demand, rules: ShiftRules, seconds: float, gap: float, cancel: Callable[[], bool] | None = None
) -> Choice:
    """The cheapest shifts for a demand, to a relative ``gap``, or the best found in ``seconds``.

    Raises ``ScenarioError`` where the rules do not suit the scenario, ``InfeasibleStaffing`` where no shifts
    keep to them, ``RunError`` where none were found in time, and ``RunCancelledError``.
    """
    every = patterns(demand.scenario, rules)
    if problems := list(_uncoverable(demand, rules, every)):
        raise InfeasibleStaffing("no shifts cover this requirement", problems)
    chosen: list[Chosen] = []
    obstacles: list[_Obstacles] = []
    objective = bound = 0.0
    ends = time.monotonic() + seconds
    parts = list(_parts(demand, rules, every))
    for place, (part, mine) in enumerate(parts):
        if not mine:
            objective, bound = (total + _missing_price(part, rules) for total in (objective, bound))
            continue
        covering = Covering(part, rules, mine)
        solution = covering.solve(max(1.0, (ends - time.monotonic()) / (len(parts) - place)), gap, cancel)
        if solution.status == "infeasible":
            obstacles.append(_Obstacles.of(part, rules, mine, cancel))
        elif not solution.found:
            raise _nothing_found(seconds, cancel)
        else:
            chosen += covering.chosen(solution)
            objective, bound = objective + solution.objective, bound + solution.bound
    if obstacles:
        raise InfeasibleStaffing("no shifts keep to these rules", _why(demand, rules, obstacles))
    return Choice(tuple(chosen), objective, bound)


def _nothing_found(seconds: float, cancel: Callable[[], bool] | None) -> RunError:
    if cancel is not None and cancel():
        return RunCancelledError("the schedule was cancelled before any shifts were found")
    cure = "allow more time, fewer days, or longer steps between starts"
    problem = Problem("seconds", seconds, "enough time to find any shifts", cure)
    return RunError("no shifts were found in time", [problem])


def _missing_price(demand: Demand, rules: ShiftRules) -> float:
    """What it costs to roster nobody."""
    hours = demand.rostered(rules.breaks_in_shrinkage).sum() * demand.interval / HOUR
    return float(hours * (rules.under_price or 0.0))


# -- parts -------------------------------------------------------------------------------------------


def _parts(
    demand: Demand, rules: ShiftRules, every: Sequence[Pattern]
) -> Iterator[tuple[Demand, list[Pattern]]]:
    """Demands with their patterns that have nothing to do with one another.

    Groups, unless a limit is for several of them; and weeks, for limits are for a week at most, unless a
    shift goes from one into the next.
    """
    week = DAYS_PER_WEEK * SECONDS_PER_DAY
    across = any(pattern.start // week != (pattern.end - 1e-6) // week for pattern in every)
    weeks = 1 if across else -(-demand.days // DAYS_PER_WEEK)
    per_week = demand.required.shape[1] if weeks == 1 else round(week / demand.interval)
    for groups in _tied(demand, rules, every):
        for number in range(weeks):
            mine = [
                pattern
                for pattern in every
                if pattern.group in groups and (weeks == 1 or pattern.day // DAYS_PER_WEEK == number)
            ]
            required = np.zeros_like(demand.required)
            columns = slice(number * per_week, (number + 1) * per_week)
            for group in groups:
                required[group, columns] = demand.required[group, columns]
            if mine or required.any():
                yield Demand(demand.scenario, required), mine


def _tied(demand: Demand, rules: ShiftRules, every: Sequence[Pattern]) -> list[set[int]]:
    """Groups that must be scheduled together: all of them where a limit is for several, else each alone."""
    shifts = {(pattern.template, pattern.group) for pattern in every}
    contracts = {(pattern.contract, pattern.group) for pattern in every}
    tied = rules.seats is not None
    for name, template in rules.shifts.items():
        tied |= template.most_agents is not None and sum(name == one for one, _ in shifts) > 1
    for name, contract in rules.contracts.items():
        limited = contract.most_agents is not None or contract.least_agents > 0
        tied |= limited and sum(name == one for one, _ in contracts) > 1
    groups = range(len(demand.groups))
    return [set(groups)] if tied else [{group} for group in groups]


# -- why not -----------------------------------------------------------------------------------------


def _uncoverable(demand: Demand, rules: ShiftRules, every: Sequence[Pattern]) -> Iterator[Problem]:
    """Times at which agents are required and no shift is allowed, where under-coverage has no price."""
    if rules.under_price is not None:
        return
    needed = demand.rostered(rules.breaks_in_shrinkage)
    reach = np.zeros(needed.shape)
    for pattern in every:
        at, share = covered(pattern.start, pattern.end, demand.interval, needed.shape[1], rules.repeats)
        np.maximum.at(reach[pattern.group], at, share)
    for group, name in enumerate(demand.groups):
        for first, last in _runs((needed[group] > 0) & (reach[group] <= 0.0)):
            agents = int(needed[group, first])
            found = f"no shift for {name} {span(demand, first, last)}, when {agents} are required"
            yield Problem(
                "",
                found,
                "rules with a shift for every interval in which agents are required",
                "add a shift that covers it, widen a template's starts, or give under_price",
            )


def _runs(marks: Ints | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[tuple[int, int]]:
    """Runs of marked intervals: the first, and the one after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(marks, dtype=np.int64), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def span(demand: Demand, first: int, last: int) -> str:
    """When intervals from ``first`` to before ``last`` are: ``"Mon 2 Mar 08:00–09:15"``."""
    begins, ends = (moment(demand, place * demand.interval) for place in (first, last))
    until = ends.strftime("%H:%M") if ends.date() == begins.date() else "24:00"
    if (ends - begins).days >= 1 and ends.strftime("%H:%M") != "00:00":
        until = f"{ends:%a} {ends.day} {ends:%b %H:%M}"
    return f"{begins:%a} {begins.day} {begins:%b %H:%M}–{until}"


def moment(demand: Demand, seconds: float) -> dt.datetime:
    """The local date and time of a second of the horizon."""
    return dt.datetime.combine(demand.scenario.calendar.start, dt.time()) + dt.timedelta(seconds=seconds)


@dataclass(frozen=True, eq=False)
class _Obstacles:
    """Why a part has no solution, by an elastic programme that moves limits as little as it can."""

    moved: dict[Limit, float]
    short: Floats
    """[groups, intervals] agents missing however limits are moved."""
    proven: bool
    """Whether no smaller move would do."""

    @classmethod
    def of(
        cls,
        demand: Demand,
        rules: ShiftRules,
        every: Sequence[Pattern],
        cancel: Callable[[], bool] | None,
    ) -> _Obstacles:
        """The obstacles of a part."""
        elastic = Covering(demand, rules, every, elastic=True)
        solution = elastic.solve(_ELASTIC_SECONDS, _ELASTIC_GAP, cancel)
        if not solution.found:
            return cls({}, np.zeros(demand.required.shape), False)
        raised = dict(elastic.raised(solution))
        return cls(raised, elastic.shortfall(solution), solution.status == "optimal")


def _why(demand: Demand, rules: ShiftRules, obstacles: Sequence[_Obstacles]) -> list[Problem]:
    """The limits that would have to move, each by the most that any part asks for."""
    moved: dict[Limit, float] = {}
    for one in obstacles:
        for limit, by in one.moved.items():
            moved[limit] = max(by, moved.get(limit, 0.0))
    about = "" if all(one.proven for one in obstacles) else "about "
    short = np.sum([one.short for one in obstacles], axis=0)
    problems = [_moved(rules, limit, by, about) for limit, by in moved.items()]
    return [*problems, *_still_short(demand, short)] or [_unexplained()]


def _moved(rules: ShiftRules, limit: Limit, by: float, about: str) -> Problem:
    field, value = limit.field, limit.value
    price = "" if rules.under_price is not None else ", or give under_price, so that agents may be missing"
    if not limit.least:
        allowed = f"{about}{value + by:g} or more, with the other limits"
        return Problem(field, value, allowed, f"raise it{price}")
    unit = "h" if field.endswith("hours") else "days"
    allowed = f"less: in some week {by:g} {unit} of what it promises its agents cannot be given"
    if field.endswith("least_agents"):
        allowed = f"{about}{value - by:g} at most, all that the other limits allow"
    return Problem(field, value, allowed, "lower it, or allow more shifts on this contract")


def _still_short(demand: Demand, short: Floats) -> Iterator[Problem]:
    for group, name in enumerate(demand.groups):
        for first, last in _runs(short[group] > 1e-6):
            missing = math.ceil(short[group, first:last].max() - 1e-6)
            found = f"{missing} too few of {name} {span(demand, first, last)} however limits are moved"
            cure = "add shifts, or breaks with wider windows, or give under_price"
            yield Problem("", found, "shifts that cover the requirement, breaks and all", cure)


def _unexplained() -> Problem:
    cure = "give under_price, and see in the coverage where agents are missing"
    return Problem("", "rules that contradict one another", "rules that some schedule keeps", cure)
