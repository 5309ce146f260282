"""Ringing back: the tries, the place in the queue, lines, closing and the horizon."""

from __future__ import annotations

import numpy as np
import pytest

from sim.contract import Outcome
from tests.golden.given import (
    FULL,
    IN_VAIN,
    ONCE_IN_VAIN,
    TAKES,
    Case,
    Happen,
    Tell,
    calls,
    email,
    expected,
    go,
    group,
    minutes,
    phone,
    scenario,
)

AGENT = {"agents": group({"phone": {}}, 1)}


def test_who_does_not_answer_is_rung_again(told: Tell, happens: Happen) -> None:
    asked = scenario({"phone": {**calls(), "wrap": 1}}, AGENT)
    cases = Case(0, "phone", [20]), Case(1, "phone", [99, 10], wrap=[7, 4], **ONCE_IN_VAIN)
    # Rung from 20 to 23, and answered 20 s later: 3 s in vain, and 4 s of after-call work.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       43       53    0      10      7       resolved    -
        """
    )
    trace = happens(asked, *cases)
    assert minutes(trace.busy, 0) == {0: 20.0 + 3 + 10 + 4}
    assert minutes(trace.contacts_open, 0) == {0: 20.0 + 3 + 10 + 4}
    assert minutes(trace.queue_length, 0) == {}


def test_after_the_last_try_in_vain_the_attempt_has_failed(told: Tell) -> None:
    asked = scenario(
        {"phone": calls(attempts=2)},
        AGENT,
        next_steps=[go("phone", "abandoned", "phone")],
        frustration={"handle_time": 0.5, "patience": 0},
    )
    cases = Case(0, "phone", [20]), Case(1, "phone", [10], next=["phone"], delay=[5], **IN_VAIN)
    # The callback itself was no failed attempt, the last try is one: half as long again.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       -        46    0      0       6       abandoned   phone
        1    2   phone   agents 51      51      51       66    0      15      0       resolved    -
        """
    )


def test_a_callback_takes_longer_as_any_contact_does_but_ringing_does_not(told: Tell) -> None:
    window = ["2026-03-02 00:00", "2026-03-02 00:01"]
    slow = {"name": "slow", "channel": "phone", "window": window, "failure": 0, "slow_down": 1.5}
    groups = {"agents": group({"phone": {"handle_time": 2}}, 1)}
    asked = scenario(
        {"phone": calls()},
        groups,
        incidents=[slow],
        next_steps=[go("phone", "unresolved", "phone")],
        frustration={"handle_time": 0.5, "patience": 0},
    )
    cases = (
        Case(0, "phone", [5]),
        Case(1, "phone", [1, 8, 10], resolves=[False], next=["phone", "phone", None],
             takes_callback=[False, True], answers=[False, True]),
        Case(16, "phone", [2]),
    )  # fmt: skip
    # 5 x 2 x 1.5; then 3. At 18 the customer calls again and takes a callback, as the agent has gone on to
    # the other call: 6. Rung from 24 to 27 and at 47: 10 x 1.5 x 2 x 1.5.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        15    0      15      0       resolved    -
        1    0   phone   agents 1       1       15       18    14     3       0       unresolved  phone
        1    1   phone   -      18      18      -        18    0      0       0       called_back phone
        1    2   phone   agents 18      18      47       92    0      45      3       unresolved  -
        2    0   phone   agents 16      16      18       24    2      6       0       resolved    -
        """
    )


def test_a_callback_due_again_takes_its_old_place(told: Tell) -> None:
    asked = scenario({"phone": calls(ring=5, retry=10)}, AGENT)
    cases = (
        Case(0, "phone", [20]),
        Case(1, "phone", [99, 10], **ONCE_IN_VAIN),
        Case(22, "phone", [20]),
        Case(26, "phone", [10]),
    )
    # Rung from 20 to 25, due again at 35, while the agent has the third call until 45.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       45       55    0      10      5       resolved    -
        2    0   phone   agents 22      22      25       45    3      20      0       resolved    -
        3    0   phone   agents 26      26      55       65    29     10      0       resolved    -
        """
    )


def test_several_due_again_wait_in_the_order_of_their_places(told: Tell) -> None:
    asked = scenario({"phone": calls(ring=1, retry=10, attempts=20)}, AGENT)
    cases = (
        Case(0, "phone", [20]),
        Case(1, "phone", [99, 10], takes_callback=[True], answers=[False, False, True]),
        Case(2, "phone", [99, 10], **ONCE_IN_VAIN),
        Case(3, "phone", [99, 10], **ONCE_IN_VAIN),
        Case(30, "phone", [30]),
        Case(40, "phone", [5]),
    )
    # Rung at 20, 21 and 22, due at 31, 32 and 33; at 60 in the order in which they hung up. The first is due
    # again at 71, when the second is being handled: after that it still comes before the third.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       81       91    0      10      2       resolved    -
        2    0   phone   -      2       2       -        2     0      0       0       called_back phone
        2    1   phone   agents 2       2       61       71    0      10      1       resolved    -
        3    0   phone   -      3       3       -        3     0      0       0       called_back phone
        3    1   phone   agents 3       3       71       81    0      10      1       resolved    -
        4    0   phone   agents 30      30      30       60    0      30      0       resolved    -
        5    0   phone   agents 40      40      91       96    51     5       0       resolved    -
        """
    )


def test_tries_that_take_no_time(told: Tell) -> None:
    asked = scenario({"phone": calls(ring=0, retry=0)}, AGENT)
    cases = Case(0, "phone", [20]), Case(1, "phone", **IN_VAIN), Case(2, "phone", [10])
    # Each try ends before anything else happens at that tick, and an agent who puts it down takes the next
    # call at once: so the first try leads to the other call, and only then come the others.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       -        30    0      0       0       abandoned   -
        2    0   phone   agents 2       2       20       30    18     10      0       resolved    -
        """
    )


@pytest.mark.parametrize("first", ["callback", "call"])
def test_what_is_due_and_what_arrives_at_one_tick_go_by_identity(told: Tell, first: str) -> None:
    asked = scenario({"phone": calls()}, AGENT)
    rung = Case(1, "phone", [99, 10], **ONCE_IN_VAIN)  # due again at 43
    other = Case(43, "phone", [10])
    if first == "callback":
        cases = [Case(0, "phone", [20]), rung, other]
        lines = ["1 1 phone agents 1 43 53 0 10 resolved -", "2 0 phone agents 43 53 63 10 10 resolved -"]
    else:
        # The call is the second attempt of the first case.
        again = Case(0, "phone", [20, 10], resolves=[False, True], next=["phone"], delay=[23])
        cases = [again, rung]
        lines = ["0 1 phone agents 43 43 53 0 10 resolved -", "1 1 phone agents 1 53 63 0 10 resolved -"]
    asked = scenario({"phone": calls()}, AGENT, next_steps=[go("phone", "unresolved", "phone")])
    story = told(asked, *cases).splitlines()
    assert all(line in story for line in lines)


def test_nobody_is_interrupted_for_a_callback(told: Tell) -> None:
    asked = scenario(
        {"phone": calls(ring=5, retry=10), "email": email()},
        {"agents": group({"phone": {}, "email": {}}, 1)},
    )
    cases = (
        Case(0, "phone", [20]),
        Case(1, "phone", [99, 10], **ONCE_IN_VAIN),
        Case(2, "email", [30]),
        Case(40, "phone", [10]),
    )
    # Rung from 20 to 25; due at 35, when the agent is on the email, which the call at 40 interrupts after
    # 15 s. At 50 the callback comes first, as calls do; then the email.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       50       60    0      10      5       resolved    -
        2    0   email   agents 2       2       25       75    43     30      0       resolved    -
        3    0   phone   agents 40      40      40       50    0      10      0       resolved    -
        """
    )


def test_nobody_is_interrupted_when_a_skill_opens_to_a_callback(told: Tell) -> None:
    groups = {
        "first": group({"phone": {}}, 1),
        "second": group({"phone": {"overflow_after": 30}, "email": {}}, 1),
    }
    asked = scenario({"phone": calls(), "email": email()}, groups)
    cases = (
        Case(0, "phone", [100]),
        Case(1, "phone", [99, 10], **TAKES),
        Case(2, "email", [60]),
        Case(3, "phone", [10]),  # for this one somebody is, at 33; then the agent may take the callback too
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   first  0       0        100   0      100     resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   second 1       43       53    0      10      resolved    -
        2    0   email   second 2       2        82    20     60      resolved    -
        3    0   phone   second 3       33       43    30     10      resolved    -
        """
    )


def test_a_callback_overflows_as_any_contact_does(told: Tell) -> None:
    groups = {"first": group({"phone": {}}, 1), "second": group({"phone": {"overflow_after": 30}}, 1)}
    asked = scenario({"phone": calls(ring=5, retry=10)}, groups)
    cases = Case(0, "phone", [100]), Case(1, "phone", [99, 10], **ONCE_IN_VAIN)
    # At 31 the second group rings in vain; at 46 the contact is old enough for it at once.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   first  0       0       0        100   0      100     0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   second 1       1       46       56    0      10      5       resolved    -
        """
    )


def test_a_callback_that_was_rung_is_not_told_when_a_skill_opens(told: Tell) -> None:
    groups = {
        "first": group({"phone": {}}, 1),
        "second": group({"phone": {"overflow_after": 30}, "video": {}}, 1),
    }
    asked = scenario({"phone": calls(ring=2, retry=3), "video": phone()}, groups)
    cases = (
        Case(0, "phone", [10]),
        Case(1, "phone", [99, 10], **ONCE_IN_VAIN),
        Case(2, "phone", [50]),
        Case(40, "video", [5]),
    )
    # Rung from 10 to 12, due again at 15. At 31 the second group, idle, is not told; at 45 it looks for work.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   first  0       0        10    0      10      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   second 1       45       55    0      10      resolved    -
        2    0   phone   first  2       12       62    10     50      resolved    -
        3    0   video   second 40      40       45    0      5       resolved    -
        """
    )


def test_the_group_is_the_one_that_rang_last(told: Tell) -> None:
    groups = {"first": group({"phone": {}}, 1), "second": group({"phone": {"priority": 2}}, 1)}
    asked = scenario({"phone": calls(attempts=2)}, groups)
    cases = (
        Case(0, "phone", [20]),
        Case(0, "phone", [30]),
        Case(1, "phone", **IN_VAIN),
        Case(25, "phone", [50]),
    )
    # The first group rings from 20 to 23 and has a call at 43.
    assert told(asked, *cases, heading=FULL).splitlines()[4] == (
        "2 1 phone second 1 1 - 46 0 0 6 abandoned -"
    )


# -- lines -----------------------------------------------------------------------------------------


def test_who_hangs_up_gives_the_line_back_until_a_try_is_answered(told: Tell) -> None:
    asked = scenario({"phone": {**calls(), "lines": 3}}, AGENT)
    cases = (
        Case(0, "phone", [20]),
        Case(1, "phone", [99, 10], **ONCE_IN_VAIN),
        Case(2, "phone", [10]),
        Case(3, "phone", [9]),
        Case(4, "phone"),  # three are in the channel, besides who is to be rung back
        Case(21, "phone", [10]),  # two are, and an agent rings
        Case(40, "phone", [5]),
        Case(45, "phone", [5]),  # two are, and a callback is due
        Case(55, "phone"),  # two wait, and the callback has been answered
        Case(63, "phone", [5]),  # its line is free again
    )
    # The agent: 0-20, rings 20-23, 23-33, 33-42, 42-52, the callback 52-62, 62-67, 67-72, 72-77.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        20    0      20      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       52       62    0      10      3       resolved    -
        2    0   phone   agents 2       2       23       33    21     10      0       resolved    -
        3    0   phone   agents 3       3       33       42    30     9       0       resolved    -
        4    0   phone   -      4       -       -        4     0      0       0       blocked     -
        5    0   phone   agents 21      21      42       52    21     10      0       resolved    -
        6    0   phone   agents 40      40      62       67    22     5       0       resolved    -
        7    0   phone   agents 45      45      67       72    22     5       0       resolved    -
        8    0   phone   -      55      -       -        55    0      0       0       blocked     -
        9    0   phone   agents 63      63      72       77    9      5       0       resolved    -
        """
    )


def test_a_callback_is_answered_even_when_no_line_is_free(told: Tell) -> None:
    skills = {"phone": {}, "video": {}}
    asked = scenario({"phone": {**calls(), "lines": 1}, "video": phone()}, {"agents": group(skills, 1)})
    cases = (
        Case(0, "video", [20]),
        Case(1, "phone", [99, 10], **TAKES),
        Case(2, "phone", [10]),
        Case(3, "phone"),
        Case(31, "phone"),  # the callback is over, but the other call has a line
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   video   agents 0       0        20    0      20      resolved    -
        1    0   phone   -      1       -        1     0      0       called_back phone
        1    1   phone   agents 1       20       30    0      10      resolved    -
        2    0   phone   agents 2       30       40    28     10      resolved    -
        3    0   phone   -      3       -        3     0      0       blocked     -
        4    0   phone   -      31      -        31    0      0       blocked     -
        """
    )


def test_it_takes_a_line_all_the_same(told: Tell) -> None:
    asked = scenario(
        {"phone": {**calls(), "lines": 1}, "video": phone()},
        {"agents": group({"phone": {}, "video": {}}, 2)},
    )
    cases = (
        Case(0, "video", [20]),
        Case(0, "video", [25]),
        Case(1, "phone", [99, 40], **TAKES),
        Case(2, "phone", [10]),
        Case(40, "phone"),  # the other call is over, the callback is not
        Case(60, "phone", [10]),
    )
    assert told(asked, *cases).splitlines()[3:] == [
        "2 0 phone - 1 - 1 0 0 called_back phone",
        "2 1 phone agents 1 20 60 0 40 resolved -",
        "3 0 phone agents 2 25 35 23 10 resolved -",
        "4 0 phone - 40 - 40 0 0 blocked -",
        "5 0 phone agents 60 60 70 0 10 resolved -",
    ]


# -- closing ---------------------------------------------------------------------------------------


def test_a_channel_that_drops_drops_callbacks(told: Tell) -> None:
    hours = {"open": {"daily": "00:00-00:01, 00:02-24:00"}, "at_close": "drop", "lines": 9}
    asked = scenario({"phone": {**calls(), **hours}}, AGENT)
    cases = (
        Case(0, "phone", [54]),
        Case(1, "phone", **IN_VAIN),  # rung from 54 to 57, due at 77
        Case(2, "phone", **IN_VAIN),  # rung from 57 to 60, and to its end: due at 80
        Case(3, "phone", [99, 70], **TAKES),  # has been waiting
        Case(58, "phone"),
        Case(120, "phone", [10]),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome      next
        0    0   phone   agents 0       0       0        54    0      54      0       resolved     -
        1    0   phone   -      1       1       -        1     0      0       0       called_back  phone
        1    1   phone   agents 1       1       -        77    0      0       3       disconnected -
        2    0   phone   -      2       2       -        2     0      0       0       called_back  phone
        2    1   phone   agents 2       2       -        80    0      0       3       disconnected -
        3    0   phone   -      3       3       -        3     0      0       0       called_back  phone
        3    1   phone   -      3       3       -        60    0      0       0       disconnected -
        4    0   phone   -      58      58      -        60    2      0       0       disconnected -
        5    0   phone   agents 120     120     120      130   0      10      0       resolved     -
        """
    )


def test_a_callback_due_when_the_channel_is_open_again_goes_on(told: Tell) -> None:
    hours = {"open": {"daily": "00:00-00:01, 00:02-24:00"}, "at_close": "drop"}
    asked = scenario({"phone": {**calls(retry=80), **hours}}, AGENT)
    cases = Case(0, "phone", [54]), Case(1, "phone", [99, 10], **ONCE_IN_VAIN)
    assert told(asked, *cases).splitlines()[3] == "1 1 phone agents 1 137 147 0 10 resolved -"


def test_at_the_tick_of_closing_a_callback_is_due_too_late(told: Tell) -> None:
    hours = {"open": {"daily": "00:00-00:01"}, "at_close": "drop"}
    asked = scenario(
        {"phone": {**calls(retry=17), **hours}}, AGENT, next_steps=[go("phone", "disconnected", "phone")]
    )
    cases = Case(0, "phone", [40]), Case(1, "phone", next=["phone"], delay=[5], **IN_VAIN)
    assert told(asked, *cases).splitlines()[3:] == [
        "1 1 phone agents 1 - 60 0 0 disconnected phone",
        "1 2 phone - 65 - 65 0 0 closed -",
    ]


def test_who_stays_to_serve_rings_back(told: Tell, happens: Happen) -> None:
    staff = {"00:00": 1, "00:01": 0, "00:05": 1}
    channel = {**calls(), "open": {"daily": "00:00-00:01"}}
    asked = scenario({"phone": channel}, {"agents": group({"phone": {}}, staff)})
    cases = (
        Case(0, "phone", [70]),
        Case(1, "phone", [99, 10], **TAKES),
        Case(2, "phone", [99, 10], **ONCE_IN_VAIN),
    )
    # At 83 nothing is left to do, so the agent goes; the try due at 103 waits for the next one.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        70    0      70      0       resolved    -
        1    0   phone   -      1       1       -        1     0      0       0       called_back phone
        1    1   phone   agents 1       1       70       80    0      10      0       resolved    -
        2    0   phone   -      2       2       -        2     0      0       0       called_back phone
        2    1   phone   agents 2       2       300      310   0      10      3       resolved    -
        """
    )
    assert minutes(happens(asked, *cases).overtime, 0) == {1: 23.0}


def test_callbacks_at_the_horizon_are_unfinished(told: Tell) -> None:
    asked = scenario({"phone": calls(ring=5)}, AGENT)
    cases = (
        Case(86_380, "phone", [8]),
        Case(86_381, "phone", **IN_VAIN),  # rung from 86 388 to 86 393, and due after the horizon
        Case(86_382, "phone", [9, 3], **TAKES),  # answered at 86 393
        Case(86_383, "phone", **IN_VAIN),  # rung from 86 396 on
        Case(86_384, "phone", **TAKES),  # not rung
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 86380   86380   86380    86388 0      8       0       resolved    -
        1    0   phone   -      86381   86381   -        86381 0      0       0       called_back phone
        1    1   phone   agents 86381   86381   -        86400 0      0       5       unfinished  -
        2    0   phone   -      86382   86382   -        86382 0      0       0       called_back phone
        2    1   phone   agents 86382   86382   86393    86396 0      3       0       resolved    -
        3    0   phone   -      86383   86383   -        86383 0      0       0       called_back phone
        3    1   phone   agents 86383   86383   -        86400 0      0       4       unfinished  -
        4    0   phone   -      86384   86384   -        86384 0      0       0       called_back phone
        4    1   phone   -      86384   86384   -        86400 0      0       0       unfinished  -
        """
    )


def test_a_callback_to_which_the_horizon_comes_while_they_talk(happens: Happen) -> None:
    asked = scenario({"phone": calls()}, AGENT)
    trace = happens(asked, Case(86_380, "phone", [8]), Case(86_381, "phone", [60], **TAKES))
    assert trace.outcome[2] == Outcome.UNFINISHED
    assert np.array_equal([trace.handled[2], trace.wrapped[2]], [12_000_000, 0])
