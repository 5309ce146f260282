"""Customers who have gone: after-call work, balking, and agents who find out that nobody is there."""

from __future__ import annotations

from sim.contract import Front
from tests.golden.given import (
    FULL,
    Case,
    Happen,
    Tell,
    chat,
    email,
    expected,
    front,
    go,
    group,
    minutes,
    phone,
    scenario,
)

PHONE = {"agents": group({"phone": {}}, 1)}
CHAT = {"agents": group({"chat": {}}, 1)}
ONE_CHAT = {"cap": 1, "slowdown": [1], "silent_abandonment": 0.5, "patience": 300}


# -- after-call work -------------------------------------------------------------------------------


def test_after_a_call_the_agent_wraps_up(told: Tell, happens: Happen) -> None:
    asked = scenario({"phone": phone(wrap=30)}, PHONE)
    cases = Case(0, "phone", [10], wrap=[5]), Case(1, "phone", [10])
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   phone   agents 0       0       0        10    0      10      5       resolved -
        1    0   phone   agents 1       1       15       25    14     10      0       resolved -
        """
    )
    trace = happens(asked, *cases)
    assert minutes(trace.busy, 0) == {0: 25.0}
    assert minutes(trace.contacts_open, 0) == {0: 25.0}


def test_wrap_takes_the_skills_factor_but_neither_frustration_nor_slow_down(told: Tell) -> None:
    window = ["2026-03-02 00:00", "2026-03-02 01:00"]
    asked = scenario(
        {"phone": phone(wrap=30)},
        {"agents": group({"phone": {"handle_time": 2}}, 1)},
        next_steps=[go("phone", "unresolved", "phone")],
        frustration={"handle_time": 0.5, "patience": 0},
        incidents=[{"name": "slow", "channel": "phone", "window": window, "failure": 0, "slow_down": 3}],
    )
    case = Case(0, "phone", [10], wrap=[5], resolves=[False, True], next=["phone"], delay=[60])
    assert told(asked, case, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome    next
        0    0   phone   agents 0       0       0        60    0      60      10      unresolved phone
        0    1   phone   agents 120     120     120      210   0      90      10      resolved   -
        """
    )


def test_meanwhile_the_customer_goes_on_and_the_line_is_free(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(wrap=30, lines=1)}, PHONE, next_steps=[go("phone", "unresolved", "phone")]
    )
    case = Case(0, "phone", [10, 5], wrap=[20, 0], resolves=[False, True], next=["phone"])
    assert told(asked, case, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome    next
        0    0   phone   agents 0       0       0        10    0      10      20      unresolved phone
        0    1   phone   agents 10      10      30       35    20     5       0       resolved   -
        """
    )


def test_a_transfer_leaves_after_call_work_too(told: Tell) -> None:
    asked = scenario({"phone": phone(wrap=30, front=front(transfer_part=0.5))}, PHONE)
    case = Case(0, "phone", [20, 10], wrap=[5, 3], front_ends=[Front.MISROUTES])
    assert told(asked, case, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        10    0      10      5       transferred phone
        0    1   phone   agents 10      10      15       25    5      10      3       resolved    -
        """
    )


def test_a_chat_that_is_wrapped_up_takes_its_place_and_its_share_of_attention(
    told: Tell, happens: Happen
) -> None:
    asked = scenario({"chat": chat(wrap=30)}, CHAT)
    cases = Case(0, "chat", [10], wrap=[2]), Case(4, "chat", [10]), Case(17, "chat", [3])
    # From 4 all goes at half speed: the first has 6 s left and its customer goes at 16, the wrap is done at
    # 20. Only then is there room for the third. The second has 2 s left: 24; then the third has one: 25.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   chat    agents 0       0       0        16    0      16      4       resolved -
        1    0   chat    agents 4       4       4        24    0      20      0       resolved -
        2    0   chat    agents 17      17      20       25    3      5       0       resolved -
        """
    )
    trace = happens(asked, *cases)
    assert minutes(trace.contacts_open, 0) == {0: 20.0 + 20.0 + 5.0}
    assert minutes(trace.busy, 0) == {0: 25.0}


def test_who_begins_to_wrap_up_is_the_last_of_those_with_as_many_contacts(told: Tell) -> None:
    asked = scenario({"chat": chat(wrap=30)}, {"agents": group({"chat": {}}, 2)})
    cases = Case(0, "chat", [10], wrap=[5]), Case(5, "chat", [20]), Case(11, "chat", [1])
    # The third goes to the agent with a chat since 5, not to the one who wraps up since 10.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   chat    agents 0       0       0        10    0      10      5       resolved -
        1    0   chat    agents 5       5       5        26    0      21      0       resolved -
        2    0   chat    agents 11      11      11       13    0      2       0       resolved -
        """
    )


def test_at_the_horizon_after_call_work_is_cut_off(told: Tell, happens: Happen) -> None:
    asked = scenario({"phone": phone(wrap=30)}, PHONE)
    cases = Case(86_380, "phone", [10], wrap=[60]), Case(86_390, "phone")
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome    next
        0    0   phone   agents 86380   86380   86380    86390 0      10      10      resolved   -
        1    0   phone   -      86390   86390   -        86400 10     0       0       unfinished -
        """
    )
    assert minutes(happens(asked, *cases).contacts_open, 0) == {1439: 20.0}


def test_a_leaving_agent_wraps_up_in_overtime_and_then_serves_out(told: Tell, happens: Happen) -> None:
    asked = scenario(
        {"phone": phone(wrap=30, open={"daily": "00:00-00:01"})},
        {"agents": group({"phone": {}}, {"00:00": 1, "00:01": 0})},
    )
    cases = Case(50, "phone", [5], wrap=[20]), Case(57, "phone", [10], wrap=[3])
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   phone   agents 50      50      50       55    0      5       20      resolved -
        1    0   phone   agents 57      57      75       85    18     10      3       resolved -
        """
    )
    trace = happens(asked, *cases)
    assert minutes(trace.busy, 0) == {0: 10.0}
    assert minutes(trace.overtime, 0) == {1: 28.0}


def test_deferred_work_is_interrupted_but_not_its_wrap(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(), "email": email(wrap=30)}, {"agents": group({"phone": {}, "email": {}}, 1)}
    )
    cases = Case(0, "email", [20], wrap=[5]), Case(10, "phone", [5]), Case(26, "phone", [5])
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   email   agents 0       0       0        25    5      20      5       resolved -
        1    0   phone   agents 10      10      10       15    0      5       0       resolved -
        2    0   phone   agents 26      26      30       35    4      5       0       resolved -
        """
    )


# -- balking ---------------------------------------------------------------------------------------


def test_some_leave_at_once_when_they_would_have_to_wait(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(balk=0.5), "email": email()},
        {"agents": group({"phone": {}, "email": {}}, 1)},
        next_steps=[go("phone", "abandoned", "phone")],
    )
    cases = (
        Case(0, "email", [20]),
        Case(5, "phone", [10], balks=[True]),  # frees an agent: no wait
        Case(6, "phone", [10], balks=[True], next=["phone"], delay=[60]),
        Case(7, "phone", [10]),
        Case(8, "email", [10], balks=[True]),  # nobody waits at the other end
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   email   agents 0       0       0        40    20     20      0       resolved  -
        1    0   phone   agents 5       5       5        15    0      10      0       resolved  -
        2    0   phone   -      6       6       -        6     0      0       0       abandoned phone
        2    1   phone   agents 66      66      66       76    0      10      0       resolved  -
        3    0   phone   agents 7       7       15       25    8      10      0       resolved  -
        4    0   email   agents 8       8       40       50    32     10      0       resolved  -
        """
    )


def test_after_a_front_too(told: Tell) -> None:
    asked = scenario({"phone": phone(balk=0.5, front=front(), lines=2)}, PHONE)
    cases = Case(0, "phone", [30]), Case(1, "phone", front=[9], balks=[True]), Case(10, "phone", [5])
    # The third comes before the front of the second ends: both lines are taken.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   phone   agents 0       0       0        30    0      30      0       resolved  -
        1    0   phone   -      1       10      -        10    0      0       0       abandoned -
        2    0   phone   -      10      -       -        10    0      0       0       blocked   -
        """
    )


# -- silent abandonment ----------------------------------------------------------------------------


def test_an_agent_loses_time_on_who_has_left_without_a_sign(told: Tell, happens: Happen) -> None:
    asked = scenario({"chat": chat(**ONE_CHAT)}, CHAT)
    cases = (
        Case(0, "chat", [10]),
        Case(1, "chat", patience=[5], silent=[True], silent_time=[7]),
        Case(2, "chat", [4]),
        Case(3, "chat", patience=[5]),  # everybody sees this one go
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   chat    agents 0       0       0        10    0      10      0       resolved  -
        1    0   chat    agents 1       1       -        6     5      0       7       abandoned -
        2    0   chat    agents 2       2       17       21    15     4       0       resolved  -
        3    0   chat    -      3       3       -        8     5      0       0       abandoned -
        """
    )
    trace = happens(asked, *cases)
    assert minutes(trace.queue_length, 0) == {0: 5.0 + 15.0 + 5.0}
    assert minutes(trace.contacts_open, 0) == {0: 21.0}
    assert minutes(trace.busy, 0) == {0: 21.0}


def test_finding_out_takes_a_place_and_a_share_of_attention(told: Tell) -> None:
    asked = scenario(
        {"chat": chat(silent_abandonment=0.5, patience=300, wrap=30)},
        {"agents": group({"chat": {"handle_time": 2}}, 1)},
    )
    cases = (
        Case(0, "chat", [5]),
        Case(0, "chat", [7]),
        Case(1, "chat", patience=[5], silent=[True], silent_time=[1.5], wrap=[50]),
    )
    # Work for 10 s and 14 s at half speed: at 20 the second has 4 s left. Finding out takes 3 s: until 26. No
    # after-call work follows where there was no customer.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   chat    agents 0       0       0        20    0      20      0       resolved  -
        1    0   chat    agents 0       0       0        27    0      27      0       resolved  -
        2    0   chat    agents 1       1       -        6     5      0       6       abandoned -
        """
    )


def test_the_customer_meanwhile_tries_again_on_a_line_of_their_own(told: Tell) -> None:
    asked = scenario({"chat": chat(lines=2, **ONE_CHAT)}, CHAT, next_steps=[go("chat", "abandoned", "chat")])
    cases = (
        Case(0, "chat", [10]),
        Case(1, "chat", [4], patience=[5, 60], silent=[True], silent_time=[7], next=["chat"]),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   chat    agents 0       0       0        10    0      10      0       resolved  -
        1    0   chat    agents 1       1       -        6     5      0       7       abandoned chat
        1    1   chat    agents 6       6       17       21    11     4       0       resolved  -
        """
    )


def test_at_closing_a_channel_that_drops_forgets_who_has_left(told: Tell) -> None:
    channels = {"chat": chat(open={"daily": "00:00-00:01, 00:02-24:00"}, at_close="drop", **ONE_CHAT)}
    asked = scenario(channels, CHAT)
    cases = (
        Case(0, "chat", [70]),
        Case(50, "chat", patience=[5], silent=[True], silent_time=[7]),
        Case(51, "chat", patience=[50]),
        Case(120, "chat", [10]),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome      next
        0    0   chat    agents 0       0       0        70    0      70      0       resolved     -
        1    0   chat    -      50      50      -        55    5      0       0       abandoned    -
        2    0   chat    -      51      51      -        60    9      0       0       disconnected -
        3    0   chat    agents 120     120     120      130   0      10      0       resolved     -
        """
    )


def test_before_leaving_agents_answer_even_who_has_left(told: Tell, happens: Happen) -> None:
    asked = scenario(
        {"chat": chat(open={"daily": "00:00-00:01"}, **ONE_CHAT)},
        {"agents": group({"chat": {}}, {"00:00": 1, "00:01": 0})},
    )
    cases = Case(0, "chat", [70]), Case(50, "chat", patience=[5], silent=[True], silent_time=[7])
    assert told(asked, *cases, heading=FULL).splitlines()[2] == "1 0 chat agents 50 50 - 55 5 0 7 abandoned -"
    assert minutes(happens(asked, *cases).overtime, 0) == {1: 17.0}


def test_at_the_horizon_nobody_has_found_out(told: Tell) -> None:
    asked = scenario({"chat": chat(**ONE_CHAT)}, CHAT)
    luck = {"patience": [5], "silent": [True], "silent_time": [60]}
    cases = Case(86_370, "chat", [20]), Case(86_375, "chat", **luck), Case(86_376, "chat", **luck)
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   chat    agents 86370   86370   86370    86390 0      20      0       resolved  -
        1    0   chat    agents 86375   86375   -        86380 5      0       10      abandoned -
        2    0   chat    -      86376   86376   -        86381 5      0       0       abandoned -
        """
    )
