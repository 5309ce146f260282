"""Callbacks: who is offered one and takes it, and the wait that is expected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim import plan as plans
from sim.contract import Front, Outcome
from sim.engines import Engine
from tests.golden.given import (
    FULL,
    IN_VAIN,
    ONCE_IN_VAIN,
    TAKES,
    Case,
    GivenDraws,
    Happen,
    Tell,
    as_text,
    calls,
    email,
    expected,
    front,
    go,
    group,
    minutes,
    scenario,
)

AGENT = {"agents": group({"phone": {}}, 1)}


def test_who_takes_a_callback_hangs_up_and_is_rung_in_turn(told: Tell, happens: Happen) -> None:
    asked = scenario({"phone": calls(offer_above=5, estimate="head_of_line")}, AGENT)
    cases = (
        Case(0, "phone", [20], **TAKES),  # is answered at once
        Case(1, "phone", [10], **TAKES),  # nobody is in the queue, so no wait is expected
        Case(6, "phone", [10], **TAKES),  # the first has waited 5 s, which is not longer
        Case(7, "phone", [99, 10], **TAKES),
        Case(8, "phone", [10]),  # is offered one, and declines
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   agents 1       1       20       30    19     10      0       resolved    -
        2    0   phone   agents 6       6       30       40    24     10      0       resolved    -
        3    0   phone   -      7       7       -        7     0      0       0       called_back phone
        3    1   phone   agents 7       7       40       50    0      10      0       resolved    -
        4    0   phone   agents 8       8       50       60    42     10      0       resolved    -
        """
    )
    # Whoever is to be rung back is not among those waiting.
    assert minutes(happens(asked, *cases).queue_length, 0) == {0: 19.0 + 24.0 + 42.0}


def test_a_callback_goes_before_those_who_came_later(told: Tell) -> None:
    asked = scenario({"phone": calls()}, AGENT)
    cases = Case(0, "phone", [20]), Case(1, "phone", [99, 10], **TAKES), Case(2, "phone", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        20    0      20      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   agents 1       20       30    0      10      resolved    -
        2    0   phone   agents 2       30       40    28     10      resolved    -
        """
    )


# -- the offer -------------------------------------------------------------------------------------


def test_no_callback_on_the_last_attempt(told: Tell) -> None:
    asked = scenario({"phone": calls()}, AGENT, max_attempts=1)
    assert told(asked, Case(0, "phone", [20]), Case(1, "phone", [10], **TAKES)).splitlines()[2] == (
        "1 0 phone agents 1 20 30 19 10 resolved -"
    )


def test_a_later_attempt_may_take_one_again_but_no_callback_does(told: Tell) -> None:
    asked = scenario({"phone": calls(attempts=1)}, AGENT, next_steps=[go("phone", "abandoned", "phone")])
    cases = (
        Case(0, "phone", [20]),
        Case(1, "phone", [99], next=["phone"], **IN_VAIN),
        Case(23, "phone", [30]),
    )
    # At 20 nobody answers; at 23 the customer calls again and, as the agent takes the other call only after
    # that (the earlier case comes first), is answered at once.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        20    0      20      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   agents 1       -        23    0      0       abandoned   phone
        1    2   phone   agents 23      23       122   0      99      resolved    -
        2    0   phone   agents 23      122      152   99     30      resolved    -
        """
    )
    later = (
        Case(0, "phone", [20]),
        Case(1, "phone", next=["phone", "phone", "phone", None], delay=[1], **IN_VAIN),
        Case(23, "phone", [30]),
    )
    assert told(asked, *later) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        20    0      20      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   agents 1       -        23    0      0       abandoned   phone
        1    2   phone   -      24      -        24    0      0       called_back phone
        1    3   phone   agents 24      -        56    0      0       abandoned   -
        2    0   phone   agents 23      23       53    0      30      resolved    -
        """
    )


def test_who_balks_takes_the_offer_first_but_a_callback_does_not_balk(told: Tell) -> None:
    asked = scenario({"phone": {**calls(), "balk": 0.5}}, AGENT)
    cases = (
        Case(0, "phone", [20]),
        Case(1, "phone", [99, 10], balks=[True], **TAKES),
        Case(2, "phone", balks=[True]),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        20    0      20      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   agents 1       20       30    0      10      resolved    -
        2    0   phone   -      2       -        2     0      0       abandoned   -
        """
    )


def test_deferred_work_is_interrupted_for_a_call_before_a_callback_is_offered(told: Tell) -> None:
    asked = scenario({"phone": calls(), "email": email()}, {"agents": group({"phone": {}, "email": {}}, 1)})
    assert told(asked, Case(0, "email", [30]), Case(5, "phone", [10], **TAKES)) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 0       0        40    10     30      resolved -
        1    0   phone   agents 5       5        15    0      10      resolved -
        """
    )


def test_a_transfer_is_offered_no_callback(told: Tell) -> None:
    teams = {
        "helpers": group({"phone": {"intents": ["help"]}}, 1),
        "disputes": group({"phone": {"intents": ["dispute"]}}, 1),
    }
    channels = {"phone": {**calls(), "front": front(transfer_part=0.25)}}
    asked = scenario(channels, teams, intents=("help", "dispute"))
    cases = (
        Case(0, "phone", [40, 10], front_ends=[Front.MISROUTES], takes_callback=[True]),
        Case(5, "phone", [25]),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group    arrived answered ended queued handled outcome     next
        0    0   phone   disputes 0       0        10    0      10      transferred phone
        0    1   phone   helpers  10      30       40    20     10      resolved    -
        1    0   phone   helpers  5       5        30    0      25      resolved    -
        """
    )


def test_a_misrouted_customer_is_rung_by_the_right_team(told: Tell) -> None:
    teams = {
        "helpers": group({"phone": {"intents": ["help"]}}, 1),
        "disputes": group({"phone": {"intents": ["dispute"]}}, 1),
    }
    asked = scenario({"phone": {**calls(), "front": front()}}, teams, intents=("help", "dispute"))
    cases = (
        Case(0, "phone", [30], intent="dispute"),
        Case(1, "phone", [99, 10], front=[1], front_ends=[Front.MISROUTES], **TAKES),
    )
    # The helper is idle: in the queue of the disputes there would be a wait, in its own there is none.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group    arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   disputes 0       0       0        30    0      30      0       resolved    -
        1    0   phone   -        1       2       -        2     0      0       0       called_back phone
        1    1   phone   helpers  2       2       2        12    0      10      0       resolved    -
        """
    )


@pytest.mark.parametrize("offered", [True, False])
def test_the_share_who_take_a_callback(happens: Happen, offered: bool) -> None:
    asked = scenario({"phone": calls(take_up=0.25)}, AGENT)
    luck = 0.249999 if offered else 0.25
    trace = happens(asked, Case(0, "phone", [20]), Case(1, "phone", [10], takes_callback=[luck]))
    assert (trace.outcome[1] == Outcome.CALLED_BACK) == offered


def test_no_next_step_leads_away_from_a_callback(engine: Engine) -> None:
    asked = scenario({"phone": calls()}, AGENT, next_steps=[go("phone", "abandoned", "phone")])
    plan = plans.build(asked)
    rows = plan.next_row.copy()
    rows[:, Outcome.CALLED_BACK] = 0
    plan = replace(plan, next_row=rows)
    draws = GivenDraws(plan, [Case(0, "phone", [20]), Case(1, "phone", [9, 10], delay=[100], **TAKES)])
    assert as_text(plan, engine(plan, draws)) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        20    0      20      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   agents 1       20       30    0      10      resolved    -
        """
    )


# -- the wait that is expected ---------------------------------------------------------------------


def test_the_wait_of_whom_an_agent_opened_last(told: Tell) -> None:
    asked = scenario({"phone": calls(offer_above=5, estimate="last_wait", ring=5, retry=30)}, AGENT)
    cases = (
        Case(0, "phone", [20], **TAKES),  # did not wait
        Case(1, "phone", [20], **TAKES),  # waits 19 s
        Case(22, "phone", [99, 10], **ONCE_IN_VAIN),
        Case(23, "phone", [10]),
        Case(46, "phone", [99, 5], **TAKES),  # expects the 22 s of the one before
        Case(69, "phone", [20], **TAKES),  # did not wait
        Case(88, "phone", [10], **TAKES),  # so no wait is expected
        Case(100, "phone", [99, 10], **TAKES),  # the last one waited 11 s
    )
    # The agent: 0-20, 20-40, rings 40-45, 45-55, 55-60 the callback of 46, idle, 69-89; the callback of 22,
    # due at 75, 89-99; 99-109, 109-119.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        20    0      20      resolved    -
        1    0   phone   agents 1       20       40    19     20      resolved    -
        2    0   phone   -      22      -        22    0      0       called_back phone
        2    1   phone   agents 22      89       99    0      10      resolved    -
        3    0   phone   agents 23      45       55    22     10      resolved    -
        4    0   phone   -      46      -        46    0      0       called_back phone
        4    1   phone   agents 46      55       60    0      5       resolved    -
        5    0   phone   agents 69      69       89    0      20      resolved    -
        6    0   phone   agents 88      99       109   11     10      resolved    -
        7    0   phone   -      100     -        100   0      0       called_back phone
        7    1   phone   agents 100     109      119   0      10      resolved    -
        """
    )


def test_the_wait_is_that_of_the_own_queue(told: Tell) -> None:
    teams = {
        "helpers": group({"phone": {"intents": ["help"]}}, 1),
        "disputes": group({"phone": {"intents": ["dispute"]}}, 1),
    }
    channels = {"phone": calls(offer_above=5, estimate="head_of_line")}
    asked = scenario(channels, teams, intents=("help", "dispute"))
    cases = (
        Case(0, "phone", [20]),
        Case(0, "phone", [20], intent="dispute"),
        Case(1, "phone", [10]),
        Case(7, "phone", [10], intent="dispute", **TAKES),  # nobody is in that queue
        Case(8, "phone", [99, 10], **TAKES),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group    arrived answered ended queued handled outcome     next
        0    0   phone   helpers  0       0        20    0      20      resolved    -
        1    0   phone   disputes 0       0        20    0      20      resolved    -
        2    0   phone   helpers  1       20       30    19     10      resolved    -
        3    0   phone   disputes 7       20       30    13     10      resolved    -
        4    0   phone   -        8       -        8     0      0       called_back phone
        4    1   phone   helpers  8       30       40    0      10      resolved    -
        """
    )


def test_the_first_try_counts_as_opened_and_a_later_one_does_not(happens: Happen) -> None:
    asked = scenario({"phone": calls(offer_above=5, estimate="last_wait", ring=5, retry=30)}, AGENT)
    first = (
        Case(0, "phone", [20]),
        Case(1, "phone", [20]),
        Case(22, "phone", [99, 10], **IN_VAIN),  # rung at 40: waited 18 s
        Case(41, "phone", [50], **TAKES),
    )
    assert happens(asked, *first).outcome[4] == Outcome.CALLED_BACK
    second = (
        *first[:2],
        Case(22, "phone", [99, 30], **ONCE_IN_VAIN),
        Case(50, "phone", [30]),  # did not wait
        Case(85, "phone", [10], **TAKES),  # the callback was rung again at 80
    )
    trace = happens(asked, *second)
    assert trace.answered[3] == 80_000_000
    assert trace.outcome[5] == Outcome.RESOLVED


@pytest.mark.parametrize(("above", "is_offered"), [(3.333332, True), (3.333333, False)])
def test_the_wait_by_the_length_of_the_queue_is_rounded_down(
    happens: Happen, above: float, is_offered: bool
) -> None:
    asked = scenario({"phone": calls(offer_above=above)}, {"agents": group({"phone": {}}, 3)})
    trace = happens(asked, *(Case(0, "phone", [20]) for _ in range(3)), Case(1, "phone", **TAKES))
    assert (trace.outcome[3] == Outcome.CALLED_BACK) == is_offered


def test_callbacks_count_in_the_length_of_the_queue(told: Tell) -> None:
    asked = scenario({"phone": calls(offer_above=14)}, {"agents": group({"phone": {}}, 2)})
    cases = (
        Case(0, "phone", [20]),
        Case(0, "phone", [40]),
        Case(1, "phone", [10], **TAKES),  # 1 x 10 s / 2 agents
        Case(2, "phone", [10], **TAKES),  # 2 x 10 s / 2 agents
        Case(3, "phone", [9, 10], **TAKES),  # 3 x 10 s / 2 agents
        Case(21, "phone", [9, 10], **TAKES),  # the second and the callback are in the queue
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        20    0      20      resolved    -
        1    0   phone   agents 0       0        40    0      40      resolved    -
        2    0   phone   agents 1       20       30    19     10      resolved    -
        3    0   phone   agents 2       30       40    28     10      resolved    -
        4    0   phone   -      3       -        3     0      0       called_back phone
        4    1   phone   agents 3       40       50    0      10      resolved    -
        5    0   phone   -      21      -        21    0      0       called_back phone
        5    1   phone   agents 21      40       50    0      10      resolved    -
        """
    )


def test_the_agents_are_those_scheduled_now(told: Tell) -> None:
    staff = {"00:00": 1, "00:01": 2, "00:02": 0, "00:03": 1}
    asked = scenario({"phone": calls(offer_above=9)}, {"agents": group({"phone": {}}, staff)})
    cases = (
        Case(0, "phone", [30]),
        Case(1, "phone", [9, 10], **TAKES),  # 1 x 10 s / 1 agent
        Case(60, "phone", [50]),
        Case(61, "phone", [50]),
        Case(62, "phone", [10], **TAKES),  # 1 x 10 s / 2 agents
        Case(130, "phone", [9, 10], **TAKES),  # nobody
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 0       0        30    0      30      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   agents 1       30       40    0      10      resolved    -
        2    0   phone   agents 60      60       110   0      50      resolved    -
        3    0   phone   agents 61      61       111   0      50      resolved    -
        4    0   phone   agents 62      110      120   48     10      resolved    -
        5    0   phone   -      130     -        130   0      0       called_back phone
        5    1   phone   agents 130     180      190   0      10      resolved    -
        """
    )
