"""Staffing in pictures: required against scheduled, by weekday, by method, and what service costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from planner_app.answers.readings import Told, interval_seconds, span_label
from planner_app.answers.words import MINUS, Estimate, Kind, half_width, local_time, money, value, whole
from planner_app.figures.axes import blank, busy_span, nothing, time_ticks
from planner_app.figures.coverage import gaps, line
from planner_app.theme import COLOURS

HEIGHT = 320
METHODS: dict[str, tuple[str, str, str, float]] = {
    "erlang_c": ("Erlang C", COLOURS.baseline, "dot", 2.0),
    "analytic": ("Erlang A", COLOURS.schedule, "dash", 2.2),
    "required": ("Simulation", COLOURS.what_if, "solid", 2.8),
}
"""Column, name and look of each answer to "how many?"."""


def by_interval(agents: pd.DataFrame, group: str | None = None) -> pd.DataFrame:
    """The numbers of a group, or of all together, by interval, with ``start_seconds``."""
    rows = agents if group is None else agents[agents["group"] == group]
    numbers = [name for name in rows.columns if name not in ("group", "interval", "start", "start_seconds")]
    return rows.groupby(["interval", "start_seconds"], as_index=False)[numbers].sum()


def coverage(
    told: Told, table: pd.DataFrame, required: str, scheduled: str, names: tuple[str, str]
) -> go.Figure:
    """Two step lines, what lies between them shaded: hatched where agents are missing."""
    length = interval_seconds(told)
    shown = table[["interval", "start_seconds"]].assign(required=table[required], scheduled=table[scheduled])
    figure = blank(height=HEIGHT)
    span = busy_span(shown, ["required", "scheduled"], length) if len(shown) else None
    if span is None:
        return nothing(figure, "Nobody is needed")
    gaps(figure, shown, length)
    line(figure, shown, "required", length, names[0], COLOURS.what_if, "solid", 2.4)
    line(figure, shown, "scheduled", length, names[1], COLOURS.schedule, "solid", 2.4)
    lines = [_balance(row, names) for row in shown.to_dict("records")]
    _hover(figure, told, shown, shown["scheduled"].tolist(), lines)
    _axes(figure, told, span, float(shown[["required", "scheduled"]].max().max()))
    return figure


def _balance(row: dict[str, float], names: tuple[str, str]) -> str:
    spare = row["scheduled"] - row["required"]
    state = (
        "as required" if abs(spare) < 0.05 else f"{whole(abs(spare))} {'more' if spare > 0 else 'missing'}"
    )
    return f"{names[0]}: {whole(row['required'])}<br>{names[1]}: {whole(row['scheduled'])} ({state})"


def methods(told: Told, table: pd.DataFrame) -> go.Figure:
    """Agents on the floor by Erlang C, Erlang A and the simulation, by interval."""
    length = interval_seconds(told)
    figure = blank(height=HEIGHT)
    there = [name for name in METHODS if name in table]
    span = busy_span(table, there, length) if len(table) else None
    if span is None:
        return nothing(figure, "Nobody is needed")
    for name in there:
        title, colour, dash, width = METHODS[name]
        line(figure, table, name, length, title, colour, dash, width)
    lines = [
        "<br>".join(f"{METHODS[name][0]}: {whole(row[name])}" for name in there)
        for row in table.to_dict("records")
    ]
    _hover(figure, told, table, table["required"].tolist(), lines)
    _axes(figure, told, span, float(table[there].max().max()))
    return figure


def heat(told: Told, table: pd.DataFrame, required: str, scheduled: str) -> go.Figure:
    """Agents missing (above 0) or to spare by day and time of day, for horizons of several days."""
    length = interval_seconds(told)
    spare = table[scheduled] - table[required]
    busy = busy_span(
        table.assign(start_seconds=table["start_seconds"] % 86400.0), [required, scheduled], length
    )
    figure = blank(height=HEIGHT)
    if busy is None:
        return nothing(figure, "Nobody is needed")
    grid = (
        table.assign(missing=-spare, day=(table["start_seconds"] // 86400.0).astype(int))
        .assign(clock=table["start_seconds"] % 86400.0)
        .query("clock >= @busy[0] and clock < @busy[1]")
        .pivot(index="day", columns="clock", values="missing")
    )
    moments = [
        local_time(str(told.meta["start"]), str(told.meta["timezone"]), 86400.0 * day) for day in grid.index
    ]
    days = [f"{moment:%a} {moment.day} {moment:%b}" for moment in moments]
    clocks = [f"{int(clock // 3600):02d}:{int(clock % 3600 // 60):02d}" for clock in grid.columns]
    most = float(np.nanmax(np.abs(grid.to_numpy()))) or 1.0
    text = [
        [f"<b>{day} {clock}</b><br>{_missing(value)}" for clock, value in zip(clocks, row, strict=True)]
        for day, row in zip(days, grid.to_numpy(), strict=True)
    ]
    figure.add_heatmap(
        x=clocks,
        y=days,
        z=grid.to_numpy(),
        zmin=-most,
        zmax=most,
        colorscale=[[0.0, COLOURS.spare], [0.5, "rgba(128,128,128,0.06)"], [1.0, COLOURS.short]],
        text=text,
        hoverinfo="text",
        colorbar={"title": {"text": "Agents<br>missing"}, "thickness": 12, "outlinewidth": 0},
        xgap=1,
        ygap=2,
    )
    every = max(1, len(clocks) // 6)
    figure.update_xaxes(tickvals=clocks[::every], fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, title_text="", showgrid=False)
    figure.update_layout(margin={"l": 84}, hovermode="closest")
    return figure


def _missing(value: float) -> str:
    if abs(value) < 0.05:
        return "as required"
    return f"{whole(abs(value))} {'missing' if value > 0 else 'to spare'}"


def frontier(table: pd.DataFrame, kind: Kind, currency: str, label: str) -> go.Figure:
    """Pay against the service that it buys; a point per change of all staff, the requirement marked."""
    figure = blank(height=HEIGHT)
    known = table[table["estimate"].notna()]
    if known.empty:
        return nothing(figure, "There is nothing to judge")
    rows = known.to_dict("records")
    figure.add_scatter(
        x=known["cost"],
        y=known["estimate"],
        error_y={"array": known["half_width"].fillna(0.0), "thickness": 1, "width": 3},
        mode="lines+markers",
        name="All staff cut or raised in proportion",
        line={"color": COLOURS.what_if, "width": 2.2},
        marker={"size": [13 if row["step"] == 0 else 7 for row in rows], "color": COLOURS.what_if},
        text=[_bought(row, kind, currency) for row in rows],
        hoverinfo="text",
    )
    for row in rows:
        figure.add_annotation(
            x=row["cost"],
            y=row["estimate"],
            text="required" if row["step"] == 0 else change(row["step"]),
            showarrow=False,
            yshift=-18,
        )
    prefix = f"{currency}{' ' if currency[-1:].isalpha() else ''}"
    figure.update_xaxes(title_text="Pay", tickprefix=prefix, tickformat=",.0f", fixedrange=True, nticks=6)
    figure.update_yaxes(
        title_text=label, fixedrange=True, tickformat=".0%" if kind == "share" else "", rangemode="normal"
    )
    if kind == "seconds":
        figure.update_yaxes(ticksuffix=" s")
    figure.update_layout(hovermode="closest", margin={"b": 52, "r": 28})
    return figure


def change(step: float) -> str:
    """A change of staff.

    >>> change(0.025), change(-0.1)
    ('+2.5%', '−10%')
    """
    return f"{'+' if step > 0 else MINUS}{100 * abs(step):g}%"


def _bought(row: dict[str, float], kind: Kind, currency: str) -> str:
    estimate = Estimate(row["estimate"], row["half_width"])
    who = "The staff required" if row["step"] == 0 else f"{change(row['step'])} agents"
    return (
        f"<b>{who}</b><br>{money(row['cost'], currency)}, {whole(row['hours'])} scheduled hours"
        f"<br>{value(estimate.mean, kind)} {half_width(estimate, kind)}"
    )


def _hover(
    figure: go.Figure, told: Told, table: pd.DataFrame, heights: list[float], lines: list[str]
) -> None:
    length = interval_seconds(told)
    spans = [span_label(told, start) for start in table["start_seconds"]]
    figure.add_scatter(
        x=table["start_seconds"] + length / 2,
        y=heights,
        mode="markers",
        marker={"opacity": 0, "size": 1},
        showlegend=False,
        text=[f"<b>{span}</b><br>{text}" for span, text in zip(spans, lines, strict=True)],
        hoverinfo="text",
    )


def _axes(figure: go.Figure, told: Told, span: tuple[float, float], most: float) -> None:
    ticks, labels = time_ticks(told, span)
    figure.update_xaxes(range=list(span), tickmode="array", tickvals=ticks, ticktext=labels, fixedrange=True)
    figure.update_yaxes(title_text="Agents", range=[0, most * 1.14 + 0.5], fixedrange=True)


__all__ = ["METHODS", "by_interval", "coverage", "frontier", "heat", "methods"]
