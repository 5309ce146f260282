"""Readings: numbers taken out of a report's tables, each with the measure that defines it.

Words, figures, cards and the workbook all read through here, so a column is named once. Titles,
units, definitions and directions come from :mod:`sim.measures`.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import pandas as pd

from planner_app.answers.words import Better, Estimate, Kind, Verdict, clock_time, local_time, verdict
from planner_app.services import Report
from sim import measures
from sim.measures import Measure, Scope

BASELINE = "baseline"
WHAT_IF = "what-if"
DRIVER = "effort_"
"""How the measures of effort by driver begin."""

_KINDS: dict[str, Kind] = {"s": "seconds", "h": "hours", "share": "share", "money": "money", "1–7": "score"}
_KEY_MEASURES: tuple[tuple[Scope, str, str], ...] = (
    ("channel", "asa_seconds", "{channel} ASA"),
    ("channel", "service_level", "Service level"),
    ("channel", "abandonment", "Abandonment"),
    ("all", "spillover_to_phone", "Spillover to {channel}"),
    ("all", "contacts_per_case", "Contacts per case"),
    ("all", "ease_score", "Ease score"),
    ("all", "cost_per_case", "Cost per case"),
)
"""Scope, measure and label of the numbers on top of a result."""


class Told(Protocol):
    """What a report and a glance have in common."""

    @property
    def meta(self) -> Mapping[str, Any]:
        """As of :class:`planner_app.services.Report`."""
        ...


@dataclass(frozen=True)
class Reading:
    """One measure of one thing: baseline, what-if (None when nothing is stacked), paired delta."""

    measure: Measure
    label: str
    scope: str
    name: str
    baseline: Estimate
    what_if: Estimate | None
    delta: Estimate | None

    @property
    def kind(self) -> Kind:
        """How its numbers are written."""
        return kind(self.measure)

    @property
    def current(self) -> Estimate:
        """The what-if where there is one, else the baseline."""
        return self.baseline if self.what_if is None else self.what_if

    @property
    def verdict(self) -> Verdict | None:
        """What the difference means; None when nothing is compared."""
        return None if self.delta is None else verdict(self.delta, better(self.measure), self.kind)

    @property
    def clear(self) -> bool:
        """Whether there is a difference that is told apart from none."""
        return self.delta is not None and self.delta.clear


@dataclass(frozen=True)
class Goal:
    """A channel's service-level target."""

    share: float
    within_seconds: float
    of: str


def kind(measure: Measure) -> Kind:
    """How a measure's numbers are written: counts whole, counts *per* something with decimals.

    >>> kind(measures.measure("contacts", "all")), kind(measures.measure("contacts_per_case", "all"))
    ('count', 'ratio')
    """
    if measure.unit in _KINDS:
        return _KINDS[measure.unit]
    if measure.name == "nps":
        return "score"
    return "count" if measure.denominator is None else "ratio"


def better(measure: Measure) -> Better:
    """Which direction of a measure is good news."""
    return "neither" if measure.better == "neutral" else measure.better


def has_what_if(report: Report) -> bool:
    """Whether the run compares anything."""
    return "scenario" in report.summary and bool((report.summary["scenario"] == WHAT_IF).any())


def scenarios(report: Report) -> tuple[str, ...]:
    """The names of the scenarios that the tables hold."""
    return (BASELINE, WHAT_IF) if has_what_if(report) else (BASELINE,)


def phone(report: Told) -> str:
    """The name of the main live channel; of the first with agents where there is no live one."""
    channels = report.meta.get("channels") or ()
    served = (str(entry["name"]) for entry in channels if entry.get("mode") != "self_service")
    return str(report.meta.get("phone") or next(served, "phone"))


def currency(report: Told) -> str:
    """The currency that money is in."""
    return str(report.meta.get("currency") or "£")


def reading(report: Report, scope: Scope, name: str, measure: str, label: str = "") -> Reading | None:
    """A measure of a channel, group or of all; None where the tables do not have it."""
    table = report.summary
    rows = table[(table["scope"] == scope) & (table["name"] == name) & (table["measure"] == measure)]
    return _reading(rows.to_dict("records"), has_what_if(report), label)


def _reading(rows: Sequence[Mapping[Hashable, Any]], compared: bool, label: str = "") -> Reading | None:
    """The reading of a measure's rows, one per scenario."""
    by_scenario = {str(row.get("scenario", BASELINE)): row for row in rows}
    base, other = by_scenario.get(BASELINE), by_scenario.get(WHAT_IF) if compared else None
    row = base if base is not None else other
    if row is None:
        return None
    definition = measures.measure(str(row["measure"]), cast(Scope, str(row["scope"])))
    return Reading(
        definition,
        label or definition.title,
        str(row["scope"]),
        str(row["name"]),
        _estimate(base, "mean", "half_width"),
        None if other is None else _estimate(other, "mean", "half_width"),
        None if other is None else _estimate(other, "delta", "delta_half_width"),
    )


def key_readings(report: Report) -> list[Reading]:
    """The seven numbers on top of a result, those of them that the report has."""
    line = phone(report)
    spaced = line.replace("_", " ")
    found = []
    for scope, measure, label in _KEY_MEASURES:
        alone = len(names(report, "channel")) == 1
        if measure == "spillover_to_phone" and (alone or not report.meta.get("phone")):
            continue
        name = line if scope == "channel" else "all"
        text = label.format(channel=spaced)
        found.append(reading(report, scope, name, measure, text[:1].upper() + text[1:]))
    return [one for one in found if one is not None]


def driver_readings(report: Report) -> list[Reading]:
    """Effort points per case by driver, in the order of the measures."""
    names = [m for m in measures.in_scope("all") if m.name.startswith(DRIVER)]
    found = []
    for measure in names:
        label = measure.title.partition(": ")[2] or measure.title
        found.append(reading(report, "all", "all", measure.name, label[:1].upper() + label[1:]))
    return [one for one in found if one is not None]


def all_readings(report: Report) -> list[Reading]:
    """Every measure of every scope and name, in the order of the summary."""
    rows: dict[tuple[str, str, str], list[dict[Hashable, Any]]] = {}
    for row in report.summary.to_dict("records"):
        rows.setdefault((str(row["scope"]), str(row["name"]), str(row["measure"])), []).append(row)
    compared = has_what_if(report)
    found = (_reading(group, compared) for group in rows.values())
    return [one for one in found if one is not None]


def names(report: Report, scope: Scope) -> list[str]:
    """The channels, groups … that the summary speaks of, in its order."""
    return list(dict.fromkeys(report.summary.loc[report.summary["scope"] == scope, "name"].astype(str)))


def goal(report: Told, channel: str) -> Goal | None:
    """The service-level target of a channel; None where it has none."""
    for entry in report.meta.get("channels") or ():
        target = entry.get("target")
        if entry.get("name") == channel and isinstance(target, Mapping):
            return Goal(float(target["share"]), float(target["within"]), str(target.get("of", "offered")))
    return None


def series(report: Report, scenario: str, channel: str, measure: str) -> pd.DataFrame:
    """A measure by interval: columns interval, start_seconds, mean, half_width, in order of time."""
    table = scenario_rows(report.intervals, scenario)
    chosen = (table["channel"] == channel) & (table["measure"] == measure)
    columns = ["interval", "start_seconds", "mean", "half_width"]
    return table.loc[chosen, columns].sort_values("start_seconds").reset_index(drop=True)


def scenario_rows(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """The rows of one scenario; all rows where the table does not name scenarios."""
    return table[table["scenario"] == scenario] if "scenario" in table else table


def interval_seconds(report: Told) -> float:
    """The length of an interval."""
    return float(report.meta.get("interval_seconds") or 900.0)


def time_label(report: Told, seconds: float) -> str:
    """Local wall time ``HH:MM``, with the weekday when several days are simulated.

    Times of an hour that is repeated, for clocks go back, have their offset from UTC too.
    """
    start, days = report.meta.get("start"), int(report.meta.get("days") or 1)
    if start is None:
        hours, rest = divmod(round(seconds), 3600)
        return f"{hours:02d}:{rest // 60:02d}"
    moment = local_time(str(start), str(report.meta.get("timezone") or "UTC"), seconds)
    # The end of a day is 24:00 of that day to a planner, not 00:00 of the next.
    next_day = days == 1 and moment.date().isoformat() > str(start)
    if next_day and (moment.hour, moment.minute) == (0, 0):
        return "24:00"
    return f"{moment:%a} {clock_time(moment)}" if days > 1 else clock_time(moment)


def span_label(report: Told, start_seconds: float) -> str:
    """An interval in words: ``10:15–10:30``."""
    end = start_seconds + interval_seconds(report)
    return f"{time_label(report, start_seconds)}–{time_label(report, end)}"


def _estimate(row: Mapping[Hashable, Any] | None, mean: str, width: str) -> Estimate:
    return Estimate(_number(row, mean), _number(row, width))


def _number(row: Mapping[Hashable, Any] | None, column: str) -> float:
    found = None if row is None else row.get(column)
    return math.nan if found is None or pd.isna(found) else float(found)
