"""Required against staffed by interval, and occupancy: where a group is short or has spare agents."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from planner_app.answers import readings
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.answers.words import per_cent, whole
from planner_app.figures.axes import (
    blank,
    busy_span,
    nothing,
    shade_incidents,
    steps,
    tell_intervals,
    time_axis,
    tint,
)
from planner_app.services import Report
from planner_app.theme import COLOURS

_SAME = 1e-6


def coverage_rows(report: Report, scenario: str, group: str | None = None) -> pd.DataFrame:
    """One row per interval: start_seconds, scheduled, required, busy; of a group, or of all together."""
    rows = readings.scenario_rows(report.coverage, scenario)
    if group is not None:
        rows = rows[rows["group"] == group]
    columns = ["scheduled", "required", "busy"]
    summed = rows.groupby(["interval", "start_seconds"], as_index=False)[columns].sum()
    return summed.sort_values("start_seconds").reset_index(drop=True)


def coverage(report: Report, group: str | None = None) -> go.Figure:
    """Offered load in agents against agents on the floor, by interval; short and spare are shaded.

    The shading is the what-if's where there is one, and the baseline's lines stay visible.
    """
    figure = blank(height=310)
    length = readings.interval_seconds(report)
    before = coverage_rows(report, BASELINE, group)
    compared = readings.has_what_if(report)
    now = coverage_rows(report, WHAT_IF, group) if compared else before
    together = pd.concat([before, now])
    span = busy_span(together, ["scheduled", "required"], length) if len(together) else None
    if span is None:
        return nothing(figure, "Nobody is scheduled and no work arrives")
    shade_incidents(figure, report, span)
    gaps(figure, now, length)
    if compared:
        line(figure, before, "required", length, "Required, baseline", COLOURS.baseline, "dot", 2)
        if (before["scheduled"].to_numpy() != now["scheduled"].to_numpy()).any():
            line(figure, before, "scheduled", length, "Staffed, baseline", COLOURS.schedule, "dot", 1.6)
    colour = COLOURS.what_if if compared else COLOURS.baseline
    line(figure, now, "required", length, "Required", colour, "solid", 2.4)
    line(figure, now, "scheduled", length, "Staffed", COLOURS.schedule, "solid", 2.4)
    _hover(figure, report, now)
    time_axis(figure, report, span)
    most = float(together[["scheduled", "required"]].max().max())
    figure.update_yaxes(title_text="Agents", range=[0, most * 1.14 + 0.5], fixedrange=True)
    return figure


def occupancy(report: Report, group: str | None = None) -> go.Figure:
    """Share of scheduled time with a contact, by interval: baseline against what-if."""
    figure = blank(height=310)
    length = readings.interval_seconds(report)
    looks = {BASELINE: (COLOURS.baseline, "Baseline", 2.0), WHAT_IF: (COLOURS.what_if, "What-if", 2.6)}
    tables = {s: coverage_rows(report, s, group) for s in readings.scenarios(report)}
    span = busy_span(pd.concat(tables.values()), ["scheduled"], length)
    if span is None:
        return nothing(figure, "Nobody is scheduled")
    shade_incidents(figure, report, span)
    told: dict[float, list[str]] = {}
    for scenario, table in tables.items():
        staffed = table[table["scheduled"] > 0]
        share = (staffed["busy"] / staffed["scheduled"]).clip(upper=1.0)
        colour, name, width = looks[scenario]
        figure.add_scatter(
            x=staffed["start_seconds"] + length / 2,
            y=share,
            mode="lines",
            line={"color": colour, "width": width},
            name=name,
            hoverinfo="skip",
        )
        for start, busy in zip(staffed["start_seconds"], share, strict=True):
            told.setdefault(float(start), []).append(f"{name}: {per_cent(busy)} occupied")
    starts = pd.DataFrame({"start_seconds": sorted(told)})
    tell_intervals(
        figure, report, starts, [0.5] * len(starts), ["<br>".join(told[s]) for s in starts["start_seconds"]]
    )
    time_axis(figure, report, span)
    figure.update_yaxes(title_text="Occupancy", range=[0, 1.08], tickformat=".0%", fixedrange=True)
    return figure


def gaps(figure: go.Figure, table: pd.DataFrame, length: float) -> None:
    """Bars between the two step lines; hatched where staff is short, so colour is not needed."""
    gap = table["required"] - table["scheduled"]
    low = table[["required", "scheduled"]].min(axis=1)
    for name, chosen, colour, alpha, hatch in (
        ("Short of staff", gap > _SAME, COLOURS.short, 0.42, "/"),
        ("Spare", gap < -_SAME, COLOURS.spare, 0.2, ""),
    ):
        figure.add_bar(
            x=table.loc[chosen, "start_seconds"] + length / 2,
            y=gap[chosen].abs(),
            base=low[chosen],
            width=length,
            name=name,
            marker={
                "color": tint(colour, alpha),
                "line": {"width": 0},
                "pattern": {
                    "shape": hatch,
                    "size": 7,
                    "solidity": 0.25,
                    "fgcolor": colour,
                    "fillmode": "overlay",
                },
            },
            hoverinfo="skip",
        )


def line(
    figure: go.Figure,
    table: pd.DataFrame,
    column: str,
    length: float,
    name: str,
    colour: str,
    dash: str,
    width: float,
) -> None:
    """A step line that holds a column over each interval."""
    x, y = steps(table, column, length)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        name=name,
        hoverinfo="skip",
    )


def _hover(figure: go.Figure, report: Report, table: pd.DataFrame) -> None:
    lines = []
    for row in table.to_dict("records"):
        gap = row["scheduled"] - row["required"]
        state = "balanced" if abs(gap) < 0.05 else f"{whole(abs(gap))} {'spare' if gap > 0 else 'short'}"
        lines.append(
            f"required {whole(row['required'])}, staffed {whole(row['scheduled'])}: {state}"
            f"<br>busy on average {whole(row['busy'])}"
        )
    tell_intervals(figure, report, table, table["scheduled"].tolist(), lines)
