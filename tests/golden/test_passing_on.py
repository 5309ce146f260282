"""Passing on: to a second tier and back, when somebody is free there and when not; and who resolves."""

from __future__ import annotations

from typing import Any

import pytest

from sim.contract import Front, Outcome
from tests.golden.given import (
    FULL,
    Case,
    Happen,
    Luck,
    Tell,
    callback,
    chat,
    email,
    expected,
    front,
    go,
    group,
    phone,
    portal,
    scenario,
)

TIERS = {"first": group({"phone": {}}, 1), "second": group({"experts": {}}, 1)}
PASSED: Any = {"passed_on": [True, False]}
"""Once, and by nobody after that."""


def to(channel: str, **fields: Any) -> dict[str, Any]:
    """Contacts passed on to a channel; which ones, the cases say."""
    return {"transfer": {"share": 0.5, "to": channel, **fields}}


def test_a_contact_is_passed_on_to_another_channel(told: Tell) -> None:
    asked = scenario({"phone": phone(**to("experts", part=0.25)), "experts": phone()}, TIERS)
    cases = (
        Case(0, "phone", [40, 30], **PASSED),
        Case(1, "phone", [15]),
        Case(2, "phone", [20, 30], resolves=[True, False], **PASSED),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   first  0       0       0        10    0      10      0       transferred experts
        0    1   experts second 10      10      10       40    0      30      0       resolved    -
        1    0   phone   first  1       1       10       25    9      15      0       resolved    -
        2    0   phone   first  2       2       25       30    23     5       0       transferred experts
        2    1   experts second 30      30      40       70    10     30      0       unresolved  -
        """
    )


def test_it_may_come_back_until_no_attempt_is_left(told: Tell) -> None:
    channels = {"phone": phone(**to("experts", part=0.5)), "experts": phone(**to("phone", part=0.25))}
    asked = scenario(channels, TIERS, max_attempts=4)
    assert told(asked, Case(0, "phone", [40], passed_on=[True])) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   first  0       0        20    0      20      transferred experts
        0    1   experts second 20      20       30    0      10      transferred phone
        0    2   phone   first  30      30       50    0      20      transferred experts
        0    3   experts second 50      50       90    0      40      resolved    -
        """
    )


def test_the_time_to_it_is_part_of_the_handle_time_that_it_would_have_taken(happens: Happen) -> None:
    groups = {"first": group({"phone": {"handle_time": 2}}, 1), "second": group({"experts": {}}, 1)}
    window = ["2026-03-02 00:00", "2026-03-02 00:01"]
    slow = {"name": "slow", "channel": "phone", "window": window, "failure": 0, "slow_down": 0.75}
    asked = scenario(
        {"portal": portal(), "phone": phone(**to("experts", part=0.25)), "experts": phone()},
        groups,
        incidents=[slow],
        next_steps=[go("portal", "failed", "phone")],
        frustration={"handle_time": 0.5, "patience": 0},
    )
    case = Case(
        0, "portal", [1, 0.000002, 5], resolves=[False, True], next=["phone"], passed_on=[False, True, False]
    )
    # 2 ticks x 1.5 = 3, x 2 = 6, x 0.75 = 4.5 and so 4, x 0.25 = 1; in another order it would be 2.
    assert happens(asked, case).handled.tolist() == [0, 1, 7_500_000]


def test_to_be_passed_on_is_no_failed_attempt(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(**to("experts")), "experts": phone()},
        TIERS,
        frustration={"handle_time": 0.5, "patience": 0},
    )
    assert told(asked, Case(0, "phone", [10, 20], **PASSED)).splitlines()[2] == (
        "0 1 experts second 10 10 30 0 20 resolved -"
    )


def test_after_call_work_follows_as_ever(told: Tell) -> None:
    asked = scenario({"phone": phone(wrap=1, **to("experts")), "experts": phone()}, TIERS)
    cases = Case(0, "phone", [10, 20], wrap=[6], **PASSED), Case(1, "phone", [10])
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   first  0       0       0        10    0      10      6       transferred experts
        0    1   experts second 10      10      10       30    0      20      0       resolved    -
        1    0   phone   first  1       1       16       26    15     10      0       resolved    -
        """
    )


@pytest.mark.parametrize("at_close", ["serve", "drop"])
def test_nothing_stops_who_is_passed_on(told: Tell, at_close: str) -> None:
    """Neither closing nor lines, incidents, the front, balking or the offer of a callback."""
    fault = {"name": "fault", "channel": "experts", "window": ["2026-03-02 00:00", "2026-03-02 01:00"]}
    experts = phone(
        open={"daily": "01:00-02:00"},
        at_close=at_close,
        lines=0,
        balk=0.5,
        front=front(),
        callback=callback(),
    )
    asked = scenario(
        {"phone": phone(**to("experts")), "experts": experts, "video": phone()},
        {"first": group({"phone": {}}, 1), "second": group({"experts": {}, "video": {}}, 1)},
        incidents=[{**fault, "failure": 1}],
    )
    cases = (
        Case(0, "phone", [10, 20], balks=[True], takes_callback=[True], front=[9], **PASSED),
        Case(1, "video", [40]),
        Case(2, "experts"),
    )
    assert told(asked, *cases, heading=FULL) == expected(
        """
        case try channel group  arrived entered answered ended queued handled wrapped outcome     next
        0    0   phone   first  0       0       0        10    0      10      0       transferred experts
        0    1   experts second 10      10      41       61    31     20      0       resolved    -
        1    0   video   second 1       1       1        41    0      40      0       resolved    -
        2    0   experts -      2       -       -        2     0      0       0       closed      -
        """
    )


def test_it_holds_a_line_of_the_channel_where_it_arrives(told: Tell) -> None:
    asked = scenario({"phone": phone(lines=1, **to("experts")), "experts": phone(lines=1)}, TIERS)
    cases = (
        Case(0, "phone", [10, 20], **PASSED),
        Case(11, "experts"),
        Case(12, "phone", [10]),  # its line there is free again
        Case(31, "experts", [10]),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   first  0       0        10    0      10      transferred experts
        0    1   experts second 10      10       30    0      20      resolved    -
        1    0   experts -      11      -        11    0      0       blocked     -
        2    0   phone   first  12      12       22    0      10      resolved    -
        3    0   experts second 31      31       41    0      10      resolved    -
        """
    )


def test_a_row_for_the_transferred_comes_before(told: Tell) -> None:
    asked = scenario(
        {"phone": phone(**to("experts")), "experts": phone(), "video": phone()},
        {**TIERS, "screens": group({"video": {}}, 1)},
        next_steps=[go("phone", "transferred", "video")],
    )
    cases = (
        Case(0, "phone", [10, 20], next=["video"], delay=[5], **PASSED),
        Case(100, "phone", [10], next=[None], **PASSED),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group   arrived answered ended queued handled outcome     next
        0    0   phone   first   0       0        10    0      10      transferred video
        0    1   video   screens 15      15       35    0      20      resolved    -
        1    0   phone   first   100     100      110   0      10      transferred -
        """
    )


def test_a_misrouted_contact_goes_to_its_own_queue_first(told: Tell) -> None:
    teams = {
        "helpers": group({"phone": {"intents": ["help"]}}, 1),
        "disputes": group({"phone": {"intents": ["dispute"]}}, 1),
        "second": group({"experts": {}}, 1),
    }
    channels = {
        "phone": phone(front=front(transfer_part=0.25), **to("experts", part=0.5, when_busy="lose")),
        "experts": phone(),
    }
    asked = scenario(channels, teams, intents=("help", "dispute"))
    case = Case(0, "phone", [40], front_ends=[Front.MISROUTES], passed_on=[True])
    assert told(asked, case) == expected(
        """
        case try channel group    arrived answered ended queued handled outcome     next
        0    0   phone   disputes 0       0        10    0      10      transferred phone
        0    1   phone   helpers  10      10       30    0      20      transferred experts
        0    2   experts second   30      30       70    0      40      resolved    -
        """
    )


@pytest.mark.parametrize("receiver", ["chat", "email"])
def test_it_may_go_to_a_channel_of_another_mode(told: Tell, receiver: str) -> None:
    channels = {"phone": phone(**to(receiver)), "chat": chat(slowdown=[1, 1]), "email": email()}
    groups = {"first": group({"phone": {}}, 1), "second": group({receiver: {}}, 1)}
    groups["third"] = group({name: {} for name in ("chat", "email") if name != receiver}, 1)
    asked = scenario(channels, groups)
    assert told(asked, Case(0, "phone", [10, 20], **PASSED)).splitlines()[2] == (
        f"0 1 {receiver} second 10 10 30 0 20 resolved -"
    )


def test_chats_are_passed_on_at_the_pace_of_chats(told: Tell) -> None:
    channels = {"chat": chat(**to("phone", part=0.5)), "phone": phone()}
    asked = scenario(channels, {"first": group({"chat": {}}, 1), "second": group({"phone": {}}, 1)})
    cases = Case(0, "chat", [20, 30], **PASSED), Case(0, "chat", [20])
    # Two at half speed: 10 s of work by 20; the other has 10 s left then.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   chat    first  0       0        20    0      20      transferred phone
        0    1   phone   second 20      20       50    0      30      resolved    -
        1    0   chat    first  0       0        30    0      30      resolved    -
        """
    )


# -- who passes on, and who resolves ---------------------------------------------------------------


def test_the_share_of_an_intent(happens: Happen) -> None:
    transfer = {"share": {"help": 0.25, "dispute": 0.5}, "to": "experts"}
    asked = scenario(
        {"phone": phone(transfer=transfer), "experts": phone()}, TIERS, intents=("help", "dispute")
    )
    cases = (
        Case(0, "phone", passed_on=[0.249999]),
        Case(100, "phone", passed_on=[0.25]),
        Case(200, "phone", passed_on=[0.25], intent="dispute"),
        Case(300, "phone", passed_on=[0.5], intent="dispute"),
    )
    trace = happens(asked, *cases)
    assert (trace.outcome[trace.attempt == 0] == Outcome.TRANSFERRED).tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("skill", "luck", "is_passed_on"),
    [
        ({}, 0.5, False),
        ({}, 0.499999, True),
        ({"transfer": 0.75}, 0.5, True),
        ({"transfer": 0.75}, 0.75, False),
        ({"transfer": 0}, 0.000001, False),
    ],
)
def test_a_skill_may_have_a_share_of_its_own(
    happens: Happen, skill: dict[str, Any], luck: Luck, is_passed_on: bool
) -> None:
    groups = {"first": group({"phone": skill}, 1), "second": group({"experts": {}}, 1)}
    asked = scenario({"phone": phone(**to("experts", part=0.5)), "experts": phone()}, groups)
    trace = happens(asked, Case(0, "phone", [10], passed_on=[luck, False]))
    assert (trace.outcome[0] == Outcome.TRANSFERRED) == is_passed_on
    assert trace.handled[0] == (5_000_000 if is_passed_on else 10_000_000)


@pytest.mark.parametrize(
    ("skill", "luck", "is_resolved"),
    [
        ({}, 0.5, False),
        ({}, 0.499999, True),
        ({"resolution": 0.75}, 0.5, True),
        ({"resolution": 0.75}, 0.75, False),
        ({"resolution": 0}, 0.000001, False),
    ],
)
def test_a_skill_may_have_a_resolution_of_its_own(
    happens: Happen, skill: dict[str, Any], luck: Luck, is_resolved: bool
) -> None:
    asked = scenario({"phone": phone(resolution=0.5)}, {"agents": group({"phone": skill}, 1)})
    trace = happens(asked, Case(0, "phone", resolves=[luck]))
    assert (trace.outcome[0] == Outcome.RESOLVED) == is_resolved


def test_self_service_resolves_by_its_own_share(happens: Happen) -> None:
    channels = {"portal": portal(success=0.25), "phone": phone(resolution=0.75)}
    asked = scenario(channels, {"agents": group({"phone": {"resolution": 0.5}}, 1)})
    trace = happens(asked, *(Case(n, "portal", resolves=[luck]) for n, luck in enumerate((0.249999, 0.25))))
    assert trace.outcome.tolist() == [Outcome.RESOLVED, Outcome.FAILED]


def test_who_ends_it_decides_again_and_who_began_has_set_the_time(told: Tell) -> None:
    skills: dict[str, Any] = {"phone": {}, "email": {"transfer": 0.75, "resolution": 0.75}}
    groups = {
        "quick": group(skills, 1),
        "slow": group({"email": {"priority": 2, "transfer": 0.25, "resolution": 0.25}}, 1),
        "second": group({"experts": {}}, 1),
    }
    channels = {"phone": phone(), "email": email(**to("experts", part=0.5)), "experts": phone()}
    asked = scenario(channels, groups)
    cases = (
        Case(0, "email", [100], passed_on=[0.5], resolves=[0.5]),
        Case(30, "phone", [20]),
        Case(100, "email", [100], passed_on=[0.5], resolves=[0.5]),
    )
    # 50 s of 100 were to be spent on passing it on; the other group ends it, and does not resolve it. The
    # last one is passed on, as nobody interrupts it.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   email   slow   0       0        50    0      50      unresolved  -
        1    0   phone   quick  30      30       50    0      20      resolved    -
        2    0   email   quick  100     100      150   0      50      transferred experts
        2    1   experts second 150     150      250   0      100     resolved    -
        """
    )


def test_who_would_have_ended_it_leaves_it_to_one_who_passes_it_on(told: Tell) -> None:
    groups = {
        "quick": group({"phone": {}, "email": {"transfer": 0}}, 1),
        "slow": group({"email": {"priority": 2}}, 1),
        "second": group({"experts": {}}, 1),
    }
    channels = {"phone": phone(), "email": email(**to("experts", part=0.5)), "experts": phone()}
    asked = scenario(channels, groups)
    cases = Case(0, "email", [100, 10], passed_on=[0.25, False]), Case(30, "phone", [20])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   email   slow   0       0        100   0      100     transferred experts
        0    1   experts second 100     100      110   0      10      resolved    -
        1    0   phone   quick  30      30       50    0      20      resolved    -
        """
    )


# -- when nobody is free ---------------------------------------------------------------------------

BUSY = Case(0, "experts", [100])
"""Keeps the one expert busy."""


def busy_tiers(when_busy: str) -> dict[str, Any]:
    return {"phone": phone(**to("experts", part=0.5, when_busy=when_busy)), "experts": phone()}


def test_it_waits_there(told: Tell) -> None:
    asked = scenario(busy_tiers("queue"), TIERS)
    assert told(asked, BUSY, Case(1, "phone", [20], **PASSED)).splitlines()[2:] == [
        "1 0 phone first 1 1 11 0 10 transferred experts",
        "1 1 experts second 11 100 120 89 20 resolved -",
    ]


@pytest.mark.parametrize("resolves", [True, False])
def test_or_the_agent_ends_it_after_the_same_time(told: Tell, resolves: bool) -> None:
    asked = scenario(busy_tiers("skip"), TIERS)
    cases = (
        BUSY,
        Case(1, "phone", [20], resolves=[resolves], **PASSED),
        Case(100, "phone", [20], **PASSED),
    )
    outcome = "resolved" if resolves else "unresolved"
    assert told(asked, *cases).splitlines()[2:] == [
        f"1 0 phone first 1 1 11 0 10 {outcome} -",
        "2 0 phone first 100 100 110 0 10 transferred experts",
        "2 1 experts second 110 110 130 0 20 resolved -",
    ]


def test_or_it_is_disconnected(told: Tell) -> None:
    asked = scenario(
        busy_tiers("lose"),
        TIERS,
        next_steps=[go("phone", "disconnected", "phone")],
        frustration={"handle_time": 0.5, "patience": 0},
    )
    cases = BUSY, Case(1, "phone", [20], passed_on=[True, False], next=["phone"], delay=[5])
    # It is a failed attempt: the next one takes half as long again.
    assert told(asked, *cases).splitlines()[2:] == [
        "1 0 phone first 1 1 11 0 10 disconnected phone",
        "1 1 phone first 16 16 46 0 30 resolved -",
    ]
    free = told(asked, Case(0, "phone", [20], **PASSED)).splitlines()[1:]
    assert free == [
        "0 0 phone first 0 0 10 0 10 transferred experts",
        "0 1 experts second 10 10 30 0 20 resolved -",
    ]


def test_the_agent_who_passes_it_on_is_not_free_for_it(told: Tell) -> None:
    one, two = ({"agents": group({"phone": {}, "experts": {}}, number)} for number in (1, 2))
    case = Case(0, "phone", [20], **PASSED)
    assert told(scenario(busy_tiers("skip"), one), case).splitlines()[1:] == [
        "0 0 phone agents 0 0 10 0 10 resolved -"
    ]
    assert told(scenario(busy_tiers("skip"), two), case).splitlines()[1:] == [
        "0 0 phone agents 0 0 10 0 10 transferred experts",
        "0 1 experts agents 10 10 30 0 20 resolved -",
    ]


def test_nor_is_one_who_has_after_call_work_to_do(told: Tell) -> None:
    channels = busy_tiers("skip")
    channels["phone"]["wrap"] = 1
    asked = scenario(channels, {"agents": group({"phone": {}, "experts": {}}, 1)})
    assert told(asked, Case(0, "phone", [20], wrap=[5], **PASSED)).splitlines()[1:] == [
        "0 0 phone agents 0 0 10 0 10 resolved -"
    ]


def test_nor_one_with_room_for_more(told: Tell) -> None:
    channels = {"chat": chat(slowdown=[1, 1], **to("experts", when_busy="skip")),
                "experts": chat(slowdown=[1, 1])}  # fmt: skip
    cases = Case(0, "chat", [20], **PASSED), Case(0, "chat", [50])
    one, two = ({"agents": group({"chat": {}, "experts": {}}, number)} for number in (1, 2))
    # Alone, the agent has both chats, and room for another only once this one is done.
    assert told(scenario(channels, one), *cases).splitlines()[1] == "0 0 chat agents 0 0 20 0 20 resolved -"
    assert told(scenario(channels, two), *cases).splitlines()[1:3] == [
        "0 0 chat agents 0 0 20 0 20 transferred experts",
        "0 1 experts agents 20 20 40 0 20 resolved -",
    ]


def test_deferred_work_that_could_be_interrupted_makes_nobody_free(told: Tell) -> None:
    groups = {"first": group({"phone": {}}, 1), "second": group({"experts": {}, "email": {}}, 1)}
    asked = scenario({**busy_tiers("skip"), "email": email()}, groups)
    assert told(asked, Case(0, "email", [50]), Case(1, "phone", [20], **PASSED)).splitlines()[2] == (
        "1 0 phone first 1 1 11 0 10 resolved -"
    )


@pytest.mark.parametrize("condition", [{"overflow_after": 5}, {"keep_idle": 1}])
def test_a_skill_must_be_usable_for_who_has_just_come(told: Tell, condition: dict[str, Any]) -> None:
    groups = {"first": group({"phone": {}}, 1), "second": group({"experts": condition}, 1)}
    asked = scenario(busy_tiers("lose"), groups)
    # The caller has waited 10 s in the first queue, but would have waited 0 s in the second.
    cases = Case(0, "phone", [10]), Case(0, "phone", [20], **PASSED)
    assert told(asked, *cases).splitlines()[2] == "1 0 phone first 0 10 20 10 10 disconnected -"


@pytest.mark.parametrize("freed_first", [True, False])
def test_who_is_freed_at_that_tick_is_free_only_if_it_happens_before(told: Tell, freed_first: bool) -> None:
    asked = scenario(busy_tiers("skip"), TIERS)
    passed, other = Case(0, "phone", [20], **PASSED), Case(0, "experts", [10])
    story = told(asked, *([other, passed] if freed_first else [passed, other])).splitlines()
    if freed_first:
        assert "1 1 experts second 10 10 30 0 20 resolved -" in story
    else:
        assert story[1] == "0 0 phone first 0 0 10 0 10 resolved -"


def test_who_was_free_may_have_taken_another_by_then(told: Tell) -> None:
    asked = scenario(
        busy_tiers("lose") | {"portal": portal()}, TIERS, next_steps=[go("portal", "failed", "experts")]
    )
    cases = (
        Case(0, "portal", [10, 30], resolves=[False, True], next=["experts"]),
        Case(0, "phone", [20], **PASSED),
    )
    # Both come to the experts at 10: the earlier case is first, and the other, passed on, waits.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   portal  -      0       -        10    0      0       failed      experts
        0    1   experts second 10      10       40    0      30      resolved    -
        1    0   phone   first  0       0        10    0      10      transferred experts
        1    1   experts second 10      40       60    30     20      resolved    -
        """
    )
