"""Rosters: the shifts of a plan given to named agents, so that as many as can be are worked, and fairly.

One whole number, 0 or 1, says whether an agent works a shift. Agents work only shifts of their groups and
contract, when they are available; one a day, with rest between two, within their contract's days and hours a
week. Shifts without an agent come first in the price, then hours that a contract promises and the agent does
not get, then the spread of hours among agents of the same contract and groups.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from scenarios.errors import Problem, ScenarioError
from scenarios.shifts import Contract
from scenarios.team import Agent, Team
from scenarios.wording import near
from sim.clock import SECONDS_PER_DAY
from sim.columns import Column
from sim.errors import RunCancelledError
from sim.experiments.replicate import Cancel, stopper
from sim.staffing.assigning import Assignment, Bools, Kind, Rota, contract_of
from sim.staffing.choosing import moment
from sim.staffing.covering import DAYS_PER_WEEK
from sim.staffing.patterns import HOUR, weekday
from sim.staffing.plans import Shift, ShiftPlan, breaks_text

COLUMNS: dict[str, dict[str, Column]] = {
    "assignments": {
        "agent": Column("", "Name of the agent."),
        "group": Column("", "Group whose shift it is."),
        "template": Column("", "Name of the shift in the rules."),
        "contract": Column("", "Contract of the shift."),
        "day": Column("", "Number of the day on which it starts; 0 is the first."),
        "start": Column("", "Local date and time."),
        "end": Column("", "Local date and time."),
        "breaks": Column("", "Breaks in order, as local times; unpaid ones are marked."),
        "paid_hours": Column("h", "From start to end, without unpaid breaks."),
        "cost": Column("money", "Pay, premiums included."),
    },
    "unassigned": {
        "group": Column("", "Group whose shift it is."),
        "template": Column("", "Name of the shift in the rules."),
        "contract": Column("", "Contract of the shift."),
        "start": Column("", "Local date and time."),
        "end": Column("", "Local date and time."),
        "agents": Column("agents", "How many are missing."),
        "reason": Column("", "Why nobody takes it."),
    },
    "agents": {
        "agent": Column("", "Name of the agent."),
        "contract": Column("", "Contract; empty where there is none."),
        "shifts": Column("", "Shifts worked."),
        "days": Column("days", "Days worked."),
        "paid_hours": Column("h", "Of all their shifts."),
        "weekend_shifts": Column("", "Shifts that start on a Saturday or Sunday."),
        "short_hours": Column("h", "Promised by the contract, in whole weeks, and not given."),
        "cost": Column("money", "Pay, premiums included."),
    },
}
"""Columns of the tables of a roster."""


@dataclass(frozen=True, eq=False)
class Roster:
    """Who works which shift of a plan."""

    plan: ShiftPlan
    team: Team
    given: tuple[tuple[Agent, Shift], ...]
    """Each agent's shifts, with their breaks; ``agents`` of a shift is no number here."""
    left: tuple[tuple[Shift, int, str], ...]
    """Shifts that lack agents, how many, and why."""

    @cached_property
    def assignments(self) -> pd.DataFrame:
        """A row per agent and shift (:data:`COLUMNS`)."""
        demand = self.plan.demand
        rows = [
            (
                agent.name, one.group, one.template, one.contract, one.day, moment(demand, one.start),
                moment(demand, one.end), breaks_text(demand, one.breaks), one.paid_hours, one.cost,
            )
            for agent, one in self.given
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS["assignments"]))

    @cached_property
    def unassigned(self) -> pd.DataFrame:
        """A row per shift that lacks agents, with the reason (:data:`COLUMNS`)."""
        demand = self.plan.demand
        rows = [
            (
                one.group,
                one.template,
                one.contract,
                moment(demand, one.start),
                moment(demand, one.end),
                n,
                reason,
            )
            for one, n, reason in self.left
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS["unassigned"]))

    @cached_property
    def agents(self) -> pd.DataFrame:
        """A row per agent of the team (:data:`COLUMNS`)."""
        mine: dict[str, list[Shift]] = {agent.name: [] for agent in self.team.agents}
        for agent, one in self.given:
            mine[agent.name].append(one)
        demand, rows = self.plan.demand, []
        for agent in self.team.agents:
            shifts = mine[agent.name]
            weekend = [weekday(demand.scenario.calendar.start, one.day) in ("sat", "sun") for one in shifts]
            contract = self.plan.rules.contracts.get(agent.contract or "")
            rows.append(
                (
                    agent.name, agent.contract or "", len(shifts), len({one.day for one in shifts}),
                    sum(one.paid_hours for one in shifts), sum(weekend),
                    _short_hours(shifts, contract, demand.days), sum(one.cost for one in shifts),
                )
            )  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS["agents"]))

    @property
    def complete(self) -> bool:
        """Whether every shift has its agents."""
        return not self.left


def roster(
    plan: ShiftPlan,
    agents: Team | Iterable[Agent],
    *,
    seconds: float = 20.0,
    cancel: Cancel | None = None,
) -> Roster:
    """Give the shifts of a plan to named agents.

    As many shifts as possible have an agent; then contract hours are given as far as they go; then hours are
    shared out evenly, within one shift of the fairest where time allows. Rest between shifts and days in a
    row are those of the plan's rules. What cannot be given is in ``unassigned`` with the reason.

    Raises ``ScenarioError`` for agents whose groups or contracts the plan does not know, and
    ``RunCancelledError``.
    """
    team = agents if isinstance(agents, Team) else Team(agents=tuple(agents))
    if problems := list(_strangers(plan, team)):
        raise ScenarioError(problems)
    kinds: dict[Kind, list[Shift]] = defaultdict(list)
    for one in plan.lines:
        kinds[_kind(one)].append(one)
    every = list(kinds)
    needed = np.array([sum(one.agents for one in kinds[kind]) for kind in every], dtype=np.int64)
    able = _able(plan, team, every)
    stop = None if cancel is None else stopper(cancel)
    ends = time.monotonic() + seconds
    works = np.zeros((len(team.agents), len(every)), dtype=bool)
    parts = _parts(able)
    for place, (people, shifts) in enumerate(parts):
        if stop is not None and stop():
            raise RunCancelledError("the roster was cancelled before it was finished")
        share = max(0.5, (ends - time.monotonic()) / (len(parts) - place))
        here = np.ix_(people, shifts)
        part = Assignment(
            plan.rules,
            plan.demand.days,
            [team.agents[a] for a in people],
            [every[k] for k in shifts],
            needed[shifts],
            able[here],
        )
        works[here] = part.solve(share, stop)
    given, left = _dealt(team, every, kinds, works)
    reasons = [_reason(plan, team, every, works, every.index(_kind(one))) for one, _ in left]
    missing = tuple((one, number, reason) for (one, number), reason in zip(left, reasons, strict=True))
    return Roster(plan, team, given, missing)


def team_of(plan: ShiftPlan) -> Team:
    """As many agents, numbered, as the plan's headcount says: always available, in one group each."""
    most: dict[tuple[str, str], int] = {}
    table = plan.headcount
    for group, contract, number in zip(table["group"], table["contract"], table["agents"], strict=True):
        most[group, contract] = max(most.get((group, contract), 0), int(number))
    agents = [
        Agent(
            name=f"{group} {contract} {number}".replace("  ", " "), groups=(group,), contract=contract or None
        )
        for (group, contract), agents in most.items()
        for number in range(1, agents + 1)
    ]
    return Team(agents=tuple(agents))


def _kind(one: Shift) -> Kind:
    return Kind(one.group, one.template, one.contract, one.day, one.start, one.end, one.paid_hours)


def _strangers(plan: ShiftPlan, team: Team) -> Iterable[Problem]:
    groups, contracts = plan.demand.groups, list(plan.rules.contracts)
    for place, agent in enumerate(team.agents):
        for name in agent.groups:
            if name not in groups:
                allowed = f"a group of the scenario: {', '.join(groups)}"
                yield Problem(
                    f"agents.{place}.groups", name, allowed, near(name, groups, "write one of these")
                )
        if agent.contract is not None and agent.contract not in contracts:
            allowed = f"a contract of the shift rules: {', '.join(contracts)}"
            cure = near(agent.contract, contracts, "write one of these")
            yield Problem(f"agents.{place}.contract", agent.contract, allowed, cure)


# -- who may work what -------------------------------------------------------------------------------


def _able(plan: ShiftPlan, team: Team, every: Sequence[Kind]) -> Bools:
    found = np.zeros((len(team.agents), len(every)), dtype=bool)
    for a, agent in enumerate(team.agents):
        windows = _windows(plan, agent)
        for k, kind in enumerate(every):
            found[a, k] = _suits(agent, kind) and _free(windows, kind)
    return found


def _suits(agent: Agent, kind: Kind) -> bool:
    same = agent.contract is None or not kind.contract or agent.contract == kind.contract
    return same and kind.group in agent.groups


def _free(windows: Sequence[tuple[float, float]], kind: Kind) -> bool:
    return any(opens <= kind.start and kind.end <= closes for opens, closes in windows)


def _windows(plan: ShiftPlan, agent: Agent) -> list[tuple[float, float]]:
    """When an agent can work, windows that adjoin as one; a day off begins and ends at midnight."""
    first = plan.demand.scenario.calendar.start
    found: list[tuple[float, float]] = []
    for day in range(plan.demand.days + 1):
        if first + dt.timedelta(days=day) in agent.days_off:
            continue
        for opens, closes in agent.available.get(weekday(first, day), ()):
            start, end = (float(day * SECONDS_PER_DAY + clock) for clock in (opens, closes))
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found


def _parts(able: Bools) -> list[tuple[list[int], list[int]]]:
    """Agents and shifts that have nothing to do with the others, together."""
    people, shifts = able.shape
    a, k = np.nonzero(able)
    graph = coo_matrix((np.ones(len(a)), (a, people + k)), shape=(people + shifts, people + shifts))
    number, label = connected_components(graph, directed=False)
    found = []
    for part in range(number):
        members = np.flatnonzero(label == part)
        mine, theirs = members[members < people].tolist(), (members[members >= people] - people).tolist()
        if mine and theirs:
            found.append((mine, theirs))
    return found


# -- reading -----------------------------------------------------------------------------------------


def _dealt(
    team: Team, every: Sequence[Kind], kinds: dict[Kind, list[Shift]], works: Bools
) -> tuple[tuple[tuple[Agent, Shift], ...], list[tuple[Shift, int]]]:
    """Each agent's shifts with breaks, in order of agent and time; and shifts of which some are left."""
    given: list[tuple[int, Shift]] = []
    left: list[tuple[Shift, int]] = []
    for place, kind in enumerate(every):
        people = np.flatnonzero(works[:, place]).tolist()
        for one in kinds[kind]:
            mine, people = people[: one.agents], people[one.agents :]
            given += [(agent, replace(one, agents=1)) for agent in mine]
            if len(mine) < one.agents:
                left.append((one, one.agents - len(mine)))
    given.sort(key=lambda pair: (pair[0], pair[1].start))
    return tuple((team.agents[agent], one) for agent, one in given), left


def _reason(plan: ShiftPlan, team: Team, every: Sequence[Kind], works: Bools, place: int) -> str:
    """Why a shift has too few agents: what stands in the way of each, counted."""
    kind = every[place]
    counts: Counter[str] = Counter()
    for a, agent in enumerate(team.agents):
        if works[a, place]:
            counts["on it already"] += 1
        elif kind.group not in agent.groups:
            counts["in other groups"] += 1
        elif not _suits(agent, kind):
            counts["on other contracts"] += 1
        elif not _free(_windows(plan, agent), kind):
            counts["not available then"] += 1
        else:
            rota = Rota(plan.rules, contract_of(plan.rules, agent))
            rota.taken = [every[k] for k in np.flatnonzero(works[a]).tolist()]
            counts[rota.obstacle(kind) or "free for it, but not for what they would leave"] += 1
    said = [f"{number} {what}" for what, number in counts.most_common() if what != "in other groups"]
    return "; ".join(said) or f"nobody is in {kind.group}"


def _short_hours(shifts: Sequence[Shift], contract: Contract | None, days: int) -> float:
    """Hours that a contract promises in whole weeks, and that were not given."""
    if contract is None:
        return 0.0
    given = [0.0] * (days // DAYS_PER_WEEK)
    for one in shifts:
        if one.day // DAYS_PER_WEEK < len(given):
            given[one.day // DAYS_PER_WEEK] += one.paid_hours
    return sum(max(0.0, contract.least_hours / HOUR - hours) for hours in given)
