"""What all charts over the day share: an axis of elapsed seconds with local labels, and windows.

The axis counts elapsed seconds, so a day on which clocks change stays evenly spaced and only its
labels repeat or skip an hour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from planner_app.answers import readings
from planner_app.answers.readings import Told
from planner_app.services import Report
from planner_app.theme import COLOURS, template

_HOUR = 3600.0
_WAIT_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True)
class Key:
    """An entry of a chart's legend: its name, colour and how it is drawn."""

    name: str
    colour: str
    look: Literal["line", "dash", "dot", "box", "hatch"]


def legend(figure: go.Figure) -> list[Key]:
    """The legend of a figure. Pages draw it as text beside the picture, where it wraps and is heard."""
    keys: list[Key] = []
    for trace in sorted(figure.data, key=lambda trace: getattr(trace, "legendrank", None) or 1000):
        if trace.type not in ("bar", "scatter") or trace.showlegend is False or not trace.name:
            continue
        if trace.type == "bar":
            hatched = bool(trace.marker.pattern.shape)
            colour = trace.marker.pattern.fgcolor if hatched else trace.marker.color
            keys.append(Key(trace.name, colour, "hatch" if hatched else "box"))
        else:
            look = {"dash": "dash", "dot": "dot"}.get(trace.line.dash, "line")
            keys.append(Key(trace.name, trace.line.color, look))
    return keys


def blank(**layout: object) -> go.Figure:
    """An empty figure in the light template; the browser swaps the template with the scheme."""
    figure = go.Figure()
    figure.update_layout(template=template("light"), showlegend=False, **layout)
    return figure


def tint(colour: str, alpha: float) -> str:
    """A colour of the form ``#rrggbb`` made see-through.

    >>> tint("#2a7de1", 0.2)
    'rgba(42,125,225,0.2)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def busy_span(table: pd.DataFrame, columns: Sequence[str], length: float) -> tuple[float, float] | None:
    """From the start of the first to the end of the last interval in which something happens.

    What is below a hundredth of the busiest interval (a caller at night) does not stretch the picture.
    """
    most = table[list(columns)].fillna(0.0).abs()
    happening = (most > 0.01 * most.max()).any(axis=1)
    if not happening.any():
        return None
    starts = table.loc[happening, "start_seconds"]
    return float(starts.min()), float(starts.max()) + length


def time_axis(figure: go.Figure, report: Report, span: tuple[float, float]) -> None:
    """Label the x axis with local times and cut it to where something happens."""
    ticks, labels = time_ticks(report, span)
    figure.update_xaxes(range=list(span), tickmode="array", tickvals=ticks, ticktext=labels, fixedrange=True)


def time_ticks(told: Told, span: tuple[float, float]) -> tuple[list[float], list[str]]:
    """Where an axis from ``span[0]`` to ``span[1]`` has ticks, and their local times."""
    first, last = span
    step = next((h for h in (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24) if (last - first) / _HOUR / h <= 6.5), 48)
    ticks: list[float] = []
    at = math.ceil(first / _HOUR / step) * step * _HOUR
    while at <= last:
        ticks.append(at)
        at += step * _HOUR
    return ticks, [readings.time_label(told, t) for t in ticks]


def wait_axis(figure: go.Figure, most_seconds: float, title: str) -> None:
    """Label the y axis of waits: seconds up to two minutes, minutes above."""
    most = max(most_seconds, 10.0) * 1.12
    ticks, labels = wait_ticks(most)
    figure.update_yaxes(
        range=[0, most], tickmode="array", tickvals=ticks, ticktext=labels, title_text=title, fixedrange=True
    )


def wait_ticks(most: float) -> tuple[list[int], list[str]]:
    """Where an axis of waits up to ``most`` seconds has ticks, and what stands there.

    >>> wait_ticks(100)
    ([0, 30, 60, 90], ['0 s', '30 s', '60 s', '90 s'])
    >>> wait_ticks(200)
    ([0, 60, 120, 180], ['0:00', '1:00', '2:00', '3:00'])
    """
    step = next((s for s in _WAIT_STEPS if most / s <= 6), 86400)
    ticks = [step * i for i in range(int(most // step) + 1)]
    return ticks, [f"{t} s" if step < 60 and ticks[-1] < 120 else _minutes(t) for t in ticks]


def shade_incidents(figure: go.Figure, report: Report, span: tuple[float, float]) -> None:
    """Shade the windows of incidents within the span, each named above the plot."""
    first, last = span
    for row in report.incidents.itertuples():
        left, right = max(float(row.from_seconds), first), min(float(row.until_seconds), last)
        if right <= left:
            continue
        figure.add_vrect(
            x0=left,
            x1=right,
            fillcolor=tint(COLOURS.incident, 0.2),
            line={"color": tint(COLOURS.incident, 0.75), "width": 1, "dash": "dot"},
            layer="below",
        )
        figure.add_annotation(
            x=(left + right) / 2,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=str(row.name),
            showarrow=False,
            font={"size": 12},
        )
        figure.update_layout(margin={"t": 26})


def tell_intervals(
    figure: go.Figure, report: Report, table: pd.DataFrame, heights: Sequence[float], lines: Sequence[str]
) -> None:
    """What hovering tells, one invisible point per interval: its local times, then its lines.

    The axis counts seconds, so its own hover label must not show; only ``hoverinfo`` text has none.
    """
    length = readings.interval_seconds(report)
    spans = [readings.span_label(report, start) for start in table["start_seconds"]]
    figure.add_scatter(
        x=table["start_seconds"] + length / 2,
        y=list(heights),
        mode="markers",
        marker={"opacity": 0, "size": 1},
        showlegend=False,
        text=[f"<b>{span}</b><br>{line}" for span, line in zip(spans, lines, strict=True)],
        hoverinfo="text",
    )
    figure.update_xaxes(
        showspikes=True, spikemode="across", spikethickness=1, spikedash="dot", spikecolor=COLOURS.baseline
    )


def nothing(figure: go.Figure, text: str) -> go.Figure:
    """Say in an empty figure why it is empty."""
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(x=0.5, y=0.5, xref="paper", yref="paper", text=text, showarrow=False)
    return figure


def steps(table: pd.DataFrame, column: str, length: float) -> tuple[list[float], list[float]]:
    """The corners of a step line that holds ``column`` over each interval."""
    x: list[float] = []
    y: list[float] = []
    for start, number in zip(table["start_seconds"], table[column], strict=True):
        x += [float(start), float(start) + length]
        y += [float(number)] * 2
    return x, y


def _minutes(seconds: float) -> str:
    total = round(seconds)
    if total >= 3600:
        return f"{total // 3600}:{total % 3600 // 60:02d}:00" if total % 3600 else f"{total // 3600} h"
    return f"{total // 60}:{total % 60:02d}"
