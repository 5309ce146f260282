"""Capacity: flows by hand and by a second count, hiring by brute force, and what cannot be met."""

from __future__ import annotations

import datetime as dt
import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scenarios import Hiring
from sim.errors import InfeasibleStaffing, RunCancelledError, RunError
from sim.staffing.capacity import COLUMNS, CapacityPlan, Flows, capacity
from sim.staffing.outlook import SERVICE_COLUMNS, needed_by_week, weekly_volume, with_service
from tests.sim.staffing.desk import demand

MONDAY = dt.date(2026, 1, 5)
PLAIN = {"attrition_per_year": 0.0, "shrinkage": 0.0, "lead_time": "0 s", "training": "0 s", "ramp": [],
         "pay_per_hour": 10.0, "hours_per_week": "40 h"}  # fmt: skip


def plan_with(hires: list[int], **fields) -> CapacityPlan:
    hiring = Hiring(**{"agents": 10, **PLAIN, **fields})
    number = len(hires)
    classes = np.array([int(n > 0) for n in hires])
    return CapacityPlan(hiring, MONDAY, np.full(number, 10.0), np.ones(number), np.array(hires), classes, 0.0)


def test_a_class_by_hand() -> None:
    """Ten start in week 1 and learn for two weeks; eight finish, and work at 50%, then 75%, then 100%."""
    plan = plan_with([0, 10, 0, 0, 0, 0], training="14 d", finish=0.8, ramp=[0.5, 0.75], shrinkage=0.25,
                     cost_per_hire=100, cost_per_class=1000)  # fmt: skip
    weeks = plan.weeks
    assert weeks["in_training"].tolist() == [0, 10, 10, 0, 0, 0]
    assert weeks["employed"].tolist() == [10, 20, 20, 18, 18, 18]
    assert weeks["productive"].tolist() == [10, 10, 10, 14, 16, 18]
    assert weeks["on_floor"].tolist() == [7.5, 7.5, 7.5, 10.5, 12, 13.5]
    assert weeks["gap"].tolist() == [-2.5, -2.5, -2.5, 0.5, 2, 3.5]
    assert weeks["leavers"].tolist() == pytest.approx([0, 0, 2, 0, 0, 0])
    assert weeks["pay"].tolist() == [4000, 8000, 8000, 7200, 7200, 7200]
    assert weeks["hiring_cost"].tolist() == [0, 2000, 0, 0, 0, 0]
    starts = plan.starts.iloc[0]
    assert starts["start"] == dt.date(2026, 1, 12)
    assert starts["on_contacts"] == dt.date(2026, 1, 26)
    assert starts["up_to_speed"] == dt.date(2026, 2, 9)
    assert list(weeks.columns) == list(COLUMNS["weeks"])
    assert list(plan.starts.columns) == list(COLUMNS["classes"])


def test_attrition_is_what_the_field_means_by_it() -> None:
    """31% a year: leavers of a year over the average number employed."""
    plan = plan_with([0] * 52, agents=1000, attrition_per_year=0.31)
    year = plan.weeks
    assert year["leavers"].sum() / year["employed"].mean() == pytest.approx(0.31, abs=0.002)
    assert year["employed"].iloc[-1] == pytest.approx(1000 * math.exp(-0.31 * 51 * 7 / 365))


@settings(max_examples=30, deadline=None)
@given(
    hires=st.lists(st.integers(0, 9), min_size=8, max_size=8),
    attrition=st.floats(0, 2), finish=st.floats(0.3, 1), training=st.integers(0, 4),
    ramp=st.lists(st.floats(0, 1), max_size=3),
)  # fmt: skip
def test_flows_are_those_of_agents_followed_one_class_at_a_time(
    hires: list, attrition: float, finish: float, training: int, ramp: list
) -> None:
    plan = plan_with(
        hires,
        attrition_per_year=attrition,
        finish=finish,
        training=f"{7 * training} d",
        ramp=ramp,
        shrinkage=0.3,
    )
    stay = math.exp(-attrition * 7 / 365)
    pools: list[tuple[float, int]] = []
    experienced = 10.0
    for week, row in enumerate(plan.weeks.itertuples()):
        pools = [(size * stay * (finish if age + 1 == training else 1), age + 1) for size, age in pools]
        pools.append((float(hires[week]) * (finish if training == 0 else 1), 0))
        productive = experienced + sum(
            size * (0 if age < training else ramp[age - training] if age - training < len(ramp) else 1)
            for size, age in pools
        )
        assert row.productive == pytest.approx(productive)
        assert row.in_training == pytest.approx(sum(size for size, age in pools if age < training))
        assert row.employed == pytest.approx(experienced + sum(size for size, _ in pools))
        assert row.on_floor == pytest.approx(0.7 * productive)
        experienced *= stay
    weeks = plan.weeks
    change = weeks["employed"].to_numpy()[1:] - weeks["employed"].to_numpy()[:-1]
    new = np.array(hires[1:]) * (finish if training == 0 else 1.0)
    assert np.allclose(change, new - weeks["leavers"].to_numpy()[:-1])


@settings(max_examples=6, deadline=None)
@example(needed=[0, 0, 0, 0, 8], price=100.0, sizes=(1, 3, None), once=None)
@given(
    needed=st.lists(st.integers(0, 8), min_size=5, max_size=5),
    price=st.sampled_from([5.0, 20.0, 100.0]),
    sizes=st.sampled_from([(1, 3, None), (2, 3, 1), (2, 2, 2)]),
    once=st.sampled_from([None, 1]),
)
def test_the_cheapest_hiring_is_that_of_brute_force(
    needed: list, price: float, sizes: tuple, once: object
) -> None:
    least, most, classes = sizes
    hiring = Hiring(
        **{**PLAIN, "agents": 3, "attrition_per_year": 1.0, "shrinkage": 0.2, "lead_time": "7 d",
           "training": "7 d", "ramp": [0.5], "cost_per_hire": 50, "cost_per_class": 200, "class_least": least,
           "class_most": most, "most_classes": classes, "classes_at_once": once, "shortage_price": price}
    )  # fmt: skip
    found = capacity(needed, hiring, start=MONDAY, beyond=0, gap=0.0)
    best = math.inf
    # Eight who are needed, of 0.8 productive each, are never more than four classes of three in a week.
    options = [(0, 0)] + [(h, n) for n in (1, 2, 3, 4) for h in range(n * least, n * most + 1)]
    options = [(h, n) for h, n in options if h <= 11 and n <= (once or 4) and n <= (classes or 4)]
    for week_one, week_two, week_three in itertools.product(options, repeat=3):
        chosen = [(0, 0), week_one, week_two, week_three, (0, 0)]
        begun = [n for _, n in chosen]
        if sum(begun) > (99 if classes is None else classes) or max(begun) > (once or 99):
            continue
        hires, need = np.array([h for h, _ in chosen]), np.array(needed, float)
        best = min(best, CapacityPlan(hiring, MONDAY, need, np.ones(5), hires, np.array(begun), 0.0).cost)
    assert found.cost == pytest.approx(best)
    assert found.gap == 0.0
    assert found.hires[0] == 0


def test_the_last_weeks_are_not_left_short() -> None:
    hiring = Hiring(agents=30, attrition_per_year=0.6, shrinkage=0.3, shortage_price=60.0)
    need = [20.0] * 30
    short = capacity(need, hiring, start=MONDAY, beyond=0)
    sound = capacity(need, hiring, start=MONDAY)
    assert short.weeks["gap"].iloc[-1] < -1.0
    assert sound.weeks["gap"].iloc[-1] > -0.5
    assert len(sound.weeks) == 30
    assert "hires in" in sound.sentence


def test_a_need_that_cannot_be_met_names_the_weeks_and_what_binds() -> None:
    hiring = Hiring(**{**PLAIN, "agents": 10, "lead_time": "21 d", "training": "7 d", "class_most": 2})
    with pytest.raises(InfeasibleStaffing) as raised:
        capacity([10, 10, 12, 12, 12, 12], hiring, start=MONDAY, beyond=0)
    text = str(raised.value.problems[0])
    assert "a need of 12.0 agents in week 3, 2.0 more than can be there" in text
    assert "2 weeks from week 3 on cannot" in text
    assert "lead time 3 weeks, training 1 weeks, class_most 2" in text
    later = capacity([10, 10, 10, 10, 12, 12], hiring, start=MONDAY, beyond=0)
    assert later.hires.tolist() == [0, 0, 0, 2, 0, 0]
    assert later.short_weeks == 0


def test_arguments_out_of_range_are_told_at_once() -> None:
    hiring = Hiring(agents=3)
    with pytest.raises(RunError) as raised:
        capacity([-1.0], hiring, start="Monday", volume=[[1.0]], beyond=-1)
    assert [problem.field for problem in raised.value.problems] == ["needed", "volume", "start", "beyond"]
    with pytest.raises(RunError, match="hiring is 100"):
        capacity([1.0], 100, start=MONDAY)
    with pytest.raises(RunError, match="2 numbers, one per week"):
        capacity([1.0, 2.0], hiring, start=MONDAY, volume=[1.0])
    with pytest.raises(RunError, match="one per week"):
        capacity([], hiring, start=MONDAY)


def test_flows_start_after_the_lead_time() -> None:
    assert Flows.of(Hiring(agents=1, lead_time="8 d"), 5).lead == 2
    assert Flows.of(Hiring(agents=1, lead_time="7 d"), 5).lead == 1


# -- outlook -----------------------------------------------------------------------------------------


def test_volume_grows_and_has_seasons() -> None:
    year = weekly_volume(53, MONDAY, growth_per_year=0.1)
    assert year[0] == 1.0
    assert year[52] == pytest.approx(1.1 ** (52 * 7 / 365))
    season = weekly_volume(10, MONDAY, season={2: 1.5})
    assert (
        season.tolist() == [1.0] * 4 + [1.5] * 4 + [1.0] * 2
    )  # February has the weeks from the 2nd to the 23rd
    assert weekly_volume(3, MONDAY, season=[1.0, 2.0]).tolist() == [1.0, 2.0, 1.0]


def test_the_need_grows_less_than_the_volume() -> None:
    need = demand([5] * 12)
    base, double = needed_by_week(need, [1.0, 2.0], hours_per_week=40 * 3600, days_a_week=5)
    assert base == pytest.approx(5 * 12 * 5 / 40)
    load = 2 * double - 2 * math.sqrt(2) * base  # 2L + sqrt(2)(N - L) solved for L
    load = (double - math.sqrt(2) * base) / (2 - math.sqrt(2))
    assert 0.6 < load / base < 0.95
    assert base < double < 2 * base


def test_service_falls_where_agents_are_missing() -> None:
    need = demand([5] * 12)
    volume = [1.0, 1.0, 1.4]
    weeks = needed_by_week(need, volume, hours_per_week=40 * 3600)
    steady = Hiring(agents=float(weeks[0]), attrition_per_year=0, shrinkage=0, shortage_price=0.0)
    plan = capacity(weeks, steady, start=MONDAY, volume=volume)
    told = []
    found = with_service(
        plan, need, every=2, replications=10, progress=lambda *done: told.append(done)
    ).service
    assert list(found.columns) == list(SERVICE_COLUMNS)
    assert found["week"].tolist() == [0, 2]
    assert found["staff"].tolist() == pytest.approx([1.0, 1.0])
    assert found["service_level"][0] > found["service_level"][1] + 0.1
    assert told == [(1, 2), (2, 2)]
    assert with_service(plan, need, cancel=lambda: True).service.empty


def test_a_cancelled_plan_says_so() -> None:
    hiring = Hiring(
        agents=100, shortage_price=50.0, class_least=7, class_most=9, cost_per_class=900, most_classes=5
    )
    rng = np.random.default_rng(1)
    with pytest.raises(RunCancelledError):
        capacity(rng.uniform(50, 150, 300), hiring, start=MONDAY, cancel=lambda: True)
