"""Conditional overflow: skills used only while a queue is long, or while there is little else to do."""

from __future__ import annotations

from typing import Any

from tests.golden.given import TAKES, Case, Tell, callback, chat, email, expected, group, phone, scenario


def only_if(priority: int = 2, **conditions: float) -> dict[str, Any]:
    return {"priority": priority, "only_if": conditions}


# -- the queue that would be helped ----------------------------------------------------------------


def test_a_second_group_helps_while_the_queue_is_long(told: Tell) -> None:
    second = group({"phone": only_if(queue_at_least=2)}, 1)
    asked = scenario({"phone": phone()}, {"first": group({"phone": {}}, 1), "second": second})
    cases = (
        Case(0, "phone", [100]),
        Case(10, "phone"),  # alone in the queue, and the second group stays idle
        Case(20, "phone"),  # the second to wait: the head is helped
        Case(40, "phone"),  # once more
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   first  0       0        100   0      100     resolved -
        1    0   phone   second 10      20       30    10     10      resolved -
        2    0   phone   second 20      40       50    20     10      resolved -
        3    0   phone   first  40      100      110   60     10      resolved -
        """
    )


def test_an_agent_who_is_freed_helps_while_the_queue_is_long(told: Tell) -> None:
    second = group({"phone": only_if(queue_at_least=2)}, 1)
    asked = scenario({"phone": phone()}, {"first": group({"phone": {}}, 1), "second": second})
    cases = (
        Case(0, "phone", [200]),
        Case(10, "phone", [50]),
        Case(11, "phone"),  # two wait: the first of them is helped
        Case(20, "phone"),
        Case(30, "phone"),
    )
    # At 61 three wait, at 71 two, at 81 one.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   first  0       0        200   0      200     resolved -
        1    0   phone   second 10      11       61    1      50      resolved -
        2    0   phone   second 11      61       71    50     10      resolved -
        3    0   phone   second 20      71       81    51     10      resolved -
        4    0   phone   first  30      200      210   170    10      resolved -
        """
    )


def test_who_arrives_has_no_place_in_the_queue_yet(told: Tell) -> None:
    second = group({"phone": only_if(queue_at_least=1)}, 1)
    groups = {"first": group({"phone": {}}, 1), "second": second}
    asked = scenario({"phone": phone(balk=0.5)}, groups)
    cases = (
        Case(0, "phone", [100]),
        Case(10, "phone", balks=[True]),  # nobody is free for it yet, so it leaves
        Case(20, "phone"),  # stands in the queue for no time
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   phone   first  0       0        100   0      100     resolved  -
        1    0   phone   -      10      -        10    0      0       abandoned -
        2    0   phone   second 20      20       30    0      10      resolved  -
        """
    )


# -- the group's own queues ------------------------------------------------------------------------


def test_chats_only_while_no_call_waits(told: Tell) -> None:
    agents = group({"phone": {}, "chat": only_if(own_queue_below=1)}, 1)
    asked = scenario({"phone": phone(patience=300), "chat": chat()}, {"agents": agents})
    cases = (
        Case(0, "chat", [20]),
        Case(5, "phone", [10]),  # waits: the agent has a chat
        Case(6, "chat", [10]),  # waits: there is room for it, but a call waits
        Case(32, "chat", [10]),  # no call waits
        Case(100, "chat", [20]),
        Case(105, "phone", patience=[5]),
        Case(106, "chat", [5]),  # waits for the call to give up
    )
    # Two chats at once take twice as long. 2: 2 s alone, 16 s for the other 8; 3: 16 s for 8, 2 s alone.
    # 4: 10 s alone, 10 s for 5, 5 s alone; 6: 10 s for 5.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   chat    agents 0       0        20    0      20      resolved  -
        1    0   phone   agents 5       20       30    15     10      resolved  -
        2    0   chat    agents 6       30       48    24     18      resolved  -
        3    0   chat    agents 32      32       50    0      18      resolved  -
        4    0   chat    agents 100     100      125   0      25      resolved  -
        5    0   phone   -      105     -        110   5      0       abandoned -
        6    0   chat    agents 106     110      120   4      10      resolved  -
        """
    )


# -- how busy the group is -------------------------------------------------------------------------


def test_a_group_helps_while_few_of_it_are_busy(told: Tell) -> None:
    helpers = group({"video": {}, "phone": only_if(busy_below=0.5)}, 2)
    asked = scenario({"phone": phone(), "video": phone()}, {"helpers": helpers})
    cases = (
        Case(0, "phone", [30]),  # nobody is busy
        Case(5, "phone", [10]),  # half of the group is: waits, although somebody is idle
        Case(6, "video", [10]),
    )
    # At 16 one of two is still busy; at 30 nobody is.
    assert told(asked, *cases) == expected(
        """
        case try channel group   arrived answered ended queued handled outcome  next
        0    0   phone   helpers 0       0        30    0      30      resolved -
        1    0   phone   helpers 5       30       40    25     10      resolved -
        2    0   video   helpers 6       6        16    0      10      resolved -
        """
    )


def test_who_has_just_put_a_contact_down_still_counts_as_busy(told: Tell) -> None:
    agents = group({"phone": only_if(priority=1, busy_below=1), "video": {"priority": 2}}, 1)
    asked = scenario({"phone": phone(), "video": phone()}, {"agents": agents})
    cases = (
        Case(0, "video"),
        Case(2, "phone"),  # comes before video, but the whole group is busy
        Case(5, "video"),
        Case(20, "phone", [5]),  # arrives as the agent is freed: the other has been served by then
    )
    # At 10 the agent looks for work, one of one being busy, and finds the video; at 20 and 30 she finds
    # none, is filed as idle, and is found.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   video   agents 0       0        10    0      10      resolved -
        1    0   phone   agents 2       20       30    18     10      resolved -
        2    0   video   agents 5       10       20    5      10      resolved -
        3    0   phone   agents 20      30       35    10     5       resolved -
        """
    )


def test_the_share_is_of_those_scheduled(told: Tell) -> None:
    helpers = group(
        {"video": {}, "phone": only_if(busy_below=0.6)}, {"00:00": 2, "00:01": 1, "00:02": 2, "00:03": 1}
    )
    asked = scenario({"phone": phone(), "video": phone()}, {"helpers": helpers})
    cases = (
        Case(50, "video", [20]),  # its agent is to leave at 60, in overtime until 70
        Case(51, "video", [200]),
        Case(65, "phone"),  # one of one scheduled is busy, from 120 on one of two
        Case(190, "phone"),  # at 180 the idle one of two has left
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group   arrived answered ended queued handled outcome  next
        0    0   video   helpers 50      50       70    0      20      resolved -
        1    0   video   helpers 51      51       251   0      200     resolved -
        2    0   phone   helpers 65      120      130   55     10      resolved -
        3    0   phone   helpers 190     251      261   61     10      resolved -
        """
    )


# -- interruptions ---------------------------------------------------------------------------------


def test_work_is_interrupted_while_the_queue_is_long(told: Tell) -> None:
    helper = group({"phone": only_if(queue_at_least=2), "email": {}}, 1)
    asked = scenario(
        {"phone": phone(), "email": email()}, {"first": group({"phone": {}}, 1), "helper": helper}
    )
    cases = (
        Case(0, "phone", [200]),
        Case(0, "email", [100]),
        Case(10, "phone"),
        Case(20, "phone"),  # two wait: one is taken, and at 30 it is back to the email
        Case(40, "phone"),  # two wait
    )
    # The email: 20 s, 10 s from 30 on, 70 s from 50 on.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   first  0       0        200   0      200     resolved -
        1    0   email   helper 0       0        120   20     100     resolved -
        2    0   phone   helper 10      20       30    10     10      resolved -
        3    0   phone   helper 20      40       50    20     10      resolved -
        4    0   phone   first  40      200      210   160    10      resolved -
        """
    )


def test_a_head_with_whom_nobody_waits_interrupts_nobody(told: Tell) -> None:
    helper = group({"phone": only_if(queue_at_least=2), "email": {}}, 1)
    channels = {"phone": phone(callback=callback()), "email": email()}
    asked = scenario(channels, {"first": group({"phone": {}}, 1), "helper": helper})
    cases = (
        Case(0, "phone", [100]),
        Case(0, "email", [300]),
        Case(10, "phone", **TAKES),  # is to be rung back, and first in the queue
        Case(20, "phone"),  # the second there, who has to wait behind it
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   first  0       0        100   0      100     resolved    -
        1    0   email   helper 0       0        300   0      300     resolved    -
        2    0   phone   -      10      -        10    0      0       called_back phone
        2    1   phone   first  10      100      110   0      10      resolved    -
        3    0   phone   first  20      110      120   90     10      resolved    -
        """
    )


# -- looking round ---------------------------------------------------------------------------------


def test_what_one_queue_is_spared_opens_another(told: Tell) -> None:
    groups = {
        "clerks": group({"phone": only_if(own_queue_below=2), "video": {"overflow_after": 1000}}, 1),
        "experts": group({"desk": {}, "video": only_if(busy_below=1)}, 1),
    }
    asked = scenario({"phone": phone(), "video": phone(), "desk": phone()}, groups)
    cases = (
        Case(0, "desk", [20]),
        Case(1, "video"),
        Case(2, "video"),
        Case(3, "phone"),  # for the clerk two videos wait
    )
    # At 20 the queues are looked at in order: phone, to no avail; video, for which the expert is idle now;
    # and again, phone, for only one video waits.
    assert told(asked, *cases) == expected(
        """
        case try channel group   arrived answered ended queued handled outcome  next
        0    0   desk    experts 0       0        20    0      20      resolved -
        1    0   video   experts 1       20       30    19     10      resolved -
        2    0   video   experts 2       30       40    28     10      resolved -
        3    0   phone   clerks  3       20       30    17     10      resolved -
        """
    )


def test_what_does_not_happen_any_more_is_no_event(told: Tell) -> None:
    groups = {
        "first": group({"phone": {}, "email": {}}, 1),
        "second": group({"email": {"overflow_after": 50}}, 1),
        "third": group({"email": only_if(queue_at_least=9)}, 0),
    }
    asked = scenario({"phone": phone(patience=300), "email": email()}, groups)
    cases = (
        Case(0, "email", [100]),  # interrupted at 10: it has no overflow at 50
        Case(10, "phone", [10]),
        Case(12, "phone", [180], patience=[48]),  # answered at 20: nobody gives up at 60
        Case(70, "phone", [5]),  # as this one arrives, the email has waited long enough
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   email   second 0       0        160   60     100     resolved -
        1    0   phone   first  10      10       20    0      10      resolved -
        2    0   phone   first  12      20       200   8      180     resolved -
        3    0   phone   first  70      200      205   130    5       resolved -
        """
    )


def test_without_conditions_nobody_looks_round(told: Tell) -> None:
    groups = {
        "first": group({"phone": {}, "email": {}}, 1),
        "second": group({"email": {"overflow_after": 50}}, 1),
    }
    asked = scenario({"phone": phone(), "email": email()}, groups)
    cases = Case(0, "email", [100]), Case(10, "phone", [190]), Case(70, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   email   first 0       0        295   195    100     resolved -
        1    0   phone   first 10      10       200   0      190     resolved -
        2    0   phone   first 70      200      205   130    5       resolved -
        """
    )
