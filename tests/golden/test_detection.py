"""Incidents that are detected: by monitoring or by what customers tell, until they are fixed, and what
customers hear meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from sim.contract import NOBODY, TICKS_PER_SECOND, IncidentFact, Outcome, Trace
from tests.golden.given import (
    Case,
    Happen,
    Tell,
    callback,
    email,
    expected,
    go,
    group,
    phone,
    portal,
    scenario,
)

AGENT = {"agents": group({"phone": {}}, 1)}
TEN = {"agents": group({"phone": {}}, 10)}
TO_PHONE = [go("portal", "failed", "phone")]


def fault(channel: str, begins: str = "00:01", ends: str = "00:10", **fields: Any) -> dict[str, Any]:
    """All attempts fail from 60 s to 600 s, unless said otherwise."""
    window = [f"2026-03-02 {begins}", f"2026-03-02 {ends}"]
    return {"name": "fault", "channel": channel, "window": window, "failure": 1, **fields}


def facts(trace: Trace) -> list[list[float | None]]:
    """Of each incident: when it was detected and ended, how many it failed, who told and who heeded."""
    return [
        [*(None if tick == NOBODY else tick / TICKS_PER_SECOND for tick in row[:2]), *row[2:5]]
        for row in trace.incidents.tolist()
    ]


def outcomes(trace: Trace) -> list[str]:
    return [Outcome(outcome).name.lower() for outcome in trace.outcome]


# -- monitoring and the fix ------------------------------------------------------------------------


def test_without_detection_an_incident_lasts_as_long_as_its_window(happens: Happen) -> None:
    asked = scenario({"phone": phone()}, TEN, incidents=[fault("phone")])
    trace = happens(asked, *(Case(at, "phone") for at in (59, 60, 599, 600)))
    assert outcomes(trace) == ["resolved", "blocked", "blocked", "resolved"]
    assert facts(trace) == [[None, 600, 2, 0, 0]]


def test_monitoring_detects_it_and_the_fix_ends_it(happens: Happen) -> None:
    known = fault("phone", detection={"monitoring": 90}, fix=120)
    asked = scenario({"phone": phone()}, TEN, incidents=[known])
    trace = happens(asked, *(Case(at, "phone") for at in (60, 150, 269.999999, 270, 599)))
    assert outcomes(trace) == ["blocked", "blocked", "blocked", "resolved", "resolved"]
    assert facts(trace) == [[150, 270, 3, 0, 0]]


def test_detected_and_never_fixed_it_ends_with_its_window(happens: Happen) -> None:
    asked = scenario({"phone": phone()}, TEN, incidents=[fault("phone", detection={"monitoring": 90})])
    trace = happens(asked, Case(599, "phone"), Case(600, "phone"))
    assert outcomes(trace) == ["blocked", "resolved"]
    assert facts(trace) == [[150, 600, 1, 0, 0]]


def test_a_fix_that_takes_longer_than_the_window_changes_nothing(happens: Happen) -> None:
    known = fault("phone", detection={"monitoring": 90}, fix=3600)
    asked = scenario({"phone": phone()}, TEN, incidents=[known])
    trace = happens(asked, Case(599, "phone"), Case(600, "phone"))
    assert outcomes(trace) == ["blocked", "resolved"]
    assert facts(trace) == [[150, 600, 1, 0, 0]]


@pytest.mark.parametrize(("monitoring", "detected"), [(539.999999, 599.999999), (540, None)])
def test_monitoring_notices_nothing_after_the_window(
    happens: Happen, monitoring: float, detected: float | None
) -> None:
    known = fault("phone", detection={"monitoring": monitoring}, fix=1)
    asked = scenario({"phone": phone()}, TEN, incidents=[known])
    assert facts(happens(asked)) == [[detected, 600, 0, 0, 0]]


def test_what_is_detected_at_a_tick_is_known_to_who_arrives_then(told: Tell, happens: Happen) -> None:
    known = fault("phone", detection={"monitoring": 0}, fix=0)
    asked = scenario(
        {"portal": portal(), "phone": phone()}, TEN, incidents=[fault("portal", slow_down=2), known]
    )
    # The second is over as soon as it begins.
    cases = Case(60, "phone", [10]), Case(60, "portal", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 60      60       70    0      10      resolved -
        1    0   portal  -      60      -        80    0      0       failed   -
        """
    )
    assert facts(happens(asked, *cases)) == [[None, 600, 1, 0, 0], [60, 60, 0, 0, 0]]


def test_what_it_slows_down_is_as_ever_once_it_is_fixed(told: Tell) -> None:
    slow = fault("phone", failure=0, slow_down=3, detection={"monitoring": 30}, fix=60)
    asked = scenario({"phone": phone()}, TEN, incidents=[slow])
    cases = Case(149, "phone", [10]), Case(150, "phone", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   agents 149     149      179   0      30      resolved -
        1    0   phone   agents 150     150      160   0      10      resolved -
        """
    )


def test_at_the_horizon_it_was_to_end_later(happens: Happen) -> None:
    late = {**fault("phone", fix=7200), "window": ["2026-03-02 23:59", "2026-03-03 01:00"]}
    asked = scenario(
        {"phone": phone()},
        TEN,
        incidents=[
            {**late, "detection": {"monitoring": 59}},
            {**late, "detection": {"monitoring": 59}, "fix": 70},
            {**late, "detection": {"monitoring": 60}},  # nothing happens at the horizon
        ],
    )
    assert facts(happens(asked)) == [
        [86_399, 90_000, 0, 0, 0],
        [86_399, 86_469, 0, 0, 0],
        [None, 90_000, 0, 0, 0],
    ]


# -- which incident --------------------------------------------------------------------------------


def test_the_first_that_fails_in_the_order_of_the_plan_has_done_it(happens: Happen) -> None:
    asked = scenario(
        {"portal": portal(), "phone": phone()},
        TEN,
        incidents=[
            fault("portal"),
            fault("phone", failure=0, slow_down=2),
            fault("phone", "00:03", failure=0.5),
            fault("phone", failure=0.5),
            fault("phone", failure=0.5),
        ],
    )
    cases = (
        Case(70, "phone", incident=0.749999),  # two are there, which fail 3 of 4
        Case(71, "phone", incident=0.75),
        Case(180, "phone", incident=0.874999),  # three, which fail 7 of 8
        Case(181, "phone", incident=0.875),
    )
    trace = happens(asked, *cases)
    assert outcomes(trace) == ["blocked", "resolved", "blocked", "resolved"]
    assert trace.incidents[:, 2].tolist() == [0, 0, 1, 1, 0]


def test_closing_and_lines_come_before(happens: Happen) -> None:
    asked = scenario(
        {"phone": phone(lines=0), "email": email(open={"daily": "01:00-02:00"})},
        {"agents": group({"phone": {}, "email": {}}, 1)},
        incidents=[fault("phone"), fault("email")],
    )
    trace = happens(asked, Case(70, "phone"), Case(71, "email"))
    assert outcomes(trace) == ["blocked", "closed"]
    assert facts(trace) == [[None, 600, 0, 0, 0], [None, 600, 0, 0, 0]]


# -- what customers tell ---------------------------------------------------------------------------


def test_when_enough_customers_have_told_agents_it_is_detected(told: Tell, happens: Happen) -> None:
    known = fault("portal", detection={"reports": 2}, fix=30)
    asked = scenario({"portal": portal(), "phone": phone()}, AGENT, incidents=[known], next_steps=TO_PHONE)
    cases = (
        Case(59, "portal", [10], resolves=[False, True], next=["phone"]),  # came before: has nothing to tell
        Case(60, "portal", [10, 20], next=["phone"]),
        Case(61, "portal", [10, 20], next=["phone"]),
        Case(100, "portal", [10, 20], next=["phone"]),
        Case(139, "portal", [10, 20], next=["phone"]),
        Case(140, "portal", [10]),
    )
    # They are answered at 69, 79, 99 (the second who tells: over at 129), 119, ... the fifth came after that.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   portal  -      59      -        69    0      0       failed   phone
        0    1   phone   agents 69      69       79    0      10      resolved -
        1    0   portal  -      60      -        70    0      0       failed   phone
        1    1   phone   agents 70      79       99    9      20      resolved -
        2    0   portal  -      61      -        71    0      0       failed   phone
        2    1   phone   agents 71      99       119   28     20      resolved -
        3    0   portal  -      100     -        110   0      0       failed   phone
        3    1   phone   agents 110     119      139   9      20      resolved -
        4    0   portal  -      139     -        149   0      0       resolved -
        5    0   portal  -      140     -        150   0      0       resolved -
        """
    )
    assert facts(happens(asked, *cases)) == [[99, 129, 3, 3, 0]]


def test_whichever_comes_first_detects_it(happens: Happen) -> None:
    both = fault("portal", detection={"reports": 1, "monitoring": 60}, fix=30)
    asked = scenario({"portal": portal(), "phone": phone()}, TEN, incidents=[both], next_steps=TO_PHONE)
    told_first = happens(asked, Case(60, "portal", [59.999999, 10], next=["phone"]))
    assert facts(told_first) == [[119.999999, 149.999999, 1, 1, 0]]
    seen_first = happens(asked, Case(60, "portal", [60.000001, 10], next=["phone"]))
    assert facts(seen_first) == [[120, 150, 1, 1, 0]]


def test_what_is_told_after_the_end_detects_nothing(happens: Happen) -> None:
    known = fault("portal", ends="00:02", detection={"reports": 1}, fix=30)
    asked = scenario({"portal": portal(), "phone": phone()}, TEN, incidents=[known], next_steps=TO_PHONE)
    just_in_time = happens(asked, Case(60, "portal", [59.999999, 10], next=["phone"]))
    assert facts(just_in_time) == [[119.999999, 120, 1, 1, 0]]
    too_late = happens(asked, Case(60, "portal", [60, 10], next=["phone"]))
    assert facts(too_late) == [[None, 120, 1, 1, 0]]


def test_only_who_is_answered_tells_and_only_once(told: Tell, happens: Happen) -> None:
    known = fault("portal", detection={"reports": 2}, fix=30)
    steps = [*TO_PHONE, go("phone", ["abandoned", "unresolved"], "phone", "portal")]
    asked = scenario(
        {"portal": portal(), "phone": phone(patience=300)}, AGENT, incidents=[known], next_steps=steps
    )
    cases = (
        # Fails at 70, tells at 70, calls again and has nothing more to tell.
        Case(60, "portal", [10, 30, 30], resolves=[False, False, True], next=["phone", "phone", None]),
        # Fails at 71, gives up waiting, and tells at 130 when calling again.
        Case(61, "portal", [10, 10, 15], patience=[5], next=["phone", "phone"], delay=[0, 54]),
        Case(62, "portal", [150, 9], next=[None]),  # does not tell: goes nowhere
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome    next
        0    0   portal  -      60      -        70    0      0       failed     phone
        0    1   phone   agents 70      70       100   0      30      unresolved phone
        0    2   phone   agents 100     100      130   0      30      resolved   -
        1    0   portal  -      61      -        71    0      0       failed     phone
        1    1   phone   -      71      -        76    5      0       abandoned  phone
        1    2   phone   agents 130     130      145   0      15      resolved   -
        2    0   portal  -      62      -        212   0      0       failed     -
        """
    )
    assert facts(happens(asked, *cases)) == [[130, 160, 3, 2, 0]]


def test_who_is_hurt_again_tells_again(happens: Happen) -> None:
    steps = [*TO_PHONE, go("phone", "unresolved", "portal")]
    asked = scenario(
        {"portal": portal(), "phone": phone()}, TEN, incidents=[fault("portal")], next_steps=steps
    )
    luck = {"resolves": [False], "next": ["phone", "portal", "phone", None]}
    assert facts(happens(asked, Case(60, "portal", [10], **luck))) == [[None, 600, 2, 2, 0]]


def test_customers_tell_of_what_hurt_them_last(happens: Happen) -> None:
    channels = {"portal": portal(), "video": phone(), "phone": phone()}
    steps = [go("portal", "failed", "video"), go("video", "blocked", "phone")]
    asked = scenario(
        channels,
        {"agents": group({"phone": {}, "video": {}}, 1)},
        incidents=[fault("portal", detection={"reports": 1}), fault("video", detection={"reports": 1})],
        next_steps=steps,
    )
    trace = happens(asked, Case(60, "portal", [10, 0, 10], next=["video", "phone"]))
    assert facts(trace) == [[None, 600, 1, 0, 0], [70, 600, 1, 1, 0]]


def test_who_is_rung_back_tells_when_answering(told: Tell, happens: Happen) -> None:
    known = fault("portal", detection={"reports": 1}, fix=30)
    channels = {"portal": portal(), "phone": phone(handle_time=10, callback=callback())}
    asked = scenario(channels, AGENT, incidents=[known], next_steps=TO_PHONE)
    cases = (
        Case(60, "phone", [20]),
        Case(61, "portal", [10, 99, 10], takes_callback=[True], answers=[False, True], next=["phone"]),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome     next
        0    0   phone   agents 60      60       80    0      20      resolved    -
        1    0   portal  -      61      -        71    0      0       failed      phone
        1    1   phone   -      71      -        71    0      0       called_back phone
        1    2   phone   agents 71      103      113   0      10      resolved    -
        """
    )
    assert facts(happens(asked, *cases)) == [[103, 133, 1, 1, 0]]


def test_deferred_contacts_tell_when_they_are_opened_first(happens: Happen) -> None:
    channels = {"portal": portal(), "email": email(), "phone": phone()}
    asked = scenario(
        channels,
        {"agents": group({"phone": {}, "email": {}}, 1)},
        incidents=[fault("portal", detection={"reports": 2})],
        next_steps=[go("portal", "failed", "email")],
    )
    cases = (
        Case(60, "portal", [10, 50], next=["email"]),
        Case(61, "portal", [10, 50], next=["email"]),
        Case(80, "phone", [20]),  # the email is opened again at 100, and tells nothing new
    )
    assert facts(happens(asked, *cases)) == [[140, 600, 2, 2, 0]]


def test_the_contact_that_reveals_an_incident_is_still_slowed_down_by_it(told: Tell, happens: Happen) -> None:
    known = fault("phone", failure=0.5, slow_down=3, detection={"reports": 1}, fix=0)
    asked = scenario(
        {"phone": phone()},
        TEN,
        incidents=[known, fault("phone", ends="00:02", failure=0.5)],
        next_steps=[go("phone", "blocked", "phone")],
    )
    cases = (
        Case(70, "phone", [10], incident=0.6, next=["phone"], delay=[60]),
        Case(130, "phone", [10]),
    )
    # At 130 the first gets through; the incident is over when the second arrives, at the same tick.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   -      70      -        70    0      0       blocked  phone
        0    1   phone   agents 130     130      160   0      30      resolved -
        1    0   phone   agents 130     130      140   0      10      resolved -
        """
    )
    assert facts(happens(asked, *cases)) == [[130, 130, 1, 1, 0], [None, 120, 0, 0, 0]]


# -- what customers hear ---------------------------------------------------------------------------

HEARD: Any = {"after": 20, "heeded": 0.5, "return_within": 40}
HEEDS: Any = {"heeds": [True], "returns": [0.25]}


def announced(channel: str, **fields: Any) -> dict[str, Any]:
    """Detected at 90, announced from 110 on, and fixed at 210."""
    said = {**HEARD, **fields}
    return fault(channel, detection={"monitoring": 30}, fix=120, announcement=said)


def test_who_heeds_the_announcement_comes_back_when_it_is_over(told: Tell, happens: Happen) -> None:
    asked = scenario(
        {"phone": phone()}, TEN, incidents=[announced("phone")], next_steps=[go("phone", "blocked", "phone")]
    )
    cases = (
        Case(109.999999, "phone", next=[None], **HEEDS),  # hears nothing yet
        Case(110, "phone", next=[None], **HEEDS),
        Case(209.999999, "phone", next=[None], heeds=[True], returns=[0.999999]),
        Case(210, "phone", **HEEDS),
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived    answered  ended      queued handled outcome  next
        0    0   phone   -      109.999999 -         109.999999 0      0       blocked  -
        1    0   phone   -      110        -         110        0      0       blocked  phone
        1    1   phone   agents 220        220       230        0      10      resolved -
        2    0   phone   -      209.999999 -         209.999999 0      0       blocked  phone
        2    1   phone   agents 249.99996  249.99996 259.99996  0      10      resolved -
        3    0   phone   agents 210        210       220        0      10      resolved -
        """
    )
    # Both are answered then, and tell.
    trace = happens(asked, *cases)
    assert facts(trace) == [[90, 210, 3, 2, 2]]
    assert trace.incidents[0, IncidentFact.TOLD] == 2


@pytest.mark.parametrize(("luck", "heeds"), [(0.499999, 1), (0.5, 0)])
def test_the_share_who_heed(happens: Happen, luck: float, heeds: int) -> None:
    asked = scenario({"phone": phone()}, TEN, incidents=[announced("phone")])
    trace = happens(asked, Case(120, "phone", heeds=[luck]))
    assert trace.incidents[0, IncidentFact.HEEDED] == heeds
    assert trace.incidents[0, IncidentFact.TOLD] == 1, "whether or not the customer heeds it"
    assert len(trace.case) == 1 + heeds


def test_in_self_service_it_is_heard_when_the_visit_fails(told: Tell, happens: Happen) -> None:
    asked = scenario(
        {"portal": portal(), "phone": phone()}, TEN, incidents=[announced("portal")], next_steps=TO_PHONE
    )
    cases = (
        Case(60, "portal", [50], next=["phone"], **HEEDS),  # fails at 110
        Case(61, "portal", [48], next=["phone"], **HEEDS),  # at 109: nothing is said yet
        Case(62, "portal", [148], next=["phone"], **HEEDS),  # at 210: it is over
        Case(59, "portal", [60], resolves=[False, True], next=["phone"], **HEEDS),  # fails of itself
    )
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   portal  -      59      -        119   0      0       failed   phone
        0    1   phone   agents 119     119      179   0      60      resolved -
        1    0   portal  -      60      -        110   0      0       failed   portal
        1    1   portal  -      220     -        270   0      0       resolved -
        2    0   portal  -      61      -        109   0      0       failed   phone
        2    1   phone   agents 109     109      157   0      48      resolved -
        3    0   portal  -      62      -        210   0      0       failed   phone
        3    1   phone   agents 210     210      358   0      148     resolved -
        """
    )
    assert facts(happens(asked, *cases)) == [[90, 210, 3, 2, 1]]


def test_it_is_a_failed_attempt_and_the_next_an_ordinary_one(told: Tell, happens: Happen) -> None:
    again = fault("phone", "00:03", "00:05")
    asked = scenario(
        {"portal": portal(), "phone": phone(open={"daily": "00:00-00:06"})},
        TEN,
        incidents=[announced("phone"), again],
        next_steps=[go("phone", "blocked", "phone")],
        frustration={"handle_time": 0.5, "patience": 0},
    )
    cases = (
        Case(120, "phone", [10], returns=[0.5], heeds=[True, False], next=["phone"], delay=[100]),
        Case(121, "phone", [10], returns=[0.5], heeds=[True, False], next=["phone"], delay=[200]),
    )
    # Back at 230, they meet the second incident, of which nothing is said.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   -      120     -        120   0      0       blocked  phone
        0    1   phone   -      230     -        230   0      0       blocked  phone
        0    2   phone   agents 330     330      350   0      20      resolved -
        1    0   phone   -      121     -        121   0      0       blocked  phone
        1    1   phone   -      230     -        230   0      0       blocked  phone
        1    2   phone   -      430     -        430   0      0       closed   -
        """
    )
    assert facts(happens(asked, *cases)) == [[90, 210, 2, 0, 2], [None, 300, 2, 1, 0]]


def test_nobody_heeds_it_on_the_last_attempt(told: Tell, happens: Happen) -> None:
    asked = scenario({"phone": phone()}, TEN, incidents=[announced("phone")], max_attempts=1)
    assert told(asked, Case(120, "phone", **HEEDS)).splitlines()[1] == ("0 0 phone - 120 - 120 0 0 blocked -")
    assert facts(happens(asked, Case(120, "phone", **HEEDS))) == [[90, 210, 1, 0, 0]]


def test_what_is_said_is_about_the_incident_that_has_done_it(told: Tell) -> None:
    silent = fault("phone", failure=0.5)
    asked = scenario({"phone": phone()}, TEN, incidents=[silent, announced("phone")])
    assert told(asked, Case(120, "phone", **HEEDS)).splitlines()[1] == ("0 0 phone - 120 - 120 0 0 blocked -")
    asked = scenario({"phone": phone()}, TEN, incidents=[announced("phone"), silent])
    case = Case(120, "phone", incident=0.5, **HEEDS)
    # The other one goes on until 600: back at 220, the customer is lucky (0.5 is not below 0.5).
    assert told(asked, case).splitlines()[1:] == [
        "0 0 phone - 120 - 120 0 0 blocked phone",
        "0 1 phone agents 220 220 230 0 10 resolved -",
    ]


def test_whose_attempt_fails_for_another_reason_hears_nothing(told: Tell) -> None:
    asked = scenario(
        {"portal": portal(), "phone": phone(patience=300)},
        {"agents": group({"phone": {}}, 0)},
        incidents=[announced("portal")],
        next_steps=TO_PHONE,
    )
    # Hurt at 70, when nothing was said; at 120 the customer gives up on the phone.
    assert told(asked, Case(60, "portal", [10], patience=[50], next=["phone"], **HEEDS)) == expected(
        """
        case try channel group arrived answered ended queued handled outcome   next
        0    0   portal  -     60      -        70    0      0       failed    phone
        0    1   phone   -     70      -        120   50     0       abandoned -
        """
    )


def test_who_is_blocked_for_want_of_a_line_hears_nothing(happens: Happen) -> None:
    asked = scenario({"phone": phone(lines=0)}, TEN, incidents=[announced("phone")])
    assert facts(happens(asked, Case(120, "phone", **HEEDS))) == [[90, 210, 0, 0, 0]]


def test_who_would_come_back_after_the_horizon_is_not_seen_again(told: Tell, happens: Happen) -> None:
    window = ["2026-03-02 23:58", "2026-03-03 00:00"]
    late = {**announced("phone", after=0), "window": window, "fix": 80}
    asked = scenario({"phone": phone()}, TEN, incidents=[late])
    # Detected at 86 310 and fixed at 86 390: a quarter of 40 s later is the horizon.
    cases = Case(86_350, "phone", **HEEDS), Case(86_351, "phone", heeds=[True], returns=[0.2])
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome    next
        0    0   phone   -      86350   -        86350 0      0       blocked    phone
        1    0   phone   -      86351   -        86351 0      0       blocked    phone
        1    1   phone   agents 86398   86398    86400 0      2       unfinished -
        """
    )
    assert facts(happens(asked, *cases)) == [[86_310, 86_390, 2, 1, 2]]
