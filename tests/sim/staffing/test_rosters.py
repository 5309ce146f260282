"""Rosters: brute force on small teams, the rules that hold for everybody, fairness, and reasons."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Agent, ScenarioError, ShiftRules, Team
from sim.errors import RunCancelledError
from sim.staffing.plans import ShiftPlan
from sim.staffing.rosters import COLUMNS, Roster, roster, team_of
from sim.staffing.shifts import schedule
from sim.staffing.timetables import shifts_from_table
from tests.sim.staffing.desk import HOUR, demand, desk

RULES = ShiftRules(
    shifts={"day": {"earliest": "08:00", "latest": "16:00", "step": "1 h", "length": ["4 h", "8 h"]}},
    contracts={
        "full": {"least_hours": "24 h", "most_hours": "40 h", "most_days": 5},
        "part": {"most_hours": "16 h", "most_days": 4},
    },
    rest="11 h",
    most_days_in_a_row=4,
)  # fmt: skip


def plan_of(
    rows: list[tuple[int, int, int, int]], days: int = 7, rules: ShiftRules = RULES, **columns
) -> ShiftPlan:
    """A plan from (day, first hour, hours, agents)."""
    midnight = pd.Timestamp("2026-03-02")
    table = pd.DataFrame(
        {
            "group": "desk",
            "start": [midnight + pd.Timedelta(hours=24 * day + first) for day, first, _, _ in rows],
            "end": [midnight + pd.Timedelta(hours=24 * day + first + hours) for day, first, hours, _ in rows],
            "agents": [agents for *_, agents in rows],
            **columns,
        }
    )
    return shifts_from_table(table, desk(days=days), rules)


def agent(name: str, **fields) -> Agent:
    return Agent(name=name, **{"groups": "desk", **fields})


def check(found: Roster) -> None:
    """Everything that must hold of a roster, checked from its table."""
    rules = found.plan.rules
    by_name = {one.name: one for one in found.team.agents}
    for name, mine in found.assignments.groupby("agent"):
        who = by_name[str(name)]
        mine = mine.sort_values("start")
        assert mine["day"].is_unique
        rests = (mine["start"].iloc[1:].to_numpy() - mine["end"].iloc[:-1].to_numpy()) / np.timedelta64(
            1, "s"
        )
        assert (rests >= rules.rest).all()
        assert set(mine["group"]) <= set(who.groups)
        assert not {moment.date() for moment in mine["start"]} & set(who.days_off)
        days = set(mine["day"])
        row = rules.most_days_in_a_row or 99
        assert not any(set(range(day, day + row + 1)) <= days for day in days)
        contract = rules.contracts.get(who.contract or "")
        for _, week in mine.groupby(mine["day"] // 7):
            if contract is not None:
                assert len(week) <= contract.most_days
                assert week["paid_hours"].sum() * HOUR <= (contract.most_hours or 1e9) + 1e-6
    given = found.assignments.groupby(["start", "end"]).size()
    asked = found.plan.shifts.groupby(["start", "end"])["agents"].sum()
    missing = found.unassigned.groupby(["start", "end"])["agents"].sum()
    assert (
        given.reindex(asked.index, fill_value=0) + missing.reindex(asked.index, fill_value=0) == asked
    ).all()
    assert list(found.assignments.columns) == list(COLUMNS["assignments"])
    assert list(found.unassigned.columns) == list(COLUMNS["unassigned"])
    assert list(found.agents.columns) == list(COLUMNS["agents"])
    assert found.agents["paid_hours"].sum() == pytest.approx(found.assignments["paid_hours"].sum())


shift_rows = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([0, 8, 12, 20]), st.just(4), st.integers(1, 2)),
    min_size=1, max_size=4, unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rows=shift_rows, most_days=st.integers(1, 3), off=st.integers(0, 3))
def test_as_many_shifts_are_worked_as_brute_force_can_give(rows: list, most_days: int, off: int) -> None:
    rules = ShiftRules(
        shifts={"any": {"earliest": "00:00", "length": "4 h"}},
        contracts={"c": {"most_days": most_days}},
        rest="11 h",
    )
    plan = plan_of(rows, rules=rules)
    weekdays = ("mon", "tue", "wed", "thu")
    ben = agent("Ben", contract="c", available={"daily": "08:00-24:00", weekdays[off]: "closed"})
    found = roster(plan, [agent("Ada", contract="c"), ben])
    check(found)

    def fits(chosen: tuple, who: int) -> bool:
        mine = [row for row, take in zip(rows, chosen, strict=True) if take]
        if len(mine) > most_days or len({row[0] for row in mine}) < len(mine):
            return False
        if who and any(row[0] == off or row[1] < 8 for row in mine):
            return False
        starts = sorted(row[0] * 24 + row[1] for row in mine)
        return all(after - before >= 15 for before, after in itertools.pairwise(starts))

    ways = list(itertools.product([0, 1], repeat=len(rows)))
    best = max(
        sum(min(a + b, row[3]) for a, b, row in zip(ada, ben, rows, strict=True))
        for ada in ways if fits(ada, 0) for ben in ways if fits(ben, 1)
        if all(a + b <= row[3] for a, b, row in zip(ada, ben, rows, strict=True))
    )  # fmt: skip
    assert len(found.assignments) == best


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=7, max_size=7).filter(any), st.integers(1, 7))
def test_the_headcount_of_a_plan_can_work_it(daily: list[int], most_days: int) -> None:
    """That days a week together can be shared out is what a schedule relies on."""
    rules = ShiftRules(
        shifts={"two": {"earliest": "08:00", "length": "2 h"}}, contracts={"c": {"most_days": most_days}}
    )
    plan = schedule(demand([[n, n] for n in daily], days=7), rules, verify=False)
    team = team_of(plan)
    assert len(team.agents) == plan.headcount["agents"].sum()
    found = roster(plan, team)
    check(found)
    assert found.complete


def test_hours_are_shared_out_evenly() -> None:
    rows = [(day, first, hours, 1) for day in range(4) for first, hours in ((8, 4), (10, 8), (14, 4))]
    plan = plan_of(rows)
    found = roster(plan, [agent(name) for name in ("Ada", "Ben", "Cleo", "Dan")])
    check(found)
    assert found.complete
    hours = found.agents["paid_hours"]
    assert hours.sum() == 64
    assert hours.max() - hours.min() <= 8  # within one shift


def test_hours_of_contracts_are_given_before_hours_are_shared() -> None:
    plan = plan_of([(day, 8, 8, 1) for day in range(5)])
    found = roster(plan, [agent("Ada", contract="full"), agent("Ben")])
    check(found)
    assert found.agents["paid_hours"].tolist()[0] >= 24
    assert found.agents["short_hours"].tolist() == [0.0, 0.0]


def test_shifts_keep_their_breaks() -> None:
    plan = plan_of([(0, 8, 8, 2), (0, 8, 8, 1)], breaks=["12:00-13:00", "13:00-14:00"])
    found = roster(plan, [agent(name) for name in ("Ada", "Ben", "Cleo")])
    assert sorted(found.assignments["breaks"]) == ["12:00–13:00", "12:00–13:00", "13:00–14:00"]
    assert found.agents["cost"].sum() == pytest.approx(plan.cost)


@pytest.mark.parametrize(
    ("rows", "people", "said"),
    [
        ([(0, 8, 8, 2)], [agent("Ada")], "1 on it already"),
        ([(0, 8, 8, 1), (0, 9, 8, 1)], [agent("Ada")], "1 already at work that day"),
        ([(0, 16, 8, 1), (1, 8, 4, 1)], [agent("Ada")], "1 without 11 h of rest"),
        ([(0, 8, 8, 1)], [agent("Ada", available={"mon": "08:00-15:00"})], "1 not available then"),
        ([(0, 8, 8, 1)], [agent("Ada", days_off=["2026-03-02"])], "1 not available then"),
        ([(day, 8, 8, 1) for day in range(5)], [agent("Ada")], "1 at work on 4 days in a row already"),
        ([(day, 8, 8, 1) for day in (0, 1, 3)], [agent("Ada", contract="part")], "1 beyond 16 h in the week"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_has_its_reason(rows: list, people: list, said: str) -> None:
    found = roster(plan_of(rows), people)
    check(found)
    assert not found.complete
    assert found.unassigned["agents"].sum() == 1
    assert found.unassigned["reason"].tolist() == [said]


def test_contracts_and_groups_are_kept() -> None:
    plan = plan_of([(0, 8, 4, 2)], contract="part")
    found = roster(plan, [agent("Ada", contract="full"), agent("Ben", contract="part"), agent("Cleo")])
    assert sorted(found.assignments["agent"]) == ["Ben", "Cleo"]
    alone = roster(plan, [agent("Ada", contract="full")])
    assert alone.unassigned["reason"].tolist() == ["1 on other contracts"]


def test_availability_may_run_past_midnight() -> None:
    plan = plan_of([(0, 20, 8, 1)])
    assert roster(plan, [agent("Ada")]).complete
    assert roster(plan, [agent("Ada", available={"mon": "18:00-24:00", "tue": "00:00-06:00"})]).complete
    assert not roster(plan, [agent("Ada", available={"mon": "18:00-24:00"})]).complete
    assert not roster(plan, [agent("Ada", days_off=["2026-03-03"])]).complete


def test_agents_that_the_plan_does_not_know_are_refused() -> None:
    plan = plan_of([(0, 8, 4, 1)])
    with pytest.raises(ScenarioError) as raised:
        roster(plan, [agent("Ada", groups=["dsk"]), agent("Ben", contract="fall")])
    assert [problem.field for problem in raised.value.problems] == ["agents.0.groups", "agents.1.contract"]
    with pytest.raises(ScenarioError, match="a name that no other agent has"):
        roster(plan, [agent("Ada"), agent("Ada")])


def test_a_cancelled_roster_says_so() -> None:
    with pytest.raises(RunCancelledError):
        roster(plan_of([(0, 8, 4, 1)]), Team(agents=(agent("Ada"),)), cancel=lambda: True)
