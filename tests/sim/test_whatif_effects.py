"""What-ifs do to results what planners expect, clearly: the paired interval lies on one side of zero."""

from __future__ import annotations

from typing import Any

import pytest

import scenarios
import sim
from scenarios import Scenario
from scenarios.whatifs import (
    ChangeConcurrency,
    ChangeStaff,
    ChannelOutage,
    ChannelQuality,
    LaunchChannel,
    ScaleVolume,
    WhatIf,
)
from tests.sim.effects import moves

CENTRE = Scenario(
    name="Small centre",
    calendar={"start": "2026-03-02", "interval": "30 min"},
    intents={
        "bill": {
            "volume": {"per_day": 1200, "profile": "office_hours"},
            "first_channel": {"site": 0.5, "phone": 0.3, "chat": 0.2},
        }
    },
    channels={
        "site": {"mode": "self_service", "success": 0.75},
        "phone": {"mode": "live", "open": {"daily": "08:00-20:00"}},
        "chat": {"mode": "concurrent", "open": {"daily": "08:00-20:00"}},
    },
    next_steps=[
        {"after": "site", "outcome": "failed", "go": {"phone": 0.6}, "delay": {"exponential": "3 min"}},
        {"after": "phone", "outcome": "abandoned", "go": {"phone": 0.5}, "delay": {"exponential": "10 min"}},
    ],
    groups={
        "callers": {
            "skills": {"phone": {}},
            "staff": {"08:00": 5, "09:00": 8, "17:00": 4, "20:00": 0},
            "shrinkage": 0,
        },
        "chatters": {"skills": {"chat": {}}, "staff": {"08:00": 3, "20:00": 0}, "shrinkage": 0},
    },
)
REPLICATIONS = 8

CASES: dict[str, tuple[WhatIf, dict[str, str]]] = {
    "an outage sends customers to the phone": (
        ChannelOutage(channel="site", start="10:00", end="12:00"),
        {"spillover_to_phone": "+", "phone offered": "+", "phone asa_seconds": "+", "ease_score": "-"},
    ),
    "a better site spares calls": (
        ChannelQuality(channel="site", success=0.95),
        {"spillover_to_phone": "-", "phone offered": "-", "contacts_per_case": "-", "ease_score": "+"},
    ),
    "a worse site costs calls": (
        ChannelQuality(channel="site", points=-25),
        {"spillover_to_phone": "+", "phone offered": "+", "ease_score": "-"},
    ),
    "better first-contact resolution on the phone resolves more": (
        ChannelQuality(channel="phone", points=15),
        {"resolved_share": "+"},
    ),
    "fewer agents mean longer waits": (
        ChangeStaff(groups=("callers",), percent=-20),
        {"phone asa_seconds": "+", "phone service_level": "-", "phone abandonment": "+", "cost_total": "-"},
    ),
    "more agents mean shorter waits": (
        ChangeStaff(groups=("callers",), by=2, start="09:00", end="17:00"),
        {"phone asa_seconds": "-", "phone service_level": "+", "cost_total": "+"},
    ),
    "a channel that is slow takes agents longer": (
        ChannelOutage(channel="phone", start="09:00", end="15:00", failure=0, slow_down=1.4),
        {"cases": "0", "phone aht_seconds": "+", "phone asa_seconds": "+"},
    ),
    "more shrinkage leaves fewer at their desks": (
        ChangeStaff(groups=("callers",), shrinkage=0.25),
        {"cases": "0", "phone asa_seconds": "+", "phone service_level": "-"},
    ),
    "more cases mean longer waits": (
        ScaleVolume(percent=20),
        {"cases": "+", "phone asa_seconds": "+", "phone service_level": "-"},
    ),
    "a busy hour is felt": (
        ScaleVolume(factor=2.5, start="10:00", end="11:00"),
        {"cases": "+", "phone abandonment": "+"},
    ),
    "one chat at a time makes chats wait": (
        ChangeConcurrency(channel="chat", cap=1),
        {"chat asa_seconds": "+", "chat service_level": "-"},
    ),
    "slower chats wait longer": (
        ChangeConcurrency(channel="chat", slow_down=1.0),
        {"chat aht_seconds": "+"},
    ),
    "a launch that always works takes calls away": (
        LaunchChannel(name="bot", share=0.3, success=1.0, induced=0.0),
        {"phone offered": "-", "contacts_per_case": "-", "cases": "0"},
    ),
    "a launch that mostly fails brings calls": (
        LaunchChannel(name="bot", share=0.3, success=0.1, induced=0.2),
        {"cases": "+", "spillover_to_phone": "+", "phone offered": "+", "ease_score": "-"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def comparison() -> sim.Comparison:
    """All what-ifs of this module on the same customers."""
    variants = {name: whatif.apply(CENTRE) for name, (whatif, _) in CASES.items()}
    return sim.compare(CENTRE, variants, replications=REPLICATIONS, seed=3)


@pytest.mark.parametrize("name", CASES)
def test_the_headline_moves_as_it_should(comparison: sim.Comparison, name: str) -> None:
    moves(comparison, name, CASES[name][1])


def first_channels(scenario: Scenario) -> Any:
    return sim.run(scenario, replications=1, seed=5).cases.set_index("key").first_channel.astype(str)


def test_a_launch_moves_only_those_customers_that_it_wins() -> None:
    before = first_channels(CENTRE)
    after = first_channels(LaunchChannel(name="bot", share=0.25, induced=0).apply(CENTRE))
    assert set(before.index) == set(after.index)
    won = after == "bot"
    assert 0.15 < won.mean() < 0.35
    assert (after[~won] == before[after.index][~won]).all()


def test_extra_cases_of_a_launch_leave_the_other_channels_as_they_were() -> None:
    before = first_channels(CENTRE)
    after = first_channels(LaunchChannel(name="bot", share=0, induced=0.25).apply(CENTRE))
    assert set(before.index) <= set(after.index)
    others = after[after != "bot"]
    # On average, not case by case: of 125% as many customers, a fifth start in the new channel.
    assert len(others) == pytest.approx(len(before), rel=0.1)


def test_who_works_overtime_serves_as_others_do_and_costs_half_as_much_again() -> None:
    normal, overtime = (
        ChangeStaff(groups=("callers",), by=2, start="10:00", end="14:00", overtime=paid)
        for paid in (False, True)
    )
    table = sim.compare(
        normal.apply(CENTRE), {"overtime": overtime.apply(CENTRE)}, replications=3, seed=6
    ).summary
    rows = table[(table.scenario == "overtime") & (table.scope != "group")].set_index(["name", "measure"])
    # Not to the bit: who leaves at 14:00 are those two, not the first two to be idle.
    asa = rows.loc[("phone", "asa_seconds")]
    assert abs(asa["delta"]) < 0.02 * asa["mean"]
    pay = CENTRE.groups["callers"].pay_per_hour
    assert rows.loc[("all", "agent_cost"), "delta"] == pytest.approx(2 * 4 * pay * 0.5, rel=0.1)


def test_the_bank_meets_its_target_on_a_normal_monday() -> None:
    summary = sim.run(scenarios.load("retail_bank"), replications=4, seed=2).summary
    phone = summary[(summary.scope == "channel") & (summary.name == "phone")].set_index("measure")["mean"]
    assert 0.72 < phone["service_level"] < 0.95
    assert 0.01 < phone["abandonment"] < 0.06
