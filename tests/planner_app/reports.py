"""Reports made by hand, with plausible numbers, for tests of what the app shows.

A small fluid queue gives the phone's waits from its load, so charts look like a centre's Monday.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd

from planner_app.services import Report, RunRow, Step

INTERVAL = 900.0
OPEN = range(32, 80)
"""Intervals from 08:00 to 20:00."""
OUTAGE = (10 * 3600.0, 11.5 * 3600.0)
HANDLE = 420.0

OUTAGE_STEP = Step(
    "channel_outage",
    {"channel": "portal", "start": "2026-03-02 10:00", "end": "2026-03-02 11:30", "failure": 1.0},
)

DRIVERS = {
    "waiting": (0.21, 0.62),
    "repeat_contact": (0.55, 0.71),
    "channel_switch": (0.31, 0.43),
    "transfer": (0.0, 0.0),
    "repeating_information": (0.22, 0.29),
    "failed_self_service": (0.40, 0.52),
}


def make_report(*, what_if: bool = True, effect: float = 1.0, replications: int = 20) -> Report:
    """A bank's Monday and, unless ``what_if`` is off, the portal's outage scaled by ``effect``.

    With ``effect`` 0 both scenarios are the same up to noise, so nothing is clear.
    """
    scenarios = ["baseline", "what-if"] if what_if else ["baseline"]
    extra = {"baseline": 0.0, "what-if": effect}
    offered = {s: _offered(extra[s]) for s in scenarios}
    staff = {"generalists": _staff(24), "specialists": _staff(6)}
    waits = {s: _waits(offered[s], staff["generalists"] + staff["specialists"]) for s in scenarios}
    meta = {
        "name": "Retail bank, a Monday",
        "currency": "£",
        "replications": replications,
        "replications_asked": 20,
        "seed": 1,
        "version": "0.1.0",
        "engine": "reference",
        "seconds": 14.2,
        "interval_seconds": INTERVAL,
        "phone": "phone",
        "target": "80% answered within 20 s (of offered)",
        "start": "2026-03-02",
        "days": 1,
        "timezone": "Europe/London",
        "channels": [
            {"name": "portal", "mode": "self_service", "target": None},
            {"name": "phone", "mode": "live", "target": {"share": 0.8, "within": 20.0, "of": "offered"}},
            {"name": "chat", "mode": "concurrent", "target": {"share": 0.8, "within": 60.0, "of": "offered"}},
            {
                "name": "email",
                "mode": "deferred",
                "target": {"share": 0.9, "within": 86400.0, "of": "offered"},
            },
        ],
    }
    return Report(
        summary=_summary(scenarios, offered, waits, effect),
        intervals=_intervals(scenarios, offered, waits),
        coverage=_coverage(scenarios, offered, staff),
        spillover=_spillover(scenarios, extra),
        journeys=_journeys(scenarios, extra),
        diff=pd.DataFrame(
            {"field": ["incidents"], "old": ["none"], "new": ["portal outage: 10:00–11:30, failure 1"]}
            if what_if
            else {"field": [], "old": [], "new": []}
        ),
        incidents=pd.DataFrame(
            {
                "name": ["portal outage"],
                "channel": ["portal"],
                "from_seconds": [OUTAGE[0]],
                "until_seconds": [OUTAGE[1]],
                "failure": [1.0],
            }
        ).iloc[: 1 if what_if and effect else 0],
        meta=meta,
    )


def make_run(
    status: str = "done", *, steps: tuple[Step, ...] = (OUTAGE_STEP,), done: int = 20, message: str = ""
) -> RunRow:
    """A run row in the given status, started half a minute ago."""
    now = dt.datetime.now(dt.UTC)
    started = None if status == "queued" else now - dt.timedelta(seconds=30)
    return RunRow(
        id="r-1",
        study_id="s-1",
        title="The portal is down on Monday",
        baseline="name: Retail bank, a Monday\n",
        steps=steps,
        replications=20,
        seed=1,
        status=status,  # type: ignore[arg-type]
        done=done,
        message=message,
        version="0.1.0",
        created=now - dt.timedelta(seconds=31),
        started=started,
        finished=None if status in ("queued", "running") else now - dt.timedelta(seconds=16),
    )


def _offered(effect: float) -> np.ndarray:
    hours = np.arange(96) / 4
    shape = np.exp(-(((hours - 10.7) / 1.9) ** 2)) + 0.8 * np.exp(-(((hours - 15.2) / 2.6) ** 2)) + 0.22
    calls = 39.0 * shape
    surge = np.where((hours >= 10) & (hours < 11.5), 34.0, 0.0)
    tail = np.where((hours >= 11.5) & (hours < 12.25), 22.0, 0.0)
    calls = calls + effect * (surge + tail)
    return np.where(np.isin(np.arange(96), list(OPEN)), calls, 0.0)


def _staff(peak: int) -> np.ndarray:
    hours = np.arange(96) / 4
    share = np.select([hours < 8, hours < 9, hours < 17, hours < 20], [0.0, 0.62, 1.0, 0.75], 0.0)
    return np.round(peak * share)


def _waits(offered: np.ndarray, staff: np.ndarray) -> np.ndarray:
    backlog, waits = 0.0, np.full(96, math.nan)
    for k in OPEN:
        capacity = staff[k] * INTERVAL / HANDLE
        load = offered[k] / capacity
        backlog = max(0.0, backlog + offered[k] - capacity) * 0.8
        waits[k] = 6.0 + 26.0 * min(load, 1.1) ** 6 + 0.55 * backlog / capacity * INTERVAL
    return waits


def _summary(
    scenarios: list[str], offered: dict[str, np.ndarray], waits: dict[str, np.ndarray], effect: float
) -> pd.DataFrame:
    rows: list[dict[str, object]] = []

    def add(scope: str, name: str, measure: str, base: float, delta: float, width: float) -> None:
        noise = 0.3 * width if effect == 0 else 0.0
        for scenario in scenarios:
            other = scenario == "what-if"
            mean = base + (delta * effect + noise if other else 0.0)
            rows.append(
                {
                    "scenario": scenario, "scope": scope, "name": name, "measure": measure,
                    "mean": mean, "half_width": width, "p10": mean - width, "p50": mean, "p90": mean + width,
                    "delta": mean - base if other else math.nan,
                    "delta_half_width": 0.6 * width if other else math.nan,
                }
            )  # fmt: skip

    calls = offered["baseline"].sum()
    asa = float(np.nansum(waits["baseline"] * offered["baseline"]) / calls)
    add("channel", "phone", "asa_seconds", asa, 71.0, 5.2)
    add("channel", "phone", "service_level", 0.812, -0.171, 0.014)
    add("channel", "phone", "abandonment", 0.031, 0.068, 0.006)
    add("channel", "phone", "offered", calls, 402.0, 31.0)
    add("channel", "phone", "handled", calls * 0.97, 248.0, 30.0)
    add("channel", "phone", "answered", calls * 0.97, 248.0, 30.0)
    add("channel", "phone", "abandoned", calls * 0.031, 154.0, 12.0)
    add("channel", "phone", "resolution", 0.72, -0.01, 0.012)
    add("channel", "phone", "aht_seconds", 362.0, 9.0, 4.0)
    add("channel", "portal", "offered", 13800.0, 12.0, 190.0)
    add("channel", "portal", "handled", 13800.0, 12.0, 190.0)
    add("channel", "portal", "resolution", 0.76, -0.09, 0.004)
    for name, volume in (("chat", 900.0), ("email", 420.0)):
        add("channel", name, "offered", volume, 61.0 if name == "chat" else 1.0, 18.0)
        add("channel", name, "handled", volume * 0.95, 48.0 if name == "chat" else 1.0, 18.0)
        add("channel", name, "asa_seconds", 31.0 if name == "chat" else 5400.0, 22.0, 4.0)
        add("channel", name, "service_level", 0.86, -0.06, 0.02)
    add("all", "all", "spillover_to_phone", 1180.0, 412.0, 29.0)
    add("all", "all", "contacts_per_case", 1.27, 0.11, 0.012)
    add("all", "all", "ease_score", 5.68, -0.55, 0.05)
    add("all", "all", "cost_per_case", 4.02, 0.03, 0.06)
    for driver, (before, after) in DRIVERS.items():
        add("all", "all", f"effort_{driver}", before, after - before, 0.02)
    for group, share in (("generalists", 0.82), ("specialists", 0.77)):
        add("group", group, "occupancy", share, 0.05, 0.01)
    return pd.DataFrame(rows)


def _intervals(
    scenarios: list[str], offered: dict[str, np.ndarray], waits: dict[str, np.ndarray]
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for scenario in scenarios:
        for k in range(96):
            calls = offered[scenario][k]
            wait = waits[scenario][k]
            level = math.exp(-wait / 60.0) if calls else math.nan
            values = {
                "offered": (calls, 1.2 * math.sqrt(calls) if calls else 0.0),
                "answered": (calls * 0.96, 1.2 * math.sqrt(calls) if calls else 0.0),
                "asa_seconds": (wait, 0.5 + 0.12 * wait if calls else math.nan),
                "service_level": (level, 0.03),
                "abandoned": (calls * min(0.4, wait / 900.0) if calls else 0.0, 0.3),
                "spilled_in": (0.3 * calls, 0.6 * math.sqrt(calls) if calls else 0.0),
                "queue_length_mean": (calls * wait / INTERVAL if calls else 0.0, 0.1),
            }
            rows += [(scenario, "phone", k, k * INTERVAL, m, *v) for m, v in values.items()]
    columns = ["scenario", "channel", "interval", "start_seconds", "measure", "mean", "half_width"]
    return pd.DataFrame(rows, columns=columns)


def _coverage(
    scenarios: list[str], offered: dict[str, np.ndarray], staff: dict[str, np.ndarray]
) -> pd.DataFrame:
    rows = []
    for scenario in scenarios:
        load = offered[scenario] * HANDLE / INTERVAL
        for group, numbers in staff.items():
            share = 0.8 if group == "generalists" else 0.2
            for k in range(96):
                need = load[k] * share
                busy = min(need, numbers[k]) * 0.99
                rows.append((scenario, group, k, k * INTERVAL, numbers[k], need, busy))
    columns = ["scenario", "group", "interval", "start_seconds", "scheduled", "required", "busy"]
    return pd.DataFrame(rows, columns=columns)


def _spillover(scenarios: list[str], extra: dict[str, float]) -> pd.DataFrame:
    flows = [
        ("portal", "phone", "failed", 990.0, 398.0),
        ("portal", "chat", "failed", 210.0, 61.0),
        ("chat", "phone", "abandoned", 62.0, 9.0),
        ("chat", "phone", "unresolved", 108.0, 4.0),
        ("email", "phone", "unresolved", 20.0, 1.0),
        ("phone", "email", "abandoned", 9.0, 22.0),
    ]
    rows = []
    for scenario in scenarios:
        for source, to, outcome, cases, more in flows:
            mean = cases + more * extra[scenario]
            rows.append((scenario, source, to, outcome, mean, 1.3 * math.sqrt(mean), mean / 20000, 0.001))
    columns = ["scenario", "from", "to", "outcome", "cases", "cases_half_width", "share", "share_half_width"]
    return pd.DataFrame(rows, columns=columns)


def _journeys(scenarios: list[str], extra: dict[str, float]) -> pd.DataFrame:
    rows = []
    for scenario in scenarios:
        e = extra[scenario]
        flows = [
            (1, "portal", "resolved", "resolved", 10600.0 - 520 * e),
            (1, "portal", "phone", "failed", 990.0 + 398 * e),
            (1, "portal", "chat", "failed", 210.0 + 61 * e),
            (1, "portal", "given up", "failed", 800.0 + 61 * e),
            (1, "phone", "resolved", "resolved", 1900.0 - 40 * e),
            (1, "phone", "phone", "unresolved", 420.0 + 10 * e),
            (1, "phone", "given up", "abandoned", 90.0 + 30 * e),
            (1, "chat", "resolved", "resolved", 540.0),
            (1, "chat", "phone", "unresolved", 120.0),
            (1, "chat", "given up", "abandoned", 30.0),
            (1, "email", "resolved", "resolved", 250.0),
            (1, "email", "unfinished", "unfinished", 160.0),
            (2, "phone", "resolved", "resolved", 1080.0 + 260 * e),
            (2, "phone", "phone", "abandoned", 310.0 + 120 * e),
            (2, "phone", "given up", "abandoned", 140.0 + 28 * e),
            (2, "chat", "resolved", "resolved", 150.0 + 41 * e),
            (2, "chat", "phone", "unresolved", 60.0 + 20 * e),
            (3, "phone", "resolved", "resolved", 250.0 + 90 * e),
            (3, "phone", "phone", "unresolved", 70.0 + 30 * e),
            (3, "phone", "given up", "abandoned", 50.0 + 20 * e),
            (4, "phone", "resolved", "resolved", 50.0 + 20 * e),
            (4, "phone", "given up", "abandoned", 20.0 + 10 * e),
        ]
        rows += [(scenario, *flow) for flow in flows]
    return pd.DataFrame(rows, columns=["scenario", "attempt", "from", "to", "outcome", "cases"])
