"""What-ifs about absence, overflow and outbound calls do what planners expect, clearly."""

from __future__ import annotations

import pytest

import sim
from scenarios import Scenario, ScenarioError
from scenarios.whatifs import ChangeAbsence, ChangeStaff, OutboundCampaign, OverflowRules, WhatIf
from tests.sim.effects import change, moves

HOURS = {"daily": "08:00-18:00"}
CENTRE = Scenario(
    name="Small centre",
    calendar={"start": "2026-03-02", "interval": "30 min"},
    intents={
        "sales": {"volume": {"per_day": 500, "profile": "office_hours"}, "first_channel": {"sales": 1.0}},
        "service": {"volume": {"per_day": 900, "profile": "office_hours"}, "first_channel": {"service": 1.0}},
    },
    channels={
        "sales": {"mode": "live", "open": HOURS},
        "service": {"mode": "live", "open": HOURS},
    },
    groups={
        "sellers": {
            "skills": {"sales": {}, "service": {"priority": 2}},
            "staff": {"08:00": 12, "18:00": 0},
            "shrinkage": 0.0,
        },
        "servers": {
            "skills": {"service": {}},
            "shifts": [
                {"start": "08:00", "length": "10 h", "agents": 14,
                 "breaks": [{"after": "2 h", "length": "30 min"}, {"after": "6 h", "length": "1 h"}]},
            ],
            "shrinkage": 0.0,
        },
    },
)  # fmt: skip


def compared_with(whatifs: dict[str, WhatIf], replications: int) -> sim.Comparison:
    variants = {name: whatif.apply(CENTRE) for name, whatif in whatifs.items()}
    return sim.compare(CENTRE, variants, replications=replications)


def test_absence_makes_bad_days() -> None:
    compared = compared_with({"change_absence": ChangeAbsence(absence=0.08)}, 60)
    moves(compared, "change_absence", {"service asa_seconds": "+", "service abandonment": "+"})
    # It costs more than the same share of fixed shrinkage does: the wait is convex in the number of agents.
    fixed = ChangeStaff(shrinkage=0.08)
    both = compared_with({"drawn": ChangeAbsence(absence=0.08), "fixed": fixed}, 60)
    [drawn, steady] = [change(both, name, "service asa_seconds")[0] for name in ("drawn", "fixed")]
    assert drawn > 0
    assert steady > 0


def test_helping_only_in_need_spares_the_helpers_own_customers() -> None:
    rules = OverflowRules(team="sellers", channel="service", queue_at_least=6, busy_below=0.9)
    compared = compared_with({"overflow_rules": rules}, 30)
    moves(compared, "overflow_rules", {"sales asa_seconds": "-", "service asa_seconds": "+"})


def test_a_campaign_fills_idle_time_and_inbound_waits_longer() -> None:
    campaign = OutboundCampaign(customers=400, reached=0.4, groups=("sellers", "servers"), keep_idle=0)
    eager = campaign.model_copy(update={"calls_per_agent": 2.0})
    compared = compared_with({"one": campaign, "two": eager}, 20)
    moves(compared, "one", {"service asa_seconds": "+", "sales asa_seconds": "+"})
    table = compared.summary
    tells = {(row.scenario, row.measure): row.mean for row in table[table.name == "outbound"].itertuples()}
    assert tells["one", "handled"] > 100
    assert tells["two", "abandoned"] > 1.5 * tells["one", "abandoned"]
    reserved = campaign.model_copy(update={"keep_idle": 3})
    kept = compared_with({"none": campaign, "three": reserved}, 20)
    none, three = (change(kept, name, "service asa_seconds")[0] for name in ("none", "three"))
    assert three < none


@pytest.mark.parametrize(
    "neutral",
    [
        ChangeAbsence(absence=0.0),
        OverflowRules(team="sellers", channel="service"),
        OutboundCampaign(customers=0),
    ],
    ids=lambda whatif: whatif.kind,
)
def test_strength_zero_changes_nothing(neutral) -> None:
    assert neutral.apply(CENTRE) == CENTRE


def test_more_staff_where_there_are_shifts() -> None:
    more = ChangeStaff(by=2, groups=("servers",)).apply(CENTRE).groups["servers"]
    assert not more.shifts
    assert max(more.staff) == 16


def test_what_does_not_fit_is_said_at_once() -> None:
    with pytest.raises(ScenarioError, match="cross-train"):
        OverflowRules(team="servers", channel="sales").apply(CENTRE)
    with pytest.raises(ScenarioError, match="swap"):
        OutboundCampaign(start="17:00", end="09:00").apply(CENTRE)
    once = OutboundCampaign().apply(CENTRE)
    with pytest.raises(ScenarioError, match="without that name"):
        OutboundCampaign().apply(once)
