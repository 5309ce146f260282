"""Shifts: the cheapest by brute force, coverage and cost counted again, limits that bind, simulation."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from scenarios import ScenarioError, ShiftRules, check
from scenarios.shifts import load_shifts
from sim.clock import timeline_of
from sim.errors import InfeasibleStaffing, RunCancelledError, RunError
from sim.plan.agents import staff
from sim.staffing.demand import Demand, demand_from_table, demand_of
from sim.staffing.plans import COLUMNS, ShiftPlan
from sim.staffing.shifts import schedule
from sim.staffing.targets import Goal
from tests.sim.staffing.desk import HOUR, demand, desk, second_count

CLOCK = "{:02d}:00".format


def rules(**fields) -> ShiftRules:
    shifts = fields.pop("shifts", {"day": {"earliest": "08:00", "latest": "12:00", "length": "4 h"}})
    return ShiftRules(shifts=shifts, **fields)


def planned(need: Demand, kept: ShiftRules, **options) -> ShiftPlan:
    return schedule(need, kept, verify=False, **{"gap": 0.0, **options})


# -- brute force -------------------------------------------------------------------------------------

templates = st.lists(
    st.tuples(st.integers(8, 11), st.integers(2, 4), st.booleans(), st.sampled_from([0.5, 1.0, 2.0])),
    min_size=1,
    max_size=3,
    unique=True,
)


def explicit(given: list) -> tuple[list[np.ndarray], list[float]]:
    """Every way to work every shift, breaks one by one: hours present from 8 to 16, and pay at 10 an hour."""
    present, pay = [], []
    for start, length, pauses, factor in given:
        for pause in ((1, 2) if length == 4 else (1,)) if pauses and length > 2 else (None,):
            row = np.zeros(8)
            row[start - 8 : start - 8 + length] = 1.0
            if pause is not None:
                row[start - 8 + pause] = 0.0
            present.append(row)
            pay.append(10.0 * factor * (length - (pause is not None)))
    return present, pay


@settings(max_examples=30, deadline=None)
@given(
    given=templates,
    needed=st.lists(st.integers(0, 3), min_size=8, max_size=8),
    prices=st.sampled_from([(15.0, 0.0), (40.0, 3.0), (200.0, 0.0)]),
)
def test_the_cheapest_shifts_are_those_of_brute_force(given: list, needed: list, prices: tuple) -> None:
    shifts = {}
    for place, (start, length, pauses, factor) in enumerate(given):
        latest = 2 if length == 4 else 1
        breaks = [{"length": "1 h", "paid": False, "earliest": "1 h", "latest": f"{latest} h"}]
        shifts[f"s{place}"] = {
            "earliest": CLOCK(start), "length": f"{length} h", "pay_factor": factor,
            "breaks": breaks if pauses and length > 2 else [],
        }  # fmt: skip
    need = demand(needed)
    plan = planned(need, rules(shifts=shifts, under_price=prices[0], over_price=prices[1]))
    present, pay = explicit(given)
    counts = np.array(list(itertools.product(range(4), repeat=len(pay))))
    there = counts @ np.array(present)
    costs = counts @ np.array(pay) + prices[0] * np.maximum(needed - there, 0).sum(axis=1)
    costs = costs + prices[1] * np.maximum(there - needed, 0).sum(axis=1)
    found = plan.cost + prices[0] * plan.under_hours + prices[1] * plan.over_hours
    assert found == pytest.approx(costs.min())
    assert plan.gap == 0.0


def test_implicit_breaks_cost_what_explicit_ones_do() -> None:
    """Two breaks with windows in shifts of two lengths; scipy chooses among all 336 ways to place them."""
    pauses = [(1, 2, 3, True), (2, 4, 6, False)]  # half-hours: length, earliest, latest
    breaks = [
        {
            "length": f"{30 * long} min",
            "paid": paid,
            "earliest": f"{30 * first} min",
            "latest": f"{30 * last} min",
        }
        for long, first, last, paid in pauses
    ]
    shifts = {"day": {"earliest": "08:00", "latest": "14:30", "length": ["5 h", "6 h"], "breaks": breaks}}
    rng = np.random.default_rng(5)
    needed = rng.integers(1, 7, 24)
    evening = {"evening": {"hours": {"daily": "17:00-20:00"}, "extra": 0.5}}
    plan = planned(demand(needed, interval=1800), rules(shifts=shifts, premiums=evening, under_price=25.0))
    rates = 5.0 * np.where(np.arange(26) < 18, 1.0, 1.5)
    present, pay = [], []
    for start, length, one, other in itertools.product(range(14), (10, 12), (2, 3), (4, 5, 6)):
        row = np.zeros(26)
        row[start : start + length] = 1.0
        away = row.copy()
        away[[start + one, start + other, start + other + 1]] = 0.0
        unpaid = rates[[start + other, start + other + 1]].sum()
        present.append(away[:24])
        pay.append(float(row @ rates - unpaid))
    costs = np.concatenate([pay, np.full(24, 12.5)])
    matrix = np.hstack([np.array(present).T, np.eye(24)])
    found = milp(costs, constraints=LinearConstraint(matrix, lb=needed), integrality=np.ones(len(costs)))
    assert plan.gap == 0.0
    assert plan.cost + 25.0 * plan.under_hours == pytest.approx(found.fun)


def test_breaks_lie_where_the_most_can_be_spared() -> None:
    """One agent of two may be away at a time: with windows of two hours the breaks need not clash."""
    shifts = {"day": {"earliest": "08:00", "length": "4 h",
                      "breaks": [{"length": "1 h", "earliest": "1 h", "latest": "2 h"}]}}  # fmt: skip
    plan = planned(demand([2, 1, 1, 2]), rules(shifts=shifts))
    assert plan.coverage.query("required > 0")["rostered"].tolist() == [2, 1, 1, 2]
    assert sorted(plan.shifts["breaks"]) == ["09:00–10:00", "10:00–11:00"]


# -- identities --------------------------------------------------------------------------------------

WEEKLY = ShiftRules(
    shifts={
        "day": {
            "earliest": "07:00", "latest": "14:00", "step": "30 min", "length": ["6 h", "8 h"],
            "breaks": [{"length": "15 min", "earliest": "1 h", "latest": "2 h"},
                       {"length": "45 min", "paid": False, "earliest": "3 h", "latest": "4 h 30 min"}],
            "contracts": "full",
        },
        "night": {"earliest": "22:00", "length": "8 h", "days": "mon-sat", "pay_factor": 1.1,
                  "breaks": [{"length": "30 min", "paid": False, "earliest": "1 h", "latest": "3 h"}]},
        "short": {"earliest": "08:00", "latest": "18:00", "step": "1 h", "length": "4 h",
                  "contracts": "part"},
    },
    contracts={"full": {"least_hours": "20 h", "most_hours": "40 h", "most_days": 5},
               "part": {"most_hours": "20 h", "most_days": 4, "pay_factor": 0.9}},
    premiums={"evening": {"hours": {"daily": "18:00-22:00"}, "extra": 0.25},
              "night": {"hours": {"daily": "22:00-24:00, 00:00-06:00"}, "extra": 0.5},
              "sunday": {"hours": {"sun": "00:00-24:00"}, "extra": 1.0}},
    under_price=60.0,
    breaks_in_shrinkage=0.1,
    repeats=True,
)  # fmt: skip


def extra(minute: int) -> float:
    """The premium of a minute, by the rules above."""
    hour, weekday = minute // 60 % 24, minute // 1440 % 7
    found = 0.25 if 18 <= hour < 22 else 0.5 if hour >= 22 or hour < 6 else 0.0
    return found + (1.0 if weekday == 6 else 0.0)


@pytest.fixture(scope="module")
def week() -> ShiftPlan:
    table = np.array([[2, 2, 3, 5, 7, 8, 8, 6, 5, 5, 4, 4]] * 5 + [[1] * 12] * 2)
    night = np.zeros((7, 24), dtype=np.int64)
    night[:, 8:20] = table
    night[:, [0, 1, 2, 3, 4, 5, 23]] = 1
    need = demand(np.repeat(night, 2, axis=1), days=7, interval=1800, first_hour=0, shrinkage=0.3)
    return planned(need, WEEKLY, gap=0.02, seconds=10)


def test_coverage_and_cost_are_those_of_a_second_count(week: ShiftPlan) -> None:
    present, cost = second_count(week, extra)
    assert np.abs(week.rostered - present).max() < 1e-9
    assert week.cost == pytest.approx(cost)
    assert week.cost == pytest.approx(week.shifts["cost"].sum())
    assert week.hours == pytest.approx(week.shifts["paid_hours"].sum())
    assert week.gap <= 0.02


def test_coverage_adds_up(week: ShiftPlan) -> None:
    table = week.coverage
    assert (table["required"] - table["rostered"] - table["under"] + table["over"]).abs().max() < 1e-9
    assert ((table["under"] == 0) | (table["over"] == 0)).all()
    assert table["under"].sum() * 0.5 == pytest.approx(week.under_hours)
    assert (table["raised"] == 0).all()


def test_shifts_are_shifts_of_the_rules(week: ShiftPlan) -> None:
    for one in week.lines:
        template = WEEKLY.shifts[one.template]
        assert one.contract in (template.contracts or ("full", "part"))
        assert one.end - one.start in template.length
        assert len(one.breaks) == len(template.breaks)
        for pause, rule in zip(one.breaks, template.breaks, strict=True):
            assert rule.earliest <= pause.start - one.start <= rule.latest
            assert (pause.start - one.start - rule.earliest) % 1800 == 0
        assert one.agents > 0
    assert not week.shifts.query("template == 'night'")["start"].dt.day_of_week.eq(6).any()


def test_contracts_hold_for_the_fewest_agents(week: ShiftPlan) -> None:
    for row in week.headcount.itertuples():
        contract = WEEKLY.contracts[row.contract]
        mine = week.shifts.query("contract == @row.contract")
        assert row.agents >= mine.groupby("day")["agents"].sum().max()
        assert row.shifts <= row.agents * contract.most_days
        assert row.paid_hours * HOUR <= row.agents * contract.most_hours + 1e-6
        assert row.paid_hours * HOUR >= row.agents * contract.least_hours - 1e-6
    assert week.headcount["cost"].sum() == pytest.approx(week.cost)


def test_shrinkage_counts_breaks_once(week: ShiftPlan) -> None:
    """Of 100 hours scheduled 10 are breaks and 20 other absence: of 90 not on a break 70 are on the floor."""
    (group,) = week.scenario.groups.values()
    assert group.shrinkage == pytest.approx(1 - 0.7 / 0.9)
    covered = week.rostered >= week.needed
    floor = staff(week.scenario, timeline_of(week.scenario.calendar)).staff
    assert (floor[covered] >= week.demand.required[covered]).all()
    assert check(week.scenario) == []


@given(required=st.integers(0, 400), shrinkage=st.floats(0.0, 0.6), part=st.floats(0.0, 1.0))
def test_what_is_rostered_is_just_enough(required: int, shrinkage: float, part: float) -> None:
    scenario = desk(shrinkage=shrinkage)
    rostered = int(Demand(scenario, np.array([[required] * 24])).rostered(part * shrinkage)[0, 0])
    left = 1 - (1 - shrinkage) / (1 - part * shrinkage)
    assert np.floor(rostered * (1 - left) + 0.5 + 1e-6) >= required
    assert rostered == 0 or np.floor((rostered - 1) * (1 - left) + 0.5 - 1e-6) < required


def test_tables_have_the_columns_that_are_described(week: ShiftPlan) -> None:
    for name, columns in COLUMNS.items():
        assert list(getattr(week, name).columns) == list(columns)


def test_a_month_has_weeks_of_its_own() -> None:
    need = demand([1, 1], days=14)
    shifts = {"two": {"earliest": "08:00", "length": "2 h"}}
    plan = planned(need, rules(shifts=shifts, contracts={"c": {"most_days": 4}}))
    assert plan.headcount["week"].tolist() == [0, 1]
    assert plan.headcount["agents"].tolist() == [2, 2]
    with pytest.raises(RunError, match=r"calendar.days is 32; allowed: at most 31"):
        schedule(desk(days=32), "standard")


@pytest.mark.parametrize("night", [False, True])
def test_two_weeks_alike_cost_twice_as_much_as_one(night: bool) -> None:
    daily = np.array([[3, 5, 4, 6, 5, 3], [2, 2, 3, 3, 2, 2], [1, 4, 1, 4, 1, 4]])[[0, 1, 2, 0, 1, 2, 0]]
    shifts: dict = {"day": {"earliest": "08:00", "latest": "12:00", "length": ["2 h", "4 h"]}}
    if night:  # a shift from one week into the next keeps the weeks together
        shifts["night"] = {"earliest": "23:00", "length": "2 h", "pay_factor": 5}
    kept = rules(shifts=shifts, contracts={"c": {"most_days": 4, "most_agents": 9}}, under_price=80.0)
    one, two = (planned(demand(daily, days=days), kept) for days in (7, 14))
    assert two.cost + 80.0 * two.under_hours == pytest.approx(2 * (one.cost + 80.0 * one.under_hours))
    assert one.under_hours > 0


def test_an_empty_requirement_needs_nobody() -> None:
    plan = planned(demand([0]), rules())
    assert (plan.cost, plan.hours, plan.gap, len(plan.shifts)) == (0.0, 0.0, 0.0, 0)
    assert plan.scenario.groups["desk"].staff == (0.0,) * 24


def test_parts_of_intervals_count_as_parts() -> None:
    shifts = {"day": {"earliest": "08:15", "length": "4 h",
                      "breaks": [{"length": "15 min", "earliest": "2 h", "latest": "2 h"}]}}  # fmt: skip
    plan = planned(demand([1, 1, 1, 1, 1]), rules(shifts=shifts, under_price=100.0))
    assert plan.rostered[0, 8:13].tolist() == [1.5, 2.0, 1.5, 2.0, 0.5] or plan.rostered[0, 8] >= 0.75


# -- limits ------------------------------------------------------------------------------------------


def refused(need: Demand, kept: ShiftRules) -> list[str]:
    with pytest.raises(InfeasibleStaffing) as raised:
        planned(need, kept)
    return [str(problem) for problem in raised.value.problems]


def test_hours_without_a_shift_are_named() -> None:
    found = refused(demand([1] * 10), rules())
    assert len(found) == 1
    assert "no shift for desk Mon 2 Mar 16:00–18:00, when 1 are required" in found[0]


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"headcount": {"desk": 4}}, "headcount.desk is 4; allowed: 6 or more"),
        ({"seats": 2}, "seats is 2; allowed: 3 or more"),
        ({"contracts": {"c": {"most_agents": 5}}}, "contracts.c.most_agents is 5; allowed: 6 or more"),
    ],
)
def test_the_limit_that_binds_is_named_with_the_least_that_would_do(limit: dict, said: str) -> None:
    """Three agents at all times from 8 to 16 in shifts of 4 hours: six agents, three at once."""
    need = demand([3] * 8)
    (text,) = refused(need, rules(**limit))
    assert said in text
    field, least = said.split(" is ")[0], int(said.split("allowed: ")[1].split()[0])
    enough = {"headcount.desk": {"headcount": {"desk": least}}, "seats": {"seats": least}}
    enough["contracts.c.most_agents"] = {"contracts": {"c": {"most_agents": least}}}
    assert planned(need, rules(**enough[field])).under_hours == 0.0


def test_most_agents_of_a_shift_bind() -> None:
    shifts = {"day": {"earliest": "08:00", "length": "4 h", "most_agents": 2}}
    (text,) = refused(demand([3] * 4), rules(shifts=shifts))
    assert "shifts.day.most_agents is 2; allowed: 3 or more" in text


def test_least_hours_that_cannot_be_given_are_named() -> None:
    shifts = {"short": {"earliest": "08:00", "length": "2 h"}}
    kept = rules(shifts=shifts, contracts={"c": {"least_hours": "30 h", "least_agents": 2}})
    hours, agents = refused(demand([1, 1], days=7), kept)
    assert "contracts.c.least_hours is 30; allowed: less: in some week 16 h of what it promises" in hours
    assert "contracts.c.least_agents is 2; allowed: 1 at most" in agents


def test_with_a_price_agents_may_be_missing() -> None:
    plan = planned(demand([3] * 8), rules(headcount={"desk": 4}, under_price=50.0))
    assert plan.under_hours == 8.0
    assert sum(plan.headcount["agents"]) == 4
    assert "8.0 agent-hours are missing" in plan.sentence


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=7, max_size=7).filter(any), st.integers(1, 7))
def test_days_a_week_need_as_many_agents_as_theory_says(daily: list[int], most_days: int) -> None:
    """Agents for so many a day: the most of any day, or all days shared out (Burns and Carter 1985)."""
    fewest = max(max(daily), -(-sum(daily) // most_days))
    need = demand([[number, number] for number in daily], days=7)
    shifts = {"two": {"earliest": "08:00", "length": "2 h"}}
    contracts = {"c": {"most_days": most_days, "most_agents": fewest}}
    plan = planned(need, rules(shifts=shifts, contracts=contracts))
    assert plan.headcount["agents"].tolist() == [fewest]
    if fewest > 1:
        contracts = {"c": {"most_days": most_days, "most_agents": fewest - 1}}
        (text,) = refused(need, rules(shifts=shifts, contracts=contracts))
        assert f"allowed: {fewest} or more" in text


def test_groups_share_what_is_limited_for_all() -> None:
    two = demand([1] * 4, groups={"a": 10.0, "b": 20.0})
    kept = rules(contracts={"c": {"most_agents": 1}}, under_price=100.0)
    plan = planned(two, kept)
    assert plan.shifts["group"].tolist() == ["a"]  # the same help for half the pay
    assert plan.under_hours == 4.0


def test_more_shifts_than_can_be_chosen_from_are_refused() -> None:
    shifts = {
        "any": {"earliest": "00:00", "latest": "23:59", "step": "1 min", "length": ["4 h", "5 h", "6 h"]}
    }
    with pytest.raises(ScenarioError, match="133,920 possible shifts"):
        planned(demand([1], days=31), rules(shifts=shifts))


def test_rules_that_do_not_suit_the_scenario_are_refused() -> None:
    with pytest.raises(ScenarioError) as raised:
        planned(demand([1]), rules(headcount={"dask": 3}, contracts={"c": {"groups": "night"}}))
    assert [problem.field for problem in raised.value.problems] == ["contracts.c.groups", "headcount"]
    assert "write desk (the closest name)" in str(raised.value)
    with pytest.raises(ScenarioError, match=r"at most the shrinkage of desk, 0.1"):
        planned(demand([1], shrinkage=0.1), rules(breaks_in_shrinkage=0.2))


def test_arguments_out_of_range_are_told_at_once() -> None:
    with pytest.raises(RunError) as raised:
        schedule(desk(), "standard", gap=-1, seconds="soon", rounds=1.5, replications=0, seed=-1, progress=3)
    fields = [problem.field for problem in raised.value.problems]
    assert fields == ["gap", "seconds", "rounds", "replications", "seed", "progress"]
    with pytest.raises(RunError) as raised:
        schedule("retail_bank", {"shifts": {}})
    assert [problem.field for problem in raised.value.problems] == ["shifts", "need"]
    with pytest.raises(ScenarioError, match="add a group first"):
        schedule(desk().model_copy(update={"groups": {}}), "standard", verify=False)


def test_a_cancelled_schedule_says_so() -> None:
    need = demand(np.tile([3, 9, 4, 8, 5, 7], 8), days=7, interval=900, groups={"a": 10.0, "b": 20.0})
    kept = ShiftRules(**{**load_shifts("standard").model_dump(mode="json"), "breaks_in_shrinkage": 0.0})
    with pytest.raises(RunCancelledError):
        schedule(need, kept, verify=False, cancel=lambda: True)


# -- demands -----------------------------------------------------------------------------------------


def test_a_demand_from_a_table() -> None:
    table = pd.DataFrame({"group": ["desk"] * 2, "interval": [8, 9], "required": [3, 4], "note": ["", ""]})
    found = demand_from_table(desk(), table)
    assert found.required[0, 7:11].tolist() == [0, 3, 4, 0]
    bad = table.assign(group=["dsk", "desk"], interval=[8, 24], required=[1.5, -1])
    with pytest.raises(ScenarioError) as raised:
        demand_from_table(desk(), bad)
    assert [problem.field for problem in raised.value.problems] == ["group", "interval", "required"]
    with pytest.raises(ScenarioError, match="required is missing"):
        demand_from_table(desk(), table.drop(columns="required"))


def test_a_scenario_asks_for_what_its_own_staff_gives() -> None:
    assert demand_of(desk(shrinkage=0.3)).required[0, 8] == 3


# -- simulated ---------------------------------------------------------------------------------------

GOAL = Goal("service_level", "phone", at_least=0.8)


def test_the_requirement_is_raised_until_the_goal_holds() -> None:
    low = demand([2] * 12)
    kept = rules(shifts={"day": {"earliest": "08:00", "latest": "16:00", "length": "4 h"}})
    told = []
    plan = schedule(low, kept, replications=20, gap=0.0, progress=lambda *done: told.append(done))
    assert plan.holds
    assert plan.rounds >= 1
    assert plan.coverage["raised"].sum() > 0
    assert (plan.coverage["under"] == 0).all()
    assert plan.checks["goal"].tolist() == [str(GOAL)]
    assert plan.checks["estimate"][0] >= 0.8
    assert plan.checks["interval"].tolist() == [0]
    assert told[0] == (0, 8)
    assert told[-1] == (8, 8)
    assert planned(low, kept).cost < plan.cost


def test_a_goal_out_of_reach_is_said_to_be() -> None:
    kept = rules(
        shifts={"day": {"earliest": "08:00", "latest": "16:00", "length": "4 h"}}, seats=2, under_price=30.0
    )
    plan = schedule(demand([2] * 12), kept, goals=GOAL, replications=10, rounds=3)
    assert plan.holds is False
    assert not plan.checks["holds"].any()
    assert "goals are missed" in plan.sentence
    hard = rules(shifts=kept.shifts, headcount={"desk": 8})
    plan = schedule(demand([2] * 12), hard, goals=GOAL, replications=10)
    assert plan.holds is False
    assert plan.coverage["under"].sum() == 0
    assert [problem.field for problem in plan.limits] == ["headcount.desk"]


def test_goals_that_make_no_sense_are_refused() -> None:
    with pytest.raises(RunError, match="phone"):
        schedule(demand([2] * 4), rules(), goals=Goal("service_level", "fone", at_least=0.8))
