"""A desk that experiments are tried on: a phone queue with redials, and a portal that spills over into it."""

import pandas as pd

from scenarios import Scenario
from scenarios.paths import replace

TABLES = ["summary", "intervals", "groups", "spillover", "journeys", "interval_summary", "coverage", "cases"]

DESK = Scenario(
    name="Desk",
    calendar={"start": "2026-03-02", "interval": 1800},
    intents={"ask": {"volume": {"per_day": 600}, "first_channel": {"portal": 0.5, "phone": 0.5}}},
    channels={
        "portal": {"mode": "self_service", "success": 0.6},
        "phone": {"mode": "live", "open": {"daily": "08:00-18:00"}},
    },
    next_steps=[
        {"after": "portal", "outcome": "failed", "go": {"phone": 0.8}, "delay": "2 min"},
        {"after": "phone", "outcome": ["abandoned", "closed"], "go": {"phone": 0.5}, "delay": "10 min"},
    ],
    groups={"agents": {"skills": {"phone": {}}, "staff": {"08:00": 3, "18:00": 0}, "shrinkage": 0}},
)
BIGGER = replace(DESK, "groups.agents.staff", {"08:00": 4, "18:00": 0})


def same(one, other):
    """Every table, to the last bit."""
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table), check_exact=True)
