"""Erlang's formulas against printed tables, exact arithmetic, numerical integration and the simulation."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

import sim
from scenarios import Scenario
from sim.clock import timeline_of
from sim.errors import InfeasibleStaffing, RunError
from sim.plan.agents import staff
from sim.staffing.agents import agents_for, scheduled_for, service_grade, square_root_agents
from sim.staffing.erlang import ENDLESS, erlang_b, erlang_c, performance
from sim.staffing.poisson import above, below

DEFINITIONS = ("offered", "answered", "abandons_good")


# -- printed figures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocking", "agents", "load"),
    [
        (0.01, 1, "0.0101"), (0.01, 2, "0.153"), (0.01, 10, "4.46"), (0.01, 20, "12.0"), (0.01, 50, "37.9"),
        (0.01, 100, "84.1"), (0.02, 10, "5.08"), (0.02, 20, "13.2"), (0.001, 20, "9.41"), (0.05, 5, "2.22"),
    ],
)  # fmt: skip
def test_tables_of_erlang_b(blocking, agents, load):
    """Erlangs that so many trunks carry at a grade of service, as telephone companies' tables print them."""
    half_a_digit = 10.0 ** -len(load.partition(".")[2]) / 2
    low, high = erlang_b([float(load) - half_a_digit, float(load) + half_a_digit], agents)
    assert low <= blocking <= high


def test_the_calculators_example_of_erlang_c():
    """100 calls of 180 s in half an hour, 14 agents: 17.4% wait, 88.8% in 20 s, ASA 7.8 s, 71.4% occupied."""
    queue = performance(200, 180, 14)
    found = [queue.waiting, queue.service_level(20), queue.asa_seconds, queue.occupancy]
    assert [round(float(value), 3) for value in found] == [0.174, 0.888, 7.836, 0.714]


def test_the_comparison_of_models_in_the_tutorial():
    """Gans, Koole & Mandelbaum (2003), section 4: 50 agents, 48 calls a minute of 1 minute, patience 2."""
    queue = performance(48 * 60, 60, 50, [ENDLESS, 120])
    assert queue.abandonment.round(3).tolist() == [0.0, 0.031]
    assert queue.wait_seconds_mean.round(1).tolist() == [20.8, 3.7]
    assert queue.wait_percentile(0.9, "all").round(1).tolist() == [58.1, 12.4]
    assert queue.queue_length_mean.round().tolist() == [17.0, 3.0]
    assert queue.occupancy.round(2).tolist() == [0.96, 0.93]


# -- exact arithmetic ------------------------------------------------------------------------------


def blocking_exactly(load, agents):
    inverse = Fraction(1)
    for n in range(1, agents + 1):
        inverse = 1 + inverse * n / Fraction(load)
    return 1 / inverse


@given(st.integers(0, 130), st.floats(1e-3, 500))
@settings(max_examples=60, deadline=None)
def test_erlang_b_and_c_as_fractions(agents, load):
    lost = blocking_exactly(load, agents)
    assert float(erlang_b(load, agents)) == pytest.approx(float(lost), rel=1e-12)
    waits = lost / (1 - Fraction(load) / agents * (1 - lost)) if agents > load else 1
    assert float(erlang_c(load, agents)) == pytest.approx(float(waits), rel=1e-10)


@pytest.mark.parametrize("beyond", [-6.0, -1.0, -0.99, 0.0, 0.99, 1.0, 6.0])
@pytest.mark.parametrize("size", [61, 1_000, 20_000])
def test_sums_of_states_in_forty_digits(size, beyond):
    """On both sides of where one expression takes over from another."""
    load = round(size + beyond * math.sqrt(size), 1)
    with localcontext() as context:
        context.prec = 40
        inverse = Decimal(1)
        for n in range(1, size + 1):
            inverse = 1 + inverse * n / Decimal(load)
        assert float(below(size, load)) == pytest.approx(float(inverse), rel=1e-13)
        term, total, gone = Decimal(1), Decimal(1), Decimal(0)
        rank, q = Decimal(size), 0
        while rank + q < load or term > total * Decimal(10) ** -20:
            q += 1
            gone += q * term / (rank + q)
            term = term * Decimal(load) / (rank + q)
            total += term
        log_sum, share = above(size, load)
        assert float(log_sum) == pytest.approx(float(total.ln()), rel=1e-13)
        assert float(share) == pytest.approx(float(gone / total), rel=1e-12)


def test_a_hundred_thousand_agents():
    """The scale at which sums of powers and factorials have long overflowed; square-root laws hold there."""
    agents = 100_000
    load = agents - math.sqrt(agents)
    half = performance(load, 3600, agents)
    assert float(half.waiting) == pytest.approx(0.2234, abs=1e-3)  # Halfin & Whitt at β = 1
    assert float(erlang_c(load, agents)) == pytest.approx(float(half.waiting), rel=1e-12)
    crowd = performance(2 * agents, 3600, agents, 600)
    assert float(crowd.abandonment) == pytest.approx(0.5, abs=1e-9)  # the fluid limit
    assert np.isfinite(crowd.asa_seconds)
    assert performance(1, 3600, agents, 600).asa_seconds == 0.0


# -- birth and death -------------------------------------------------------------------------------


def states(calls, handle, agents, patience, most):
    """Waiting, abandonment, ASA, mean wait, blocking, and answered within 20 s by definition: all by sums."""
    rate, done = calls / 3600, 1 / handle
    gives_up = 0.0 if math.isinf(patience) else 1 / patience
    numbers = np.arange(1, most + 1)
    leave = np.minimum(numbers, agents) * done + np.maximum(numbers - agents, 0) * gives_up
    logs = np.concatenate([[0.0], np.cumsum(math.log(rate) - np.log(leave))])
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    accepted = 1.0 - shares[-1]
    found = shares[agents:-1] / accepted  # with q waiting
    stage = agents * done + gives_up * np.arange(1, len(found) + 1)
    served = np.cumprod(1 - gives_up / stage)
    answered = 1.0 - found.sum() + found @ served
    queue = np.maximum(np.arange(most + 1) - agents, 0) @ shares
    return {
        "waiting": found.sum(),
        "abandonment": 1 - answered,
        "asa_seconds": found @ (served * np.cumsum(1 / stage)) / answered,
        "wait_seconds_mean": queue / rate / accepted,
        "blocking": shares[-1],
    }


QUEUES = [
    (1200, 240, 78, 120), (1200, 240, 60, 120), (1200, 240, 100, 40), (100, 600, 3, 30), (30, 300, 1, 1e6),
    (1200, 240, 84, 1e7),
]  # fmt: skip


@pytest.mark.parametrize("queue", QUEUES)
def test_erlang_a_by_sums_over_states(queue):
    exact = states(*queue, most=6000)
    found = performance(*queue)
    for name, value in exact.items():
        assert float(getattr(found, name)) == pytest.approx(value, rel=1e-9, abs=1e-13), name


@pytest.mark.parametrize("patience", [90.0, ENDLESS])
@pytest.mark.parametrize("lines", [60, 61, 75, 200])
@pytest.mark.parametrize("calls", [700, 1000])
def test_lines_by_sums_over_states(calls, lines, patience):
    exact = states(calls, 240, 60, patience, most=lines)
    found = performance(calls, 240, 60, patience, lines)
    for name, value in exact.items():
        assert float(getattr(found, name)) == pytest.approx(value, rel=1e-9, abs=1e-12), name


def offered_wait(calls, handle, agents, patience):
    """Density of the offered wait over the share that need not wait, after Baccelli & Hebuterne (1981)."""
    rate, done = calls / 3600, agents / handle
    load = calls / 3600 * handle
    weights = [load**j / math.factorial(j) for j in range(agents)]

    def density(seconds):
        used = seconds if math.isinf(patience) else patience * -math.expm1(-seconds / patience)
        return rate * weights[-1] / sum(weights) * math.exp(rate * used - done * seconds)

    return density


@pytest.mark.parametrize("queue", [(300, 240, 22, 120.0), (300, 240, 16, 60.0), (300, 240, 24, ENDLESS)])
@pytest.mark.parametrize("within", [0.0, 10.0, 60.0])
def test_service_levels_by_integration(queue, within):
    density, patience = offered_wait(*queue), queue[-1]

    def stays(seconds):
        return math.exp(-seconds / patience)

    def over(weight, start, end):
        return integrate.quad(lambda x: density(x) * weight(x), start, end, epsabs=1e-13, limit=200)[0]

    end = 4000.0
    total = 1.0 + over(lambda x: 1.0, 0.0, end)
    answered = (1.0 + over(stays, 0.0, end)) / total
    in_time = (1.0 + over(stays, 0.0, within)) / total
    waiting = over(lambda x: stays(within), within, end) / total
    found = performance(*queue)
    exact = {"offered": in_time, "answered": in_time / answered, "abandons_good": 1.0 - waiting}
    for of in DEFINITIONS:
        assert float(found.service_level(within, of)) == pytest.approx(exact[of], abs=1e-10)
    assert float(found.longer_than(within)) == pytest.approx(waiting, abs=1e-10)
    asa = over(lambda x: x * stays(x), 0.0, end) / total / answered
    assert float(found.asa_seconds) == pytest.approx(asa, rel=1e-9)


@given(
    calls=st.floats(1, 5000), handle=st.floats(20, 900), spare=st.integers(-20, 30),
    patience=st.floats(1, 5000), lines=st.one_of(st.just(ENDLESS), st.integers(0, 60)),
    within=st.floats(0, 300),
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_what_must_hold_of_any_queue(calls, handle, spare, patience, lines, within):
    agents = max(1, round(calls * handle / 3600) + spare)
    queue = performance(calls, handle, agents, patience, lines if math.isinf(lines) else agents + lines)
    offered, answered, good = (float(queue.service_level(within, of)) for of in DEFINITIONS)
    assert -1e-12 <= offered <= answered + 1e-12
    assert offered <= good + 1e-12 <= 1.0 + 2e-12
    assert 0.0 <= queue.abandonment <= queue.waiting <= 1.0
    assert queue.asa_seconds <= queue.wait_percentile(0.999999) + 1e-6
    # who gives up has waited a time of which patience is the mean per hang-up: Little's law of the queue
    assert float(queue.wait_seconds_mean) == pytest.approx(
        float(queue.abandonment) * patience, rel=1e-7, abs=1e-12
    )
    for share in (0.9,):
        for of in ("answered", "all"):
            seconds = queue.wait_percentile(share, of)
            assert queue.longer_than(seconds, of) <= 1.0 - share + 1e-9
            if seconds > 1e-6:
                assert queue.longer_than(0.999 * seconds, of) >= 1.0 - share - 1e-9


def test_limits():
    """A tends to C, A tends to B, and lines that are as many as agents make B of all."""
    calls, handle, agents = [200.0, 1140.0, 60_000.0], 180.0, [12, 60, 3040]
    loads = np.array(calls) * handle / 3600
    patient = performance(calls, handle, agents, 1e11)
    assert patient.waiting == pytest.approx(erlang_c(loads, agents), rel=1e-6)
    assert patient.service_level(20) == pytest.approx(
        performance(calls, handle, agents).service_level(20), rel=1e-6
    )
    assert performance(calls, handle, agents, 1e-9).abandonment == pytest.approx(
        erlang_b(loads, agents), rel=1e-6
    )
    for patience in (0.0, 60.0, ENDLESS):
        lost = performance(calls, handle, agents, patience, lines=agents)
        assert lost.blocking + (1 - lost.blocking) * lost.abandonment == pytest.approx(
            erlang_b(loads, agents), rel=1e-12
        )
    many = performance(calls, handle, agents, 60.0, lines=100_000)
    assert (
        many.service_level(20).tolist() == performance(calls, handle, agents, 60.0).service_level(20).tolist()
    )


def test_extremes():
    """Nobody there, nobody calling, nobody waiting, no steady state: numbers that mean something."""
    alone = performance(60, 300, 0, [30.0, ENDLESS])
    assert alone.waiting.tolist() == [1.0, 1.0]
    assert alone.service_level(20).tolist() == alone.occupancy.tolist() == [0.0, 0.0]
    assert alone.abandonment.tolist() == [1.0, 0.0]
    assert np.isnan(alone.asa_seconds[0])
    assert math.isinf(alone.wait_percentile(0.9, "all")[1])
    quiet = performance(0, 300, 5, 60.0)
    assert (quiet.waiting, quiet.asa_seconds, quiet.occupancy, quiet.service_level(0)) == (0, 0, 0, 1)
    swamped = performance(1200, 240, 60)
    assert (swamped.waiting, swamped.service_level(20), swamped.asa_seconds) == (1.0, 0.0, math.inf)
    assert performance(60, 300, 3, 60.0, lines=0).blocking == 1.0
    assert performance([], 300, []).waiting.shape == (0,)


@pytest.mark.parametrize(
    ("figures", "named"),
    [
        ({"agents": 2.5}, "agents"), ({"agents": -1}, "agents"), ({"handle_seconds": 0}, "handle_seconds"),
        ({"calls_per_hour": math.inf}, "calls_per_hour"), ({"patience_seconds": -3}, "patience_seconds"),
        ({"lines": 1.5}, "lines"), ({"calls_per_hour": "many"}, "calls_per_hour"),
        ({"calls_per_hour": [1, 2], "agents": [1, 2, 3]}, "shapes"), ({"agents": math.nan}, "agents"),
    ],
)  # fmt: skip
def test_figures_that_are_refused(figures, named):
    with pytest.raises(RunError) as refused:
        performance(**{"calls_per_hour": 100, "handle_seconds": 180, "agents": 10, **figures})
    assert [problem.field for problem in refused.value.problems] == [named]


# -- how many agents -------------------------------------------------------------------------------

GOALS = [
    {"service_level": 0.8, "within_seconds": 20},
    {"service_level": 0.9, "within_seconds": 10, "of": "answered"},
    {"asa_seconds": 5},
    {"abandonment": 0.02},
    {"waiting": 0.1},
    {"percentile": (0.95, 45.0)},
    {"service_level": 0.5, "occupancy": 0.7},
]


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("patience", [90.0, ENDLESS])
def test_agents_for_a_goal_by_trying_every_number(goal, patience):
    calls, handle = np.array([3.0, 40.0, 333.0]), 250.0

    def holds(rate, agents):
        queue = performance(rate, handle, agents, patience)
        share, seconds = goal.get("percentile", (0.0, 0.0))
        return (
            queue.service_level(goal.get("within_seconds", 20), goal.get("of", "offered"))
            >= goal.get("service_level", 0.0)
            and not queue.asa_seconds > goal.get("asa_seconds", math.inf)
            and (agents > rate * handle / 3600 or patience < ENDLESS)
            and queue.abandonment <= goal.get("abandonment", 1.0)
            and queue.waiting <= goal.get("waiting", 1.0)
            and queue.occupancy <= goal.get("occupancy", 1.0)
            and queue.longer_than(seconds, "answered") <= 1.0 - share
        )

    tried = [next(n for n in range(1, 200) if holds(rate, n)) for rate in calls]
    assert agents_for(calls, handle, patience, **goal).tolist() == tried


def test_no_number_is_enough():
    with pytest.raises(InfeasibleStaffing, match="no number of agents"):
        agents_for(100, 180, 60, service_level=1.0, occupancy=0.0)
    with pytest.raises(RunError, match="goal"):
        agents_for(100, 180)
    with pytest.raises(RunError, match="service_level"):
        agents_for(100, 180, service_level=80)


@given(st.integers(0, 2000), st.floats(0, 0.95))
@settings(max_examples=80, deadline=None)
def test_what_is_scheduled_is_what_a_scenario_puts_on_the_floor(on_floor, shrinkage):
    number = int(scheduled_for(on_floor, shrinkage))
    fields = {"skills": {"phone": {}}, "shrinkage": shrinkage}
    groups = {
        "enough": {**fields, "staff": [number] * 24},
        "fewer": {**fields, "staff": [max(number - 1, 0)] * 24},
    }
    desk = Scenario(
        name="Desk",
        calendar={"start": "2026-03-02", "interval": 3600},
        intents={"ask": {"volume": {"per_day": 1}, "first_channel": {"phone": 1}}},
        channels={"phone": {"mode": "live"}},
        groups=groups,
    )
    enough, fewer = staff(desk, timeline_of(desk.calendar)).staff[:, 0]
    assert enough == on_floor
    assert fewer < on_floor or on_floor == 0


def test_square_root_staffing_is_within_an_agent():
    for patience in (ENDLESS, 300.0, 60.0):
        for waiting in (0.1, 0.3, 0.6):
            loads = np.array([5.0, 50.0, 500.0, 5000.0])
            exact = agents_for(loads * 3600 / 240, 240, patience, waiting=waiting)
            assert np.abs(square_root_agents(loads, waiting, 240, patience) - exact).max() <= 1
    assert float(service_grade(0.5, 1.0, 1.0)) == pytest.approx(0.0, abs=1e-9)  # equal times: the normal law


# -- the simulation --------------------------------------------------------------------------------


@pytest.mark.law
def test_the_simulation_of_one_queue_agrees():
    calls, handle, agents, patience = 180.0, 200.0, 11, 90.0
    queue = Scenario(
        name="One queue",
        calendar={"start": "2026-03-02", "interval": 3600, "days": 5},
        intents={"ask": {"volume": {"per_interval": [calls] * 24}, "first_channel": {"phone": 1}}},
        channels={
            "phone": {
                "mode": "live", "handle_time": {"exponential": {"mean": handle}}, "resolution": 1,
                "patience": {"exponential": {"mean": patience}}, "target": {"share": 0.8, "within": 15},
            }
        },
        groups={"agents": {"skills": {"phone": {}}, "staff": [agents] * 24, "shrinkage": 0}},
    )  # fmt: skip
    seen = sim.run(queue, replications=30, seed=7).summary.set_index(["scope", "measure"])
    exact = performance(calls, handle, agents, patience)
    wanted = {
        ("channel", "asa_seconds"): exact.asa_seconds,
        ("channel", "wait_seconds_mean"): exact.wait_seconds_mean,
        ("channel", "abandonment"): exact.abandonment,
        ("group", "occupancy"): exact.occupancy,
        **{
            ("channel", f"service_level_of_{of}"): exact.service_level(15, of)
            for of in ("offered", "answered")
        },
        ("channel", "service_level_abandons_good"): exact.service_level(15, "abandons_good"),
    }
    for row, value in wanted.items():
        # 1.7 half-widths are 3.3 standard errors; days begin empty, which moves means by a thousandth
        assert abs(seen.loc[row, "mean"] - value) <= 1.7 * seen.loc[row, "half_width"] + 1e-3 * value, row
        assert seen.loc[row, "half_width"] < 0.05 * value, row
