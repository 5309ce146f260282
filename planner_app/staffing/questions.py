"""Questions about staff that pages ask, each with how it is answered; the background keeps
the answers."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from planner_app.running.background import Background, Tell
from planner_app.services import Step
from planner_app.studies.stacks import read_variant
from scenarios import Scenario
from scenarios.shifts import ShiftRules, load_shifts, loads_shifts, shift_library
from scenarios.team_sheets import Sheet, team_of_sheet
from sim.staffing import Gap, Goal, Requirement, explain_gap, frontier, requirement
from sim.staffing.demand import Demand, demand_of
from sim.staffing.plans import ShiftPlan
from sim.staffing.rosters import Roster, roster
from sim.staffing.shifts import schedule
from sim.staffing.timetables import shifts_from_table
from sim.staffing.verifying import Trial

SEED = 1
CHECKED = 50
"""Simulated days on which a changed schedule is judged."""
ROSTER_SECONDS = 20.0
"""The longest that a roster is made fairer."""


def digest(*parts: Any) -> str:
    """The same for the same parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Needed:
    """Who is needed, and what explains it."""

    need: Requirement
    gap: Gap
    """Erlang C, Erlang A and the simulation side by side."""
    frontier: pd.DataFrame
    """As of :func:`sim.staffing.frontier`."""


@dataclass(frozen=True)
class NeedQuestion:
    """Who is needed for these goals?"""

    baseline: str
    steps: tuple[Step, ...]
    goals: tuple[Goal, ...]

    @cached_property
    def key(self) -> str:
        """The same for the same question."""
        steps = [[step.kind, dict(step.values)] for step in self.steps if step.enabled]
        return digest("need", self.baseline, steps, [vars(goal) for goal in self.goals])

    @property
    def scenario(self) -> Scenario:
        """The scenario with its what-ifs; raises ``ScenarioError``."""
        base, variant = read_variant(self.baseline, self.steps)
        return variant or base

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> Needed:
        """The fewest agents by simulation, why the formulas differ, and what service costs."""
        need = requirement(self.scenario, self.goals, seed=SEED, progress=tell, cancel=cancel)
        gap = explain_gap(need, cancel=cancel)
        return Needed(need, gap, frontier(need, seed=SEED, cancel=cancel))


@dataclass(frozen=True)
class ShiftsQuestion:
    """Which shifts deliver it at least cost?"""

    need: NeedQuestion
    rules: str
    """A name of the library, or the text of a file."""

    @cached_property
    def key(self) -> str:
        """The same for the same question."""
        return digest("shifts", self.need.key, self.rules)

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> ShiftPlan:
        """Shifts by optimisation, simulated and raised until the goals hold."""
        need = work.found(self.need, lambda done, total: None, cancel).need
        return schedule(need, rules_of(self.rules), seed=SEED, progress=tell, cancel=cancel)


@dataclass(frozen=True)
class ChangedQuestion:
    """What does a schedule that somebody changed, or has already, do to the goals?"""

    need: NeedQuestion
    rules: str
    table: str
    """Rows of shifts as JSON, as :func:`sim.staffing.shifts_from_table` reads them."""

    @cached_property
    def key(self) -> str:
        """The same for the same question."""
        return digest("changed", self.need.key, self.rules, self.table)

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> ShiftPlan:
        """The plan, simulated."""
        need = work.found(self.need, lambda done, total: None, cancel).need
        demand = demand_of(need)
        plan = plan_of(demand, self.need.scenario, rules_of(self.rules), json.loads(self.table))
        trial = Trial(plan.scenario, self.need.goals, SEED, CHECKED)
        return ShiftPlan(plan.demand, plan.rules, plan.lines, plan.gap, checks=trial.table())


@dataclass(frozen=True)
class RosterQuestion:
    """Who of these agents works which of the shifts?"""

    shifts: ShiftsQuestion | ChangedQuestion
    table: str
    """Rows of agents as JSON, as :mod:`scenarios.team_sheets` reads them."""

    @cached_property
    def key(self) -> str:
        """The same for the same question."""
        return digest("roster", self.shifts.key, self.table)

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> Roster:
        """The shifts given to the agents, as many as can be, then fairly."""
        plan = work.found(self.shifts, lambda done, total: None, cancel)
        team = team_of_sheet(Sheet(tuple(json.loads(self.table))))
        return roster(plan, team, seconds=ROSTER_SECONDS, cancel=cancel)


def plan_of(demand: Demand, scenario: Scenario, rules: ShiftRules, rows: list[dict[str, Any]]) -> ShiftPlan:
    """A plan of rows; raises ``ScenarioError`` with every row that cannot be read."""
    return shifts_from_table(pd.DataFrame(rows), scenario, rules, demand)


def rules_of(text: str) -> ShiftRules:
    """Shift rules by their name in the library, or from the text of a file; raises ``ScenarioError``."""
    return load_shifts(text) if text in shift_library() else loads_shifts(text)
