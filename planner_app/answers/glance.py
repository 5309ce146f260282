"""What is seen while a what-if is being changed: the few numbers that matter, and a sentence from them.

A :class:`Glance` is to a live question what a report is to a run: small, without tables, so that it is made
and drawn in a few milliseconds however many people ask at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner_app.answers import readings
from planner_app.answers.readings import BASELINE, WHAT_IF, Reading
from planner_app.answers.words import per_cent, simulated_days, spoken, the, value, whole

Floats = NDArray[np.float64]

_NOUNS = {
    "service_level": "service level",
    "abandonment": "abandonment",
    "effort": "effort per case",
    "spillover_to_phone": "spillover to {line}",
}
_CLAUSES = 3
_MARKED = 1.5
"""The interval that moved most is named when it moved this many times as much as the day's average."""


@dataclass(frozen=True)
class Line:
    """The main line of a scenario by interval; arrays ``[K]``, NaN where there is no number."""

    wait: Floats
    """Average wait of those answered, in seconds."""
    half_width: Floats
    """Of the wait's 95% interval."""
    offered: Floats
    answered: Floats
    scheduled: Floats
    """Agents on the floor, all groups."""
    required: Floats
    """Agents that the work arriving needs, all groups."""

    @property
    def short(self) -> Floats:
        """Agents short (negative: spare)."""
        return self.required - self.scheduled


@dataclass(frozen=True)
class Window:
    """An incident: its name and when, in seconds from the start."""

    name: str
    from_seconds: float
    until_seconds: float


@dataclass(frozen=True)
class Glance:
    """Baseline and, where something is stacked on it, what-if."""

    lines: Mapping[str, Line]
    """By scenario: ``baseline`` and ``what-if``."""
    numbers: tuple[Reading, ...]
    incidents: tuple[Window, ...]
    meta: Mapping[str, Any]
    """As of a report (see :class:`planner_app.services.Report`)."""

    @property
    def compared(self) -> bool:
        """Whether anything is stacked on the baseline."""
        return WHAT_IF in self.lines

    @property
    def now(self) -> Line:
        """The what-if where there is one, else the baseline."""
        return self.lines.get(WHAT_IF, self.lines[BASELINE])

    def starts(self) -> Floats:
        """When each interval begins, in seconds from the start."""
        return np.arange(len(self.now.wait)) * readings.interval_seconds(self)


@dataclass(frozen=True)
class Shortage:
    """The interval in which most agents are missing."""

    agents: float
    at: str
    """Local time; empty when nobody is short."""


def shortage(glance: Glance, scenario: str) -> Shortage:
    """Where a scenario is shortest of agents, of intervals with work or staff; 0 when it never is."""
    line = glance.lines[scenario]
    worked = (line.scheduled > 0) | (line.required > 0.05)
    short = np.where(worked, line.short, -np.inf)
    top = int(short.argmax())
    if not short[top] >= 0.5:
        return Shortage(0.0, "")
    return Shortage(float(round(short[top])), readings.time_label(glance, float(glance.starts()[top])))


def sentence(glance: Glance) -> str:
    """What the what-if does, in one sentence, and only differences that are clear."""
    line = the(readings.phone(glance))
    found = {one.measure.name: one for one in glance.numbers}
    if not glance.compared:
        return _plainly(glance, found, line)
    told = []
    wait = found.get("asa_seconds")
    if wait is not None and wait.clear and wait.what_if is not None:
        before, after = spoken(wait.baseline.mean), spoken(wait.what_if.mean)
        told.append(f"average wait on {line} goes from {before} to {after}{_peak(glance, wait)}")
    for name, noun in _NOUNS.items():
        one = found.get(name)
        if one is None or not one.clear or one.what_if is None or len(told) == _CLAUSES:
            continue
        before, after = (value(n.mean, one.kind) for n in (one.baseline, one.what_if))
        if before != after:
            verb = "" if told else " goes"
            told.append(f"{noun.format(line=line)}{verb} from {before} to {after}")
    if not told:
        return "No clear difference in waits, service level, abandonment, effort or spillover."
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def _plainly(glance: Glance, found: Mapping[str, Reading], line: str) -> str:
    wait, level = found.get("asa_seconds"), found.get("service_level")
    if wait is None or not wait.baseline.known:
        return "Nobody waits for an agent."
    more = f", and service level is {per_cent(level.baseline.mean)}" if level and level.baseline.known else ""
    return f"Customers wait {spoken(wait.baseline.mean)} on {line} on average{more}."


def _peak(glance: Glance, day: Reading) -> str:
    """The interval that moved most, in brackets, when it says more than the day's average."""
    before, after = glance.lines[BASELINE], glance.lines[WHAT_IF]
    move = after.wait - before.wait
    noise = np.hypot(after.half_width, before.half_width)
    clear = np.abs(move) > noise  # false where either is unknown
    if not clear.any() or day.delta is None:
        return ""
    top = int(np.where(clear, np.abs(move), -1.0).argmax())
    if abs(move[top]) < _MARKED * abs(day.delta.mean):
        return ""
    at = readings.time_label(glance, float(glance.starts()[top]))
    return f" ({spoken(float(after.wait[top]))} at {at})"


def rests_on(glance: Glance) -> str:
    """How much was simulated: ``12 simulated Mondays``."""
    start = glance.meta.get("start")
    return simulated_days(
        int(glance.meta["replications"]), None if start is None else str(start), int(glance.meta["days"])
    )


def waits_title(glance: Glance) -> str:
    """The finding of the chart of waits."""
    line = the(readings.phone(glance))
    wait = glance.now.wait
    if np.isnan(wait).all():
        return f"Nobody was answered on {line}"
    top = int(np.nanargmax(wait))
    at = readings.time_label(glance, float(glance.starts()[top]))
    return f"Waits on {line} are longest at {at}: {spoken(float(wait[top]))}"


def coverage_title(glance: Glance) -> str:
    """The finding of the chart of coverage."""
    line = glance.now
    worked = (line.scheduled > 0) | (line.required > 0.05)
    if not worked.any():
        return "Nobody is scheduled"
    lacking = worked & (line.short > 0.5)
    if not lacking.any():
        spare = float((-line.short[worked]).min())
        return f"Staff covers the work in every interval, by {whole(max(spare, 0.0))} agents or more"
    hours = float(lacking.sum()) * readings.interval_seconds(glance) / 3600
    how_long = f"{round(hours * 60)} min" if hours < 1 else f"{whole(hours)} h"
    worst = shortage(glance, WHAT_IF if glance.compared else BASELINE)
    noun = "agent" if worst.agents == 1 else "agents"
    return f"More work than staff for {how_long}, most at {worst.at}: {whole(worst.agents)} {noun} short"
