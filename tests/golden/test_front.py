"""The automated front: contained, lost, passed on, misrouted; and the second leg of a transfer."""

from __future__ import annotations

import pytest

from sim.contract import Front
from tests.golden.given import FULL, Case, Tell, email, expected, front, go, group, phone, portal, scenario

CONTAINS, LOSES, MISROUTES = [Front.CONTAINS], [Front.LOSES], [Front.MISROUTES]
AGENTS = {"agents": group({"phone": {}}, 1)}
TWO_TEAMS = {
    "helpers": group({"phone": {"intents": ["help"]}}, 1),
    "disputes": group({"phone": {"intents": ["dispute"]}}, 1),
}
INTENTS = ("help", "dispute")


def test_a_front_contains_loses_or_passes_on(told: Tell) -> None:
    asked = scenario({"phone": phone(front=front())}, AGENTS)
    cases = (
        Case(0, "phone", front=[5], front_ends=CONTAINS),
        Case(1, "phone", front=[5], front_ends=LOSES),
        Case(2, "phone", [10], front=[5]),
        Case(3, "phone", [10], front=[2]),  # the last to come, and the first through
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   phone   -      0       -       -        5     0      0       0       contained -
        1    0   phone   -      1       -       -        6     0      0       0       abandoned -
        2    0   phone   agents 2       7       15       25    8      10      0       resolved  -
        3    0   phone   agents 3       5       5        15    0      10      0       resolved  -
        """
    )


def test_the_place_in_the_queue_and_patience_begin_when_the_front_is_over(told: Tell) -> None:
    asked = scenario({"phone": phone(front=front(), patience=300), "video": phone()},
                     {"agents": group({"phone": {}, "video": {}}, 1)})  # fmt: skip
    cases = (
        Case(0, "video", [30]),
        Case(1, "phone", [10], front=[10]),
        Case(2, "video", [10]),
        Case(3, "phone", patience=[5], front=[10]),
        Case(4, "phone", [5], front=[1]),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   video   agents 0       0       0        30    0      30      0       resolved  -
        1    0   phone   agents 1       11      45       55    34     10      0       resolved  -
        2    0   video   agents 2       2       30       40    28     10      0       resolved  -
        3    0   phone   -      3       13      -        18    5      0       0       abandoned -
        4    0   phone   agents 4       5       40       45    35     5       0       resolved  -
        """
    )


def test_only_who_asks_for_an_agent_has_entered(told: Tell) -> None:
    channels = {
        "portal": portal(),
        "phone": phone(lines=0),
        "shop": phone(open={"daily": "10:00-11:00"}),
        "email": email(front=front()),
        "letters": email(),
    }
    skills = {"phone": {}, "shop": {}, "email": {}, "letters": {}}
    asked = scenario(channels, {"agents": group(skills, 1)})
    cases = (
        Case(0, "portal"),
        Case(1, "phone"),
        Case(2, "shop"),
        Case(3, "email", front=[4]),
        Case(4, "letters"),
        Case(86_395, "email", front=[5]),  # the front would end at the horizon: nothing happens there
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome    next
        0    0   portal  -      0       -       -        10    0      0       0       resolved   -
        1    0   phone   -      1       -       -        1     0      0       0       blocked    -
        2    0   shop    -      2       -       -        2     0      0       0       closed     -
        3    0   email   agents 3       7       14       24    7      10      0       resolved   -
        4    0   letters agents 4       4       4        14    0      10      0       resolved   -
        5    0   email   -      86395   -       -        86400 0      0       0       unfinished -
        """
    )


def test_at_one_tick_arrivals_come_before_the_ends_of_fronts_and_ends_of_calls_before_both(
    told: Tell,
) -> None:
    asked = scenario({"phone": phone(front=front()), "video": phone()},
                     {"agents": group({"phone": {}, "video": {}}, 1)})  # fmt: skip
    cases = Case(0, "video", [10]), Case(5, "phone", [10], front=[5]), Case(10, "video", [10])
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   video   agents 0       0       0        10    0      10      0       resolved -
        1    0   phone   agents 5       10      20       30    10     10      0       resolved -
        2    0   video   agents 10      10      10       20    0      10      0       resolved -
        """
    )


def test_who_is_in_the_front_holds_a_line(told: Tell) -> None:
    asked = scenario({"phone": phone(front=front(), lines=1)}, AGENTS)
    cases = (
        Case(0, "phone", front=[10], front_ends=CONTAINS),
        Case(5, "phone"),
        Case(10, "phone"),  # an arrival comes before the end of a front
        Case(11, "phone", front=[2]),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   phone   -      0       -       -        10    0      0       0       contained -
        1    0   phone   -      5       -       -        5     0      0       0       blocked   -
        2    0   phone   -      10      -       -        10    0      0       0       blocked   -
        3    0   phone   agents 11      13      13       23    0      10      0       resolved  -
        """
    )


# -- closing ---------------------------------------------------------------------------------------


def test_a_front_that_ends_after_closing_leads_nowhere_where_the_channel_drops(told: Tell) -> None:
    hours = {"open": {"daily": "00:00-00:01, 00:02-24:00"}, "at_close": "drop"}
    asked = scenario({"phone": phone(front=front(), **hours)}, AGENTS)
    cases = (
        Case(40, "phone", front=[20]),  # ends at the tick of closing: the channel is closed
        Case(50, "phone", front=[15]),
        Case(51, "phone", front=[15], front_ends=MISROUTES),
        Case(52, "phone", front=[15], front_ends=CONTAINS),
        Case(53, "phone", front=[15], front_ends=LOSES),
        Case(54, "phone", front=[80]),  # meanwhile it is open again
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome      next
        0    0   phone   -      40      -       -        60    0      0       0       disconnected -
        1    0   phone   -      50      -       -        65    0      0       0       disconnected -
        2    0   phone   -      51      -       -        66    0      0       0       disconnected -
        3    0   phone   -      52      -       -        67    0      0       0       contained    -
        4    0   phone   -      53      -       -        68    0      0       0       abandoned    -
        5    0   phone   agents 54      134     134      144   0      10      0       resolved     -
        """
    )


def test_where_the_channel_serves_whoever_was_let_in_is_served(told: Tell) -> None:
    asked = scenario({"phone": phone(front=front(), open={"daily": "00:00-00:01"})}, AGENTS)
    assert told(asked, Case(50, "phone", front=[15]), heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome  next
        0    0   phone   agents 50      65      65       75    0      10      0       resolved -
        """
    )


# -- misrouted -------------------------------------------------------------------------------------


def test_a_misrouted_contact_is_found_out_and_transferred(told: Tell) -> None:
    asked = scenario({"phone": phone(front=front(transfer_part=0.25))}, TWO_TEAMS, intents=INTENTS)
    cases = (
        Case(0, "phone", [100, 40], front=[5], front_ends=MISROUTES),
        Case(1, "phone", [8], intent="dispute"),
        Case(20, "phone", [30]),  # keeps the helper busy when the transfer comes
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group    arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   disputes 0       5       9        34    4      25      0       transferred phone
        0    1   phone   helpers  34      34      50       90    16     40      0       resolved    -
        1    0   phone   disputes 1       1       1        9     0      8       0       resolved    -
        2    0   phone   helpers  20      20      20       50    0      30      0       resolved    -
        """
    )


def test_the_time_to_a_transfer_is_part_of_the_handle_time_that_it_would_have_taken(told: Tell) -> None:
    groups = {**TWO_TEAMS, "disputes": group({"phone": {"intents": ["dispute"], "handle_time": 2}}, 1)}
    window = ["2026-03-02 00:00", "2026-03-02 00:01"]
    slow = {"name": "slow", "channel": "phone", "window": window, "failure": 0, "slow_down": 1.5}
    asked = scenario(
        {"phone": phone(front=front(transfer_part=0.25))}, groups, intents=INTENTS, incidents=[slow]
    )
    # 10 s x 2 x 1.5, of which a quarter.
    case = Case(0, "phone", [10, 40], front_ends=MISROUTES)
    assert told(asked, case, heading=FULL).splitlines()[1] == (
        "0 0 phone disputes 0 0 0 7.5 0 7.5 0 transferred phone"
    )


def test_with_one_queue_a_misrouted_contact_returns_to_it(told: Tell) -> None:
    asked = scenario({"phone": phone(front=front(transfer_part=0.5))}, AGENTS)
    cases = Case(0, "phone", [20, 5], front_ends=MISROUTES), Case(1, "phone", [5])
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   agents 0       0       0        10    0      10      0       transferred phone
        0    1   phone   agents 10      10      15       20    5      5       0       resolved    -
        1    0   phone   agents 1       1       10       15    9      5       0       resolved    -
        """
    )


def test_without_an_attempt_left_nobody_is_misrouted(told: Tell) -> None:
    asked = scenario({"phone": phone(front=front())}, TWO_TEAMS, intents=INTENTS, max_attempts=1)
    assert told(asked, Case(0, "phone", [100], front=[5], front_ends=MISROUTES), heading=FULL) == expected(
        """
        case try channel group   arrived entered answered ended queued handled wrapped outcome  next
        0    0   phone   helpers 0       5       5        105   0      100     0       resolved -
        """
    )


@pytest.mark.parametrize("at_close", ["serve", "drop"])
def test_a_transfer_is_stopped_neither_by_closing_nor_an_incident_nor_a_front_nor_impatience(
    told: Tell, at_close: str
) -> None:
    fault = {"name": "fault", "channel": "phone", "window": ["2026-03-02 00:01", "2026-03-02 01:00"]}
    fields = {"open": {"daily": "00:00-00:01"}, "at_close": at_close, "balk": 0.5}
    asked = scenario(
        {"phone": phone(front=front(transfer_part=0.25), **fields)},
        TWO_TEAMS,
        intents=INTENTS,
        incidents=[{**fault, "failure": 1}],
    )
    cases = (
        Case(30, "phone", [70]),
        Case(40, "phone", [100, 20], front=[5], front_ends=MISROUTES, balks=[True]),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group    arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   helpers  30      30      30       100   0      70      0       resolved    -
        1    0   phone   disputes 40      45      45       70    0      25      0       transferred phone
        1    1   phone   helpers  70      70      100      120   30     20      0       resolved    -
        """
    )


def test_a_transfer_is_not_stopped_by_lines_but_holds_one(told: Tell) -> None:
    asked = scenario(
        {"portal": portal(), "phone": phone(front=front(transfer_part=0.25), lines=1)},
        TWO_TEAMS,
        intents=INTENTS,
        next_steps=[go("portal", "failed", "phone")],
    )
    cases = (
        Case(1, "portal", [29, 20], resolves=[False, True], next=["phone"]),
        Case(2, "phone", [100, 40], front=[3], front_ends=MISROUTES),
        Case(31, "phone"),
    )
    # At 30 the first takes the one line as the transfer frees it, and is in the front when the second leg
    # enters; both hold a line until 70, and the first until 90.
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group    arrived entered answered ended queued handled wrapped outcome     next
        0    0   portal  -        1       -       -        30    0      0       0       failed      phone
        0    1   phone   helpers  30      30      70       90    40     20      0       resolved    -
        1    0   phone   disputes 2       5       5        30    0      25      0       transferred phone
        1    1   phone   helpers  30      30      30       70    0      40      0       resolved    -
        2    0   phone   -        31      -       -        31    0      0       0       blocked     -
        """
    )


def test_a_row_for_the_transferred_comes_before_the_transfer(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(front=front(transfer_part=0.25)), "video": phone()},
        {**TWO_TEAMS, "screens": group({"video": {}}, 1)},
        intents=INTENTS,
        next_steps=[go("phone", "transferred", "video", "phone")],
    )
    cases = (
        Case(0, "phone", [40], front_ends=MISROUTES, next=["video"], delay=[5]),
        Case(100, "phone", [40], front=[0, 7], front_ends=[Front.MISROUTES, Front.PASSES], next=["phone"]),
        Case(200, "phone", [40], front_ends=MISROUTES, next=[None]),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group    arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   disputes 0       0       0        10    0      10      0       transferred video
        0    1   video   screens  15      15      15       55    0      40      0       resolved    -
        1    0   phone   disputes 100     100     100      110   0      10      0       transferred phone
        1    1   phone   helpers  110     117     117      157   0      40      0       resolved    -
        2    0   phone   disputes 200     200     200      210   0      10      0       transferred -
        """
    )


def test_a_transfer_is_no_failed_attempt(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(front=front(transfer_part=0.25), patience=300)},
        TWO_TEAMS,
        intents=INTENTS,
        next_steps=[go("phone", "unresolved", "phone")],
        frustration={"handle_time": 0.5, "patience": -0.5},
        max_attempts=3,
    )
    luck = {"front_ends": [Front.MISROUTES, Front.PASSES], "resolves": [True, False, True], "next": ["phone"]}
    cases = (
        Case(0, "phone", [40, 20, 20], patience=[8], **luck),
        Case(1, "phone", [15]),
        Case(20, "phone", [13]),
        Case(100, "phone", [40, 20, 20], **luck),
    )
    # After the transfer both wait and are handled as at first. Then one attempt has failed: the first has
    # half its patience, and the last takes half as long again.
    assert told(asked, *cases) == expected(
        """
        case try channel group    arrived answered ended queued handled outcome     next
        0    0   phone   disputes 0       0        10    0      10      transferred phone
        0    1   phone   helpers  10      16       36    6      20      unresolved  phone
        0    2   phone   -        36      -        40    4      0       abandoned   -
        1    0   phone   helpers  1       1        16    0      15      resolved    -
        2    0   phone   helpers  20      36       49    16     13      resolved    -
        3    0   phone   disputes 100     100      110   0      10      transferred phone
        3    1   phone   helpers  110     110      130   0      20      unresolved  phone
        3    2   phone   helpers  130     130      160   0      30      resolved    -
        """
    )


def test_who_was_contained_may_find_that_it_did_not_help(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(front=front())},
        AGENTS,
        next_steps=[go("phone", "contained", "phone")],
        frustration={"handle_time": 0.5, "patience": 0},
    )
    case = Case(
        0, "phone", [10], front=[5, 3], front_ends=[Front.CONTAINS, Front.PASSES], next=["phone"], delay=[60]
    )
    assert told(asked, case, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome   next
        0    0   phone   -      0       -       -        5     0      0       0       contained phone
        0    1   phone   agents 65      68      68       83    0      15      0       resolved  -
        """
    )
