"""What-ifs about customers, agents and people do what planners expect, clearly: the paired interval lies on
one side of zero; at strength 0 not a bit changes; and one point of resolution saves what surveys say."""

from __future__ import annotations

import math

import numpy as np
import pytest

import scenarios
import sim
from scenarios import Scenario
from scenarios.parameters import parameter
from scenarios.paths import replace, written
from scenarios.whatifs import (
    CarryContext,
    ChangeStaff,
    CrossTrain,
    CustomerMix,
    FirstChoice,
    FirstContactResolution,
    PoolGroups,
    RemoveFailureDemand,
    UnifyDesktop,
    WhatIf,
)
from tests.sim.effects import change, moves

CENTRE = Scenario(
    name="Small centre",
    calendar={"start": "2026-03-02", "interval": "30 min"},
    segments={
        "gen_z": {"share": 0.3, "self_service_success": 1.1},
        "boomer": {"share": 0.3, "self_service_success": 0.7, "patience": 1.3},
        "other": {"share": 0.4},
    },
    intents={
        "bill": {
            "volume": {"per_day": 900, "profile": "office_hours"},
            "first_channel": {"site": 0.6, "phone": 0.4},
        },
        "locked_out": {
            "demand": "failure",
            "volume": {"per_day": 300, "profile": "office_hours"},
            "first_channel": {"site": 0.4, "phone": 0.6},
        },
    },
    channels={
        "site": {"mode": "self_service", "success": {"default": 0.75, "locked_out": 0.4}},
        "phone": {"mode": "live", "open": {"daily": "08:00-20:00"}},
        "chat": {"mode": "concurrent", "open": {"daily": "08:00-20:00"}},
    },
    next_steps=[
        {"after": "site", "outcome": "failed", "go": {"phone": 0.6, "chat": 0.2}, "delay": "3 min"},
        {"after": "phone", "outcome": "abandoned", "go": {"phone": 0.5}, "delay": "10 min"},
        {"after": "phone", "outcome": "unresolved", "go": {"phone": 0.8}, "delay": "1 h"},
        {"after": "chat", "outcome": "unresolved", "go": {"phone": 0.8}, "delay": "1 h"},
    ],
    frustration={"handle_time": 0.2},
    groups={
        "callers": {
            "skills": {"phone": {}},
            "staff": {"08:00": 8, "09:00": 13, "17:00": 7, "20:00": 0},
            "shrinkage": 0,
        },
        "chatters": {"skills": {"chat": {}}, "staff": {"08:00": 4, "20:00": 0}, "shrinkage": 0},
    },
)
REPLICATIONS = 10

CASES: dict[str, tuple[WhatIf, dict[str, str]]] = {
    "better resolution spares repeat calls": (
        FirstContactResolution(points=5),
        {
            "cases": "0", "first_contact_resolution": "+", "contacts_per_case": "-", "phone offered": "-",
            "phone asa_seconds": "-", "direct_cost_per_case": "-", "ease_score": "+",
        },
    ),
    "better resolution of one intent is felt by all": (
        FirstContactResolution(points=15, channels=("phone",), intents=("locked_out",)),
        {"locked_out contacts_per_case": "-", "phone asa_seconds": "-"},
    ),
    "a root cause fixed takes contacts away for good": (
        RemoveFailureDemand(removed=0.3),
        {
            "cases": "-", "failure_demand_share": "-", "phone offered": "-", "phone asa_seconds": "-",
            "phone abandonment": "-", "bill cases": "0",
        },
    ),
    "more customers who fail online ring up": (
        CustomerMix(segment="boomer", share=0.45),
        {
            "cases": "0", "spillover_to_phone": "+", "phone offered": "+", "phone asa_seconds": "+",
            "ease_score": "-",
        },
    ),
    "patient customers give up less and wait longer": (
        CustomerMix(segment="other", patience=2),
        {"phone abandonment": "-", "phone asa_seconds": "+", "spillover_to_phone": "0"},
    ),
    "helping one segment online spares calls": (
        CustomerMix(segment="boomer", self_service_success=1.3),
        {"spillover_to_phone": "-", "phone offered": "-", "contacts_per_case": "-", "ease_score": "+"},
    ),
    "if the young prefer to call, the phone drowns": (
        FirstChoice(study="polyai_2025"),
        {"cases": "0", "phone offered": "+", "phone service_level": "-", "phone abandonment": "+"},
    ),
    "if the young prefer self-service, it does not": (
        FirstChoice(study="medallia_2022"),
        {"cases": "0", "phone offered": "-", "phone asa_seconds": "-"},
    ),
    "a second skill shortens one queue and costs the other": (
        CrossTrain(team="chatters", channel="phone"),
        {
            "phone asa_seconds": "-", "phone service_level": "+", "chat asa_seconds": "+",
            "chat service_level": "-", "direct_cost_per_case": "+",
        },
    ),
    "a part trained slowly still helps, at a price": (
        CrossTrain(team="chatters", channel="phone", share=0.5, handle_time=1.6, own_speed=1.2),
        {"phone asa_seconds": "-", "phone aht_seconds": "+", "chat aht_seconds": "+"},
    ),
    "a pool answers sooner than two queues": (
        PoolGroups(handle_time=1.0),
        {"phone asa_seconds": "-", "phone service_level": "+", "phone abandonment": "-"},
    ),
    "one system instead of five": (
        UnifyDesktop(),
        {
            "phone aht_seconds": "-", "chat aht_seconds": "-", "phone asa_seconds": "-",
            "direct_cost_per_case": "-",
        },
    ),
    "one system more": (
        UnifyDesktop(before=5, after=6),
        {"phone aht_seconds": "+", "phone asa_seconds": "+", "phone service_level": "-"},
    ),
    "context carried makes repeat contacts shorter": (
        CarryContext(),
        {
            "phone aht_seconds": "-", "phone asa_seconds": "-", "direct_cost_per_case": "-",
            "effort_repeating_information": "-", "effort": "-", "ease_score": "+",
        },
    ),
}  # fmt: skip

NOTHING: list[WhatIf] = [
    FirstContactResolution(points=0),
    FirstContactResolution(points=0, intents=("bill",)),
    RemoveFailureDemand(removed=0),
    CustomerMix(segment="boomer", share=0.3),
    FirstChoice(study="as_they_are"),
    CrossTrain(team="chatters", channel="phone", share=0),
    UnifyDesktop(before=5, after=5),
    CarryContext(share=0),
]


@pytest.fixture(scope="module")
def comparison() -> sim.Comparison:
    """All what-ifs of this module on the same customers."""
    variants = {name: whatif.apply(CENTRE) for name, (whatif, _) in CASES.items()}
    return sim.compare(CENTRE, variants, replications=REPLICATIONS, seed=3)


@pytest.mark.parametrize("name", CASES)
def test_the_headline_moves_as_it_should(comparison: sim.Comparison, name: str) -> None:
    moves(comparison, name, CASES[name][1])


@pytest.mark.parametrize("whatif", NOTHING, ids=lambda whatif: repr(whatif)[:50])
def test_at_strength_0_the_very_same_scenario_is_simulated(whatif: WhatIf) -> None:
    assert whatif.apply(CENTRE) is CENTRE


def test_who_is_left_after_a_fix_is_who_was_there_before() -> None:
    before = sim.run(CENTRE, replications=1, seed=5).cases.set_index("key")
    after = sim.run(RemoveFailureDemand(removed=0.4).apply(CENTRE), replications=1, seed=5).cases.set_index(
        "key"
    )
    assert set(after.index) < set(before.index)
    assert (after.first_channel.astype(str) == before.loc[after.index].first_channel.astype(str)).all()


def test_a_fix_on_the_second_day_leaves_the_first_as_it_was() -> None:
    week = Scenario(**{**written(CENTRE), "calendar": {"start": "2026-03-02", "days": 2}})
    fixed = RemoveFailureDemand(removed=0.5, from_day=1).apply(week)
    table = sim.compare(week, {"fixed": fixed}, replications=4, seed=2).interval_summary
    offered = table[(table.channel == "phone") & (table.measure == "offered")]
    was, now = (
        offered[offered.scenario == name].sort_values("start_seconds")["mean"].to_numpy()
        for name in ("baseline", "fixed")
    )
    day = len(was) // 2
    assert np.array_equal(was[:day], now[:day])
    assert now[day:].sum() < was[day:].sum()


def test_splitting_a_group_for_training_loses_nobody() -> None:
    # Always as many: where a schedule falls, it matters which of two groups the idle agents belong to.
    always = replace(CENTRE, "groups.callers.staff", {"00:00": 10})
    hardly = CrossTrain(team="callers", channel="phone", share=0.3, priority=1, handle_time=1).apply(always)
    assert {name: one.staff for name, one in hardly.groups.items() if name != "chatters"} == {
        "callers": {"00:00": 7},
        "callers_trained": {"00:00": 3},
    }
    table = sim.compare(always, {"split": hardly}, replications=3, seed=1).summary
    changed = table[(table.scenario == "split") & (table.scope == "channel")]
    assert (changed.delta.fillna(0) == 0).all(), "agents of the same priority are pooled"


# -- one point of resolution -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def point() -> sim.Comparison:
    """A centre of average size, with one point more resolution; and then with 1% fewer agents too."""
    base = scenarios.load("average_centre")
    better = FirstContactResolution(points=1).apply(base)
    fewer = ChangeStaff(percent=-1).apply(better)
    return sim.compare(base, {"better": better, "better, fewer": fewer}, replications=20, seed=4)


def relative(comparison: sim.Comparison, scenario: str, measure: str) -> tuple[float, float]:
    """The paired difference and its half-width, as shares of the baseline."""
    table = comparison.summary
    found = table[(table.scope == "all") & (table.measure == measure)].set_index("scenario")
    base = found.loc["baseline", "mean"]
    return found.loc[scenario, "delta"] / base, found.loc[scenario, "delta_half_width"] / base


def test_the_average_centre_has_the_published_size(point: sim.Comparison) -> None:
    table = point.summary[point.summary.scenario == "baseline"].set_index(["name", "measure"])["mean"]
    assert table["all", "cost_total"] / 7 * 365 == pytest.approx(27.6e6, rel=0.01)
    a_call = table["all", "cost_total"] / table["phone", "answered"]
    assert a_call == pytest.approx(parameter("money.cost_per_call").default, rel=0.05)
    assert 0.8 < table["phone", "service_level"] < 0.9


def test_one_point_of_resolution_saves_about_one_per_cent_of_what_calls_cost(point: sim.Comparison) -> None:
    published = parameter("money.saving_per_point_resolution")
    assert published.low is not None
    assert published.high is not None
    saved, half_width = relative(point, "better", "direct_cost_per_case")
    assert half_width < 0.001
    assert published.low < -saved - half_width
    assert -saved + half_width < published.high
    assert -saved == pytest.approx(published.default, abs=0.002)


def test_with_staff_to_match_the_whole_cost_falls_by_about_one_per_cent(point: sim.Comparison) -> None:
    saved, half_width = relative(point, "better, fewer", "cost_total")
    assert -saved == pytest.approx(0.01, abs=0.002)
    assert half_width < 0.001
    yearly = -saved * 27.6e6
    assert 256e3 * 0.9 < yearly < 286e3 * 1.1, "published: 256,000 to 286,000 a year"
    delta, _ = change(point, "better, fewer", "phone service_level")
    assert abs(delta) < 0.015, "service stays as it was"
    assert not math.isnan(delta)


def test_where_a_share_is_told_less_effort_falls_by_that_share() -> None:
    plain = CENTRE.model_copy(
        update={"frustration": CENTRE.frustration.model_copy(update={"handle_time": 0.0})}
    )
    half, all_of_it = (CarryContext(share=share).apply(plain) for share in (0.5, 1.0))
    table = sim.compare(plain, {"half": half, "all": all_of_it}, replications=2, seed=3).summary
    wide = table[table.scope == "all"].pivot_table(index="measure", columns="scenario", values="mean")
    told = wide.loc["effort_repeating_information"]
    assert told["half"] == pytest.approx(told["baseline"] / 2, rel=1e-3)  # points are multiples of 1/1024
    assert told["baseline"] > 0 == told["all"]
    rest = wide.loc["effort"] - told
    assert rest["half"] == pytest.approx(rest["baseline"])
    assert wide.loc["contacts", "all"] == wide.loc["contacts", "baseline"], "nobody does otherwise for it"
