"""Scenarios of any size: one queue, and a centre of several channels with groups whose skills overlap."""

from __future__ import annotations

import math

from scenarios import Scenario

DAY_SECONDS = 86_400.0
PATIENCE_TO_HANDLE = 0.6
"""Mean patience over mean handle time in the single queue, as 180 s over 300 s."""


def single_queue(contacts: int, agents: int = 50) -> Scenario:
    """M/M/c+M at load 1: ``contacts`` expected in one day, as slow or fast as ``agents`` of them need.

    A queue does not know what a second is: the same one at another pace.
    """
    handle_seconds = DAY_SECONDS * agents / contacts
    patience_seconds = handle_seconds * PATIENCE_TO_HANDLE
    return Scenario(
        name=f"{agents} agents, one queue",
        calendar={"start": "2026-01-05", "timezone": "UTC"},
        intents={"call": {"volume": {"per_day": contacts}, "first_channel": {"phone": 1.0}}},
        channels={
            "phone": {
                "mode": "live",
                "handle_time": {"exponential": {"mean": handle_seconds}},
                "patience": {"exponential": {"mean": patience_seconds}},
                "resolution": 1.0,
            }
        },
        groups={"agents": {"skills": {"phone": {}}, "staff": {"00:00": agents}, "shrinkage": 0.0}},
    )


HANDLE_MINUTES = 6.0
BUSY = 0.9
"""Share of the agents' time that :func:`centre` needs, roughly."""


def centre(cases: int, groups: int = 8, channels: int = 5) -> Scenario:
    """A day of ``cases``: a portal that fails one in ten, phones, chats, and mail.

    Every third channel after the portal is for chats, the last one for mail, the others are phones; each but
    those two has its own kind of case, tried in the portal first by three in ten. Group g takes every second
    channel from g on, up to four, and mail when nothing else waits. Staff grows with the volume: the day is
    as busy at any size.
    """
    names = [f"channel_{number}" for number in range(1, channels - 1)]
    modes = {name: "concurrent" if place % 3 == 2 else "live" for place, name in enumerate(names)}
    minutes = cases * (1 - 0.3 * 0.9) * HANDLE_MINUTES / BUSY
    agents = max(groups, math.ceil(minutes / (DAY_SECONDS / 60)))
    handle = {"lognormal": {"mean": f"{HANDLE_MINUTES} min", "cv": 1.0}}
    patience = {"exponential": {"mean": "4 min"}}
    return Scenario(
        name=f"{cases} cases, {agents} agents in {groups} groups, {channels} channels",
        calendar={"start": "2026-01-05", "timezone": "UTC"},
        segments={"usual": {"share": 0.85}, "vip": {"share": 0.15, "patience": 1.2}},
        intents={
            f"about_{name}": {
                "volume": {"per_day": cases / len(names)},
                "first_channel": {"portal": 0.3, name: 0.65, "mail": 0.05},
            }
            for name in names
        },
        channels={
            "portal": {
                "mode": "self_service",
                "success": 0.9,
                "duration": {"exponential": {"mean": "2 min"}},
            },
            **{
                name: {
                    "mode": mode,
                    "handle_time": handle,
                    "patience": patience,
                    **({"cap": 3} if mode == "concurrent" else {}),
                }
                for name, mode in modes.items()
            },
            "mail": {"mode": "deferred", "handle_time": handle},
        },
        next_steps=[
            {
                "after": "portal",
                "outcome": "failed",
                "intents": [f"about_{name}"],
                "go": {name: 1.0},
                "delay": {"exponential": {"mean": "2 min"}},
            }
            for name in names
        ]
        + [
            {
                "after": name,
                "outcome": "abandoned",
                "go": {name: 0.4},
                "delay": {"exponential": {"mean": "10 min"}},
            }
            for name in names
        ],
        groups={
            f"group_{number}": {
                "skills": _skills(number, names),
                "staff": {"00:00": agents // groups + (number < agents % groups)},
                "shrinkage": 0.0,
            }
            for number in range(groups)
        },
    )


def _skills(number: int, names: list[str]) -> dict[str, object]:
    taken = dict.fromkeys(names[(number + 2 * step) % len(names)] for step in range(4))
    return {**{name: {"priority": place + 1} for place, name in enumerate(taken)}, "mail": {"priority": 9}}
