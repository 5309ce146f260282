"""Waits by interval: baseline against what-if, with their bands, the target and the incident."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from planner_app.answers import readings
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.answers.words import Estimate, clock, half_width, per_cent, whole
from planner_app.figures.axes import (
    blank,
    busy_span,
    nothing,
    shade_incidents,
    tell_intervals,
    time_axis,
    tint,
    wait_axis,
)
from planner_app.services import Report
from planner_app.theme import COLOURS

_NAMES = {BASELINE: "Baseline", WHAT_IF: "What-if"}
_LINES = {BASELINE: (COLOURS.baseline, "solid", 2.0), WHAT_IF: (COLOURS.what_if, "solid", 2.6)}


def waits(report: Report, channel: str | None = None) -> go.Figure:
    """Average wait of a channel (the phone by default) by interval, with its 95% band.

    Hovering an interval tells what was offered and answered, the wait and the staff.
    """
    channel = channel or readings.phone(report)
    figure = blank(height=310)
    tables = {s: _table(report, s, channel) for s in readings.scenarios(report)}
    length = readings.interval_seconds(report)
    together = pd.concat(tables.values(), ignore_index=True)
    span = busy_span(together, ["answered"], length)
    if span is None:
        return nothing(figure, "Nobody was answered")
    shade_incidents(figure, report, span)
    for scenario, table in tables.items():
        _band(figure, scenario, table, length)
    for scenario, table in tables.items():
        _line(figure, scenario, table, length)
    _hover(figure, report, tables)
    _target(figure, report, channel, span)
    time_axis(figure, report, span)
    # A band of a thin interval may be huge: the scale is that of the means.
    most = float(together["mean"].max())
    wait_axis(figure, max(most, min(float(together["upper"].max()), 1.4 * most)), "Average wait (min:s)")
    return figure


def sparkline(report: Report, channel: str | None = None) -> go.Figure:
    """The same waits as a small picture without axes, for a card."""
    channel = channel or readings.phone(report)
    figure = blank(height=92, margin={"l": 0, "r": 0, "t": 4, "b": 18}, hovermode=False)
    tables = {s: _table(report, s, channel) for s in readings.scenarios(report)}
    length = readings.interval_seconds(report)
    together = pd.concat(tables.values(), ignore_index=True)
    span = busy_span(together, ["answered"], length)
    if span is None:
        return figure
    for row in report.incidents.itertuples():
        figure.add_vrect(
            x0=max(float(row.from_seconds), span[0]),
            x1=min(float(row.until_seconds), span[1]),
            fillcolor=tint(COLOURS.incident, 0.25),
            line_width=0,
            layer="below",
        )
    # The baseline last: outside the change both lines are the same, and grey stays visible.
    for scenario, table in reversed(tables.items()):
        colour, dash, width = _LINES[scenario]
        figure.add_scatter(
            x=table["start_seconds"] + length / 2,
            y=table["mean"],
            mode="lines",
            line={"color": colour, "width": width, "dash": dash},
            fill="tozeroy" if scenario == WHAT_IF else None,
            fillcolor=tint(colour, 0.12),
            hoverinfo="skip",
        )
    time_axis(figure, report, span)
    figure.update_xaxes(nticks=4, tickfont_size=11, ticks="", showline=False)
    figure.update_yaxes(
        visible=False, range=[0, max(float(together["mean"].max()) * 1.1, 10)], fixedrange=True
    )
    return figure


def _table(report: Report, scenario: str, channel: str) -> pd.DataFrame:
    table = readings.series(report, scenario, channel, "asa_seconds")
    table = table.assign(
        upper=table["mean"] + table["half_width"].fillna(0.0),
        lower=(table["mean"] - table["half_width"].fillna(0.0)).clip(lower=0.0),
    )
    for measure in ("offered", "answered", "service_level"):
        other = readings.series(report, scenario, channel, measure)[["interval", "mean"]]
        table = table.merge(other.rename(columns={"mean": measure}), on="interval", how="left")
    staff = readings.scenario_rows(report.coverage, scenario).groupby("interval")["scheduled"].sum()
    return table.assign(staff=table["interval"].map(staff))


def _band(figure: go.Figure, scenario: str, table: pd.DataFrame, length: float) -> None:
    known = table.dropna(subset=["mean"])
    middle = (known["start_seconds"] + length / 2).tolist()
    figure.add_scatter(
        x=middle + middle[::-1],
        y=known["upper"].tolist() + known["lower"].tolist()[::-1],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=tint(_LINES[scenario][0], 0.2),
        hoverinfo="skip",
        showlegend=False,
        name=f"{_NAMES[scenario]} band",
    )


def _line(figure: go.Figure, scenario: str, table: pd.DataFrame, length: float) -> None:
    colour, dash, width = _LINES[scenario]
    figure.add_scatter(
        x=table["start_seconds"] + length / 2,
        y=table["mean"],
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        name=_NAMES[scenario],
        hoverinfo="skip",
    )


def _hover(figure: go.Figure, report: Report, tables: dict[str, pd.DataFrame]) -> None:
    told: dict[float, list[str]] = {}
    heights: dict[float, float] = {}
    for scenario, table in tables.items():
        for row in table[table["offered"] > 0].to_dict("records"):
            start = float(row["start_seconds"])
            told.setdefault(start, []).append(f"{_NAMES[scenario]}: {_numbers(row)}")
            if pd.notna(row["mean"]):
                heights[start] = max(heights.get(start, 0.0), float(row["mean"]))
    starts = pd.DataFrame({"start_seconds": sorted(told)})
    lines = ["<br>".join(told[start]) for start in starts["start_seconds"]]
    tell_intervals(figure, report, starts, [heights.get(s, 0.0) for s in starts["start_seconds"]], lines)


def _numbers(row: dict[str, float]) -> str:
    wait = Estimate(float(row["mean"]), float(row["half_width"]))
    text = f"wait {clock(wait.mean)} {half_width(wait, 'seconds')}".strip()
    text += f"<br>    offered {whole(row['offered'])}, answered {whole(row['answered'])}"
    if pd.notna(row["service_level"]):
        text += f", service level {per_cent(row['service_level'])}"
    return f"{text}, staff {whole(row['staff'])}" if pd.notna(row["staff"]) else text


def _target(figure: go.Figure, report: Report, channel: str, span: tuple[float, float]) -> None:
    goal = readings.goal(report, channel)
    if goal is None:
        return
    figure.add_scatter(
        x=list(span),
        y=[goal.within_seconds] * 2,
        mode="lines",
        line={"color": COLOURS.target, "width": 1.5, "dash": "dash"},
        name=f"Target: {per_cent(goal.share)} within {clock(goal.within_seconds)}",
        hoverinfo="skip",
    )
