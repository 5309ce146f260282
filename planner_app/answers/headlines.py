"""Headlines: the title of each chart is its finding, written from the same numbers as the picture."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from planner_app.answers import readings
from planner_app.answers.findings import peak_wait, worst_wait
from planner_app.answers.readings import Reading
from planner_app.answers.words import half_width, per_cent, spoken, the, whole
from planner_app.services import Report


def waits(report: Report, channel: str | None = None) -> str:
    """The finding of the chart of waits of a channel, the phone by default."""
    line = channel or readings.phone(report)
    if not readings.has_what_if(report):
        worst = worst_wait(report, line)
        if worst is None:
            return "Nobody waited"
        at = readings.time_label(report, worst.start_seconds)
        return f"Waits on {the(line)} are longest at {at}: {spoken(worst.after)}"
    peak = peak_wait(report, line)
    if peak is None:
        day = readings.reading(report, "channel", line, "asa_seconds")
        if day is not None and day.clear:
            before, after = spoken(day.baseline.mean), spoken(day.current.mean)
            return f"Average wait over the day goes from {before} to {after}; no interval stands out"
        return f"Waits on {the(line)}: no clear difference in any interval"
    at = readings.time_label(report, peak.start_seconds)
    way = "rises" if peak.after > peak.before else "falls"
    return f"Average wait {way} most at {at}: {spoken(peak.before)} to {spoken(peak.after)}"


def coverage(report: Report, table: pd.DataFrame) -> str:
    """The finding of the chart of coverage, from the rows it draws (one per interval)."""
    short = table["required"] - table["scheduled"]
    worked = table[(table["scheduled"] > 0) | (table["required"] > 0.05)]
    lacking = worked[short.loc[worked.index] > 0.5]
    if worked.empty:
        return "Nobody is scheduled"
    if lacking.empty:
        spare = (worked["scheduled"] - worked["required"]).min()
        room = whole(max(spare, 0.0))
        if room == "0":
            return "Staff just covers the work in every interval"
        return f"Staff covers the work in every interval, by {room} agent{'' if room == '1' else 's'} or more"
    hours = len(lacking) * readings.interval_seconds(report) / 3600
    worst = lacking.loc[short.loc[lacking.index].idxmax()]
    at = readings.time_label(report, float(worst["start_seconds"]))
    size = whole(round(float(short.loc[worst.name])))  # type: ignore[arg-type]
    noun = "agent" if size == "1" else "agents"
    return f"More work than staff for {_hours(hours)}, most at {at}: {size} {noun} short"


def occupancy(report: Report, table: pd.DataFrame) -> str:
    """The finding of the chart of occupancy, from the same rows."""
    staffed = table[table["scheduled"] > 0]
    if staffed.empty:
        return "Nobody is scheduled"
    share = (staffed["busy"] / staffed["scheduled"]).clip(upper=1.0)
    worst = staffed.loc[share.idxmax()]
    at = readings.time_label(report, float(worst["start_seconds"]))
    day = float(staffed["busy"].sum() / staffed["scheduled"].sum())
    return f"Agents are busy {per_cent(day)} of the time, at most {per_cent(float(share.max()))} at {at}"


def spillover(report: Report) -> str:
    """The finding of the chart of spillover: the contacts that come to the phone from elsewhere."""
    line = readings.phone(report)
    found = readings.reading(report, "all", "all", "spillover_to_phone")
    if found is None or not found.current.known:
        return "Spillover between channels"
    if found.delta is None:
        count = f"{whole(found.baseline.mean)} {half_width(found.baseline, 'count')}".strip()
        return f"{count} contacts come to {the(line)} from other channels"
    if not found.clear:
        return f"Spillover to {the(line)}: no clear difference"
    before, after = whole(found.baseline.mean), whole(found.current.mean)
    return f"Spillover to {the(line)} goes from {before} to {after} contacts"


def effort(report: Report, drivers: Sequence[Reading]) -> str:
    """The finding of the chart of effort: the driver that moved most, or the heaviest one."""
    if not any(max(r.baseline.mean, r.current.mean) > 0 for r in drivers):
        return "No effort by any driver"
    if not readings.has_what_if(report):
        top = max(drivers, key=lambda r: r.baseline.mean)
        total = sum(r.baseline.mean for r in drivers)
        share = top.baseline.mean / total if total > 0 else 0.0
        return f"{top.label} makes up {per_cent(share)} of customers’ effort"
    before = sum(r.baseline.mean for r in drivers)
    after = sum(r.current.mean for r in drivers)
    clear = [r for r in drivers if r.clear and r.delta is not None]
    if not clear or before <= 0:
        return "Effort by driver: no clear difference"
    top = max(clear, key=lambda r: abs(r.delta.mean) if r.delta else 0.0)
    way = "rises" if after > before else "falls"
    change = abs(after - before) / before
    return f"Effort {way} by {per_cent(change)}, most of all through {top.label.lower()}"


def journeys(report: Report, scenario: str) -> str:
    """The finding of the journeys: the share of cases that end up on the phone after another channel."""
    rows = readings.scenario_rows(report.journeys, scenario)
    line = readings.phone(report)
    cases = float(rows.loc[rows["attempt"] == rows["attempt"].min(), "cases"].sum()) if len(rows) else 0.0
    moved = float(rows.loc[(rows["to"] == line) & (rows["from"] != line), "cases"].sum())
    if cases <= 0 or moved <= 0:
        return f"Where {whole(cases)} customers went"
    return f"{whole(moved)} of {whole(cases)} cases move on to {the(line)} from another channel"


def _hours(hours: float) -> str:
    return f"{round(hours * 60)} min" if hours < 1 else f"{whole(hours)} h"
