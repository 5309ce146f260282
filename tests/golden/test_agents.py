"""Which agent: priorities of groups, the longest idle, shifts, and work that is interrupted."""

from __future__ import annotations

import pytest

from tests.golden.given import Case, Happen, Tell, chat, email, expected, go, group, minutes, phone, scenario


def test_groups_are_asked_in_order_of_priority(told: Tell) -> None:
    groups = {
        "second": group({"phone": {"priority": 2}}, 1),
        "first": group({"phone": {"priority": 1, "handle_time": 0.5}}, 1),
    }
    asked = scenario({"phone": phone()}, groups)
    cases = Case(0, "phone", [10]), Case(1, "phone", [10]), Case(2, "phone", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   first  0       0        5     0      5       resolved -
        1    0   phone   second 1       1        11    0      10      resolved -
        2    0   phone   first  2       5        10    3      5       resolved -
        """
    )


def test_groups_of_equal_priority_are_one_pool_of_which_the_longest_idle_serves(told: Tell) -> None:
    groups = {"a": group({"phone": {}}, 1), "b": group({"phone": {}}, 1)}
    asked = scenario({"phone": phone()}, groups)
    cases = (
        Case(0, "phone", [10]),  # a came on the floor first
        Case(1, "phone", [5]),
        Case(20, "phone", [10]),  # b is idle since 6, a since 10
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   phone   a     0       0        10    0      10      resolved -
        1    0   phone   b     1       1        6     0      5       resolved -
        2    0   phone   b     20      20       30    0      10      resolved -
        """
    )


def test_a_skill_for_some_intents_only(told: Tell) -> None:
    groups = {
        "disputes": group({"phone": {"intents": ["dispute"]}}, 1),
        "all": group({"phone": {"priority": 2}}, 1),
    }
    asked = scenario({"phone": phone()}, groups, intents=("help", "dispute"))
    cases = (
        Case(0, "phone", [10]),
        Case(1, "phone", [10]),  # the specialist is idle, but may not
        Case(2, "phone", [10], intent="dispute"),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group    arrived answered ended queued handled outcome  next
        0    0   phone   all      0       0        10    0      10      resolved -
        1    0   phone   all      1       10       20    9      10      resolved -
        2    0   phone   disputes 2       2        12    0      10      resolved -
        """
    )


def test_a_busy_agent_finishes_in_overtime_and_takes_nothing_more(told: Tell, happens: Happen) -> None:
    asked = scenario(
        {"phone": phone(patience=300)}, {"agents": group({"phone": {}}, {"00:00": 1, "00:01": 0})}
    )
    cases = Case(50, "phone", [30]), Case(55, "phone", patience=[100])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   phone   agents 50      50       80    0      30      resolved  -
        1    0   phone   -      55      -        155   100    0       abandoned -
        """
    )
    trace = happens(asked, *cases)
    assert minutes(trace.present, 0) == {0: 60.0, 1: 20.0}
    assert minutes(trace.busy, 0) == {0: 10.0}
    assert minutes(trace.overtime, 0) == {1: 20.0}
    assert minutes(trace.contacts_open, 0) == {0: 10.0, 1: 20.0}


def test_before_leaving_agents_serve_those_still_waiting_in_a_channel_that_has_closed(
    told: Tell, happens: Happen
) -> None:
    channels = {"phone": phone(open={"daily": "00:00-00:01"}), "video": phone()}
    skills = {"video": {"priority": 1}, "phone": {"priority": 2}}
    asked = scenario(channels, {"agents": group(skills, {"00:00": 1, "00:01": 0})})
    cases = Case(50, "phone", [30]), Case(55, "phone", [5]), Case(56, "video", [5]), Case(57, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome    next
        0    0   phone   agents 50      50       80    0      30      resolved   -
        1    0   phone   agents 55      80       85    25     5       resolved   -
        2    0   video   -      56      -        86400 86344  0       unfinished -
        3    0   phone   agents 57      85       90    28     5       resolved   -
        """
    )
    assert minutes(happens(asked, *cases).overtime, 0) == {1: 30.0}


def test_nobody_stays_for_deferred_work(told: Tell) -> None:
    channels = {"phone": phone(), "email": email(open={"daily": "00:00-00:01"})}
    skills = {"phone": {}, "email": {"priority": 2}}
    asked = scenario(channels, {"agents": group(skills, {"00:00": 1, "00:01": 0, "01:00": 1})})
    cases = Case(50, "phone", [30]), Case(55, "email", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 50      50       80    0      30      resolved -
        1    0   email   agents 55      3600     3605  3545   5       resolved -
        """
    )


def test_an_agent_due_to_leave_stays_when_the_number_rises_again(told: Tell, happens: Happen) -> None:
    staff = {"00:00": 1, "00:01": 0, "00:02": 1}
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, staff)})
    cases = Case(50, "phone", [100]), Case(70, "phone", [5])
    # Nobody new comes at 120: the one who is still there stays, and takes the second call at 150.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 50      50       150   0      100     resolved -
        1    0   phone   agents 70      150      155   80     5       resolved -
        """
    )
    assert minutes(happens(asked, *cases).overtime, 0) == {1: 60.0}


def test_idle_agents_leave_before_busy_ones(told: Tell, happens: Happen) -> None:
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, {"00:00": 3, "00:01": 1})})
    cases = Case(30, "phone", [60]), Case(40, "phone", [60]), Case(70, "phone", [5])
    # One idle agent leaves; of two busy ones, the one who has been at it longest is marked.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 30      30       90    0      60      resolved -
        1    0   phone   agents 40      40       100   0      60      resolved -
        2    0   phone   agents 70      100      105   30     5       resolved -
        """
    )
    assert minutes(happens(asked, *cases).present, 0)[1] == 60.0 + 30.0


def test_new_agents_look_for_work_as_they_come(told: Tell) -> None:
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, {"00:00": 0, "00:01": 2})})
    cases = Case(10, "phone", [5]), Case(20, "phone", [5]), Case(30, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 10      60       65    50     5       resolved -
        1    0   phone   agents 20      60       65    40     5       resolved -
        2    0   phone   agents 30      65       70    35     5       resolved -
        """
    )


def test_more_agents_join_those_who_are_idle(happens: Happen) -> None:
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, {"00:00": 1, "00:01": 3})})
    trace = happens(asked, *(Case(70, "phone", [5]) for _ in range(4)))
    assert (trace.answered // 1_000_000).tolist() == [70, 70, 70, 75]
    assert minutes(trace.present, 0)[1] == 180.0


# -- interrupted work ------------------------------------------------------------------------------


def test_a_call_interrupts_an_email_which_resumes(told: Tell) -> None:
    channels = {"phone": phone(), "email": email()}
    asked = scenario(channels, {"agents": group({"phone": {}, "email": {}}, 1)})
    cases = (
        Case(0, "email", [100]),
        Case(5, "email", [10]),
        Case(30, "phone", [20]),
        Case(40, "phone", [20]),  # waits: a call is not interrupted
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 0       0        140   40     100     resolved -
        1    0   email   agents 5       140      150   135    10      resolved -
        2    0   phone   agents 30      30       50    0      20      resolved -
        3    0   phone   agents 40      50       70    10     20      resolved -
        """
    )


def test_work_that_may_not_be_interrupted_is_finished_first(told: Tell) -> None:
    channels = {"phone": phone(), "email": email(interruptible=False)}
    asked = scenario(channels, {"agents": group({"phone": {}, "email": {}}, 1)})
    assert told(asked, Case(0, "email", [100]), Case(30, "phone", [20])) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 0       0        100   0      100     resolved -
        1    0   phone   agents 30      100      120   70     20      resolved -
        """
    )


def test_interrupted_work_is_offered_to_others_at_their_own_speed(told: Tell) -> None:
    groups = {
        "quick": group({"phone": {}, "email": {}}, 1),
        "slow": group({"email": {"priority": 2, "handle_time": 2}}, 1),
    }
    asked = scenario({"phone": phone(), "email": email()}, groups)
    # After 30 of 100 s, 70 s are left, which are 140 s for the other group.
    assert told(asked, Case(0, "email", [100]), Case(30, "phone", [20])) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   email   slow  0       0        170   0      170     resolved -
        1    0   phone   quick 30      30       50    0      20      resolved -
        """
    )


def test_a_free_agent_of_a_later_priority_comes_before_an_interruption(told: Tell) -> None:
    groups = {
        "first": group({"phone": {"priority": 1}, "email": {}}, 1),
        "later": group({"phone": {"priority": 5}}, 1),
    }
    asked = scenario({"phone": phone(), "email": email()}, groups)
    assert told(asked, Case(0, "email", [100]), Case(30, "phone", [20])) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   email   first 0       0        100   0      100     resolved -
        1    0   phone   later 30      30       50    0      20      resolved -
        """
    )


def test_of_agents_on_deferred_work_the_longest_at_it_is_interrupted(told: Tell) -> None:
    asked = scenario({"phone": phone(), "email": email()}, {"agents": group({"phone": {}, "email": {}}, 2)})
    cases = Case(0, "email", [100]), Case(10, "email", [100]), Case(30, "phone", [20])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 0       0        120   20     100     resolved -
        1    0   email   agents 10      10       110   0      100     resolved -
        2    0   phone   agents 30      30       50    0      20      resolved -
        """
    )


def test_a_leaving_agent_is_not_interrupted(told: Tell) -> None:
    groups = {"agents": group({"phone": {}, "email": {}}, {"00:00": 1, "00:01": 0})}
    asked = scenario({"phone": phone(patience=300), "email": email()}, groups)
    cases = Case(50, "email", [100]), Case(70, "phone", patience=[10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   email   agents 50      50       150   0      100     resolved  -
        1    0   phone   -      70      -        80    10     0       abandoned -
        """
    )


def test_an_agent_who_stays_after_all_may_be_interrupted_and_then_takes_what_waits(told: Tell) -> None:
    skills = {"chat": {}, "email": {"priority": 2}}
    groups = {"agents": group(skills, {"00:00": 1, "00:01": 0, "00:02": 1})}
    asked = scenario({"chat": chat(slowdown=[1, 1]), "email": email()}, groups)
    cases = Case(50, "email", [100]), Case(70, "chat", [20]), Case(130, "chat", [20])
    # The first chat finds the agent leaving, and waits; the second interrupts, and the agent takes both.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 50      50       170   20     100     resolved -
        1    0   chat    agents 70      130      150   60     20      resolved -
        2    0   chat    agents 130     130      150   0      20      resolved -
        """
    )


def test_interrupted_work_keeps_its_place_even_among_those_of_the_same_tick(told: Tell) -> None:
    channels = {"phone": phone(patience=300), "video": phone(), "email": email()}
    groups = {"agents": group({"video": {}, "email": {}}, 1), "callers": group({"phone": {}}, 0)}
    asked = scenario(channels, groups, next_steps=[go("phone", "abandoned", "email")])
    cases = (
        Case(0, "phone", [10], patience=[10], next=["email"]),
        Case(10, "email", [100]),
        Case(20, "video", [10]),
    )
    # The first gives up at 10, after the second has come and found the agent idle; but of contacts that come
    # at one tick the one of the earlier case has the earlier place, and so it is taken at 30.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   phone   -      0       -        10    10     0       abandoned email
        0    1   email   agents 10      30       40    20     10      resolved  -
        1    0   email   agents 10      10       130   20     100     resolved  -
        2    0   video   agents 20      20       30    0      10      resolved  -
        """
    )


# -- one at random ---------------------------------------------------------------------------------

AT_RANDOM = {"agent_order": "random"}


@pytest.mark.parametrize(
    ("luck", "takes"), [(0.000001, "a"), (0.333334, "a"), (0.666666, "a"), (0.666667, "b"), (0.999999, "b")]
)
def test_agents_stand_in_the_order_of_their_groups(happens: Happen, luck: float, takes: str) -> None:
    groups = {"a": group({"phone": {}}, 2), "b": group({"phone": {}}, 1)}
    asked = scenario({"phone": phone()}, groups, routing=AT_RANDOM)
    trace = happens(asked, Case(0, "phone", agent=[luck]))
    assert ["a", "b"][int(trace.group[0])] == takes


@pytest.mark.parametrize(("luck", "ended"), [(0.499999, [25, 21, 20]), (0.5, [20, 26, 20])])
def test_and_within_a_group_by_turn(happens: Happen, luck: float, ended: list[float]) -> None:
    asked = scenario({"chat": chat()}, {"agents": group({"chat": {}}, 2)}, routing=AT_RANDOM)
    cases = (
        Case(0, "chat", [20], agent=[0.9]),
        Case(1, "chat", [20], agent=[0.9]),
        Case(10, "chat", [5], agent=[luck]),
    )
    # Both agents have a chat; who has been at it longer comes first. For 10 s the third chat and the one
    # beside it go at half speed.
    assert (happens(asked, *cases).ended / 1e6).tolist() == ended


def test_priority_and_then_fewest_contacts_come_before_chance(told: Tell) -> None:
    groups = {"a": group({"chat": {"priority": 1}}, 2), "b": group({"chat": {"priority": 2}}, 5)}
    asked = scenario({"chat": chat()}, groups, routing=AT_RANDOM)
    cases = (Case(0, "chat", [10], agent=[0.999999]) for _ in range(5))
    lines = [line.split() for line in told(asked, *cases).splitlines()[1:]]
    # All of a's agents have two chats, at half speed, before b begins.
    assert [(line[3], line[6]) for line in lines] == [*[("a", "20")] * 4, ("b", "10")]


def test_only_those_who_may_take_the_contact_are_counted(told: Tell) -> None:
    groups = {
        "a": group({"phone": {}}, 1),
        "b": group({"phone": {"overflow_after": 5}}, 2),
        "c": group({"phone": {"keep_idle": 1}}, 1),
        "d": group({"phone": {}}, 1),
    }
    asked = scenario({"phone": phone()}, groups, routing=AT_RANDOM)
    # One of a and d, then the other; then, when it opens, one of b.
    cases = (Case(0, "phone", [60], agent=[luck]) for luck in (0.5, 0.999999, 0.499999))
    assert told(asked, *cases) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   phone   d     0       0        60    0      60      resolved -
        1    0   phone   a     0       0        60    0      60      resolved -
        2    0   phone   b     0       5        65    5      60      resolved -
        """
    )


def test_each_attempt_has_its_own_chance(told: Tell) -> None:
    groups = {"a": group({"phone": {}}, 1), "b": group({"phone": {}}, 1)}
    asked = scenario(
        {"phone": phone()}, groups, routing=AT_RANDOM, next_steps=[go("phone", "unresolved", "phone")]
    )
    case = Case(0, "phone", [10], agent=[0.9, 0.1, 0.9], resolves=[False], next=["phone", "phone", None])
    assert told(asked, case) == expected(
        """
        case try channel group arrived answered ended queued handled outcome    next
        0    0   phone   b     0       0        10    0      10      unresolved phone
        0    1   phone   a     10      10       20    0      10      unresolved phone
        0    2   phone   b     20      20       30    0      10      unresolved -
        """
    )


def test_whom_to_interrupt_is_not_left_to_chance(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(), "email": email()},
        {"agents": group({"phone": {}, "email": {}}, 2)},
        routing=AT_RANDOM,
    )
    cases = (
        Case(0, "email", [100], agent=[0.9]),
        Case(10, "email", [100], agent=[0.9]),
        Case(30, "phone", [20], agent=[0.9]),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   agents 0       0        120   20     100     resolved -
        1    0   email   agents 10      10       110   0      100     resolved -
        2    0   phone   agents 30      30       50    0      20      resolved -
        """
    )


def test_interrupted_work_goes_to_one_at_random(told: Tell) -> None:
    groups = {
        "quick": group({"phone": {}, "email": {}}, 1),
        "b": group({"email": {"priority": 2}}, 1),
        "c": group({"email": {"priority": 2}}, 1),
    }
    asked = scenario({"phone": phone(), "email": email()}, groups, routing=AT_RANDOM)
    cases = Case(0, "email", [100], agent=[0.9]), Case(30, "phone", [20])
    assert told(asked, *cases).splitlines()[1] == "0 0 email c 0 0 100 0 100 resolved -"
