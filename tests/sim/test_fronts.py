"""What an automated front does to the counts: who never came to the queue is in none of its figures."""

from __future__ import annotations

import pytest

from scenarios import Scenario
from scenarios.errors import ScenarioError
from sim import run


def centre(containment: float, hang_up: float) -> Scenario:
    front = {"duration": 30, "containment": containment, "hang_up": hang_up, "misroute": 0}
    return Scenario(
        name="fronts",
        calendar={"start": "2026-03-02", "timezone": "UTC"},
        intents={"help": {"volume": {"per_day": 2000}, "first_channel": {"phone": 1}}},
        channels={"phone": {"mode": "live", "handle_time": "5 min", "patience": "2 min", "front": front}},
        groups={"desk": {"skills": {"phone": {}}, "staff": {"00:00": 7}, "shrinkage": 0}},
    )


def test_rates_of_the_queue_leave_out_who_never_came_to_it() -> None:
    result = run(centre(0.3, 0.2), replications=3, seed=1, contacts=True, workers=1)
    rows = result.contacts
    outcome = rows["outcome"].astype(str)
    hung_up = (outcome == "abandoned") & (rows["wait_seconds"] == 0)  # patience lasts two minutes
    gave_up = (outcome == "abandoned") & ~hung_up
    came = rows["answered"].notna() | (rows["wait_seconds"] > 0)
    assert result.value("abandonment", "phone", "channel") == pytest.approx(
        gave_up.sum() / came.sum(), rel=2e-3
    )
    assert result.value("wait_seconds_mean", "phone", "channel") == pytest.approx(
        rows.loc[came, "wait_seconds"].mean(), rel=2e-3
    )
    assert result.value("abandoned", "phone", "channel") * 3 == pytest.approx((outcome == "abandoned").sum())
    assert result.intervals["contained"].sum() == (outcome == "contained").sum()


def test_shares_of_a_front_above_one_are_a_problem() -> None:
    with pytest.raises(ScenarioError, match=r"channels\.phone\.front\.containment.*at most 1"):
        run(centre(0.9, 0.2), replications=1)
