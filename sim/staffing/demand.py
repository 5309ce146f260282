"""Demand: how many agents must be on the floor, by group and interval, and what must be rostered for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from scenarios.schedules import averaged
from scenarios.wording import near
from sim.clock import SECONDS_PER_DAY, timeline_of
from sim.contract import Ints
from sim.plan.agents import staff
from sim.staffing.agents import scheduled_for
from sim.staffing.calendars import clocks_change

_ROUNDING = 1e-9


class Need(Protocol):
    """What a requirement is to shifts: its table of agents and the scenario that it is for."""

    @property
    def agents(self) -> pd.DataFrame:
        """Rows by ``group`` and ``interval`` with ``required``, agents on the floor."""

    @property
    def scenario(self) -> Scenario:
        """The scenario with that staff."""


@dataclass(frozen=True, eq=False)
class Demand:
    """Agents required on the floor, [groups, intervals], over the calendar of a scenario."""

    scenario: Scenario
    required: Ints

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in the order of the rows."""
        return tuple(self.scenario.groups)

    @property
    def interval(self) -> float:
        """Seconds of an interval."""
        return self.scenario.calendar.interval

    @property
    def days(self) -> int:
        """Days of the calendar."""
        return self.scenario.calendar.days

    def rostered(self, breaks_in_shrinkage: float = 0.0) -> Ints:
        """[groups, intervals] fewest agents on shift, not on a break, of whom the required ones remain."""
        left = np.array(shrinkage_left(self.scenario, breaks_in_shrinkage)).reshape(-1, 1)
        return scheduled_for(self.required, left)


def demand_of(need: Need | Demand | Scenario) -> Demand:
    """The demand of a requirement, or that which a scenario's own staff would meet.

    Raises ``ScenarioError`` where the clocks change on the scenario's days.
    """
    if isinstance(need, Demand):
        return need
    if isinstance(need, Scenario):
        if problems := clocks_change(need):
            raise ScenarioError(problems)
        need = averaged(need)
        return Demand(need, staff(need, timeline_of(need.calendar)).staff)
    return demand_from_table(need.scenario, need.agents)


def demand_from_table(scenario: Scenario, table: pd.DataFrame) -> Demand:
    """A demand from rows of ``group``, ``interval`` (0 is the first) and ``required`` (on the floor).

    What the table leaves out is 0. Raises ``ScenarioError`` for missing columns, unknown groups, intervals
    outside the calendar, numbers that are not whole or negative, and days on which the clocks change.
    """
    problems = clocks_change(scenario) or list(_table_problems(scenario, table))
    if problems:
        raise ScenarioError(problems)
    groups = list(scenario.groups)
    required = np.zeros((len(groups), intervals_of(scenario)), dtype=np.int64)
    rows = [groups.index(str(group)) for group in table["group"]]
    required[rows, table["interval"].to_numpy(dtype=np.int64)] = table["required"].to_numpy(dtype=np.int64)
    return Demand(scenario, required)


def _table_problems(scenario: Scenario, table: pd.DataFrame) -> list[Problem]:
    missing = [name for name in ("group", "interval", "required") if name not in table.columns]
    if missing:
        return [Problem(name, None, "a column of the table", f"add the column {name}") for name in missing]
    problems = []
    groups = list(scenario.groups)
    for name in sorted({str(group) for group in table["group"]} - set(groups)):
        allowed = f"a group of the scenario: {', '.join(groups)}"
        problems.append(Problem("group", name, allowed, near(name, groups, "write one of these")))
    most = intervals_of(scenario)
    for column, limit in (("interval", most - 1), ("required", 50_000)):
        numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64)
        wrong = ~((numbers >= 0) & (numbers <= limit) & (numbers == np.floor(numbers)))
        if wrong.any():
            found = table[column].tolist()[int(np.flatnonzero(wrong)[0])]
            problems.append(Problem(column, found, f"whole numbers from 0 to {limit:,}", "correct the table"))
    return problems


def intervals_of(scenario: Scenario) -> int:
    """How many intervals the calendar of a scenario has."""
    return scenario.calendar.days * round(SECONDS_PER_DAY / scenario.calendar.interval)


def shrinkage_left(scenario: Scenario, breaks_in_shrinkage: float) -> list[float]:
    """Each group's shrinkage among agents who are on shift and not on a break.

    With shrinkage s of scheduled time, of which breaks that a schedule places are b, a share 1 - s is
    productive out of the 1 - b that is not break: what is left is 1 - (1 - s) / (1 - b), so that breaks are
    counted once. Raises ``ScenarioError`` where b is more than s.
    """
    b = breaks_in_shrinkage
    problems = [
        Problem("breaks_in_shrinkage", b, f"at most the shrinkage of {name}, {group.shrinkage:g}", "lower it")
        for name, group in scenario.groups.items()
        if b > group.shrinkage + _ROUNDING
    ]
    if problems:
        raise ScenarioError(problems)
    return [max(0.0, 1.0 - (1.0 - group.shrinkage) / (1.0 - b)) for group in scenario.groups.values()]
