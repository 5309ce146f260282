"""Concurrent contacts: shared attention, caps, and where a contact goes."""

from __future__ import annotations

import pytest

from tests.golden.given import Case, Happen, Tell, chat, expected, go, group, minutes, phone, scenario


def test_two_chats_share_the_agents_attention(told: Tell, happens: Happen) -> None:
    asked = scenario({"chat": chat()}, {"agents": group({"chat": {}}, 1)})
    cases = Case(0, "chat", [10]), Case(4, "chat", [10]), Case(5, "chat", [2])
    # From 4 both go at half speed: the first has 6 s left and ends at 16, when the second has 4 s left and
    # the third, who had to wait for room, begins. The third ends at 20; the second has 2 s left: 22.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   chat    agents 0       0        16    0      16      resolved -
        1    0   chat    agents 4       4        22    0      18      resolved -
        2    0   chat    agents 5       16       20    11     4       resolved -
        """
    )
    trace = happens(asked, *cases)
    assert minutes(trace.contacts_open, 0) == {0: 16.0 + 18.0 + 4.0}
    assert minutes(trace.busy, 0) == {0: 22.0}


def test_attention_is_exact_integer_arithmetic(happens: Happen) -> None:
    asked = scenario({"chat": chat(cap=3, slowdown=[1, 2, 3])}, {"agents": group({"chat": {}}, 1)})
    ended = happens(asked, *(Case(0, "chat", [1]) for _ in range(3))).ended
    # A third of 2**20 work units is 349,525 a tick, so 1,000,000 ticks of work take 3,000,003 ticks.
    assert ended.tolist() == [3_000_003] * 3


def test_an_idle_agent_comes_before_one_with_a_chat(told: Tell) -> None:
    asked = scenario({"chat": chat()}, {"agents": group({"chat": {}}, 2)})
    cases = Case(0, "chat", [10]), Case(1, "chat", [10]), Case(2, "chat", [10])
    # The third goes to the agent longest at one chat, and each of the two then has half the attention:
    # the first ends at 2 + 8 x 2 = 18, when the third has done 8 of its 10 s.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   chat    agents 0       0        18    0      18      resolved -
        1    0   chat    agents 1       1        11    0      10      resolved -
        2    0   chat    agents 2       2        20    0      18      resolved -
        """
    )


def test_priority_comes_before_load(told: Tell) -> None:
    groups = {"a": group({"chat": {"priority": 1}}, 1), "b": group({"chat": {"priority": 2}}, 1)}
    asked = scenario({"chat": chat(slowdown=[1, 1])}, groups)
    cases = Case(0, "chat", [10]), Case(1, "chat", [10]), Case(2, "chat", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   chat    a     0       0        10    0      10      resolved -
        1    0   chat    a     1       1        11    0      10      resolved -
        2    0   chat    b     2       2        12    0      10      resolved -
        """
    )


def test_the_cap_of_every_channel_open_holds(told: Tell) -> None:
    channels = {"chat": chat(cap=3, slowdown=[1, 1, 1]), "sms": chat(cap=2, slowdown=[1, 1])}
    asked = scenario(channels, {"agents": group({"chat": {}, "sms": {}}, 1)})
    cases = (
        Case(0, "chat", [10]),
        Case(1, "chat", [20]),
        Case(2, "sms", [10]),  # a third contact: more than its own cap
        Case(3, "chat", [5]),  # a third contact: within the cap of all
        Case(12, "chat", [5]),  # an sms is open: its cap holds for all
    )
    # At 8 two chats are open, at 10 one: the sms is taken. At 12 it and a chat are open, up to 20.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   chat    agents 0       0        10    0      10      resolved -
        1    0   chat    agents 1       1        21    0      20      resolved -
        2    0   sms     agents 2       10       20    8      10      resolved -
        3    0   chat    agents 3       3        8     0      5       resolved -
        4    0   chat    agents 12      20       25    8      5       resolved -
        """
    )


def test_the_smallest_cap_holds_whichever_contact_came_first(happens: Happen) -> None:
    channels = {"chat": chat(cap=3, slowdown=[1, 1, 1]), "sms": chat(cap=2, slowdown=[1, 1])}
    asked = scenario(channels, {"agents": group({"chat": {}, "sms": {}}, 1)})
    trace = happens(asked, Case(0, "sms", [10]), Case(1, "chat", [20]), Case(2, "chat", [20]))
    assert (trace.answered // 1_000_000).tolist() == [0, 1, 10]


def test_an_agent_with_chats_takes_no_call_and_one_on_a_call_no_chat(told: Tell) -> None:
    channels = {"chat": chat(slowdown=[1, 1]), "phone": phone()}
    asked = scenario(channels, {"agents": group({"chat": {}, "phone": {}}, 1)})
    cases = Case(0, "chat", [10]), Case(1, "phone", [10]), Case(12, "chat", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   chat    agents 0       0        10    0      10      resolved -
        1    0   phone   agents 1       10       20    9      10      resolved -
        2    0   chat    agents 12      20       30    8      10      resolved -
        """
    )


def test_an_agent_who_comes_takes_chats_up_to_the_cap(told: Tell) -> None:
    asked = scenario(
        {"chat": chat(slowdown=[1, 1])}, {"agents": group({"chat": {}}, {"00:00": 0, "00:01": 1})}
    )
    cases = Case(0, "chat", [10]), Case(1, "chat", [10]), Case(2, "chat", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   chat    agents 0       60       70    60     10      resolved -
        1    0   chat    agents 1       60       70    59     10      resolved -
        2    0   chat    agents 2       70       80    68     10      resolved -
        """
    )


def test_a_leaving_agent_takes_no_further_chat(happens: Happen) -> None:
    asked = scenario(
        {"chat": chat(slowdown=[1, 1])}, {"agents": group({"chat": {}}, {"00:00": 1, "00:01": 0})}
    )
    cases = Case(50, "chat", [20]), Case(61, "chat", [5])
    trace = happens(asked, *cases)
    assert trace.answered.tolist() == [50_000_000, -1]
    assert minutes(trace.overtime, 0) == {1: 10.0}


def test_those_with_the_fewest_contacts_are_marked_leaving_first(told: Tell) -> None:
    asked = scenario(
        {"chat": chat(slowdown=[1, 1])}, {"agents": group({"chat": {}}, {"00:00": 2, "00:01": 1})}
    )
    cases = (
        Case(0, "chat", [100]),
        Case(1, "chat", [4]),
        Case(2, "chat", [200]),
        Case(6, "chat", [65]),
        Case(65, "chat", [10]),
    )
    # One agent has two chats since 2, the other one chat since 6, and is marked; the first has no room.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   chat    agents 0       0        100   0      100     resolved -
        1    0   chat    agents 1       1        5     0      4       resolved -
        2    0   chat    agents 2       2        202   0      200     resolved -
        3    0   chat    agents 6       6        71    0      65      resolved -
        4    0   chat    agents 65      100      110   35     10      resolved -
        """
    )


@pytest.mark.parametrize("factor", [1, 0.5])
def test_skill_factor_and_frustration_change_the_work_to_be_done(happens: Happen, factor: float) -> None:
    asked = scenario(
        {"chat": chat()},
        {"agents": group({"chat": {"handle_time": factor}}, 1)},
        next_steps=[go("chat", "unresolved", "chat")],
        frustration={"handle_time": 0.5, "patience": 0},
    )
    trace = happens(asked, Case(0, "chat", [10], resolves=[False, True], next=["chat"], delay=[5]))
    assert (trace.handled / 1e6).tolist() == [10 * factor, 15 * factor]
