"""Diallers: the centre calls customers on a list, as many at once as idle agents allow."""

from __future__ import annotations

from typing import Any

from scenarios import Scenario
from sim import plan as plans
from sim.engines import Engine
from tests.golden.given import (
    CALLED,
    NEVER,
    Case,
    GivenDraws,
    Tell,
    as_text,
    email,
    expected,
    go,
    group,
    outbound,
    phone,
    scenario,
)

NO, YES = False, True
"""Calls in vain, and answered."""


def campaign(agents: Any, **fields: Any) -> Scenario:
    """Calls alone, by one group."""
    return scenario({"calls": outbound(**fields)}, {"agents": group({"calls": {}}, agents)})


# -- the pace --------------------------------------------------------------------------------------


def test_one_call_for_each_idle_agent(told: Tell) -> None:
    cases = [Case(0, "calls") for _ in range(4)]
    # Two agents, two calls; when the first one answers, the other call is still for the other agent.
    assert told(campaign(2), *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       5       5        15    0      10      1    resolved -
        1    0   calls   agents 0       5       5        15    0      10      1    resolved -
        2    0   calls   agents 0       20      20       30    0      10      1    resolved -
        3    0   calls   agents 0       20      20       30    0      10      1    resolved -
        """
    )


def test_more_calls_than_idle_agents(told: Tell) -> None:
    cases = (
        Case(0, "calls", answers=[NO, YES]),  # on the list again at 65
        Case(0, "calls"),
        Case(0, "calls"),
        Case(0, "calls", answers=[NO, NO]),
    )
    # int(2.5 x 1) = 2 at once. At 5 the first is in vain, and the third is called before the second answers;
    # at 10 it answers, and waits for the agent. Nobody is called before 25.
    assert told(campaign(1, calls_per_agent=2.5), *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome   next
        0    0   calls   agents 0       70      70       80    0      10      2    resolved  -
        1    0   calls   agents 0       5       5        15    0      10      1    resolved  -
        2    0   calls   agents 0       10      15       25    5      10      1    resolved  -
        3    0   calls   -      0       -       -        95    0      0       2    unreached -
        """
    )


def test_less_than_a_call_for_each_idle_agent(told: Tell) -> None:
    cases = [Case(0, "calls") for _ in range(3)]
    # int(0.7 x 3) = 2, then int(0.7 x 1) = 0, int(0.7 x 2) = 1.
    assert told(campaign(3, calls_per_agent=0.7), *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       5       5        15    0      10      1    resolved -
        1    0   calls   agents 0       5       5        15    0      10      1    resolved -
        2    0   calls   agents 0       20      20       30    0      10      1    resolved -
        """
    )


def test_customers_who_answer_and_find_nobody(told: Tell) -> None:
    cases = (
        Case(0, "calls", [20]),
        Case(0, "calls", patience=[0]),  # hangs up at once
        Case(0, "calls", patience=[3]),
        Case(0, "calls", patience=[NEVER]),
        Case(0, "calls", balks=[True]),
    )
    asked = campaign(1, calls_per_agent=5, patience=300, balk=0.5)
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome   next
        0    0   calls   agents 0       5       5        25    0      20      1    resolved  -
        1    0   calls   -      0       5       -        5     0      0       1    abandoned -
        2    0   calls   -      0       5       -        8     3      0       1    abandoned -
        3    0   calls   agents 0       5       25       35    20     10      1    resolved  -
        4    0   calls   -      0       5       -        5     0      0       1    abandoned -
        """
    )


def test_who_answers_as_an_agent_is_freed_is_served(told: Tell) -> None:
    cases = Case(0, "calls", [5], patience=[0]), Case(0, "calls", patience=[0]), Case(0, "phone", [10])
    # The phone call has one of two agents until 10: as calls are answered then, an end comes before.
    channels = {"calls": outbound(ring=10, patience=300), "phone": phone()}
    asked = scenario(channels, {"agents": group({"calls": {}, "phone": {}}, {"00:00": 2})})
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       10      10       15    0      5       1    resolved -
        1    0   calls   agents 0       10      10       20    0      10      1    resolved -
        2    0   phone   agents 0       0       0        10    0      10      0    resolved -
        """
    )


# -- the list --------------------------------------------------------------------------------------


def test_who_was_called_in_vain_comes_at_the_end_of_the_list(told: Tell) -> None:
    cases = (
        Case(0, "calls", answers=[NO, NO, YES]),
        Case(1, "calls", [30]),
        Case(2, "calls", [10]),
        Case(14, "calls"),
    )
    # Back on the list at 15, behind the third and the fourth, and called again at 70 and, after 10 s, at 85.
    assert told(campaign(1, attempts=3, retry=10), *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       90      90       100   0      10      3    resolved -
        1    0   calls   agents 1       10      10       40    0      30      1    resolved -
        2    0   calls   agents 2       45      45       55    0      10      1    resolved -
        3    0   calls   agents 14      60      60       70    0      10      1    resolved -
        """
    )


def test_after_the_last_call_in_vain_there_may_be_a_next_step(told: Tell) -> None:
    asked = scenario(
        {"calls": outbound(attempts=2, retry=20), "email": email(), "phone": phone(patience=300)},
        {"agents": group({"calls": {}, "email": {}, "phone": {}}, 1)},
        next_steps=[go("calls", "unreached", "email", "calls"), go("phone", "abandoned", "calls")],
        frustration={"handle_time": 0.5, "patience": 0},
        max_attempts=3,
    )
    cases = (
        Case(0, "calls", answers=[NO], next=["email"], delay=[10]),
        Case(100, "calls", answers=[NO], next=["calls"], delay=[10]),  # two calls more, and no further step
        Case(300, "phone", [40]),
        Case(310, "phone", patience=[5], next=["calls"], delay=[10]),  # gives up, and is called at 340
    )
    # That nobody was reached is no failed attempt: the email takes 10 s. To give up is one: 15 s.
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome   next
        0    0   calls   -      0       -       -        30    0      0       2    unreached email
        0    1   email   agents 40      40      40       50    0      10      0    resolved  -
        1    0   calls   -      100     -       -        130   0      0       2    unreached calls
        1    1   calls   -      140     -       -        170   0      0       2    unreached calls
        1    2   calls   -      180     -       -        210   0      0       2    unreached -
        2    0   phone   agents 300     300     300      340   0      40      0    resolved  -
        3    0   phone   -      310     310     -        315   5      0       0    abandoned calls
        3    1   calls   agents 325     345     345      360   0      15      1    resolved  -
        """
    )


def test_lines_count_ringing_and_talking_but_not_the_list(told: Tell) -> None:
    cases = [Case(0, "calls", answers=[NO, YES]), Case(0, "calls"), Case(0, "calls")]
    # One line, although two agents are idle. The first is in vain, and gives it back.
    assert told(campaign(2, lines=1), *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       70      70       80    0      10      2    resolved -
        1    0   calls   agents 0       10      10       20    0      10      1    resolved -
        2    0   calls   agents 0       25      25       35    0      10      1    resolved -
        """
    )


# -- hours -----------------------------------------------------------------------------------------


def test_the_list_waits_for_the_opening(told: Tell) -> None:
    asked = campaign(1, open={"daily": "00:01-00:02, 00:03-24:00"}, at_close="serve")
    cases = (
        Case(10, "calls"),  # nobody is called before 60
        Case(60, "calls"),  # arrives before the channel opens at that tick
        Case(118, "calls"),  # rings at closing, and is served
        Case(119, "calls"),  # stays on the list until 180
    )
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 10      65      65       75    0      10      1    resolved -
        1    0   calls   agents 60      80      80       90    0      10      1    resolved -
        2    0   calls   agents 118     123     123      133   0      10      1    resolved -
        3    0   calls   agents 119     185     185      195   0      10      1    resolved -
        """
    )


def test_closing_drops_the_list_and_whoever_answers_later(told: Tell) -> None:
    asked = scenario(
        {
            "calls": outbound(
                open={"daily": "00:00-00:01, 00:02-24:00"}, at_close="drop", attempts=3, retry=40
            ),
            "email": email(),
        },
        {"agents": group({"calls": {}}, 1), "writers": group({"email": {}}, 2)},
        next_steps=[go("calls", "disconnected", "email")],
    )
    cases = (
        Case(0, "calls", answers=[NO], next=["email"]),  # in vain at 5 and 50; at 90 the channel is closed
        Case(56, "calls"),  # rings at closing, and answers at 61
        Case(57, "calls"),  # on the list at closing
        Case(70, "calls"),  # new on it after closing, and called at 120
        Case(71, "calls"),
    )
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome      next
        0    0   calls   -      0       -       -        90    0      0       2    disconnected email
        0    1   email   writers 90     90      90       100   0      10      0    resolved     -
        1    0   calls   -      56      -       -        61    0      0       1    disconnected -
        2    0   calls   -      57      -       -        60    0      0       0    disconnected -
        3    0   calls   agents 70      125     125      135   0      10      1    resolved     -
        4    0   calls   agents 71      140     140      150   0      10      1    resolved     -
        """
    )


def test_closing_drops_those_who_wait_before_the_list(told: Tell) -> None:
    asked = scenario(
        {
            "calls": outbound(open={"daily": "00:00-00:01"}, at_close="drop", calls_per_agent=2),
            "phone": phone(lines=1),
        },
        {"agents": group({"calls": {}}, 1), "others": group({"phone": {}}, 1)},
        next_steps=[go("calls", "disconnected", "phone")],
    )
    cases = (
        Case(0, "calls", [100]),
        Case(0, "calls", next=["phone"]),  # waits at closing
        Case(0, "calls", next=["phone"]),  # on the list
    )
    # Both go on at 60; by their identities the one who waited gets the line.
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome      next
        0    0   calls   agents 0       5       5        105   0      100     1    resolved     -
        1    0   calls   -      0       5       -        60    55     0       1    disconnected phone
        1    1   phone   others 60      60      60       70    0      10      0    resolved     -
        2    0   calls   -      0       -       -        60    0      0       0    disconnected phone
        2    1   phone   -      60      -       -        60    0      0       0    blocked      -
        """
    )


def test_what_the_horizon_cuts_off(told: Tell) -> None:
    cases = (
        Case(86_380, "calls", answers=[NO]),  # in vain, and not on the list again
        Case(86_396, "calls"),  # rings
        Case(86_397, "calls"),  # on the list
    )
    assert told(campaign(1), *cases, heading=CALLED) == expected(
        """
        case try channel group arrived entered answered ended queued handled rung outcome    next
        0    0   calls   -     86380   -       -        86400 0      0       1    unfinished -
        1    0   calls   -     86396   -       -        86400 0      0       0    unfinished -
        2    0   calls   -     86397   -       -        86400 0      0       0    unfinished -
        """
    )


# -- agents ----------------------------------------------------------------------------------------


def test_agents_are_kept_idle_for_those_who_call(told: Tell) -> None:
    skills = {"phone": {}, "calls": {"priority": 2, "keep_idle": 1}}
    asked = scenario({"phone": phone(), "calls": outbound()}, {"agents": group(skills, 3)})
    cases = (
        Case(0, "calls", [20]),
        Case(0, "calls", [20]),
        Case(0, "calls", [20]),
        Case(6, "phone", [10]),  # has the agent who was kept for it
        Case(26, "phone", [10]),  # come while the third call rings
        Case(26, "phone", [10]),
    )
    # Of three idle agents two are called for. At 16 one is idle, at 25 three are: one would do, but at 30,
    # when the third customer answers, only one is: the call waits for a second at 36.
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       5       5        25    0      20      1    resolved -
        1    0   calls   agents 0       5       5        25    0      20      1    resolved -
        2    0   calls   agents 0       30      36       56    6      20      1    resolved -
        3    0   phone   agents 6       6       6        16    0      10      0    resolved -
        4    0   phone   agents 26      26      26       36    0      10      0    resolved -
        5    0   phone   agents 26      26      26       36    0      10      0    resolved -
        """
    )


def test_those_who_call_go_first_by_priority(told: Tell) -> None:
    skills = {"phone": {}, "calls": {"priority": 2}}
    asked = scenario({"phone": phone(), "calls": outbound(calls_per_agent=2)}, {"agents": group(skills, 1)})
    cases = Case(0, "calls"), Case(0, "calls"), Case(8, "phone")
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       5       5        15    0      10      1    resolved -
        1    0   calls   agents 0       5       25       35    20     10      1    resolved -
        2    0   phone   agents 8       8       15       25    7      10      0    resolved -
        """
    )


def test_who_is_at_work_beyond_schedule_counts_for_no_call(told: Tell) -> None:
    skills = {"phone": {}, "calls": {}}
    asked = scenario(
        {"phone": phone(), "calls": outbound()}, {"agents": group(skills, {"00:00": 2, "00:01": 1})}
    )
    cases = (
        Case(0, "phone", [100]),  # its agent is to leave at 60, and does at 100
        Case(0, "phone", [70]),
        Case(1, "calls"),
        Case(1, "calls"),
    )
    # At 70 one is idle: of two on the floor only one is scheduled, and nobody of those is busy.
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   phone   agents 0       0       0        100   0      100     0    resolved -
        1    0   phone   agents 0       0       0        70    0      70      0    resolved -
        2    0   calls   agents 1       75      75       85    0      10      1    resolved -
        3    0   calls   agents 1       90      90       100   0      10      1    resolved -
        """
    )


def test_deferred_work_is_left_for_who_answers_but_nobody_is_called_for_it(told: Tell) -> None:
    skills = {"calls": {}, "email": {}}
    asked = scenario({"calls": outbound(), "email": email()}, {"agents": group(skills, 1)})
    cases = (
        Case(0, "calls"),  # the agent is idle when it is placed
        Case(1, "email", [30]),  # and on an email when it is answered
        Case(20, "calls"),  # nobody is idle until the email is done: 4 s at 5, 26 s from 15 on
    )
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       5       5        15    0      10      1    resolved -
        1    0   email   agents 1       1       1        41    10     30      0    resolved -
        2    0   calls   agents 20      46      46       56    0      10      1    resolved -
        """
    )


def test_each_group_keeps_its_own_agents_idle(told: Tell) -> None:
    groups = {
        "first": group({"calls": {"keep_idle": 1}}, 2),
        "second": group({"calls": {"keep_idle": 3}}, 2),  # fewer than it keeps: none to spare
    }
    asked = scenario({"calls": outbound()}, groups)
    assert told(asked, Case(0, "calls"), Case(0, "calls"), heading=CALLED) == expected(
        """
        case try channel group arrived entered answered ended queued handled rung outcome  next
        0    0   calls   first 0       5       5        15    0      10      1    resolved -
        1    0   calls   first 0       20      20       30    0      10      1    resolved -
        """
    )


def test_two_diallers_call_for_the_same_agents(told: Tell) -> None:
    channels = {"sales": outbound(), "surveys": outbound(ring=3)}
    asked = scenario(channels, {"agents": group({"sales": {}, "surveys": {}}, 1)})
    cases = Case(0, "sales"), Case(0, "surveys"), Case(0, "surveys")
    # Each counts its own calls. The first customer to answer has the agent, the second one waits.
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   sales   agents 0       5       13       23    8      10      1    resolved -
        1    0   surveys agents 0       3       3        13    0      10      1    resolved -
        2    0   surveys agents 0       26      26       36    0      10      1    resolved -
        """
    )


def test_who_is_absent_is_not_called_for(engine: Engine) -> None:
    agents = group({"calls": {}}, {"00:00": 2, "00:01": 0, "00:02": 3}, absence=0.5)
    plan = plans.build(scenario({"calls": outbound()}, {"agents": agents}))
    cases = [Case(0, "calls"), Case(0, "calls"), Case(55, "calls"), Case(56, "calls"), Case(57, "calls")]
    # One of two is there, nobody from 60 on (not fewer), two from 120 on. Who rings at 60 answers all the
    # same, and waits.
    staff = [1, 0, *[2] * 1438]
    draws = GivenDraws(plan, cases, staff={"agents": staff})
    assert as_text(plan, engine(plan, draws), CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome  next
        0    0   calls   agents 0       5       5        15    0      10      1    resolved -
        1    0   calls   agents 0       20      20       30    0      10      1    resolved -
        2    0   calls   agents 55      60      120      130   60     10      1    resolved -
        3    0   calls   agents 56      125     125      135   0      10      1    resolved -
        4    0   calls   agents 57      135     135      145   0      10      1    resolved -
        """
    )
    assert engine(plan, draws).present[0, :4].tolist() == [60_000_000, 0, 120_000_000, 120_000_000]


def test_a_callback_counts_its_calls_too(told: Tell) -> None:
    offer = {"offer_above": 0, "estimate": "queue", "attempts": 2, "retry": 20, "ring": 3}
    asked = scenario(
        {"phone": phone(callback={**offer, "take_up": 0.5, "connect": 0.5})},
        {"agents": group({"phone": {}}, 1)},
    )
    cases = (
        Case(0, "phone", [10]),
        Case(1, "phone", takes_callback=[True], answers=[NO, YES]),
        Case(2, "phone", takes_callback=[True], answers=[NO, NO]),
    )
    # Rung at 10 and 13; again, after 20 s, at 33 and 43.
    assert told(asked, *cases, heading=CALLED) == expected(
        """
        case try channel group  arrived entered answered ended queued handled rung outcome     next
        0    0   phone   agents 0       0       0        10    0      10      0    resolved    -
        1    0   phone   -      1       1       -        1     0      0       0    called_back phone
        1    1   phone   agents 1       1       33       43    0      10      2    resolved    -
        2    0   phone   -      2       2       -        2     0      0       0    called_back phone
        2    1   phone   agents 2       2       -        46    0      0       2    abandoned   -
        """
    )
