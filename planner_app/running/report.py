"""From a comparison to a report: the tables that a result page shows, and what they rest on."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

import scenarios
import sim
from planner_app.services import Report
from scenarios import Scenario
from scenarios.documents import one_line
from scenarios.units import format_duration
from sim.clock import Clock, to_seconds
from sim.results import BASELINE, Comparison

WHAT_IF = "what-if"
"""What tables call the variant."""


def report_of(comparison: Comparison) -> Report:
    """The report of a comparison of a baseline with its what-if, or of a baseline alone."""
    base = comparison.base.scenario
    variant = comparison.results[WHAT_IF].scenario if WHAT_IF in comparison.results else base
    return Report(
        summary=comparison.summary,
        intervals=comparison.interval_summary,
        coverage=comparison.coverage,
        spillover=comparison.spillover,
        journeys=comparison.journeys,
        diff=differences(base, variant),
        incidents=incidents(variant),
        meta={**meta_of(comparison), **_causes(comparison)},
    )


def differences(base: Scenario, variant: Scenario) -> pd.DataFrame:
    """What the what-if changes, as text: field, old, new."""
    rows = [
        (change.field, one_line(change.old), one_line(change.new)) for change in scenarios.diff(base, variant)
    ]
    return pd.DataFrame(rows, columns=["field", "old", "new"], dtype="str")


def incidents(scenario: Scenario) -> pd.DataFrame:
    """The incidents of a scenario: name, channel, window in seconds from the start, failure."""
    found = scenario.incidents
    windows = incident_windows(scenario)
    return pd.DataFrame(
        {
            "name": pd.array([incident.name for incident in found], dtype="str"),
            "channel": pd.array([incident.channel for incident in found], dtype="str"),
            "from_seconds": [start for _, start, _ in windows],
            "until_seconds": [end for _, _, end in windows],
            "failure": [float(incident.failure) for incident in found],
        }
    )


def incident_windows(scenario: Scenario) -> list[tuple[str, float, float]]:
    """The incidents of a scenario: name, and its window in seconds from the start."""
    clock = Clock(scenario.calendar.start, scenario.calendar.timezone, scenario.calendar.days)
    windows = []
    for incident in scenario.incidents:
        start, end = (float(to_seconds(clock.tick(moment))) for moment in incident.window)  # type: ignore[arg-type]
        windows.append((incident.name, start, end))
    return windows


def phone_of(scenario: Scenario) -> str | None:
    """The main live channel: ``phone`` where there is one, else the first; None without any."""
    live = [name for name, channel in scenario.channels.items() if channel.mode == "live"]
    return "phone" if "phone" in live else next(iter(live), None)


def meta_of(comparison: Comparison) -> dict[str, Any]:
    """What a report says of itself (:attr:`planner_app.services.Report.meta`)."""
    result = comparison.base
    scenario = result.scenario
    phone = phone_of(scenario)
    return {
        "name": scenario.name,
        "currency": scenario.currency,
        "replications": comparison.replications,
        "replications_asked": result.replications_asked,
        "seed": result.seed,
        "version": result.version,
        "engine": result.engine,
        "seconds": comparison.duration_seconds,
        "interval_seconds": scenario.calendar.interval,
        "phone": phone,
        "target": None if phone is None else _target_text(scenario.channels[phone]),
        "channels": _channels(comparison),
        "start": scenario.calendar.start.isoformat(),
        "days": scenario.calendar.days,
        "timezone": scenario.calendar.timezone,
    }


def _causes(comparison: Comparison) -> dict[str, Any]:
    """What led to more contacts or fewer; nothing where nothing is compared."""
    if WHAT_IF not in comparison.results:
        return {}
    columns = ["channel", "cause", "from", "before", "after", "delta", "half_width"]
    found = sim.explain(comparison, WHAT_IF)
    rows = found.loc[found["part"] == "contacts", columns].to_dict("records")
    return {"causes": [{str(name): _known(value) for name, value in row.items()} for row in rows]}


def _known(value: Any) -> Any:
    """A value as JSON has it, which knows no NaN."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _channels(comparison: Comparison) -> list[dict[str, Any]]:
    """Every channel of baseline and what-if, the baseline's first."""
    channels: dict[str, Any] = {}
    for name in (BASELINE, WHAT_IF):
        if name in comparison.results:
            for channel, asked in comparison.results[name].scenario.channels.items():
                channels.setdefault(channel, asked)
    return [
        {"name": name, "mode": channel.mode, "target": _target(channel)} for name, channel in channels.items()
    ]


def _target(channel: Any) -> dict[str, Any] | None:
    target = getattr(channel, "target", None)
    if target is None:
        return None
    return {"share": target.share, "within": target.within, "of": target.of}


def _target_text(channel: Any) -> str | None:
    target = getattr(channel, "target", None)
    if target is None:
        return None
    of = {"offered": "of calls offered", "answered": "of calls answered"}.get(target.of, "of calls")
    note = ", those who hang up within it counted good" if target.of == "abandons_good" else ""
    return f"{target.share:.0%} {of} within {format_duration(target.within)}{note}"
