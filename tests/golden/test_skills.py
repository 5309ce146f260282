"""Skills with conditions: overflow after a wait, agents kept idle, weights; orders of agents and contacts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden.given import (
    FULL,
    Case,
    Happen,
    Tell,
    chat,
    email,
    expected,
    front,
    group,
    phone,
    scenario,
)


def later(seconds: float, priority: int = 2) -> dict[str, Any]:
    return {"priority": priority, "overflow_after": seconds}


# -- overflow after a wait -------------------------------------------------------------------------


def test_a_skill_opens_to_those_who_have_waited_long_enough(told: Tell) -> None:
    asked = scenario(
        {"phone": phone()}, {"first": group({"phone": {}}, 1), "second": group({"phone": later(20)}, 1)}
    )
    cases = (
        Case(0, "phone", [100]),
        Case(10, "phone", [10]),  # the second group is idle, but only from 30 on for this one
        Case(12, "phone", [10]),
        Case(25, "phone", [10]),
        Case(50, "phone", [10]),  # finds the agent at 60 free, but has waited for 10 s only
        Case(81, "phone", [10]),  # served by the first group at 100, before 101
        Case(90, "phone", [10]),  # the first group is free again at the tick of its overflow
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   first  0       0        100   0      100     resolved -
        1    0   phone   second 10      30       40    20     10      resolved -
        2    0   phone   second 12      40       50    28     10      resolved -
        3    0   phone   second 25      50       60    25     10      resolved -
        4    0   phone   second 50      70       80    20     10      resolved -
        5    0   phone   first  81      100      110   19     10      resolved -
        6    0   phone   first  90      110      120   20     10      resolved -
        """
    )


def test_skills_open_one_after_the_other(told: Tell) -> None:
    groups = {
        "first": group({"phone": {}}, 1),
        "second": group({"phone": later(20)}, 1),
        "third": group({"phone": later(40, 3)}, 1),
    }
    asked = scenario({"phone": phone()}, groups)
    cases = Case(0, "phone", [200]), Case(10, "phone", [100]), Case(11, "phone", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   first  0       0        200   0      200     resolved -
        1    0   phone   second 10      30       130   20     100     resolved -
        2    0   phone   third  11      51       61    40     10      resolved -
        """
    )


def test_the_wait_for_an_overflow_begins_after_the_front(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(front=front())},
        {"first": group({"phone": {}}, 0), "second": group({"phone": later(20)}, 1)},
    )
    assert told(asked, Case(0, "phone", front=[7]), heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   phone   second 0       7       27       37    20     10      0       resolved -
        """
    )


def test_overflow_comes_before_the_end_of_patience_and_after_the_end_of_a_front(told: Tell) -> None:
    groups = {"first": group({"phone": {}}, 0), "second": group({"phone": later(20), "video": {}}, 1)}
    asked = scenario({"phone": phone(patience=300), "video": phone(front=front())}, groups)
    cases = (
        Case(0, "phone", [5], patience=[20]),
        Case(30, "phone", [5], patience=[19.999999]),  # a tick too early
        Case(60, "phone", [5]),
        Case(70, "video", [5], front=[10]),  # at 80 the video call is there first
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended     queued    handled outcome   next
        0    0   phone   second 0       20       25        20        5       resolved  -
        1    0   phone   -      30      -        49.999999 19.999999 0       abandoned -
        2    0   phone   second 60      85       90        25        5       resolved  -
        3    0   video   second 70      80       85        0         5       resolved  -
        """
    )


def test_an_overflow_may_interrupt_deferred_work(told: Tell) -> None:
    groups = {"first": group({"phone": {}}, 1), "second": group({"phone": later(20), "email": {}}, 1)}
    asked = scenario({"phone": phone(), "email": email()}, groups)
    cases = Case(0, "email", [100]), Case(0, "phone", [100]), Case(10, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   second 0       0        105   5      100     resolved -
        1    0   phone   first  0       0        100   0      100     resolved -
        2    0   phone   second 10      30       35    20     5       resolved -
        """
    )


def test_deferred_work_overflows_and_interrupts_nobody(told: Tell) -> None:
    groups = {
        "first": group({"letters": {}}, 0),
        "second": group({"letters": later(20), "email": {}}, 2),
    }
    asked = scenario({"letters": email(), "email": email()}, groups)
    cases = (
        Case(0, "letters", [10]),
        Case(25, "email", [100]),
        Case(26, "email", [20]),
        Case(30, "letters", [10]),  # from 50 on; at 46 nobody looks
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   letters second 0       20       30    20     10      resolved -
        1    0   email   second 25      25       125   0      100     resolved -
        2    0   email   second 26      30       50    4      20      resolved -
        3    0   letters second 30      50       60    20     10      resolved -
        """
    )


@pytest.mark.parametrize("freed", [False, True])
def test_interrupted_work_waits_for_an_agent_who_is_freed(told: Tell, freed: bool) -> None:
    groups = {
        "a": group({"phone": {}, "email": {}}, 1),
        "b": group({"video": {}, "email": later(20)}, 1),
    }
    asked = scenario({"phone": phone(), "video": phone(), "email": email()}, groups)
    cases = Case(0, "email", [100]), Case(10, "phone", [50]), Case(25 if freed else 5, "video", [1])
    # Interrupted at 10, the email goes on at 60; or with b, if that one is freed from a call after 20.
    email_is = "b 0 0 116 16 100" if freed else "a 0 0 150 50 100"
    assert told(asked, *cases).splitlines()[1] == f"0 0 email {email_is} resolved -"


def test_the_overflow_of_interrupted_work_that_waited_before_is_past(told: Tell) -> None:
    groups = {
        "a": group({"phone": {}, "email": {}}, {"00:00": 0, "00:01": 1}),
        "b": group({"email": later(70)}, {"00:00": 0, "00:01": 1}),
    }
    asked = scenario({"phone": phone(), "email": email()}, groups)
    cases = Case(0, "email", [100]), Case(65, "phone", [15]), Case(1, "email", [200])
    # The first email is begun at 60, interrupted at 65 and does not overflow at 70; the second does at 71,
    # from behind the first.
    assert told(asked, *cases) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   email   a     0       60       175   75     100     resolved -
        1    0   email   b     1       71       271   70     200     resolved -
        2    0   phone   a     65      65       80    0      15      resolved -
        """
    )


def test_who_left_without_a_sign_overflows_but_interrupts_nobody(told: Tell) -> None:
    groups = {
        "first": group({"chat": {}}, 0),
        "second": group({"chat": later(20), "email": {}}, 1),
    }
    silent = {"patience": [5], "silent": [True], "silent_time": [7]}
    asked = scenario(
        {"chat": chat(cap=1, slowdown=[1], silent_abandonment=0.5, patience=300), "email": email()}, groups
    )
    cases = (
        Case(0, "chat", **silent),
        Case(21, "email", [13]),
        Case(40, "email", [50]),
        Case(41, "chat", **silent),
        Case(42, "email", [3]),
    )
    # The agent finds out from 20 to 27, and again from 90 to 97: the email at 61 is not interrupted for that.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   chat    second 0       0       -        5     5      0       7       abandoned -
        1    0   email   second 21      21      27       40    6      13      0       resolved  -
        2    0   email   second 40      40      40       90    0      50      0       resolved  -
        3    0   chat    second 41      41      -        46    5      0       7       abandoned -
        4    0   email   second 42      42      97       100   55     3       0       resolved  -
        """
    )


# -- agents kept idle ------------------------------------------------------------------------------


def test_a_skill_is_used_while_enough_others_are_idle(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(), "video": phone()}, {"agents": group({"phone": {"keep_idle": 1}, "video": {}}, 2)}
    )
    cases = (
        Case(0, "phone", [20]),
        Case(1, "phone", [10]),  # the last idle agent is kept for a video call
        Case(2, "video", [10]),
        Case(13, "video", [3]),
    )
    # The agent freed at 12 would be the last one too; the one freed at 20 leaves another.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 0       0        20    0      20      resolved -
        1    0   phone   agents 1       20       30    19     10      resolved -
        2    0   video   agents 2       2        12    0      10      resolved -
        3    0   video   agents 13      13       16    0      3       resolved -
        """
    )


def test_who_comes_on_the_floor_makes_enough_idle(told: Tell) -> None:
    skills = {"phone": {"keep_idle": 1}}
    asked = scenario({"phone": phone()}, {"agents": group(skills, {"00:00": 1, "00:01": 3})})
    cases = Case(0, "phone", [10]), Case(1, "phone", [10]), Case(2, "phone", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 0       60       70    60     10      resolved -
        1    0   phone   agents 1       60       70    59     10      resolved -
        2    0   phone   agents 2       70       80    68     10      resolved -
        """
    )


def test_idle_agents_of_other_groups_do_not_count(told: Tell) -> None:
    groups = {"a": group({"phone": {"keep_idle": 1}}, 1), "b": group({"video": {}}, 5)}
    asked = scenario({"phone": phone(patience=300), "video": phone()}, groups)
    assert told(asked, Case(0, "phone", patience=[5])).splitlines()[1] == (
        "0 0 phone - 0 - 5 5 0 abandoned -"
    )


def test_who_goes_idle_makes_room_with_a_colleague(told: Tell) -> None:
    asked = scenario(
        {"chat": chat(), "phone": phone()}, {"agents": group({"chat": {"keep_idle": 1}, "phone": {}}, 2)}
    )
    cases = Case(0, "chat", [50]), Case(1, "phone", [20]), Case(2, "chat", [10]), Case(22, "phone", [5])
    # At 21 the agent on the phone goes idle, which makes one, so the colleague takes the second chat; both go
    # at half speed until 41, then the first has 19 s left.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   chat    agents 0       0        60    0      60      resolved -
        1    0   phone   agents 1       1        21    0      20      resolved -
        2    0   chat    agents 2       21       41    19     20      resolved -
        3    0   phone   agents 22      22       27    0      5       resolved -
        """
    )


def test_deferred_work_is_interrupted_only_while_enough_are_idle(told: Tell) -> None:
    skills = {"phone": {"keep_idle": 1}, "video": {}, "email": {}}
    asked = scenario({"phone": phone(), "video": phone(), "email": email()}, {"agents": group(skills, 2)})
    cases = (
        Case(0, "email", [100]),
        Case(0, "video", [20]),
        Case(5, "phone", [10]),
        Case(200, "email", [100]),
        Case(205, "phone", [10]),
    )
    # At 5 nobody is idle. At 21 one is, and is kept; only the one freed from the email at 100 leaves another.
    # At 205 one is idle, who is kept: the other is interrupted, and the email goes to the one who is idle.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 0       0        100   0      100     resolved -
        1    0   video   agents 0       0        20    0      20      resolved -
        2    0   phone   agents 5       100      110   95     10      resolved -
        3    0   email   agents 200     200      300   0      100     resolved -
        4    0   phone   agents 205     205      215   0      10      resolved -
        """
    )


def test_overflow_and_reserve_together(told: Tell) -> None:
    groups = {
        "first": group({"phone": {}}, 0),
        "second": group({"phone": {"priority": 2, "overflow_after": 20, "keep_idle": 1}, "video": {}}, 2),
    }
    asked = scenario({"phone": phone(), "video": phone()}, groups)
    cases = Case(0, "phone", [10]), Case(15, "video", [30]), Case(50, "video", [7]), Case(51, "phone", [10])
    # At 20 one agent is busy; at 45 both are idle. At 71 both are idle: the second call need not wait longer.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   second 0       45       55    45     10      resolved -
        1    0   video   second 15      15       45    0      30      resolved -
        2    0   video   second 50      50       57    0      7       resolved -
        3    0   phone   second 51      71       81    20     10      resolved -
        """
    )


# -- the order of contacts -------------------------------------------------------------------------


def test_a_weighted_wait_counts_so_many_times(told: Tell) -> None:
    skills = {"phone": {"weight": 3}, "video": {"weight": 1}}
    asked = scenario({"phone": phone(), "video": phone()}, {"agents": group(skills, 1)})
    cases = Case(0, "phone", [20]), Case(2, "video", [10]), Case(12, "phone", [10]), Case(20.5, "phone", [10])
    # At 20: 18 s against 3 x 8 s. At 30: 28 s against 3 x 9.5 s.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 0       0        20    0      20      resolved -
        1    0   video   agents 2       40       50    38     10      resolved -
        2    0   phone   agents 12      20       30    8      10      resolved -
        3    0   phone   agents 20.5    30       40    9.5    10      resolved -
        """
    )


@pytest.mark.parametrize(("came", "first"), [(13.999999, "phone"), (14, "video"), (14.000001, "video")])
def test_equal_weighted_waits_go_by_place(happens: Happen, came: float, first: str) -> None:
    skills = {"phone": {"weight": 3}, "video": {"weight": 1}}
    asked = scenario({"phone": phone(), "video": phone()}, {"agents": group(skills, 1)})
    trace = happens(asked, Case(0, "phone", [20]), Case(2, "video", [10]), Case(came, "phone", [10]))
    assert ["phone", "video"][int(trace.answered[1] < trace.answered[2])] == first


@pytest.mark.parametrize(
    ("order", "expected_order"),
    [
        ("weighted_wait", ["letters", "phone", "video", "email"]),
        ("priority_then_oldest", ["letters", "video", "phone", "email"]),
        ("oldest_over_all", ["video", "letters", "phone", "email"]),
        ("growing_score", ["phone", "video", "letters", "email"]),
    ],
)
def test_orders_of_contacts(happens: Happen, order: str, expected_order: list[str]) -> None:
    skills = {
        "letters": {"priority": 1},
        "video": {"priority": 2},
        "phone": {"priority": 2, "weight": 3},
        "email": {"priority": 1, "weight": 9},
    }
    channels = {"letters": phone(), "video": phone(), "phone": phone(), "email": email(interruptible=False)}
    asked = scenario(channels, {"agents": group(skills, 1)}, routing={"contact_order": order})
    names = ["email", "video", "letters", "phone"]
    cases = (Case(2 + n, name, [1]) for n, name in enumerate(names))
    trace = happens(asked, Case(0, "video", [30]), *cases)
    began = dict(zip(names, trace.answered[1:].tolist(), strict=True))
    assert sorted(names, key=lambda name: began[name]) == expected_order


# -- the order of agents ---------------------------------------------------------------------------


def test_the_least_loaded_first_whatever_the_priority(told: Tell) -> None:
    groups = {"a": group({"chat": {"priority": 1}}, 1), "b": group({"chat": {"priority": 2}}, 1)}
    asked = scenario({"chat": chat(slowdown=[1, 1])}, groups, routing={"agent_order": "least_loaded"})
    assert told(asked, *(Case(n, "chat", [10]) for n in range(4))) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   chat    a     0       0        10    0      10      resolved -
        1    0   chat    b     1       1        11    0      10      resolved -
        2    0   chat    a     2       2        12    0      10      resolved -
        3    0   chat    b     3       3        13    0      10      resolved -
        """
    )


@pytest.mark.parametrize(
    ("order", "ended"),
    [("longest_idle", [20, 10, 20]), ("least_loaded", [20, 10, 20]), ("fill_first", [20, 20, 10])],
)
def test_one_agent_is_filled_before_the_next_begins(happens: Happen, order: str, ended: list[int]) -> None:
    asked = scenario({"chat": chat()}, {"agents": group({"chat": {}}, 2)}, routing={"agent_order": order})
    trace = happens(asked, *(Case(0, "chat", [10]) for _ in range(3)))
    assert (trace.ended / 1e6).tolist() == ended


def test_to_fill_agents_priority_still_comes_first(told: Tell) -> None:
    groups = {"a": group({"chat": {"priority": 1}}, 1), "b": group({"chat": {"priority": 2}}, 1)}
    asked = scenario({"chat": chat(slowdown=[1, 1])}, groups, routing={"agent_order": "fill_first"})
    cases = Case(0, "chat", [10]), Case(1, "chat", [10]), Case(2, "chat", [50]), Case(20, "chat", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   chat    a     0       0        10    0      10      resolved -
        1    0   chat    a     1       1        11    0      10      resolved -
        2    0   chat    b     2       2        52    0      50      resolved -
        3    0   chat    a     20      20       30    0      10      resolved -
        """
    )


def test_of_agents_filled_alike_the_longest_at_it_serves(told: Tell) -> None:
    groups = {"a": group({"chat": {}}, 1), "b": group({"chat": {}}, 1)}
    channels = {"chat": chat(cap=3, slowdown=[1, 1, 1])}
    asked = scenario(channels, groups, routing={"agent_order": "fill_first"})
    cases = (
        Case(0, "chat", [30]),
        Case(1, "chat", [4]),  # until 5
        Case(2, "chat", [1]),  # until 3: now a is full, and has room again
        Case(2, "chat", [50]),  # so b begins
        Case(6, "chat", [10]),  # a has one chat since 5, b since 2
    )
    assert [line.split()[3] for line in told(asked, *cases).splitlines()[1:]] == ["a", "a", "a", "b", "b"]


# -- slow-down by an incident ----------------------------------------------------------------------


def slow(channel: str, factor: float, begins: str = "00:00", ends: str = "00:01") -> dict[str, object]:
    window = [f"2026-03-02 {begins}", f"2026-03-02 {ends}"]
    return {"name": "slow", "channel": channel, "window": window, "failure": 0, "slow_down": factor}


def test_what_begins_during_an_incident_takes_longer(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(), "portal": {"mode": "self_service"}},
        {"agents": group({"phone": {"handle_time": 0.5}}, 1)},
        incidents=[
            slow("phone", 2),
            slow("phone", 1.5),
            slow("portal", 3),
            slow("phone", 7, "01:00", "02:00"),
        ],
    )
    cases = (
        Case(30, "phone", [20]),  # 20 s x 0.5 x 2 x 1.5
        Case(31, "phone", [10]),  # begins as the incidents are over
        Case(40, "portal", [10]),
        Case(60, "portal", [10]),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 30      30       60    0      30      resolved -
        1    0   phone   agents 31      60       65    29     5       resolved -
        2    0   portal  -      40      -        70    0      0       resolved -
        3    0   portal  -      60      -        70    0      0       resolved -
        """
    )


def test_interrupted_work_is_not_slowed_down_again(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(), "email": email()},
        {"agents": group({"phone": {}, "email": {}}, 1)},
        incidents=[slow("email", 2, "00:01", "00:02")],
    )
    cases = Case(50, "email", [30]), Case(55, "phone", [10]), Case(100, "email", [30])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 50      50       90    10     30      resolved -
        1    0   phone   agents 55      55       65    0      10      resolved -
        2    0   email   agents 100     100      160   0      60      resolved -
        """
    )
