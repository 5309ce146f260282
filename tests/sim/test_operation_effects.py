"""What-ifs about callbacks, the IVR, tiers, incidents and notice do what planners expect, clearly."""

from __future__ import annotations

import pytest

import scenarios
import sim
from scenarios import Scenario
from scenarios.paths import written
from scenarios.profiles import profile_weights
from scenarios.whatifs import (
    AddTier,
    AnnounceIncident,
    ConsultColleague,
    LaunchChannel,
    MergeTiers,
    OfferCallbacks,
    ReworkFront,
    SendMailing,
    TrainAgents,
    UnannouncedChange,
    WhatIf,
    WhoNoticesFirst,
)
from scenarios.whatifs.change import decay
from tests.sim.effects import change, moves

HOURS = {"daily": "08:00-20:00"}
CENTRE = Scenario(
    name="Small centre",
    calendar={"start": "2026-03-02", "interval": "30 min"},
    intents={
        "bill": {
            "volume": {"per_day": 1200, "profile": "office_hours"},
            "first_channel": {"site": 0.6, "phone": 0.4},
        },
        "fault": {
            "volume": {"per_day": 400, "profile": "office_hours"},
            "first_channel": {"desk": 1.0},
        },
    },
    channels={
        "site": {"mode": "self_service", "success": 0.75},
        "phone": {
            "mode": "live",
            "open": HOURS,
            "front": {"duration": "40 s", "containment": 0.1, "misroute": 0.1},
        },
        "desk": {"mode": "live", "open": HOURS, "transfer": {"share": 0.4, "to": "experts"}},
        "experts": {"mode": "live", "open": HOURS, "resolution": 0.9},
    },
    next_steps=[
        {"after": "site", "outcome": "failed", "go": {"phone": 0.6}, "delay": {"exponential": "3 min"}},
        {"after": "phone", "outcome": "abandoned", "go": {"phone": 0.5}, "delay": {"exponential": "10 min"}},
        {"after": "phone", "outcome": "unresolved", "go": {"phone": 0.5}, "delay": {"exponential": "2 h"}},
    ],
    groups={
        "callers": {
            "skills": {"phone": {}},
            "staff": {"08:00": 6, "09:00": 11, "17:00": 6, "20:00": 0},
            "shrinkage": 0,
        },
        "desk_team": {
            "skills": {"desk": {}},
            "staff": {"08:00": 4, "09:00": 6, "17:00": 4, "20:00": 0},
            "shrinkage": 0,
        },
        "expert_team": {
            "skills": {"experts": {}},
            "staff": {"08:00": 2, "09:00": 3, "17:00": 2, "20:00": 0},
            "shrinkage": 0,
        },
    },
    incidents=[
        {
            "name": "site down",
            "channel": "site",
            "window": ["2026-03-02 10:00", "2026-03-02 15:00"],
            "detection": {"monitoring": "3 h"},
            "fix": "30 min",
        }
    ],
)
REPLICATIONS = 8

CASES: dict[str, tuple[WhatIf, dict[str, str]]] = {
    "callbacks take customers off the line": (
        OfferCallbacks(channel="phone", offer_above=60),
        {
            "cases": "0", "phone asa_seconds": "-", "phone abandonment": "-", "effort_waiting": "-",
            "ease_score": "+",
        },
    ),
    "whoever is sooner told mends sooner": (
        WhoNoticesFirst(who="service_desk", reports=1),
        {"cases": "0", "spillover_to_phone": "-", "phone asa_seconds": "-", "ease_score": "+"},
    ),
    "good monitoring too": (
        WhoNoticesFirst(who="monitoring", monitoring=300),
        {"spillover_to_phone": "-", "phone asa_seconds": "-"},
    ),
    "customers who are told wait for the end": (
        AnnounceIncident(heeded=0.5),
        {"cases": "0", "spillover_to_phone": "-", "phone offered": "-", "outreach_cost": "+"},
    ),
    "a menu that contains more leaves fewer to answer": (
        ReworkFront(channel="phone", containment=0.3),
        {"phone answered": "-", "phone asa_seconds": "-"},
    ),
    "a menu that contains and does not help is rung again": (
        ReworkFront(channel="phone", containment=0.3, come_back=0.5),
        {"phone offered": "+", "contacts_per_case": "+"},
    ),
    "a menu that misroutes nobody saves transfers": (
        ReworkFront(channel="phone", misroute=0),
        {"transfers_per_case": "-", "effort_transfer": "-", "phone offered": "-"},
    ),
    "a second tier means more hands": (
        AddTier(channel="phone", team="callers", moved=0.2, share=0.25),
        {
            "cases": "0", "transfers_per_case": "+", "contacts_per_case": "+", "effort_transfer": "+",
            "effort_repeating_information": "+",
        },
    ),
    "one line means fewer": (
        MergeTiers(channel="desk", handle_time=1),
        {
            "cases": "0", "transfers_per_case": "-", "contacts_per_case": "-", "effort_transfer": "-",
            "effort_repeating_information": "-", "fault elapsed_seconds_mean": "-",
        },
    ),
    "a second agent resolves more, and is busy with it": (
        ConsultColleague(channel="phone", team="expert_team", share=0.15, part=0.4),
        {
            "cases": "0", "first_contact_resolution": "+", "contacts_per_case": "-", "phone resolution": "+",
            "phone aht_seconds": "+", "expert_team occupancy": "+", "experts asa_seconds": "+",
        },
    ),
    "who goes on alone keeps nobody waiting": (
        ConsultColleague(channel="phone", team="expert_team", share=0.15, part=0.4, when_busy="skip"),
        {"first_contact_resolution": "+", "contacts_per_case": "-", "expert_team occupancy": "+"},
    ),
    "nobody told the agents": (
        UnannouncedChange(jump=0.3),
        {"phone aht_seconds": "+", "phone asa_seconds": "+", "phone abandonment": "+", "ease_score": "-"},
    ),
    "the agents had tried it": (
        UnannouncedChange(jump=0.3, prepared="announced_and_tested"),
        {"phone aht_seconds": "+", "phone asa_seconds": "+"},
    ),
    "nobody told the centre": (
        SendMailing(factor=1.6, intents=("bill",)),
        {"cases": "+", "phone asa_seconds": "+", "cost_total": "+"},
    ),
    "the centre had notice": (
        SendMailing(factor=1.6, intents=("bill",), notice=1),
        {"cases": "+", "cost_total": "+"},
    ),
    "a roll-out that fails brings calls": (
        LaunchChannel(name="bot", share=0.5, success=0.3),
        {"spillover_to_phone": "+", "cases": "+"},
    ),
    "a pilot that fails brings some": (
        LaunchChannel(name="bot", share=0.5, success=0.3, pilot=0.2),
        {"spillover_to_phone": "+", "cases": "+"},
    ),
}  # fmt: skip

WORSE_THAN = [
    (
        "a second agent resolves more, and is busy with it",
        "who goes on alone keeps nobody waiting",
        "phone aht_seconds",
        2.0,
    ),
    ("nobody told the agents", "the agents had tried it", "phone asa_seconds", 2.0),
    ("nobody told the centre", "the centre had notice", "phone asa_seconds", 2.0),
    ("a roll-out that fails brings calls", "a pilot that fails brings some", "spillover_to_phone", 3.0),
]
"""The first raises the measure at least so many times as much as the second."""


@pytest.fixture(scope="module")
def comparison() -> sim.Comparison:
    """All what-ifs of this module on the same customers."""
    variants = {name: whatif.apply(CENTRE) for name, (whatif, _) in CASES.items()}
    return sim.compare(CENTRE, variants, replications=REPLICATIONS, seed=3)


@pytest.mark.parametrize("name", CASES)
def test_the_headline_moves_as_it_should(comparison: sim.Comparison, name: str) -> None:
    moves(comparison, name, CASES[name][1])


@pytest.mark.parametrize(("worse", "better", "measure", "times"), WORSE_THAN)
def test_preparation_is_worth_something(
    comparison: sim.Comparison, worse: str, better: str, measure: str, times: float
) -> None:
    unprepared, prepared = (change(comparison, name, measure)[0] for name in (worse, better))
    assert unprepared > times * max(prepared, 0)


def test_training_costs_a_day_and_gives_back_the_next() -> None:
    two_days = Scenario(
        **{**written(CENTRE), "calendar": {"start": "2026-03-02", "days": 2}, "incidents": []}
    )
    training = TrainAgents(team="callers", share=0.5, faster=0.15, start="10:00", end="12:00")
    table = sim.compare(two_days, {"trained": training.apply(two_days)}, replications=6, seed=2)
    paid = table.summary.query("measure == 'paid_hours'").groupby("scenario")["mean"].sum()
    assert paid["trained"] == pytest.approx(paid["baseline"]), "those in training are paid"
    by_day = table.interval_summary.query("channel == 'phone' and measure == 'asa_seconds'")
    waits = by_day.groupby(["scenario", by_day.start_seconds // 86_400])["mean"].mean().unstack()
    assert waits.loc["trained", 0] > waits.loc["baseline", 0]
    assert waits.loc["trained", 1] < waits.loc["baseline", 1]


# -- against what can be worked out by hand ------------------------------------------------------------


@pytest.fixture(scope="module")
def desk() -> sim.Comparison:
    """The service desk in three tiers, and with the first two merged."""
    base = scenarios.load("service_desk")
    merged = MergeTiers(channel="tier_1", handle_time=1).apply(base)
    return sim.compare(base, {"merged": merged}, replications=20, seed=2)


def mean(comparison: sim.Comparison, scenario: str, name: str, measure: str) -> float:
    table = comparison.summary
    found = (table.scenario == scenario) & (table.name == name) & (table.measure == measure)
    return float(table[found]["mean"].item())


def test_tiers_pass_on_their_shares(desk: sim.Comparison) -> None:
    # 25% of calls by the mix of intents, of those who waited long enough; a fifth of these once more.
    first, second, third = (
        mean(desk, "baseline", f"tier_{tier}", measure)
        for tier, measure in ((1, "answered"), (2, "offered"), (3, "offered"))
    )
    assert second / first == pytest.approx(0.25, rel=0.05)
    assert third / mean(desk, "baseline", "tier_2", "answered") == pytest.approx(0.20, rel=0.1)
    assert third / mean(desk, "merged", "tier_3", "offered") == pytest.approx(1, rel=0.15)


def test_a_merged_line_takes_6_minutes_for_three_in_four_and_12_for_the_fourth(desk: sim.Comparison) -> None:
    assert mean(desk, "merged", "tier_1", "aht_seconds") == pytest.approx(0.75 * 360 + 0.25 * 720, rel=0.04)
    assert mean(desk, "merged", "tier_2", "offered") == 0


def test_handle_times_rise_by_what_is_left_of_the_jump_when_calls_come(comparison: sim.Comparison) -> None:
    weights = profile_weights("office_hours", 24)
    left = [0.3 * decay(4 * 3600, 3600 * (hour - 8), 3600 * (hour - 7)) for hour in range(8, 20)]
    expected = sum(w * jump for w, jump in zip(weights[8:20], left, strict=True)) / sum(weights[8:20])
    was, now = (
        mean(comparison, name, "experts", "aht_seconds") for name in ("baseline", "nobody told the agents")
    )
    assert 0.08 < expected < 0.2
    assert now / was - 1 == pytest.approx(expected, abs=0.03)


# -- what is told of the incident, and what changes nothing --------------------------------------------


def of_incident(comparison: sim.Comparison, scenario: str, measure: str) -> float:
    table = comparison.results[scenario].incidents
    return float(table[table.measure == measure]["mean"].item())


def test_who_notices_first_says_when_and_whom_it_hurt(comparison: sim.Comparison) -> None:
    now, desk, good = (
        {
            measure: of_incident(comparison, name, measure)
            for measure in ("minutes_to_detection", "minutes_lasted", "failed_attempts", "told_an_agent")
        }
        for name in ("baseline", "whoever is sooner told mends sooner", "good monitoring too")
    )
    assert (now["minutes_to_detection"], now["minutes_lasted"]) == (180, 210)
    assert (good["minutes_to_detection"], good["minutes_lasted"]) == (5, 35)
    assert 3 < desk["minutes_to_detection"] < 30, "whoever fails, rings, waits and tells needs a few minutes"
    assert desk["minutes_lasted"] == pytest.approx(desk["minutes_to_detection"] + 30)
    assert good["failed_attempts"] < now["failed_attempts"] / 3
    assert 0 < now["told_an_agent"] < now["failed_attempts"]


def test_customers_heed_what_they_are_told(comparison: sim.Comparison) -> None:
    told = "customers who are told wait for the end"
    assert of_incident(comparison, "baseline", "heeded") == 0
    # The announcement goes out with the detection, after 180 of the 210 minutes.
    late = of_incident(comparison, told, "failed_attempts") * 30 / 210
    assert of_incident(comparison, told, "heeded") == pytest.approx(late * 0.5, rel=0.3)


NOTHING = [
    OfferCallbacks(channel="phone", offer_above="5 d"),
    WhoNoticesFirst(who="monitoring", monitoring="5 h"),
    AnnounceIncident(after="40 min", heeded=1),
    UnannouncedChange(jump=0.5, start="21:00", channels=("phone",)),
    ConsultColleague(channel="phone", team="expert_team", share=1, part=0, resolved=0, when_busy="skip"),
]
"""Changed scenarios in which nothing comes of the change, although every new rule is asked about it."""


@pytest.fixture(scope="module")
def unchanged() -> sim.Comparison:
    """The centre with changes of which nothing comes; its incident is not mended before its end."""
    base = WhoNoticesFirst(who="monitoring", monitoring="5 h").apply(CENTRE)
    slow = WhoNoticesFirst(who="monitoring", monitoring="4 h 30 min", fix="30 min").apply(base)
    stack = {repr(whatif): whatif.apply(slow) for whatif in NOTHING}
    return sim.compare(base, stack, replications=3, seed=4)


@pytest.mark.parametrize("whatif", NOTHING, ids=lambda whatif: whatif.kind)
def test_where_nothing_comes_of_a_change_not_a_bit_differs(unchanged: sim.Comparison, whatif: WhatIf) -> None:
    table = unchanged.summary
    found = table[(table.scenario == repr(whatif)) & table.delta.notna()]
    assert len(found) > 100
    assert (found.delta == 0).all()
