"""Policies of one's own in place of the rules."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from scenarios import Scenario
from sim import ByTheRules
from sim import plan as plans
from sim.engines import get, reference
from sim.luck.streams import draw
from sim.policies import FreeAgent, Moment, WaitingContact
from tests.golden.given import Case, GivenDraws, as_text, email, expected, group, phone, scenario
from tests.sim.reserving import Reserve, two_lines
from tests.strategies import scenarios_strategy
from tests.truths.watched import WatchedSimulation
from tests.twins.compare import same

REFERENCE: Any = {"engine": "reference", "workers": 1}


class LastOfAll(ByTheRules):
    """Whoever is offered last."""

    def choose_agent(self, contact: WaitingContact, agents: Sequence[FreeAgent], now: Moment) -> FreeAgent:
        return agents[-1]

    def choose_contact(
        self, agent: FreeAgent, contacts: Sequence[WaitingContact], now: Moment
    ) -> WaitingContact:
        return contacts[-1]


class Moody(ByTheRules):
    """Chooses by luck of its own, and sometimes nobody."""

    def __init__(self) -> None:
        self.luck = random.Random(5)

    def choose_agent(
        self, contact: WaitingContact, agents: Sequence[FreeAgent], now: Moment
    ) -> FreeAgent | None:
        return self.luck.choice([*agents, None])

    def choose_contact(
        self, agent: FreeAgent, contacts: Sequence[WaitingContact], now: Moment
    ) -> WaitingContact | None:
        return self.luck.choice([*contacts, None])


class Foreign(ByTheRules):
    """Answers what nobody offered."""

    def choose_agent(self, contact: WaitingContact, agents: Sequence[FreeAgent], now: Moment) -> FreeAgent:
        return FreeAgent(0, "nobody", 0, False, False)


# -- what a policy may and may not change ----------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios_strategy(), st.integers(0, 9))
def test_a_policy_by_the_rules_changes_no_bit(asked: Scenario, seed: int) -> None:
    plan = plans.build(asked)
    rules = reference.simulate(plan, draw(plan, seed, 0))
    assert same(rules, get("reference", ByTheRules())(plan, draw(plan, seed, 0)))


class WatchedByPolicy(WatchedSimulation):
    """All truths but one: a policy may leave agents idle while somebody waits."""

    def _nobody_could_take(self, *_: Any) -> None: ...

    def _nobody_could_be_interrupted(self, *_: Any) -> None: ...


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios_strategy(), st.sampled_from([LastOfAll(), Moody()]))
def test_whatever_a_policy_chooses_the_truths_hold(asked: Scenario, policy: sim.Policy) -> None:
    plan = plans.build(asked)
    trace = WatchedByPolicy(plan, draw(plan, 1, 0), policy).run()
    assert int(trace.queue_length.sum()) == int(trace.queued.sum())
    again = get("reference", policy)(plan, draw(plan, 1, 0))
    assert same(trace, again), "a replication begins with the policy as it was given"


# -- small days ------------------------------------------------------------------------------------


def story(asked: Scenario, policy: sim.Policy, *cases: Case) -> str:
    plan = plans.build(asked)
    return as_text(plan, get("reference", policy)(plan, GivenDraws(plan, cases)))


def test_the_last_to_come_goes_first() -> None:
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, 1)})
    cases = Case(0, "phone"), Case(1, "phone"), Case(2, "phone"), Case(15, "phone")
    assert story(asked, LastOfAll(), *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 0       0        10    0      10      resolved -
        1    0   phone   agents 1       30       40    29     10      resolved -
        2    0   phone   agents 2       10       20    8      10      resolved -
        3    0   phone   agents 15      20       30    5      10      resolved -
        """
    )


def test_who_is_passed_over_is_asked_about_after_the_next_event() -> None:
    groups = {
        "clerks": group({"phone": {}}, 1),
        "specialists": group({"hotline": {}, "phone": {"priority": 2}}, 2),
    }
    asked = scenario({"phone": phone(), "hotline": phone()}, groups)
    cases = (
        Case(0, "phone", [100]),
        Case(10, "phone", [100]),  # two specialists are idle: one helps
        Case(20, "phone", [10]),  # one is, who is kept
        Case(30, "hotline", [40]),  # for this
        Case(81, "phone", [10]),  # as it comes, the one before has waited for 61 s, and the clerk is busy
    )
    # At 70 the specialist who ends the hotline call is the only one idle, and the caller has waited for 50 s.
    # At 91 she is free again, but the last caller has waited for 10 s; the clerk is free at 100.
    assert story(asked, Reserve(), *cases) == expected(
        """
        case try channel group       arrived answered ended queued handled outcome  next
        0    0   phone   clerks      0       0        100   0      100     resolved -
        1    0   phone   specialists 10      10       110   0      100     resolved -
        2    0   phone   specialists 20      81       91    61     10      resolved -
        3    0   hotline specialists 30      30       70    0      40      resolved -
        4    0   phone   clerks      81      100      110   19     10      resolved -
        """
    )


class KeepsOnWriting(ByTheRules):
    """Nobody is interrupted."""

    def choose_agent(
        self, contact: WaitingContact, agents: Sequence[FreeAgent], now: Moment
    ) -> FreeAgent | None:
        return None if agents[0].would_interrupt else agents[0]


def test_a_policy_is_asked_whom_to_interrupt() -> None:
    asked = scenario({"phone": phone(), "email": email()}, {"agents": group({"phone": {}, "email": {}}, 1)})
    cases = Case(0, "email", [30]), Case(10, "phone")
    assert story(asked, KeepsOnWriting(), *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 0       0        30    0      30      resolved -
        1    0   phone   agents 10      30       40    20     10      resolved -
        """
    )


# -- through the public interface ------------------------------------------------------------------


def test_the_worked_example() -> None:
    """Against the rules, on the same days: the hotline waits less, and the phone more."""
    base = two_lines()
    found = sim.compare(base, {"reserve": base}, 6, policy={"reserve": Reserve()}, **REFERENCE)
    table = found.summary.set_index(["scenario", "scope", "name", "measure"])
    hotline = table.loc[("reserve", "channel", "hotline", "asa_seconds")]
    calls = table.loc[("reserve", "channel", "phone", "asa_seconds")]
    assert hotline["delta"] + hotline["delta_half_width"] < 0
    assert calls["delta"] - calls["delta_half_width"] > 0
    assert found.base.policy is None


def test_a_result_depends_on_no_worker_and_is_told_again_by_its_policy() -> None:
    asked = two_lines()
    alone = sim.run(asked, 3, policy=Moody(), **REFERENCE)
    with ThreadPoolExecutor(2) as pool:
        elsewhere = sim.run(asked, 3, engine="reference", executor=pool, policy=Moody())
    assert alone.summary.equals(elsewhere.summary)
    rules = sim.run(asked, 3, **REFERENCE)
    waits = [result.cases["wait_seconds"].sum() for result in (alone, elsewhere, rules)]
    assert waits[0] == waits[1] != waits[2]


def test_a_policy_goes_to_processes() -> None:
    asked = two_lines()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        elsewhere = sim.run(asked, 1, engine="reference", executor=pool, policy=ByTheRules())
    assert elsewhere.summary.equals(sim.run(asked, 1, **REFERENCE).summary)


def test_a_policy_in_a_sweep() -> None:
    grid = {"groups.specialists.staff": [{"00:00": 3}, {"00:00": 4}]}
    table = sim.sweep(two_lines(), grid, 1, policy=Reserve(), **REFERENCE)
    alone = sim.run(two_lines(), 1, policy=Reserve(), **REFERENCE).summary
    assert table["mean"].iloc[: len(alone)].tolist() == pytest.approx(alone["mean"].tolist(), nan_ok=True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"engine": "compiled", "policy": Reserve()}, 'use engine="reference"'),
        ({"engine": "reference", "policy": Reserve}, "make one: Reserve()"),
        ({"engine": "reference", "policy": "longest"}, "build on sim.ByTheRules"),
        ({"engine": "reference", "policy": {"mine": Reserve()}}, "policy is 'mine'"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(sim.RunError, match="policy") as refused:
        sim.run(two_lines(), 1, **arguments)
    assert told in str(refused.value)


def test_a_policy_that_cannot_be_sent_is_refused() -> None:
    policy = Reserve()
    policy.seconds = lambda: 60.0  # type: ignore[assignment]
    with pytest.raises(sim.RunError, match="pickle"):
        sim.run(two_lines(), 1, policy=policy, **REFERENCE)


def test_a_policy_may_choose_only_among_those_offered() -> None:
    with pytest.raises(sim.RunError, match="one of the 6 offered, or None"):
        sim.run(two_lines(), 1, policy=Foreign(), **REFERENCE)
