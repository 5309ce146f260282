"""Who is served when: order of queues, patience, lines, closing."""

from __future__ import annotations

from sim.contract import TICKS_PER_SECOND
from tests.golden.given import Case, Happen, Tell, email, expected, go, group, minutes, phone, scenario


def test_first_come_first_served(told: Tell) -> None:
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, 1)})
    cases = Case(0, "phone", [10]), Case(1, "phone", [5]), Case(2, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 0       0        10    0      10      resolved -
        1    0   phone   agents 1       10       15    9      5       resolved -
        2    0   phone   agents 2       15       20    13     5       resolved -
        """
    )


def test_the_length_of_the_queue_is_measured_exactly(happens: Happen) -> None:
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, 1)})
    trace = happens(asked, Case(0, "phone", [70]), Case(50, "phone", [5]), Case(58, "phone", [5]))
    # The second waits from 50 to 70, the third from 58 to 75: 12 s in the first minute, 25 s in the second.
    assert minutes(trace.queue_length, 0) == {0: 12.0, 1: 25.0}


def test_a_smaller_priority_number_goes_first(told: Tell) -> None:
    skills = {"phone": {"priority": 1}, "video": {"priority": 2}}
    asked = scenario({"phone": phone(), "video": phone()}, {"agents": group(skills, 1)})
    cases = Case(0, "video", [10]), Case(1, "video", [5]), Case(2, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   video   agents 0       0        10    0      10      resolved -
        1    0   video   agents 1       15       20    14     5       resolved -
        2    0   phone   agents 2       10       15    8      5       resolved -
        """
    )


def test_equal_priority_goes_by_place_over_all_queues(told: Tell) -> None:
    skills = {"phone": {"priority": 3}, "video": {"priority": 3}}
    asked = scenario({"phone": phone(), "video": phone()}, {"agents": group(skills, 1)})
    cases = Case(0, "video", [10]), Case(1, "phone", [5]), Case(2, "video", [5]), Case(3, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   video   agents 0       0        10    0      10      resolved -
        1    0   phone   agents 1       10       15    9      5       resolved -
        2    0   video   agents 2       15       20    13     5       resolved -
        3    0   phone   agents 3       20       25    17     5       resolved -
        """
    )


def test_deferred_work_comes_last_whatever_its_priority(told: Tell) -> None:
    skills = {"phone": {"priority": 9}, "email": {"priority": 1}}
    channels = {"phone": phone(), "email": email(interruptible=False)}
    asked = scenario(channels, {"agents": group(skills, 1)})
    cases = Case(0, "phone", [10]), Case(1, "email", [5]), Case(2, "phone", [5])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 0       0        10    0      10      resolved -
        1    0   email   agents 1       15       20    14     5       resolved -
        2    0   phone   agents 2       10       15    8      5       resolved -
        """
    )


def test_an_agent_freed_at_the_tick_patience_ends_serves_the_customer(told: Tell) -> None:
    asked = scenario({"phone": phone(patience=300)}, {"agents": group({"phone": {}}, 1)})
    cases = (
        Case(0, "phone", [10]),
        Case(1, "phone", [5], patience=[9]),  # ends at 10, when the agent is freed: served
        Case(2, "phone", [5], patience=[8]),  # ends at 10 too, but the other comes first
        Case(3, "phone", [5], patience=[6.999999]),  # a tick too early
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended    queued   handled outcome   next
        0    0   phone   agents 0       0        10       0        10      resolved  -
        1    0   phone   agents 1       10       15       9        5       resolved  -
        2    0   phone   -      2       -        10       8        0       abandoned -
        3    0   phone   -      3       -        9.999999 6.999999 0       abandoned -
        """
    )


def test_without_patience_only_a_free_agent_helps(told: Tell) -> None:
    asked = scenario({"phone": phone(patience=300)}, {"agents": group({"phone": {}}, 1)})
    cases = Case(0, "phone", [10], patience=[0]), Case(1, "phone", [10], patience=[0])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   phone   agents 0       0        10    0      10      resolved  -
        1    0   phone   -      1       -        1     0      0       abandoned -
        """
    )


def test_lines_count_those_who_wait_and_those_who_talk(told: Tell) -> None:
    asked = scenario({"phone": phone(lines=2)}, {"agents": group({"phone": {}}, 1)})
    cases = (
        Case(0, "phone", [10]),
        Case(1, "phone", [5]),
        Case(2, "phone", [5]),  # both lines are taken
        Case(10, "phone", [5]),  # an end comes before an arrival of the same tick: a line is free
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 0       0        10    0      10      resolved -
        1    0   phone   agents 1       10       15    9      5       resolved -
        2    0   phone   -      2       -        2     0      0       blocked  -
        3    0   phone   agents 10      15       20    5      5       resolved -
        """
    )


def test_no_lines_at_all(told: Tell) -> None:
    asked = scenario({"phone": phone(lines=0)}, {"agents": group({"phone": {}}, 1)})
    assert told(asked, Case(7, "phone")).splitlines()[1] == "0 0 phone - 7 - 7 0 0 blocked -"


def test_a_channel_that_drops_clears_its_queue_at_closing(told: Tell) -> None:
    channels = {
        "phone": phone(open={"daily": "00:00-00:01, 00:02-24:00"}, at_close="drop"),
        "video": phone(),
    }
    asked = scenario(
        channels,
        {"agents": group({"phone": {}, "video": {}}, 1)},
        next_steps=[go("phone", ["disconnected", "closed"], "video", "phone")],
    )
    cases = (
        Case(50, "phone", [30]),  # being served at closing: goes on
        Case(55, "phone", next=["video"]),  # waiting: disconnected, and tries elsewhere at once
        Case(60, "phone", next=["phone"], delay=[60]),  # an arrival at the closing tick finds it closed
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome      next
        0    0   phone   agents 50      50       80    0      30      resolved     -
        1    0   phone   -      55      -        60    5      0       disconnected video
        1    1   video   agents 60      80       90    20     10      resolved     -
        2    0   phone   -      60      -        60    0      0       closed       phone
        2    1   phone   agents 120     120      130   0      10      resolved     -
        """
    )


def test_a_channel_that_serves_keeps_its_queue_at_closing(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(open={"daily": "00:00-00:01"}, patience=300)},
        {"agents": group({"phone": {}}, 1)},
    )
    cases = (
        Case(50, "phone", [30]),
        Case(55, "phone", patience=[20]),  # patience goes on after closing
        Case(56, "phone", patience=[60]),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   phone   agents 50      50       80    0      30      resolved  -
        1    0   phone   -      55      -        75    20     0       abandoned -
        2    0   phone   agents 56      80       90    24     10      resolved  -
        """
    )


def test_what_has_not_ended_by_the_horizon_is_unfinished(told: Tell, happens: Happen) -> None:
    asked = scenario({"phone": phone()}, {"agents": group({"phone": {}}, 1)})
    cases = (
        Case(86_390, "phone", [10]),  # would end at the horizon: nothing happens at or after it
        Case(86_395, "phone"),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome    next
        0    0   phone   agents 86390   86390    86400 0      10      unfinished -
        1    0   phone   -      86395   -        86400 5      0       unfinished -
        """
    )
    trace = happens(asked, *cases)
    assert int(trace.queue_length.sum()) == 5 * TICKS_PER_SECOND
    assert int(trace.contacts_open.sum()) == 10 * TICKS_PER_SECOND


def test_a_backlog_waits_overnight(told: Tell) -> None:
    hours = {"open": {"daily": "08:00-20:00"}}
    staff = {"00:00": 0, "08:00": 1, "20:00": 0}
    asked = scenario(
        {"email": email(**hours), "phone": phone(patience=300, **hours)},
        {"agents": group({"phone": {}, "email": {}}, staff)},
        days=2,
    )
    evening, morning = 20 * 3600, (24 + 8) * 3600
    cases = (
        Case(evening - 20, "email", [60]),  # interrupted after 15 s
        Case(evening - 10, "email", [60]),  # waits until tomorrow
        Case(evening - 5, "phone", [30]),
        Case(morning - 1, "phone"),  # too early
        Case(morning + 20, "phone", [10]),
    )
    # The agent ends the day on the phone, in overtime: who is leaving takes no email, not even the one that
    # was interrupted. In the morning that one comes first again, and is interrupted once more.
    assert told(asked, *cases) == expected(
        f"""
        case try channel group  arrived        answered       ended          queued handled outcome  next
        0    0   email   agents {evening - 20} {evening - 20} {morning + 55} 43215  60      resolved -
        1    0   email   agents {evening - 10} {morning + 55} {morning + 115} 43265 60      resolved -
        2    0   phone   agents {evening - 5}  {evening - 5}  {evening + 25} 0      30      resolved -
        3    0   phone   -      {morning - 1}  -              {morning - 1}  0      0       closed   -
        4    0   phone   agents {morning + 20} {morning + 20} {morning + 30} 0      10      resolved -
        """
    )
