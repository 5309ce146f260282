"""Chains of attempts: self-service, incidents, next steps, frustration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engines import Engine
from sim.plan import build
from tests.golden.given import Case, GivenDraws, Tell, expected, go, group, phone, portal, scenario

AGENTS = {"agents": group({"phone": {}}, 1)}


def outage(channel: str, failure: float, begins: str = "00:00", ends: str = "00:01") -> dict[str, object]:
    window = [f"2026-03-02 {begins}", f"2026-03-02 {ends}"]
    return {"name": "fault", "channel": channel, "window": window, "failure": failure}


def test_an_outage_spills_over_to_the_phone(told: Tell) -> None:
    asked = scenario(
        {"portal": portal(), "phone": phone()},
        AGENTS,
        next_steps=[go("portal", "failed", "phone"), go("phone", "unresolved", "phone", "portal")],
        incidents=[outage("portal", 1)],
    )
    cases = (
        Case(30, "portal", [40, 10], next=["phone"], delay=[5]),
        Case(50, "portal", [15, 20], resolves=[True, False, True], next=["phone", "portal"], delay=[1, 0]),
        Case(60, "portal", [40]),  # the fault is over
    )
    # The second reaches the phone at 66 and is answered at once; the first waits from 75 to 86. The phone
    # does not help the second, who goes back to the portal.
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome    next
        0    0   portal  -      30      -        70    0      0       failed     phone
        0    1   phone   agents 75      86       96    11     10      resolved   -
        1    0   portal  -      50      -        65    0      0       failed     phone
        1    1   phone   agents 66      66       86    0      20      unresolved portal
        1    2   portal  -      86      -        106   0      0       resolved   -
        2    0   portal  -      60      -        100   0      0       resolved   -
        """
    )


def test_self_service_that_does_not_help_fails(told: Tell) -> None:
    asked = scenario({"portal": portal()}, {})
    assert told(asked, Case(0, "portal", [7], resolves=[False])) == expected(
        """
        case try channel group arrived answered ended queued handled outcome next
        0    0   portal  -     0       -        7     0      0       failed  -
        """
    )


def test_lines_of_self_service(told: Tell) -> None:
    asked = scenario({"portal": portal(lines=1)}, {})
    cases = Case(0, "portal", [10]), Case(9, "portal", [10]), Case(10, "portal", [10])
    assert told(asked, *cases) == expected(
        """
        case try channel group arrived answered ended queued handled outcome  next
        0    0   portal  -     0       -        10    0      0       resolved -
        1    0   portal  -     9       -        9     0      0       blocked  -
        2    0   portal  -     10      -        20    0      0       resolved -
        """
    )


@pytest.mark.parametrize(
    ("failures", "luck", "fails"),
    [
        ([0.4], 0.399, True), ([0.4], 0.5, False), ([0.4, 0.4], 0.5, True), ([0.4, 0.4], 0.65, False),
        ([0.0], 0.001, False),
    ],
)  # fmt: skip
def test_incidents_combine_as_independent_causes(
    told: Tell, failures: list[float], luck: float, fails: bool
) -> None:
    asked = scenario({"portal": portal()}, {}, incidents=[outage("portal", failure) for failure in failures])
    told_outcome = told(asked, Case(30, "portal", [5], incident=luck)).split()[-2]
    assert told_outcome == ("failed" if fails else "resolved")


def test_an_incident_on_the_phone_lets_nobody_through(told: Tell) -> None:
    asked = scenario(
        {"phone": phone()},
        AGENTS,
        next_steps=[go("phone", "blocked", "phone")],
        incidents=[outage("phone", 1)],
    )
    case = Case(50, "phone", [10], next=["phone"], delay=[20])
    assert told(asked, case) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome  next
        0    0   phone   -      50      -        50    0      0       blocked  phone
        0    1   phone   agents 70      70       80    0      10      resolved -
        """
    )


def test_closed_comes_before_blocked_and_blocked_before_the_incident(told: Tell) -> None:
    channels = {
        "shop": phone(open={"daily": "10:00-11:00"}, lines=0),
        "phone": phone(lines=0),
    }
    asked = scenario(
        channels, {"agents": group({"phone": {}, "shop": {}}, 1)}, incidents=[outage("phone", 1)]
    )
    outcomes = [line.split()[-2] for line in told(asked, Case(1, "shop"), Case(2, "phone")).splitlines()[1:]]
    assert outcomes == ["closed", "blocked"]


def test_the_number_of_attempts_is_bounded(told: Tell) -> None:
    asked = scenario({"portal": portal()}, {}, next_steps=[go("portal", "failed", "portal")], max_attempts=3)
    case = Case(0, "portal", [10], resolves=[False], next=["portal"], delay=[1])
    assert told(asked, case) == expected(
        """
        case try channel group arrived answered ended queued handled outcome next
        0    0   portal  -     0       -        10    0      0       failed  portal
        0    1   portal  -     11      -        21    0      0       failed  portal
        0    2   portal  -     22      -        32    0      0       failed  -
        """
    )


def test_a_next_attempt_beyond_the_horizon_is_named_but_not_made(told: Tell) -> None:
    asked = scenario({"portal": portal()}, {}, next_steps=[go("portal", "failed", "portal")])
    case = Case(86_380, "portal", [10], resolves=[False], next=["portal"], delay=[10])
    assert told(asked, case) == expected(
        """
        case try channel group arrived answered ended queued handled outcome next
        0    0   portal  -     86380   -        86390 0      0       failed  portal
        """
    )


def test_frustration_lengthens_handling_and_shortens_patience(told: Tell) -> None:
    asked = scenario(
        {"portal": portal(), "phone": phone(patience=300)},
        AGENTS,
        next_steps=[go("portal", "failed", "phone"), go("phone", "abandoned", "phone")],
        frustration={"handle_time": 0.1, "patience": -0.25},
    )
    cases = (
        Case(0, "phone", [100]),
        Case(1, "portal", [9, 10], resolves=[False, True], patience=[20], next=["phone"], delay=[0, 80]),
    )
    # The second phones at 10 with 3/4 of the patience, and again at 105 (the call takes 1.2 times as long).
    assert told(asked, *cases) == expected(
        """
        case try channel group  arrived answered ended queued handled outcome   next
        0    0   phone   agents 0       0        100   0      100     resolved  -
        1    0   portal  -      1       -        10    0      0       failed    phone
        1    1   phone   -      10      -        25    15     0       abandoned phone
        1    2   phone   agents 105     105      117   0      12      resolved  -
        """
    )


def test_a_row_that_names_the_intent_wins(engine: Engine) -> None:
    steps = [
        go("portal", "failed", "phone"),
        {**go("portal", "failed", "phone"), "intents": ["dispute"], "delay": "1 h"},
    ]
    asked = scenario(
        {"portal": portal(), "phone": phone()}, AGENTS, next_steps=steps, intents=("help", "dispute")
    )
    plan = build(asked)
    draws = DelayOfRow(plan, [Case(0, "portal", intent=intent, **FAILS) for intent in ("help", "dispute")])
    assert engine(plan, draws).arrived.tolist() == [0, 5_000_000, 0, 3605_000_000]


FAILS: dict[str, Any] = {"work": [5], "resolves": [False, True], "next": ["phone"]}


class DelayOfRow(GivenDraws):
    """An hour's delay by the second row of the next-step table, none by the first."""

    def delay(self, row: int, attempt: int) -> Any:
        return np.full(len(self.key), [0, 3600_000_000][row])
