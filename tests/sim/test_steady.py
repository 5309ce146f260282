"""Steady states: batch means against queueing theory, against replications, and what says that batches are
too short."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtrit

import sim
from scenarios import Scenario
from scenarios.paths import written
from sim.steady import neighbours

Z = 3.3
"""Standard errors: a sound estimate misses once in a thousand."""
MEAN = 60.0


def centre(agents: int, load: float, patience: float | None = None, **fields: Any) -> Scenario:
    """M/M/c, or M/M/c+M, with contacts of a minute."""
    phone = {
        "mode": "live",
        "resolution": 1,
        "handle_time": {"exponential": MEAN},
        "patience": "unlimited" if patience is None else {"exponential": patience},
        "target": {"share": 0.8, "within": 20},
    }
    return Scenario(
        name="Steady",
        **{
            "calendar": {"start": "2026-03-02"},
            "intents": {"call": {"volume": {"per_day": load / MEAN * 86_400}}},
            "channels": {"phone": phone},
            "groups": {"team": {"skills": {"phone": {}}, "staff": {"00:00": agents}, "shrinkage": 0}},
            "frustration": {"handle_time": 0, "patience": 0},
        }
        | fields,
    )


def erlang_c(agents: int, load: float) -> float:
    """Probability of waiting."""
    below = sum(load**n / math.factorial(n) for n in range(agents))
    top = load**agents / math.factorial(agents) * agents / (agents - load)
    return top / (below + top)


def erlang_a(agents: int, load: float, patience: float) -> tuple[float, float]:
    """Share that abandons, and the mean number waiting, by birth and death."""
    weights = [1.0]
    for n in range(1, 400):
        rate = min(n, agents) / MEAN + max(n - agents, 0) / patience
        weights.append(weights[-1] * load / MEAN / rate)
    probability = np.array(weights) / sum(weights)
    queue = float((np.maximum(np.arange(400) - agents, 0) * probability).sum())
    return queue / patience / (load / MEAN), queue


def standard_error(found: sim.BatchMeans) -> float:
    return found.half_width / float(stdtrit(found.batches - 1, 0.975))


def agrees(found: sim.BatchMeans, exact: float) -> None:
    error = standard_error(found)
    assert error < 0.1 * exact, "too blurred to say anything"
    assert abs(found.mean - exact) < Z * error, f"{found.mean} ± {error} against {exact}"


@pytest.fixture(scope="module")
def erlang() -> sim.Steady:
    return sim.steady(centre(3, 2.1), days=60, seed=2)


def test_m_m_c_comes_to_erlang_c(erlang: sim.Steady) -> None:
    waits = erlang_c(3, 2.1)
    agrees(erlang.estimate("asa_seconds", "phone"), waits * MEAN / 0.9)
    agrees(erlang.estimate("service_level", "phone"), 1 - waits * math.exp(-0.9 * 20 / MEAN))
    agrees(erlang.estimate("queue_length_mean", "phone"), waits * 2.1 / 0.9)
    agrees(erlang.estimate("occupancy", "team", "group"), 0.7)
    agrees(erlang.estimate("offered", "phone"), 2.1 * 1440)
    agrees(erlang.estimate("busy_hours", "team", "group"), 2.1 * 24)


def test_m_m_c_with_patience_comes_to_erlang_a() -> None:
    found = sim.steady(centre(4, 4.4, patience=90.0), days=20)
    abandons, queue = erlang_a(4, 4.4, 90.0)
    agrees(found.estimate("abandonment", "phone"), abandons)
    agrees(found.estimate("queue_length_mean", "phone"), queue)
    agrees(found.estimate("wait_seconds_mean", "phone"), queue / (4.4 / MEAN))


def test_intervals_cover_what_is_exact_as_often_as_they_say() -> None:
    """Of 60 intervals of 95% a sound rule covers 51 or more in 998 of 1,000 cases."""
    scenario, exact = centre(3, 1.8), erlang_c(3, 1.8) * MEAN / 1.2
    found = [sim.steady(scenario, days=8, seed=seed).estimate("asa_seconds", "phone") for seed in range(60)]
    covered = sum(abs(one.mean - exact) <= one.half_width for one in found)
    assert covered >= 51
    assert sum(abs(one.mean - exact) <= one.half_width / 3 for one in found) < 45, (
        "no wider than they need be"
    )
    # Half-widths are what the means of the runs say: spread of 60 means, known to a fifth or so.
    spread = np.std([one.mean for one in found], ddof=1)
    assert np.sqrt(np.mean([standard_error(one) ** 2 for one in found])) == pytest.approx(spread, rel=0.35)


def test_it_agrees_with_independent_replications() -> None:
    scenario = centre(4, 4.4, patience=90.0)
    calendar = scenario.calendar.model_copy(update={"warm_up": 7200.0})
    days = sim.run(scenario.model_copy(update={"calendar": calendar}), replications=60, seed=9)
    one_run = sim.steady(scenario, days=40, seed=5)
    rows = days.summary[days.summary["scope"] == "channel"].set_index("measure")
    for measure in ("wait_seconds_mean", "abandonment", "service_level"):
        alone, many = one_run.estimate(measure, "phone"), rows.loc[measure]
        error = math.hypot(standard_error(alone), many["half_width"] / float(stdtrit(59, 0.975)))
        assert abs(alone.mean - many["mean"]) < Z * error


def test_a_run_is_cut_into_whole_intervals(erlang: sim.Steady) -> None:
    # 60 days of 96 intervals in 21 pieces of 274, and 6 that are left over.
    assert (erlang.intervals_per_batch, erlang.warm_up_intervals) == (274, 280)
    warm = sim.steady(centre(3, 1.0), days=2, warm_up=3601, batches=10)
    assert (warm.intervals_per_batch, warm.warm_up_intervals) == (18, 12)
    assert (warm.batch_seconds, warm.warm_up_seconds) == (18 * 900, 12 * 900)
    wait = warm.estimate("asa_seconds", "phone")
    quantities = warm.quantities["channel"]
    seconds, answered = (quantities[name][:, 0].reshape(10, 18) for name in ("answer_seconds", "answered"))
    np.testing.assert_allclose(wait.values, seconds.sum(axis=1) / answered.sum(axis=1))
    assert wait.mean == pytest.approx(seconds.sum() / answered.sum()), "a ratio of sums, no mean of ratios"
    assert wait.mean != pytest.approx(wait.values.mean(), rel=1e-6)


def test_the_same_seed_gives_the_same_run_on_each_engine(engine_name: str) -> None:
    scenario = centre(3, 1.8)
    mine, other = (
        sim.steady(scenario, days=1, batches=5, seed=4, engine=name) for name in (engine_name, "compiled")
    )
    assert mine.summary.equals(other.summary)
    assert not mine.summary.equals(sim.steady(scenario, days=1, batches=5, seed=5).summary)


def test_every_measure_by_interval_has_a_row(erlang: sim.Steady) -> None:
    table = erlang.summary
    measures = set(table["measure"])
    assert {"asa_seconds", "abandonment", "occupancy", "agent_cost"} <= measures
    assert not {"wait_seconds_p90", "intervals_in_target", "callbacks", "effort"} & measures
    pay = table[table["measure"] == "paid_hours"].iloc[0]
    assert (pay["mean"], pay["half_width"], pay["unit"], pay["long_enough"]) == (72, 0, "h per day", True)
    with pytest.raises(KeyError, match="effort"):
        erlang.estimate("effort", "phone")
    with pytest.raises(KeyError, match="channel phone, group team"):
        erlang.estimate("effort", "all", "all")


# -- are batches long enough? --------------------------------------------------------------------------


def test_batches_that_are_too_short_are_told_and_long_ones_are_not() -> None:
    scenario = centre(3, 2.7)
    short = sim.steady(scenario, days=1, batches=48, warm_up=0).estimate("asa_seconds", "phone")
    assert short.warning is not None
    assert "days=4 or batches=24" in short.warning
    assert short.autocorrelation > 0.2
    assert short.chance < 0.05
    long = sim.steady(scenario, days=80, batches=10, seed=3).estimate("asa_seconds", "phone")
    assert long.warning is None
    assert long.effective_seconds < 0.1 * 80 * 86_400, "intervals of a busy queue resemble each other"


def test_more_work_than_agents_can_do_has_no_steady_state() -> None:
    found = sim.steady(centre(2, 2.4), days=4)
    warning = found.estimate("asa_seconds", "phone").warning
    assert warning is not None
    assert "no steady state" in warning
    assert not found.summary.set_index("measure").loc["asa_seconds", "long_enough"]


def test_independent_values_are_called_alike_once_in_twenty() -> None:
    luck = np.random.default_rng(1)
    chances = [neighbours(luck.normal(size=20))[1] for _ in range(2000)]
    assert 0.035 < np.mean(np.array(chances) < 0.05) < 0.065
    assert 0.45 < np.mean(chances) < 0.55


def test_neighbours_that_pull_each_other_along_are_found() -> None:
    luck, value, series = np.random.default_rng(2), 0.0, []
    for _ in range(4000):
        value = 0.6 * value + luck.normal()
        series.append(value)
    alike, chance = neighbours(np.array(series))
    assert alike == pytest.approx(0.6, abs=0.05)
    assert chance < 1e-6
    assert all(math.isnan(found) for found in neighbours(np.ones(20)))


# -- what has no steady state --------------------------------------------------------------------------


def test_everything_that_changes_is_told_at_once() -> None:
    fields = written(centre(3, 1.8))
    fields["intents"]["call"]["volume"] |= {"profile": "office_hours", "day_factor_cv": 0.1}
    fields["intents"]["week"] = {"volume": {"per_day": 10, "weekday_index": {"sun": 0}}}
    fields["channels"]["phone"]["open"] = {"daily": "08:00-20:00"}
    fields["groups"]["team"]["staff"] = {"08:00": 3, "20:00": 0}
    window = ["2026-03-02 10:00", "2026-03-02 11:00"]
    fields["incidents"] = [{"name": "down", "channel": "phone", "window": window}]
    with pytest.raises(sim.RunError) as caught:
        sim.steady(Scenario(**fields), days=10)
    assert {problem.field for problem in caught.value.problems} == {
        "intents.call.volume", "intents.call.volume.day_factor_cv", "intents.week.volume",
        "channels.phone.open", "groups.team.staff", "incidents.0",
    }  # fmt: skip
    assert all(problem.cure and problem.allowed for problem in caught.value.problems)


def test_lists_of_all_days_are_read_as_one_that_repeats() -> None:
    fields = written(centre(3, 1.8))
    fields["calendar"] |= {"days": 2, "interval": "1 h"}
    fields["groups"]["team"]["staff"] = [3.0] * 48
    fields["intents"]["call"]["volume"] = {"per_interval": [108.0] * 48}
    found = sim.steady(Scenario(**fields), days=4, batches=5)
    agrees(found.estimate("offered", "phone"), 108 * 24)
    fields["groups"]["team"]["staff"] = [3.0] * 24 + [4.0] * 24
    with pytest.raises(sim.RunError, match="as many agents all the time"):
        sim.steady(Scenario(**fields), days=4, batches=5)


def test_the_clocks_may_change_in_a_steady_state() -> None:
    scenario = centre(2, 0.5, calendar={"start": "2026-03-20", "interval": "6 h"})
    assert sim.steady(scenario, days=20, batches=5).days == 20


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 1.5}, "days"),
        ({"batches": 4}, "batches"),
        ({"days": 1, "batches": 96}, "days"),
        ({"days": 1, "warm_up": 86_400}, "days"),
        ({"warm_up": -1}, "warm_up"),
        ({"warm_up": "1 h"}, "warm_up"),
        ({"seed": -1}, "seed"),
        ({"engine": "fast"}, "engine"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_cure(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(sim.RunError) as caught:
        sim.steady(centre(3, 1.8), **asked)
    assert [problem.field for problem in caught.value.problems] == [field]
