"""Plans: shifts, what they cover and cost, as tidy tables and as a scenario that can be simulated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.schedules import staffed
from scenarios.shifts import ShiftRules
from sim.columns import Column
from sim.contract import Floats
from sim.staffing.choosing import moment
from sim.staffing.covering import DAYS_PER_WEEK
from sim.staffing.demand import Demand, shrinkage_left
from sim.staffing.patterns import HOUR, covered

COLUMNS: dict[str, dict[str, Column]] = {
    "shifts": {
        "group": Column("", "Group of agents."),
        "template": Column("", "Name of the shift in the rules; empty for shifts read from a table."),
        "contract": Column("", "Contract on which it is worked; empty where none is known."),
        "day": Column("", "Number of the day on which it starts; 0 is the first."),
        "start": Column("", "Local date and time."),
        "end": Column("", "Local date and time."),
        "breaks": Column("", "Breaks in order, as local times; unpaid ones are marked."),
        "agents": Column("agents", "Who work this shift with these breaks."),
        "paid_hours": Column("h", "Of all these agents: from start to end, without unpaid breaks."),
        "cost": Column("money", "Pay of all these agents, premiums included."),
    },
    "coverage": {
        "group": Column("", "Group of agents."),
        "interval": Column("", "Number of the interval; 0 is the first."),
        "start": Column("", "Local date and time at which it begins."),
        "required": Column("agents", "On shift and not on a break, so that after shrinkage enough remain."),
        "rostered": Column("agents", "On shift and not on a break; a fraction where that is so for a part."),
        "under": Column("agents", "Required and not rostered."),
        "over": Column("agents", "Rostered and not required."),
        "raised": Column("agents", "Of those required, added because the simulation missed a target."),
    },
    "headcount": {
        "group": Column("", "Group of agents."),
        "contract": Column("", "Contract."),
        "week": Column("", "Number of the week, counted from the first day; 0 is the first."),
        "agents": Column("agents", "Fewest agents who can work these shifts, by days and hours a week."),
        "shifts": Column("", "Shifts of the week."),
        "paid_hours": Column("h", "Of all agents."),
        "cost": Column("money", "Pay of all agents, premiums included."),
    },
}
"""Columns of the tables of a plan."""


@dataclass(frozen=True)
class Pause:
    """A break in a shift, in seconds from the first midnight."""

    start: float
    length: float
    paid: bool


@dataclass(frozen=True)
class Shift:
    """A shift that some agents work, with its breaks; times are seconds from the first midnight."""

    group: str
    template: str
    contract: str
    day: int
    start: float
    end: float
    breaks: tuple[Pause, ...]
    agents: int
    cost: float
    """Of one agent."""

    @property
    def paid_hours(self) -> float:
        """Of one agent: from start to end, without unpaid breaks."""
        return (self.end - self.start - sum(one.length for one in self.breaks if not one.paid)) / HOUR


@dataclass(frozen=True, eq=False)
class ShiftPlan:
    """Shifts for a requirement: what they cover and cost, and how good they are known to be."""

    demand: Demand
    """What was required at first, before any simulation."""
    rules: ShiftRules
    lines: tuple[Shift, ...]
    gap: float | None = 0.0
    """How much dearer than the least possible the plan may be, prices of coverage included, as a share; None
    for shifts that nobody chose."""
    final: Demand | None = None
    """What was required at last, where a simulation raised it."""
    rounds: int = 0
    """How often the requirement was raised."""
    checks: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Each goal as simulated with the rostered staff; empty unless that was asked for."""
    limits: tuple[Problem, ...] = ()
    """What kept the requirement from being raised further, where goals are missed for that reason."""

    # -- tables --------------------------------------------------------------------------------------

    @cached_property
    def shifts(self) -> pd.DataFrame:
        """A row per shift with its breaks, in order of group and start (:data:`COLUMNS`)."""
        rows = [
            (
                one.group, one.template, one.contract, one.day,
                moment(self.demand, one.start), moment(self.demand, one.end),
                breaks_text(self.demand, one.breaks), one.agents, one.agents * one.paid_hours,
                one.agents * one.cost,
            )
            for one in self.lines
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS["shifts"]))

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """A row per group and interval: required, rostered, and the difference (:data:`COLUMNS`)."""
        needed, first = self.needed, self.demand.rostered(self.rules.breaks_in_shrinkage)
        groups, intervals = needed.shape
        gaps = needed - self.rostered
        starts = [moment(self.demand, place * self.demand.interval) for place in range(intervals)]
        return pd.DataFrame(
            {
                "group": np.repeat(np.array(self.demand.groups, dtype=object), intervals),
                "interval": np.tile(np.arange(intervals), groups),
                "start": starts * groups,
                "required": needed.ravel(),
                "rostered": self.rostered.ravel(),
                "under": np.maximum(gaps, 0.0).ravel(),
                "over": np.maximum(-gaps, 0.0).ravel(),
                "raised": (needed - first).ravel(),
            }
        )

    @cached_property
    def headcount(self) -> pd.DataFrame:
        """A row per group, contract and week: the fewest agents who can work the shifts (:data:`COLUMNS`)."""
        weeks: dict[tuple[str, str, int], list[Shift]] = {}
        for one in self.lines:
            weeks.setdefault((one.group, one.contract, one.day // DAYS_PER_WEEK), []).append(one)
        rows = [
            (
                *key, _fewest(mine, self.rules, key[1]), sum(one.agents for one in mine),
                sum(one.agents * one.paid_hours for one in mine), sum(one.agents * one.cost for one in mine),
            )
            for key, mine in sorted(weeks.items())
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS["headcount"]))

    # -- figures -------------------------------------------------------------------------------------

    @property
    def needed(self) -> Floats:
        """[groups, intervals] agents required on shift and not on a break, at last."""
        demand = self.demand if self.final is None else self.final
        return demand.rostered(self.rules.breaks_in_shrinkage).astype(np.float64)

    @cached_property
    def rostered(self) -> Floats:
        """[groups, intervals] agents on shift and not on a break."""
        return rostered(self.demand, self.lines, self.rules.repeats)

    @property
    def cost(self) -> float:
        """Pay of all shifts, premiums included; prices of under- and over-coverage are no part of it."""
        return math.fsum(one.agents * one.cost for one in self.lines)

    @property
    def hours(self) -> float:
        """Paid hours of all shifts."""
        return math.fsum(one.agents * one.paid_hours for one in self.lines)

    @property
    def under_hours(self) -> float:
        """Agent-hours required and not rostered."""
        return float(np.maximum(self.needed - self.rostered, 0.0).sum()) * self.demand.interval / HOUR

    @property
    def over_hours(self) -> float:
        """Agent-hours rostered and not required."""
        return float(np.maximum(self.rostered - self.needed, 0.0).sum()) * self.demand.interval / HOUR

    @property
    def holds(self) -> bool | None:
        """Whether every goal held when the rostered staff was simulated; None when it was not."""
        return None if self.checks.empty else bool(self.checks["holds"].all())

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with the rostered staff, breaks and all; of shrinkage is left what breaks are not.

        Its simulated pay is that of the agents not on a break; what shifts cost is :attr:`cost`.
        """
        base = self.demand.scenario
        left = shrinkage_left(base, self.rules.breaks_in_shrinkage)
        groups = {
            name: staffed(group, np.round(row, 9).tolist(), round(away, 12))
            for (name, group), row, away in zip(base.groups.items(), self.rostered, left, strict=True)
        }
        return base.model_copy(update={"groups": groups, "calendar": base.calendar.with_staff({})})

    @property
    def sentence(self) -> str:
        """The plan in a sentence, figures with their units."""
        currency = self.demand.scenario.currency
        agents = sum(one.agents for one in self.lines)
        text = f"{agents:,} shifts, {self.hours:,.0f} paid hours, {currency}{self.cost:,.0f}"
        if self.under_hours > 1e-6:
            text += f"; {self.under_hours:,.1f} agent-hours are missing"
        if self.holds is False:
            text += "; in a simulation goals are missed"
        if self.gap is not None:
            shown = f"{100 * self.gap:.1f}%"
            proof = f"at most {shown} above the cheapest" if shown != "0.0%" else "none is cheaper, to 0.05%"
            text += f"; {proof}"
        return f"{text}."


# -- counting ----------------------------------------------------------------------------------------


def rostered(demand: Demand, lines: Sequence[Shift], repeats: bool) -> Floats:
    """[groups, intervals] agents on shift and not on a break."""
    intervals = demand.required.shape[1]
    found = np.zeros(demand.required.shape)
    for one in lines:
        row = found[demand.groups.index(one.group)]
        spans = [(one.start, one.end, one.agents)]
        spans += [(pause.start, pause.start + pause.length, -one.agents) for pause in one.breaks]
        for start, end, agents in spans:
            at, share = covered(start, end, demand.interval, intervals, repeats)
            np.add.at(row, at, agents * share)
    return np.round(found, 9)


def _fewest(mine: Sequence[Shift], rules: ShiftRules, name: str) -> int:
    """The fewest agents who can work the shifts of a week."""
    days: dict[int, int] = {}
    for one in mine:
        days[one.day] = days.get(one.day, 0) + one.agents
    fewest = max(days.values())
    contract = rules.contracts.get(name)
    if contract is not None:
        fewest = max(fewest, -(-sum(days.values()) // contract.most_days))
        if contract.most_hours:
            hours = sum(one.agents * one.paid_hours for one in mine)
            fewest = max(fewest, math.ceil(hours * HOUR / contract.most_hours - 1e-9))
    return fewest


def breaks_text(demand: Demand, breaks: Sequence[Pause]) -> str:
    """Breaks as people write them: ``"10:00–10:15, 12:30–13:00 unpaid"``."""

    def clock(seconds: float) -> str:
        return f"{moment(demand, seconds):%H:%M}"

    return ", ".join(
        f"{clock(one.start)}–{clock(one.start + one.length)}{'' if one.paid else ' unpaid'}" for one in breaks
    )
