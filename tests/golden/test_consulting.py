"""Consulting: contacts whose handling needs a second agent for its last part."""

from __future__ import annotations

from typing import Any

from scenarios import Scenario
from tests.golden.given import Case, Happen, Tell, expected, go, group, minutes, phone, scenario

WITH_HELP = "case channel group answered ended handled wrapped helper helped outcome"


def asked(experts: Any = 1, juniors: int = 2, **consult: Any) -> Scenario:
    """Juniors take calls, of which the last half may need an expert; experts take calls last."""
    way = {"share": 0.5, "group": "experts", **consult}
    return scenario(
        {"phone": phone(consult=way)},
        {"juniors": group({"phone": {}}, juniors), "experts": group({"phone": {"priority": 2}}, experts)},
        next_steps=[go("phone", "unresolved", "phone")],
    )


def test_the_last_part_takes_two(told: Tell) -> None:
    assert told(
        asked(),
        Case(0, "phone", work=[40], consults=[True]),
        Case(5, "phone", work=[40]),
        heading=WITH_HELP,
    ) == expected("""
case channel group   answered ended handled wrapped helper  helped outcome
0    phone   juniors 0        40    40      0       experts 20     resolved
1    phone   juniors 5        45    40      0       -       0      resolved
""")


def test_both_wait_for_an_expert_who_helps_before_taking_calls(told: Tell) -> None:
    """The expert's own call ends at 50; the one that waits to be taken comes after the two who ask."""
    assert told(
        asked(),
        Case(0, "phone", work=[40], consults=[True]),
        Case(1, "phone", work=[20], consults=[True]),
        Case(2, "phone", work=[48]),
        Case(3, "phone", work=[10]),
        heading=WITH_HELP,
    ) == expected("""
case channel group   answered ended handled wrapped helper  helped outcome
0    phone   juniors 0        80    80      0       experts 20     resolved
1    phone   juniors 1        60    59      0       experts 10     resolved
2    phone   experts 2        50    48      0       -       0      resolved
3    phone   juniors 60       70    10      0       -       0      resolved
""")


def test_the_agent_goes_on_alone(told: Tell) -> None:
    assert told(
        asked(when_busy="skip"),
        Case(0, "phone", work=[40], consults=[True]),
        Case(1, "phone", work=[40]),
        Case(2, "phone", work=[40]),
        Case(50, "phone", work=[40], consults=[True]),
        heading=WITH_HELP,
    ) == expected("""
case channel group   answered ended handled wrapped helper  helped outcome
0    phone   juniors 0        40    40      0       -       0      resolved
1    phone   juniors 1        41    40      0       -       0      resolved
2    phone   experts 2        42    40      0       -       0      resolved
3    phone   juniors 50       90    40      0       experts 20     resolved
""")


def test_a_wrap_comes_after_both(told: Tell) -> None:
    day = scenario(
        {"phone": phone(wrap=10, consult={"share": 0.5, "group": "experts", "part": 0.25})},
        {"juniors": group({"phone": {}}, 1), "experts": group({"phone": {"priority": 2}}, 1)},
    )
    assert told(
        day,
        Case(0, "phone", work=[40], consults=[True], wrap=[10]),
        Case(35, "phone", work=[5]),
        heading=WITH_HELP,
    ) == expected("""
case channel group   answered ended handled wrapped helper  helped outcome
0    phone   juniors 0        40    40      10      experts 10     resolved
1    phone   experts 40       45    5       0       -       0      resolved
""")


def test_a_colleague_of_the_same_group_helps(told: Tell) -> None:
    assert told(
        asked(group="juniors"), Case(0, "phone", work=[40], consults=[True]), heading=WITH_HELP
    ) == expected("""
case channel group   answered ended handled wrapped helper  helped outcome
0    phone   juniors 0        40    40      0       juniors 20     resolved
""")


def test_the_horizon_cuts_off(told: Tell) -> None:
    """The second is being helped at midnight, and the first waits for that to end."""
    begins = 86_400 - 60
    assert told(
        asked(),
        Case(begins, "phone", work=[100], consults=[True]),
        Case(begins + 1, "phone", work=[60], consults=[True]),
        heading=WITH_HELP,
    ) == expected("""
case channel group   answered ended handled wrapped helper  helped outcome
0    phone   juniors 86340    86400 60      0       -       0      unfinished
1    phone   juniors 86341    86400 59      0       experts 29     unfinished
""")


def test_an_expert_helps_in_overtime(told: Tell, happens: Happen) -> None:
    """The expert goes at 60, but not before the first call has ended; nobody comes for the second."""
    day = asked(experts={"00:00": 1, "00:01": 0})
    cases = (
        Case(30, "phone", work=[40], consults=[True]),
        Case(100, "phone", work=[20], consults=[True]),
    )
    assert told(day, *cases, heading=WITH_HELP) == expected("""
case channel group   answered ended handled wrapped helper  helped outcome
0    phone   juniors 30       70    40      0       experts 20     resolved
1    phone   juniors 100      86400 86300   0       -       0      unfinished
""")
    assert minutes(happens(day, *cases).overtime, 1) == {1: 10.0}
