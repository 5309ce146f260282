"""What is told of incidents: counted a second time from the table of contacts, in plain loops."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from scenarios import Scenario
from scenarios.paths import replace
from sim import Result, compare, run

REPLICATIONS = 4
BEGIN, END, END_TIME = 10 * 3600, 14 * 3600, "2026-03-02 14:00"


def outage(**incident: Any) -> Scenario:
    """A portal that is down from 10:00 to 14:00; most of those whom it fails call."""
    window = ["2026-03-02 10:00", "2026-03-02 14:00"]
    return Scenario(
        name="Outage",
        calendar={"start": "2026-03-02", "timezone": "UTC", "interval": "30 min"},
        intents={"ask": {"volume": {"per_day": 400}, "first_channel": {"portal": 0.8, "phone": 0.2}}},
        channels={
            "portal": {"mode": "self_service", "success": 0.6, "duration": "2 min"},
            "phone": {"mode": "live", "handle_time": "4 min", "patience": "10 min"},
        },
        next_steps=[{"after": "portal", "outcome": "failed", "go": {"phone": 0.7}, "delay": "1 min"}],
        groups={"desk": {"skills": {"phone": {}}, "staff": {"00:00": 3}, "shrinkage": 0}},
        incidents=[{"name": "outage", "channel": "portal", "window": window, **incident}],
    )


def told(result: Result) -> dict[str, float]:
    assert (result.incidents["incident"] == "outage").all()
    return dict(zip(result.incidents["measure"], result.incidents["mean"], strict=True))


def tellings(rows: pd.DataFrame, until: float) -> list[float]:
    """When customers told an agent, in one replication: those whom the portal failed while it was down."""
    found = []
    for _, steps in rows.groupby("case"):
        hurt = False
        for step in steps.itertuples():
            if step.channel == "portal":
                hurt = hurt or (step.outcome == "failed" and BEGIN <= step.arrived < until)
            elif hurt and step.answered >= 0:
                found.append(step.answered)
                hurt = False
    return sorted(found)


def test_an_incident_that_nobody_detects_lasts_as_long_as_its_window() -> None:
    result = run(outage(), replications=REPLICATIONS, seed=2, contacts=True, workers=1)
    rows, found = result.contacts, told(result)
    hurt = rows[(rows["channel"] == "portal") & rows["arrived"].between(BEGIN, END, inclusive="left")]
    assert (hurt["outcome"] == "failed").all()
    assert found["failed_attempts"] == len(hurt) / REPLICATIONS > 10
    assert found["minutes_lasted"] == 240
    assert found["detected"] == found["heeded"] == 0
    assert found["told_an_agent"] > 5
    assert pd.isna(found["minutes_to_detection"])
    units = ["share", "min", "min", "contacts", "customers", "customers", "customers"]
    assert result.incidents["unit"].tolist() == units
    assert found["told"] == result.value("outreach_cost") == 0


def test_monitoring_fix_and_announcement() -> None:
    asked = outage(
        detection={"monitoring": "30 min"},
        fix="1 h",
        announcement={"after": "5 min", "heeded": 0.5, "return_within": "20 min"},
    )
    result = run(asked, replications=REPLICATIONS, seed=2, contacts=True, workers=1)
    rows, found = result.contacts, told(result)
    over = BEGIN + 90 * 60
    assert (found["detected"], found["minutes_to_detection"], found["minutes_lasted"]) == (1, 30, 90)
    portal = rows[rows["channel"] == "portal"]
    hurt = portal[portal["arrived"].between(BEGIN, over, inclusive="left")]
    assert found["failed_attempts"] == len(hurt) / REPLICATIONS
    # Nobody else tries the portal again: it is no next step.
    heeded = hurt[hurt["next_channel"] == "portal"]
    assert found["heeded"] == len(heeded) / REPLICATIONS > 1
    assert (heeded["ended"] >= BEGIN + 35 * 60).all()
    asked_then = hurt[hurt["ended"].between(BEGIN + 35 * 60, over, inclusive="left")]
    assert 0.3 < len(heeded) / len(asked_then) < 0.7
    assert found["told"] == len(asked_then) / REPLICATIONS, "nobody is at the last attempt"
    again = portal[portal["attempt"] > 0]
    assert len(again) == len(heeded)
    assert again["arrived"].between(over, over + 20 * 60).all()
    width = result.incidents.set_index("measure")["half_width"]
    assert width["minutes_lasted"] == 0
    assert width["failed_attempts"] > 0


@pytest.mark.parametrize("reports", [1, 4])
def test_agents_who_are_told_often_enough_detect_it(reports: int) -> None:
    asked = outage(detection={"reports": reports}, fix="20 min")
    result = run(asked, replications=REPLICATIONS, seed=3, contacts=True, workers=1)
    detected, number = [], 0
    for replication in range(REPLICATIONS):
        rows = result.contacts[result.contacts["replication"] == replication]
        # Tellings up to the detection do not depend on when it ends.
        detected.append(tellings(rows, END)[reports - 1])
        number += len(tellings(rows, detected[-1] + 20 * 60))
    found = told(result)
    assert found["detected"] == 1
    assert found["minutes_to_detection"] == pytest.approx((sum(detected) / REPLICATIONS - BEGIN) / 60)
    assert found["minutes_lasted"] == pytest.approx(found["minutes_to_detection"] + 20)
    assert found["told_an_agent"] == number / REPLICATIONS


def test_every_scenario_of_a_comparison_tells_of_its_incidents() -> None:
    base = outage()
    incidents = base.model_dump(mode="json")["incidents"]
    twice = replace(
        base, "incidents", [*incidents, incidents[0] | {"window": [END_TIME, "2026-03-02 15:00"]}]
    )
    both = compare(base, {"twice": twice}, replications=2, workers=1).incidents
    assert list(dict.fromkeys(zip(both["scenario"], both["incident"], strict=True))) == [
        ("baseline", "outage"), ("twice", "outage"), ("twice", "outage (2)"),
    ]  # fmt: skip


NOTICE = {"after": "5 min", "heeded": 0.5, "cost_per_customer": 0.2, "fixed_cost": 40}


def test_a_notice_costs_so_much_at_all_and_for_each_who_is_told() -> None:
    base = outage(detection={"monitoring": "30 min"}, fix="1 h")
    told_so = replace(base, "incidents.0.announcement", NOTICE)
    comparison = compare(base, {"told": told_so}, replications=REPLICATIONS, seed=2, workers=1)
    result = comparison.results["told"]
    number = told(result)["told"]
    assert number > 5
    assert result.value("outreach_cost") == pytest.approx(40 + 0.2 * number)
    pay = result.value("agent_cost") + result.value("contact_cost")
    assert result.value("cost_total") == pytest.approx(pay + 40 + 0.2 * number)
    free = replace(replace(told_so, "incidents.0.announcement.cost_per_customer", 0),
                   "incidents.0.announcement.fixed_cost", 0)  # fmt: skip
    without = run(free, replications=REPLICATIONS, seed=2, workers=1)
    assert without.value("outreach_cost") == 0
    for measure in ("agent_cost", "contact_cost", "churn_share", "effort", "contacts"):
        assert without.value(measure) == result.value(measure), "a price changes nothing but cost"
    rows = comparison.summary.query("scenario == 'told' and scope == 'all'").set_index("measure")
    assert rows.loc["outreach_cost", "delta"] == pytest.approx(40 + 0.2 * number)
    assert rows.loc["outreach_cost", "verdict"] == "higher"
    assert rows.loc["churn_share", "delta"] != 0


@pytest.mark.parametrize(
    "incident",
    [
        {
            "detection": {"monitoring": "30 min"},
            "fix": "10 min",
            "announcement": {**NOTICE, "after": "10 min"},
        },
        {"detection": {"reports": 1_000_000}, "announcement": NOTICE},
        {"detection": {"monitoring": "5 h"}, "announcement": NOTICE},
    ],
    ids=["over before it is announced", "nobody detects it", "detected too late"],
)
def test_an_announcement_that_is_not_made_costs_nothing(incident: dict[str, Any]) -> None:
    result = run(outage(**incident), replications=2, seed=2, workers=1)
    assert told(result)["told"] == result.value("outreach_cost") == 0


def test_who_is_told_at_the_last_attempt_is_not_counted() -> None:
    """It is those who could still come back; and an announcement costs, even if nobody hears it."""
    asked = outage(detection={"monitoring": "30 min"}, announcement={**NOTICE, "heeded": 0})
    once = run(replace(asked, "max_attempts", 1), replications=2, seed=2, workers=1)
    assert (told(once)["told"], once.value("outreach_cost")) == (0, 40)
    twice = run(asked, replications=2, seed=2, workers=1)
    assert told(twice)["told"] > told(twice)["heeded"] == 0
