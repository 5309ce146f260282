"""Courses: weeks that lead to one another, each number checked a second way."""

import math
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from scenarios import Scenario, ScenarioError, check
from scenarios.course import Burnout, Course, HiringClass, Launch, People, Shock, Training
from scenarios.paths import replace, written
from scenarios.whatifs import ChangeStaff, ChannelOutage, LaunchChannel
from sim import RunCancelledError, RunError, run
from sim.course import COLUMNS, TOTALS, compare_courses, course
from sim.course.curves import WEEKS_PER_MONTH, WEEKS_PER_YEAR, defects_left, halved, learnt, staying, taken_up
from sim.course.people import crews, together
from sim.course.showing import show_courses
from sim.course.telling import span
from sim.course.totals import break_even, unhappy
from sim.course.week import Carried, scenario_of, week_of
from sim.measures import SCOPES
from tests.sim.desks import DESK

REPLICATIONS = 4
DAYS = 5
BOT = {"name": "bot", "share": 0.3, "success": 0.5, "induced": 0.1}
NOTHING = Course(weeks=3, name="nothing")


def desk(agents, per_day=600):
    """The desk with so many agents; its hours are those of 10 a day."""
    return replace(
        replace(DESK, "groups.agents.staff", {"08:00": agents, "18:00": 0}),
        "intents.ask.volume.per_day", per_day,
    )  # fmt: skip


def weeks_of(base, asked, **how):
    return course(base, asked, **{"replications": REPLICATIONS, "seed": 3, **how})


def state(result, what, name, of=""):
    rows = result.state
    found = rows[(rows["what"] == what) & (rows["name"] == name) & (rows["of"] == of)]
    return found["value"].to_numpy()


def same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)


# -- curves: closed forms and limits -----------------------------------------------------------------


@pytest.mark.parametrize(("half", "imitation"), [(6, 12.7), (2, 0), (10, 300)])
def test_taking_up_solves_the_equation_of_bass(half, imitation):
    """dF/dt = (p + q F)(1 − F) with q = r p, integrated in small steps."""
    p = math.log(2 + imitation) / half / (1 + imitation)
    level, step = 0.0, 1e-3
    for number in range(1, 15_001):
        level += step * (p + imitation * p * level) * (1 - level)
        if number % 2500 == 0:
            assert taken_up(number * step, half, imitation) == pytest.approx(level, abs=2e-3)
    assert taken_up(half, half, imitation) == pytest.approx(0.5)


def test_taking_up_has_its_limits():
    assert taken_up(0, 6, 12.7) == taken_up(-3, 6, 12.7) == 0.0
    assert taken_up(0.5, 0, 12.7) == 1.0
    assert taken_up(1e6, 6, 12.7) == 1.0
    assert taken_up(3, 6, 0) == pytest.approx(1 - 0.5**0.5)  # exponential saturation
    for week in (2, 5, 10):  # a steep S is the logistic curve
        logistic = 1 / (1 + math.exp(-math.log(1e6) * (week - 6) / 6))
        assert taken_up(week, 6, 1e6) == pytest.approx(logistic, abs=1e-3)


def test_other_curves_have_their_limits():
    assert defects_left(0, 0.8, 0.5) == 1.0
    assert defects_left(9, 0.0, 0.5) == defects_left(9, 0.8, 0.0) == 1.0
    assert defects_left(1, 1.0, 1.0) == 0.0
    assert learnt(0, 1.5, 0) == learnt(3, 1.0, 6) == 1.0
    assert learnt(4.5 * WEEKS_PER_MONTH, 1.5, 4.5) == pytest.approx(1.025)
    assert staying(WEEKS_PER_YEAR, 0.31) == pytest.approx(math.exp(-0.31))
    # Published attrition is leavers over the mean headcount: who is replaced at once leaves at that rate.
    assert sum(1 - staying(1 / 7, 0.31) for _ in range(365)) == pytest.approx(0.31, rel=2e-3)
    assert halved(2, 1) == 0.25


# -- nothing, and strength 0 -------------------------------------------------------------------------

NEUTRAL = Course(
    weeks=3,
    launches={"channel": {**BOT, "share": 0.0, "induced": 0.0}, "week": 1},
    learning={"new_handle_time": 1.0},
    training={"hours": 0, "handle_time": 1.0},
    people={"attrition_per_year": 0, "hires": {"group": "agents", "size": 0, "training_days": 0}},
    burnout={"handle_time": 0, "absence": 0, "ceiling": 0},
    social={"posting": 0},
    shocks={"handle_time": 0},
    planned={"what_if": {"kind": "scale_volume", "percent": 0}},
)


def test_parts_of_strength_0_leave_every_week_as_it_is_to_the_last_bit():
    found, alone = weeks_of(DESK, NEUTRAL), run(DESK, REPLICATIONS, seed=3)
    assert found.scenarios == (DESK,) * 3
    for week in found.results:
        for table in ("summary", "interval_summary", "coverage", "cases"):
            same(getattr(week, table), getattr(alone, table))
    same(found.weeks.drop(columns="week"), weeks_of(DESK, NOTHING).weeks.drop(columns="week"))
    assert found.sentence.startswith("Service level on phone stays at")


def test_one_part_at_strength_0_changes_nothing_either():
    for part, value in NEUTRAL.model_dump(exclude_defaults=True).items():
        if part != "weeks":
            found = weeks_of(DESK, Course(weeks=2, **{part: value}), replications=1)
            assert found.scenarios == (DESK, DESK), part


def test_the_same_seed_gives_the_same_course_whoever_computes_it():
    asked = Course(weeks=3, burnout={"ceiling": 0.5}, social={"contacts_per_post": 2}, shocks={})
    one = weeks_of(DESK, asked)
    same(one.weeks, weeks_of(DESK, asked, workers=2).weeks)
    with ThreadPoolExecutor(2) as pool:
        same(one.state, weeks_of(DESK, asked, executor=pool).state)
    assert not one.weeks.equals(weeks_of(DESK, asked, seed=4).weeks)


# -- launches ----------------------------------------------------------------------------------------


def test_every_week_of_a_launch_is_a_single_run_of_the_channel_at_that_week():
    launch = {
        "channel": BOT, "week": 2, "weeks_to_half": 2,
        "success_at_launch": 0.4, "fed_back": 0.5, "fixed_per_week": 0.5,
    }  # fmt: skip
    found = weeks_of(DESK, Course(weeks=4, launches=launch))
    assert found.scenarios[0] == DESK
    for week in (2, 3, 4):
        level = taken_up(week - 2 + 0.5, 2, 12.7)
        success = 0.5 * (1 - 0.6 * (0.5 + 0.5 * 0.5 ** (week - 2)))
        at_that_week = LaunchChannel(name="bot", share=0.3 * level, success=success, induced=0.1 * level)
        alone = run(at_that_week.apply(DESK), REPLICATIONS, seed=3)
        same(found.results[week - 1].summary, alone.summary)
        adopted = (0.3 * level + 0.1 * level) / (1 + 0.1 * level)
        assert state(found, "adoption", "customer", "bot")[week - 2] == pytest.approx(adopted)


def test_a_launch_at_once_without_defects_is_the_channel_itself():
    launch = {"channel": BOT, "week": 2, "weeks_to_half": 0, "success_at_launch": 1}
    found = weeks_of(DESK, Course(weeks=3, launches=launch))
    assert found.scenarios[1] == found.scenarios[2] == LaunchChannel(**BOT).apply(DESK)


def test_segments_take_it_up_at_their_own_pace_and_a_pilot_comes_first():
    base = replace(DESK, "segments", {"young": {"share": 0.6}, "old": {"share": 0.4}})
    launch = {"channel": {**BOT, "induced": 0}, "weeks_to_half": {"young": 0, "default": 4},
              "pilot_share": 0.25, "pilot_weeks": 2}  # fmt: skip
    found = weeks_of(base, Course(weeks=4, launches=launch), replications=1)
    assert state(found, "adoption", "young", "bot").tolist() == pytest.approx([0.075, 0.075, 0.3, 0.3])
    old = [0.25 * taken_up(w + 0.5, 4, 12.7) + 0.75 * taken_up(w - 1.5, 4, 12.7) for w in range(4)]
    assert state(found, "adoption", "old", "bot").tolist() == pytest.approx([0.3 * level for level in old])


def test_training_before_launch_costs_hours_and_buys_speed():
    launch = {
        "channel": {"name": "chat", "mode": "concurrent", "groups": ["agents"]},
        "week": 3, "weeks_to_half": 0, "training_hours": 8, "training_weeks": 2, "training_effect": 0.5,
    }  # fmt: skip
    asked = {"weeks": 4, "learning": {"new_handle_time": 1.6, "months": 3}}
    trained = weeks_of(desk(20), Course(launches=launch, **asked), replications=1)
    untrained = weeks_of(desk(20), Course(launches={**launch, "training_hours": 0}, **asked), replications=1)
    hours = [result.value("staffed_hours", "agents", "group") for result in trained.results]
    assert [round(one) for one in hours[:2]] == [180, 180]  # a tenth of 20 x 10 h, but overtime
    slow = [
        float(one.scenarios[2].groups["agents"].skills["chat"].handle_time) for one in (trained, untrained)
    ]
    left = 0.05 ** (0.5 / (3 * WEEKS_PER_MONTH))
    assert slow == pytest.approx([1 + 0.3 * left, 1 + 0.6 * left])
    assert trained.scenarios[2].groups["agents"].skills["phone"].handle_time == 1.0


def test_the_deflection_trap_shows_and_goes_with_the_defects():
    launch = {
        "channel": {**BOT, "share": 0.5, "success": 0.9, "moves_on": 1, "to_phone": 1},
        "week": 2, "weeks_to_half": 0, "success_at_launch": 0.05, "fed_back": 1, "fixed_per_week": 0.3,
    }  # fmt: skip
    found = weeks_of(desk(12), Course(weeks=9, launches=launch))
    trap = found.assisted["trap"].tolist()
    assert trap[:3] == [False, True, True]
    assert trap[-1] is False
    assert "deflection trap" in found.sentence
    offered = [result.value("offered", "phone", "channel") * DAYS for result in found.results]
    assert found.assisted["mean"].tolist() == pytest.approx(offered)


# -- people ------------------------------------------------------------------------------------------


def test_headcounts_follow_the_flows_counted_by_hand():
    asked = Course(
        weeks=9,
        hours_per_week=40,
        learning={"new_handle_time": 1.5, "months": 2},
        people={"attrition_per_year": 0.6, "hires": [
            {"group": "agents", "size": 4, "week": 2, "training_days": 15, "cost_per_hire": 100},
            {"group": "agents", "size": 2, "week": 5, "training_days": 0, "ramp": [0.5, 0.8]},
        ]},
    )  # fmt: skip
    found = weeks_of(desk(20), asked, replications=1)
    leave = 1 - math.exp(-0.6 * 7 / 365.25)
    old, first, second = 20 * 10 * DAYS / 40, 0.0, 0.0
    for week in range(1, 10):
        first += 4 if week == 2 else 0
        second += 2 if week == 5 else 0
        on_floor = old + second + (first if week >= 5 else 0)  # 15 days are three weeks
        speed = old + second * {5: 0.5, 6: 0.8}.get(week, 1)
        if week >= 5:
            speed += first / (1 + 0.5 * 0.05 ** ((week - 5 + 0.5) / (2 * WEEKS_PER_MONTH)))
        crew = found.numbers[week - 1].crews["agents"]
        assert (crew.employed, crew.on_floor) == pytest.approx((old + first + second, on_floor))
        assert crew.slowness == pytest.approx(on_floor / speed)
        group = found.scenarios[week - 1].groups["agents"]
        assert group.staff["08:00"] == pytest.approx(20 * on_floor / 25)
        assert group.skills["phone"].handle_time == pytest.approx(on_floor / speed)
        beside = (0 if week >= 5 else first) * 40 * group.pay_per_hour + (400 if week == 2 else 0)
        assert found.numbers[week - 1].other_cost == pytest.approx(beside)
        old, first, second = (number * (1 - leave) for number in (old, first, second))


def test_nobody_leaves_and_newcomers_are_at_once_as_fast():
    people = {"attrition_per_year": 0, "hires": {"group": "agents", "size": 5, "week": 2, "training_days": 0}}
    asked = Course(weeks=2, learning={"months": 0}, people=people)
    crew = crews(asked, {"agents": 10.0}, 2)["agents"]
    assert (crew.employed, crew.on_floor, crew.share, crew.slowness) == (15, 15, 1.5, 1.0)
    assert crews(asked, {"agents": 10.0}, 1)["agents"].share == 1.0
    assert asked.learning.new_handle_time == 1.5


def test_a_headcount_given_is_what_a_class_is_measured_against():
    hires = {"group": "agents", "size": 5, "training_days": 0}
    people = {"attrition_per_year": 0, "headcount": {"agents": 50}, "hires": hires}
    found = weeks_of(desk(20), Course(weeks=1, people=people), replications=1)
    assert found.scenarios[0].groups["agents"].staff["08:00"] == pytest.approx(22)


def test_agents_of_two_speeds_work_as_one_group_of_the_harmonic_mean():
    """All are busy all day: a fast and a slow half handle what equal agents of the harmonic mean do."""
    flooded = desk(20, 6000)
    skills = {"agents": 1.0, "slow": 1.6}
    halves = {
        name: {
            "skills": {"phone": {"handle_time": factor}},
            "staff": {"08:00": 10, "18:00": 0},
            "shrinkage": 0,
        }
        for name, factor in skills.items()
    }
    two = run(replace(flooded, "groups", halves), 8, seed=1)
    mean = together([(10, 1.0), (10, 1.6)])
    assert mean == pytest.approx(2 / (1 + 1 / 1.6))
    one = run(replace(flooded, "groups.agents.skills.phone.handle_time", mean), 8, seed=1)
    handled = [result.value("handled", "phone", "channel") for result in (two, one)]
    assert handled[0] == pytest.approx(handled[1], rel=0.02)


def test_service_recovers_once_a_class_is_on_the_floor():
    people = {
        "attrition_per_year": 5,
        "hires": {"group": "agents", "size": 8, "week": 2, "training_days": 21},
    }
    found = weeks_of(desk(7), Course(weeks=8, people=people))
    assert found.recovered("service_level", "phone", "channel") == 5
    alone = weeks_of(desk(7), Course(weeks=8, people={"attrition_per_year": 5}))
    assert alone.recovered("service_level", "phone", "channel") is None
    assert "has not recovered by then" in alone.sentence
    assert alone.recovered("agent_cost", "agents", "group") == 1
    with pytest.raises(KeyError, match="no week has"):
        found.over_weeks("asa_seconds", "bot", "channel")


# -- training ----------------------------------------------------------------------------------------


def test_hours_of_training_are_missing_on_the_floor_and_paid():
    asked = Course(
        weeks=3, training={"week": 1, "weeks": 2, "hours": 8, "handle_time": 1, "cost_per_agent": 30}
    )
    found = weeks_of(desk(40), asked)
    base, first, last = found.base, found.results[0], found.results[2]

    def hours(result, measure):
        return result.value(measure, "agents", "group")

    heads = 40 * 10 * DAYS / 40
    missing = (hours(base, "staffed_hours") - hours(base, "overtime_hours")) - (
        hours(first, "staffed_hours") - hours(first, "overtime_hours")
    )
    assert missing * DAYS == pytest.approx(heads * 8 / 2)
    assert hours(first, "paid_hours") == hours(base, "paid_hours")
    assert state(found, "hours off the floor", "all").tolist() == pytest.approx([heads * 4] * 2 + [0])
    assert state(found, "cost beside", "all").tolist() == pytest.approx([heads * 30, 0, 0])
    assert last.scenario == desk(40)
    paid = sum(one.value("cost_total") for one in found.results) * DAYS
    assert found.whole.set_index("total").loc["cost", "mean"] == pytest.approx(paid + heads * 30)


def test_training_is_repaid_when_the_hours_saved_add_up_to_the_hours_off_the_floor():
    """Nobody waits at such a desk, so that the saving is a tenth of the hours with contacts, week by week."""
    base = desk(60, 6000)
    asked = Course(name="trained", weeks=12, training={"weeks": 1, "hours": 6, "handle_time": 0.9})
    found = compare_courses(base, Course(weeks=12), [asked], replications=REPLICATIONS, seed=3)
    alone = run(base, REPLICATIONS, seed=3)
    busy = DAYS * sum(alone.value(f"{what}_hours", "agents", "group") for what in ("busy", "overtime"))
    spent = 60 * 10 * DAYS / 40 * 6
    weeks = math.ceil(spent / (0.1 * busy)) + 1  # after the week of training
    row = found.break_even[found.break_even["total"] == "work_hours"].iloc[0]
    assert row["week"] == weeks
    assert row["earliest"] <= weeks <= row["latest"]
    assert f"repaid in week {weeks}" in found.sentence
    extra = found.whole.query("course == 'trained' and total == 'work_hours'")["delta"].item()
    assert extra == pytest.approx(spent - 11 * 0.1 * busy, rel=0.02)


def test_what_was_learnt_is_forgotten_and_resolution_goes_by_the_hours():
    base = replace(
        desk(30), "groups",
        {name: {"skills": {"phone": {}}, "staff": {"08:00": agents, "18:00": 0}, "shrinkage": 0}
         for name, agents in (("agents", 10), ("others", 30))},
    )  # fmt: skip
    training = {
        "groups": "agents",
        "weeks": 1,
        "handle_time": 0.8,
        "resolution_points": 8,
        "half_life_weeks": 1,
    }
    found = weeks_of(base, Course(weeks=4, training=training), replications=1)
    speeds = [one.groups["agents"].skills["phone"].handle_time for one in found.scenarios]
    assert speeds == pytest.approx([1, 0.8, 0.9, 0.95])
    assert [one.channels["phone"].resolution for one in found.scenarios] == pytest.approx(
        [0.7, 0.72, 0.71, 0.705]
    )
    assert {one.groups["others"].skills["phone"].handle_time for one in found.scenarios} == {1.0}


# -- what one week does to the next ------------------------------------------------------------------


def test_exhaustion_follows_from_the_occupancy_of_the_week_before():
    burnout = {"ceiling": 0.6, "handle_time": 0.1, "absence": 0.05, "memory": 0.5}
    base = desk(8, 2400)
    found = weeks_of(base, Course(weeks=4, burnout=burnout))
    scenario, exhaustion = base, 0.0
    for week in range(4):
        assert found.scenarios[week] == scenario
        alone = run(scenario, REPLICATIONS, seed=3)
        same(found.results[week].summary, alone.summary)
        exhaustion = 0.5 * exhaustion + max(alone.value("occupancy", "agents", "group") - 0.6, 0)
        factor, away = 1 + 0.1 * 10 * exhaustion, 0.05 * 10 * exhaustion
        scenario = replace(base, "groups.agents.skills.phone.handle_time", round(factor, 9))
        scenario = replace(scenario, "groups.agents.shrinkage", round(1 - (1 - away), 12))
    assert found.results[1].value("aht_seconds", "phone", "channel") > found.base.value(
        "aht_seconds", "phone", "channel"
    )


def test_95_per_cent_occupancy_is_not_efficient():
    """Who is busier than the ceiling gets less done later: the loop does it, under the same customers."""
    burnout = {"ceiling": 0.85, "handle_time": 0.1, "absence": 0.05}
    plain, worn = Course(weeks=6, name="plain"), Course(weeks=6, burnout=burnout, name="worn")
    for base, worse in ((desk(6, 2400), True), (desk(12, 2400), False)):
        found = compare_courses(base, plain, worn, replications=8, seed=3)
        resolved = found.whole.query("course == 'worn' and total == 'resolved'")
        assert (resolved["verdict"].item() == "lower") is worse
        assert (found.results["worn"].scenarios == (base,) * 6) is not worse
        if worse:
            assert found.results["worn"].base.value("occupancy", "agents", "group") > 0.9
            assert "above the ceiling of 85%" in found.results["worn"].sentence


def test_who_is_unhappy_is_counted_a_second_way_from_the_cases(result):
    """Given up, or resolved and told of: 1% after the least effort to 81% after the most, by ease."""
    cases = result.cases
    ended = cases["resolved"].astype(bool)
    ease = np.exp(-cases["effort"] / 4.5)
    each = (cases["outcome"] == "given_up") + ended * (0.81 - 0.80 * ease)
    assert 0 < each.sum() < len(cases)
    assert unhappy(result) == pytest.approx(each.sum() / result.replications, rel=1e-6)


def test_one_bad_hour_costs_something_a_week_later():
    outage = {"what_if": {"kind": "channel_outage", "channel": "portal", "start": "10:00", "end": "11:00"},
              "week": 2, "until": 2}  # fmt: skip
    social = {"posting": 0.3, "contacts_per_post": 2}
    found = weeks_of(DESK, Course(weeks=4, planned=outage, social=social))
    quiet, bad, later, after = found.scenarios
    assert quiet == DESK
    assert bad == ChannelOutage(channel="portal", start="10:00", end="11:00").apply(DESK)
    normal = 0.3 * unhappy(found.base)
    made = 0.3 * unhappy(found.results[1]) - normal
    assert state(found, "posts above normal", "all")[1] == pytest.approx(made * DAYS)
    volume = 1 + 2 * made / found.base.value("cases")
    assert later.intents["ask"].volume.per_day == pytest.approx(600 * volume)
    assert found.over_weeks("cases").loc[2, "verdict"] == "higher"
    # Those contacts make some customers unhappy in their turn, but fewer.
    assert 600 < after.intents["ask"].volume.per_day < later.intents["ask"].volume.per_day
    alone = weeks_of(DESK, Course(weeks=4, planned=outage))
    assert alone.scenarios[2:] == (DESK, DESK)
    same(alone.results[1].summary, found.results[1].summary)


def test_posts_go_on_telling():
    outage = {"what_if": {"kind": "channel_outage", "channel": "portal", "start": "09:00", "end": "12:00"},
              "week": 1, "until": 1}  # fmt: skip
    social = {"posting": 0.3, "contacts_per_post": 1e-9}
    kept = weeks_of(DESK, Course(weeks=3, planned=outage, social={**social, "memory": 0.5}), replications=1)
    first, second = (one.carried.posts for one in kept.numbers[1:])
    assert second == pytest.approx(0.5 * first, rel=1e-3)


def test_a_shock_decays_and_is_smaller_when_announced():
    shock = {"week": 2, "handle_time": 0.4, "half_life_weeks": 1}
    found = weeks_of(DESK, Course(weeks=4, shocks=shock), replications=1)
    assert state(found, "handle-time factor", "agents").tolist() == pytest.approx([1, 1.4, 1.2, 1.1])
    told = weeks_of(
        DESK, Course(weeks=2, shocks={**shock, "announced": True, "announced_part": 0.25}), replications=1
    )
    assert state(told, "handle-time factor", "agents").tolist() == pytest.approx([1, 1.1])
    gone = weeks_of(DESK, Course(weeks=3, shocks={**shock, "half_life_weeks": 0}), replications=1)
    assert gone.scenarios[2] == DESK


def test_planned_what_ifs_hold_from_week_to_week():
    more = {"kind": "change_staff", "by": 2}
    found = weeks_of(DESK, Course(weeks=4, planned={"what_if": more, "week": 2, "until": 3}), replications=1)
    with_more = ChangeStaff(by=2).apply(DESK)
    assert found.scenarios == (DESK, with_more, with_more, DESK)


def test_groups_that_a_planned_what_if_makes_keep_their_numbers():
    split = {"kind": "cross_train", "team": "agents", "channel": "chat", "share": 0.5}
    base = replace(desk(20), "channels", {**written(DESK)["channels"], "chat": {"mode": "concurrent"}})
    asked = Course(
        weeks=3, planned={"what_if": split, "week": 2}, people={"attrition_per_year": 1}, burnout={}
    )
    found = weeks_of(base, asked, replications=1)
    staff = {name: group.staff["08:00"] for name, group in found.scenarios[2].groups.items()}
    assert staff == {"agents": pytest.approx(10 * staying(2, 1)), "agents_trained": 10}
    assert found.results[2].plan.groups == ("agents", "agents_trained")


def test_more_contacts_without_a_launch_are_no_trap():
    twice = {"what_if": {"kind": "scale_volume", "factor": 2}, "week": 2}
    found = weeks_of(DESK, Course(weeks=2, planned=twice)).assisted
    assert found["verdict"].tolist() == ["no clear difference", "higher"]
    assert not found["trap"].any()


# -- tables ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def changed():
    asked = Course(weeks=3, shocks={"week": 2}, people={"attrition_per_year": 1})
    return compare_courses(
        DESK, Course(weeks=4, name="as it is"), {"busy": asked}, replications=REPLICATIONS, seed=3
    )


def test_tables_have_the_columns_that_are_described(changed):
    found = changed.results["busy"]
    for table, columns in COLUMNS.items():
        assert list(getattr(found, table).columns) == list(columns), table
    assert set(found.weeks["scope"]) == set(SCOPES)
    assert found.weeks["week"].max() == 3
    assert found.complete
    assert changed.complete
    assert list(found.whole["total"]) == [one.name for one in TOTALS]


def test_weeks_are_the_summaries_of_single_runs(changed):
    found = changed.results["busy"]
    for week, result in enumerate(found.results, start=1):
        rows = found.weeks[found.weeks["week"] == week].reset_index(drop=True)
        same(rows[["scope", "name", "measure", "mean", "half_width"]],
             result.summary[["scope", "name", "measure", "mean", "half_width"]])  # fmt: skip


def test_the_whole_is_the_sum_of_the_weeks(changed):
    found = changed.results["busy"]
    cost = sum(result.value("cost_total") for result in found.results) * DAYS
    whole = changed.whole.set_index(["course", "total"])
    assert whole.loc[("busy", "cost"), "mean"] == pytest.approx(cost)
    other = found.base.value("cost_total") * DAYS * 3
    assert whole.loc[("busy", "cost"), "delta"] == pytest.approx(
        cost - other
    )  # of the three weeks that both have
    assert whole.loc[("as it is", "cost"), "delta"] == 0
    rows = changed.weeks.query("course == 'busy' and week == 2 and measure == 'aht_seconds'")
    assert rows["delta"].item() == pytest.approx(
        found.results[1].value("aht_seconds", "phone", "channel")
        - found.base.value("aht_seconds", "phone", "channel")
    )


def test_a_week_is_five_days_or_seven_or_as_asked():
    week = replace(DESK, "calendar.days", 7)
    for base, asked, days in ((DESK, None, 5), (week, None, 7), (DESK, 6.5, 6.5)):
        found = weeks_of(base, Course(weeks=1, days_per_week=asked), replications=1)
        simulated = base.calendar.days
        contacts = found.base.value("contacts") * days / simulated
        assert found.whole.set_index("total").loc["contacts", "mean"] == pytest.approx(contacts)


def test_break_even_is_the_week_from_which_the_sum_stays_below():
    def by(*extra):
        return break_even(np.array(extra, float))

    assert by([4, -1, -1, -1, -1], [4, -1, -1, -1, -1]) == (5, 5, 5)
    assert by([4, -1, -1], [4, -1, -1]) == (None, None, None)
    assert by([-1, -1], [-1, -1]) == (1, 1, 1)
    assert by([2, -3, 3, -3], [2, -3, 3, -3])[0] == 4  # it was above again in between
    week, earliest, latest = by(
        [4, -1, -1, -1, -1, -1, -1], [4, -2, -2, -2, -2, -2, -2], [4, -3, -3, -3, -3, -3, -3]
    )
    assert (week, earliest) == (3, 2)
    assert latest is None or latest > 3


def test_what_a_planner_reads():
    trained = Course(weeks=2, name="trained", training={"weeks": 1, "hours": 1, "handle_time": 0.2})
    found = compare_courses(desk(30, 3000), Course(weeks=2, name="as it is"), trained, replications=3, seed=3)
    assert re.fullmatch(
        r"Trained costs (£\d+ ± \d+ less than|neither clearly more nor less than) as it is.*; "
        r"agents' hours spent on it are repaid in week 2 \(2 to 2\)\.",
        found.sentence,
    )
    out = Console(file=StringIO(), width=160)
    show_courses(found, out)
    text = out.file.getvalue()
    assert "Desk: trained, 2 weeks, 3 replications of each" in text
    assert "agents: Occupancy" in text
    assert found.sentence in " ".join(text.split())
    nothing = compare_courses(DESK, NOTHING, [NOTHING], replications=2)
    assert "takes no more of agents' hours in any week" in nothing.sentence


def test_weeks_are_told_as_people_say_them():
    assert [span(weeks) for weeks in ([3], [2, 3, 4], [1, 3, 4, 7])] == [
        "week 3", "weeks 2–4", "weeks 1, 3–4 and 7",
    ]  # fmt: skip


# -- any course --------------------------------------------------------------------------------------

GROUPS = {
    "agents": {"skills": {"phone": {}}, "staff": {"08:00": 3, "18:00": 0}, "shrinkage": 0},
    "more": {"skills": {"phone": {}}, "staff": {"09:00": 4.5, "17:00": 0}, "shrinkage": 0.3},
}
SEGMENTS = {"young": {"share": 0.6}, "old": {"share": 0.4}}
TWO = replace(replace(DESK, "groups", GROUPS), "segments", SEGMENTS)
share, factor = st.floats(0, 1), st.floats(0.5, 2)
launches = st.builds(
    Launch, channel=st.builds(LaunchChannel, name=st.just("bot"), share=share, success=share, induced=share),
    week=st.integers(1, 9), weeks_to_half=st.floats(0, 9), imitation=st.floats(0, 99),
    success_at_launch=share, fed_back=share, fixed_per_week=share,
    pilot_share=share, pilot_weeks=st.integers(0, 9),
)  # fmt: skip
peoples = st.builds(
    People, attrition_per_year=st.floats(0, 5),
    hires=st.lists(st.builds(HiringClass, group=st.sampled_from(["agents", "more"]), size=st.floats(0, 40),
                             week=st.integers(1, 9), training_days=st.integers(0, 40)), max_size=3),
)  # fmt: skip
trainings = st.builds(
    Training, groups=st.none() | st.just(("more",)), week=st.integers(1, 9), hours=st.floats(0, 18),
    weeks=st.integers(1, 3), handle_time=factor, resolution_points=st.floats(-20, 20),
    half_life_weeks=st.none() | st.floats(0.5, 9),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    launch=launches, people=peoples, training=trainings, shock=st.builds(Shock, week=st.integers(1, 9)),
    burnout=st.builds(Burnout, handle_time=share, absence=share), months=st.floats(0, 20),
    exhaustion=st.floats(0, 5), posts=st.floats(-20, 20), week=st.integers(1, 12),
)  # fmt: skip
def test_every_week_of_any_course_is_a_sound_scenario(
    launch, people, training, shock, burnout, months, exhaustion, posts, week
):
    asked = Course(
        weeks=12, launches=launch, people=people, training=training, shocks=shock, burnout=burnout, social={},
        learning={"months": months},
    )  # fmt: skip
    carried = Carried({"agents": exhaustion}, posts)
    now = week_of(asked, TWO, {"agents": 12.0, "more": 5.0}, week, carried)
    scenario = scenario_of(asked, TWO, now)
    assert check(scenario) == []
    for crew in now.crews.values():
        assert 0 <= crew.on_floor <= crew.employed + 1e-9
        assert 1 <= crew.slowness <= asked.learning.new_handle_time
    for one in now.launched:
        before = week_of(asked, TWO, {"agents": 12.0, "more": 5.0}, week - 1, carried).launched
        for segment in TWO.segments:
            assert 0 <= one.taken_up[segment] <= 1
            assert not before or before[0].taken_up[segment] <= one.taken_up[segment] + 1e-12
            expected = scenario.segments[segment].adoption.get("bot", 0.0)
            assert one.adoption[segment] == pytest.approx(expected)
        assert launch.success_at_launch - 1e-12 <= one.success <= 1


# -- asking ------------------------------------------------------------------------------------------


def test_what_is_wrong_is_told_before_anything_is_simulated():
    told = []
    with pytest.raises(RunError) as error:
        course(DESK, Course(weeks=2, shocks={"groups": "agentz"}), replications=0, seed=-1,
               progress=lambda *one: told.append(one))  # fmt: skip
    assert {one.field for one in error.value.problems} == {"replications", "seed", "course: shocks.0.groups"}
    with pytest.raises(RunError, match="Course"):
        course(DESK, {"weeks": 3})
    launch = {"channel": {"name": "portal"}, "week": 2}
    with pytest.raises(ScenarioError) as refused:
        course(DESK, Course(weeks=3, launches=launch), progress=lambda *one: told.append(one))
    assert refused.value.problems[0].field == "in week 2: name"
    assert told == []


def test_progress_counts_all_weeks_and_equal_weeks_are_simulated_once():
    told = []
    asked = Course(weeks=3, shocks={"week": 3})
    found = weeks_of(DESK, asked, progress=lambda *one: told.append(one), workers=1)
    assert told[-1] == (4 * REPLICATIONS, 4 * REPLICATIONS)
    assert told == sorted(told)
    assert found.results[0] is found.results[1] is found.base


def test_a_cancelled_course_has_the_weeks_that_were_finished():
    stop = threading.Event()

    def after_two_weeks(done, _):
        if done >= 3 * REPLICATIONS:
            stop.set()

    asked = Course(weeks=5, shocks={"half_life_weeks": 3})
    found = weeks_of(DESK, asked, progress=after_two_weeks, cancel=stop, workers=1)
    assert (len(found.results), found.complete) == (2, False)
    assert found.weeks["week"].max() == 2
    stop.set()
    with pytest.raises(RunCancelledError):
        weeks_of(DESK, asked, cancel=stop)


def test_courses_of_the_same_name_are_told_apart():
    found = compare_courses(DESK, NOTHING, [NOTHING, Course(weeks=1)], replications=1)
    assert list(found.results) == ["nothing", "nothing 2", "course"]
    assert (found.whole["delta"] == 0).all()
    assert found.reference == "nothing"


def test_a_scenario_without_agents_has_weeks_too():
    machine = Scenario(
        name="Portal",
        calendar={"start": "2026-03-02"},
        intents={"ask": {"volume": {"per_day": 40}, "first_channel": {"portal": 1}}},
        channels={"portal": {"mode": "self_service"}},
    )
    found = weeks_of(machine, Course(weeks=2, social={}), replications=2)
    assert found.scenarios == (machine, machine)
    assert found.sentence == "There is no phone channel to tell of: read the tables."


# -- backlogs ----------------------------------------------------------------------------------------

POST = Scenario(
    name="Post",
    calendar={"start": "2026-03-02", "interval": "1 h"},
    intents={"letter": {"volume": {"per_day": 240, "counts": "exact"}, "first_channel": {"mail": 1}}},
    channels={"mail": {"mode": "deferred", "handle_time": "20 min", "resolution": 1}},
    groups={"clerks": {"skills": {"mail": {}}, "staff": {"00:00": 4}, "shrinkage": 0}},
)
"""288 letters can be answered in a day, 48 more than come."""


def away(weeks, agents):
    return {
        "what_if": {"kind": "change_staff", "groups": ["clerks"], "by": -agents},
        "week": 2,
        "until": 1 + weeks,
    }


def test_what_a_week_leaves_over_waits_when_the_next_one_begins():
    """A clerk is away for a week: 216 letters are answered of 240. The next has room for 48 more."""
    found = weeks_of(POST, Course(weeks=4, planned=away(1, 1)))
    begins = [one.channels["mail"].backlog for one in found.scenarios]
    assert begins[:2] == [0, 0]
    left = [float(unfinished) for unfinished in found.over_weeks("unfinished", "mail", "channel")["mean"]]
    usual = found.base.value("unfinished", "mail", "channel")
    assert left[1] - usual == pytest.approx(240 - 3 * 72, abs=3)
    assert begins[2] == round(left[1] - usual)
    assert begins[3] == 0, "it has been dealt with"
    above = [cases - usual for cases in left[:3]]
    assert state(found, "backlog above normal", "mail").tolist() == pytest.approx(above)
    replies = found.over_weeks("wait_seconds_mean", "mail", "channel")["mean"]
    assert replies[2] > 2 * replies[0]
    assert replies[3] == replies[0]


def test_a_backlog_grows_while_there_are_too_few_and_is_worked_off_after():
    found = weeks_of(POST, Course(weeks=7, planned=away(2, 1)))
    begins = [one.channels["mail"].backlog for one in found.scenarios]
    assert begins[:3] == [0, 0, pytest.approx(24, abs=3)]
    assert begins[3] == pytest.approx(48, abs=5)
    assert begins[4] < 6, "48 more than come are answered in a week"
    assert begins[5:] == [0, 0]


def test_what_the_scenario_itself_leaves_over_is_no_change():
    """As it stands two clerks are too few: that is what all weeks are compared with."""
    short = replace(POST, "groups.clerks.staff", {"00:00": 2})
    found = weeks_of(short, Course(weeks=3))
    assert found.base.value("unfinished", "mail", "channel") > 90
    assert found.scenarios == (short,) * 3
    better = weeks_of(replace(short, "channels.mail.backlog", 30), Course(weeks=3, planned=away(3, -1)))
    assert [one.channels["mail"].backlog for one in better.scenarios] == [30, 30, 0], (
        "fewer, and never below 0"
    )
