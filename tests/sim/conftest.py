"""A small centre in which everything happens, simulated once for the tests that count it again."""

import pytest

from scenarios import Scenario
from sim import run

REPLICATIONS = 3


@pytest.fixture(scope="session")
def centre():
    """A small day in which everything happens: queues, spillover, blocking, closing, an outage."""
    return Scenario(
        name="Small centre",
        calendar={"start": "2026-03-02", "interval": 1800},
        segments={"young": {"share": 0.6}, "old": {"share": 0.4, "patience": 1.5}},
        intents={
            "balance": {"volume": {"per_day": 700},
                        "first_channel": {"portal": 0.6, "phone": 0.3, "email": 0.1}},
            "fault": {
                "demand": "failure",
                "volume": {"per_day": 200},
                "first_channel": {"portal": 0.3, "phone": 0.4, "chat": 0.3},
            },
        },
        channels={
            "portal": {"mode": "self_service", "success": {"default": 0.7, "fault": 0.3}},
            "phone": {
                "mode": "live", "open": {"daily": "06:00-10:30, 11:00-18:00"}, "at_close": "drop", "lines": 7,
                "cost_per_contact": 0.05, "target": {"share": 0.8, "within": "20 s", "of": "offered"},
            },
            "chat": {
                "mode": "concurrent", "open": {"daily": "00:00-24:00"},
                "target": {"share": 0.7, "within": "60 s", "of": "abandons_good"},
            },
            "email": {"mode": "deferred", "target": {"share": 0.9, "within": "4 h", "of": "answered"}},
        },
        next_steps=[
            {"after": "portal", "outcome": "failed", "go": {"phone": 0.6, "chat": 0.2}, "delay": "3 min"},
            {"after": "phone", "outcome": ["abandoned", "unresolved"], "go": {"phone": 0.5, "email": 0.2}},
            {"after": "phone", "outcome": ["blocked", "closed", "disconnected"],
             "go": {"email": 0.5, "phone": 0.2}, "delay": "20 min"},
            {"after": "chat", "outcome": ["abandoned", "unresolved"], "go": {"phone": 0.6}},
            {"after": "email", "outcome": "unresolved", "go": {"phone": 0.4, "email": 0.3}, "delay": "3 h"},
        ],
        groups={
            "desk": {"skills": {"phone": {"priority": 1}, "email": {"priority": 3}},
                     "staff": {"06:00": 3, "12:00": 4, "18:00": 2}, "shrinkage": 0.25, "pay_per_hour": 20},
            "digital": {"skills": {"chat": {"priority": 1}, "email": {"priority": 2}},
                        "staff": {"00:00": 3, "20:00": 1}, "shrinkage": 0.0, "pay_per_hour": 30},
        },
        incidents=[{"name": "outage", "channel": "portal",
                    "window": ("2026-03-02 09:00", "2026-03-02 11:00"), "failure": 0.8}],
    )  # fmt: skip


@pytest.fixture(scope="session")
def result(centre):
    return run(centre, replications=REPLICATIONS, seed=4, contacts=True)


@pytest.fixture(scope="session")
def values(result):
    frame = result.summary
    keys = frame[["scope", "name", "measure"]].itertuples(index=False, name=None)
    return dict(zip(keys, frame["mean"], strict=True))


@pytest.fixture(scope="session")
def contacts(result):
    """The contact table, with what a second count needs beside it."""
    frame = result.contacts.copy()
    for name in ("channel", "intent", "segment", "group", "outcome", "next_channel"):
        frame[name] = frame[name].astype(object)
    mode = {"portal": "self_service", "phone": "live", "chat": "concurrent", "email": "deferred"}
    frame["mode"] = frame["channel"].map(mode)
    frame["queued"] = (frame["mode"] != "self_service") & ~frame["outcome"].isin(["blocked", "closed"])
    frame["was_answered"] = frame["answered"].notna()
    before = frame.groupby(["replication", "case"])[["channel", "outcome"]].shift(1)
    frame["previous"] = before["channel"]
    frame["leg"] = before["outcome"].isin(["called_back", "transferred"])
    frame["unknown"] = False  # nobody is called by a dialler
    frame["interval"] = (frame["arrived"] // 1800).astype(int)
    return frame
