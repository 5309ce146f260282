"""Both engines tell the same of days as planners simulate them, and of days at the edge of what there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import scenarios
from scenarios import Scenario
from scenarios.whatifs import apply_stack, parse_stack
from sim.engines import get
from tests.golden.given import chat, email, go, group, phone, portal
from tests.twins.compare import agree, both_tell_the_same
from tests.twins.days import Day, hashed

STACKS: dict[str, list[dict[str, Any]]] = {
    "an outage, fewer agents": [
        {"kind": "channel_outage", "channel": "portal", "start": "10:00", "end": "12:00"},
        {"kind": "change_staff", "percent": -15},
    ],
    "a chat is launched": [
        {"kind": "launch_channel", "mode": "concurrent", "share": 0.1, "groups": ["generalists"]}
    ],
    "more volume, more chats at once": [
        {"kind": "scale_volume", "percent": 40, "start": "09:00", "end": "13:00"},
        {"kind": "change_concurrency", "channel": "chat", "cap": 4, "slow_down": 0.3},
    ],
}


@pytest.mark.parametrize("name", scenarios.library())
def test_the_library(name: str) -> None:
    both_tell_the_same(hashed(scenarios.load(name), seed=11))


@pytest.mark.parametrize("what_if", STACKS)
def test_what_ifs(what_if: str) -> None:
    asked = apply_stack(scenarios.load("retail_bank"), parse_stack(STACKS[what_if]))
    both_tell_the_same(hashed(asked, seed=12))


def test_ties_all_day_long() -> None:
    both_tell_the_same(hashed(scenarios.load("telecom_outage"), seed=13, unit=60))


def centre(channels: dict[str, Any], per_day: int, groups: dict[str, Any], **fields: Any) -> Scenario:
    """As many cases a day for each channel."""
    calendar = {"start": "2026-03-02", "timezone": "UTC", **fields.pop("calendar", {})}
    volume = {"per_day": per_day, "profile": "flat"}
    return Scenario(
        name="bigger",
        calendar=calendar,
        intents={name: {"volume": volume, "first_channel": {name: 1}} for name in channels},
        channels=channels,
        groups=groups,
        **fields,
    )


EXPONENTIAL = {"exponential": {"mean": 300}}
CHANNELS = {
    "portal": portal(duration=EXPONENTIAL, success=0.5),
    "phone": phone(handle_time=EXPONENTIAL, patience=EXPONENTIAL),
    "chat": chat(handle_time=EXPONENTIAL, cap=3, slowdown=[1, 1.3, 1.7], patience=EXPONENTIAL),
    "email": email(handle_time=EXPONENTIAL),
}
SKILLS: dict[str, Any] = {"phone": {}, "chat": {}, "email": {}}
MONTHS = {"lognormal": {"mean": 50 * 86_400, "cv": 2}}

EXTREMES: dict[str, Day] = {
    "nobody comes": hashed(centre(CHANNELS, 0, {"agents": group(SKILLS, 2)}), 1),
    "nobody works": hashed(centre(CHANNELS, 100, {"agents": group(SKILLS, 0)}), 1),
    "everybody comes at once": hashed(centre(CHANNELS, 500, {"agents": group(SKILLS, 4)}), 1, unit=86_400),
    "a thousand agents": hashed(
        centre(
            CHANNELS,
            4000,
            {"many": group(SKILLS, 1000), "few": group(SKILLS, {"00:00": 9, "12:00": 2})},
        ),
        1,
    ),
    "staff that changes every minute": hashed(
        centre(
            CHANNELS,
            300,
            {"agents": group(SKILLS, {}) | {"staff": [2 + minute * 7 % 5 for minute in range(1440)]}},
            calendar={"interval": 60},
        ),
        1,
    ),
    "attempts without end": hashed(
        centre(
            CHANNELS | {"phone": phone(patience=0, lines=3)},
            300,
            {"agents": group(SKILLS, 1)},
            max_attempts=50,
            next_steps=[
                go("phone", ["abandoned", "blocked", "unresolved"], "phone", "chat"),
                go("portal", "failed", "portal", "phone"),
            ],
        ),
        1,
        unit=60,
    ),
    "a backlog that grows for days": hashed(
        centre(CHANNELS, 400, {"agents": group(SKILLS, {"08:00": 3, "20:00": 0})}, calendar={"days": 10}), 1
    ),
    "work that takes months": hashed(
        centre(
            {
                "phone": phone(handle_time=MONTHS),
                "chat": chat(handle_time=MONTHS, cap=4, slowdown=[1, 7, 50, 100]),
                "email": email(handle_time=MONTHS),
            },
            1,
            {"agents": group(SKILLS, 3)},
            calendar={"days": 300, "interval": 3600},
        ),
        1,
    ),
}


@pytest.mark.parametrize("extreme", EXTREMES)
def test_extremes(extreme: str) -> None:
    both_tell_the_same(EXTREMES[extreme])


def test_a_plan_is_simulated_again_and_again() -> None:
    """What one replication leaves behind touches no other, whatever luck the next one has."""
    asked = scenarios.load("helpdesk")
    days = [hashed(asked, 1, replication, unit) for replication in range(3) for unit in (None, 60)]
    plan = days[0].plan
    reference = [get("reference")(plan, day.luck(plan)) for day in days]
    for turn in (0, 1, 2, 3, 4, 5, 4, 0, 0, 3):
        agree(days[turn], reference[turn], get("compiled")(plan, days[turn].luck(plan)))


def test_threads_do_not_disturb_each_other() -> None:
    asked = scenarios.load("helpdesk")
    plan = hashed(asked, 1).plan
    days = [hashed(asked, 1, replication) for replication in range(24)]
    reference = [get("reference")(plan, day.luck(plan)) for day in days]
    with ThreadPoolExecutor(4) as threads:
        compiled = list(threads.map(lambda day: get("compiled")(plan, day.luck(plan)), days))
    for day, one, other in zip(days, reference, compiled, strict=True):
        agree(day, one, other)
