"""Shifts as a Gantt chart: a bar per start and length, its agents written in it, breaks greyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from planner_app.answers.readings import Told, time_label
from planner_app.answers.words import title
from planner_app.figures.axes import blank, nothing, time_ticks, tint

ROW_HEIGHT = 24
COLOURS = ("#2a6fc9", "#1f7f72", "#7b56a6", "#a85a1f", "#a23d66", "#55722f")


@dataclass(frozen=True)
class Bar:
    """Agents who begin and end together; times are seconds from the first midnight."""

    template: str
    start: float
    end: float
    agents: int
    breaks: tuple[tuple[float, float, int], ...]
    """Start, end and how many of the agents."""


def gantt(told: Told, bars: Sequence[Bar]) -> go.Figure:
    """The shifts of a group on a day, those that begin first on top."""
    ordered = sorted(bars, key=lambda bar: (bar.start, bar.end, bar.template))
    figure = blank(height=64 + ROW_HEIGHT * max(len(ordered), 2))
    if not ordered:
        return nothing(figure, "Nobody works then")
    templates = list(dict.fromkeys(bar.template for bar in sorted(bars, key=lambda bar: bar.template)))
    for place, template in enumerate(templates):
        mine = [(row, bar) for row, bar in enumerate(ordered) if bar.template == template]
        colour = COLOURS[place % len(COLOURS)]
        figure.add_bar(
            y=[row for row, _ in mine],
            x=[bar.end - bar.start for _, bar in mine],
            base=[bar.start for _, bar in mine],
            orientation="h",
            width=0.76,
            name=title(template) if template else "Shift",
            marker={"color": colour, "line": {"width": 0}},
            text=[f"{bar.agents}" for _, bar in mine],
            textposition="inside",
            insidetextanchor="start",
            textfont={"color": "#ffffff", "size": 13},
            constraintext="none",
            textangle=0,
            hovertext=[_told(told, bar) for _, bar in mine],
            hoverinfo="text",
        )
    _pauses(figure, ordered)
    first, last = min(bar.start for bar in ordered), max(bar.end for bar in ordered)
    span = (first, last)
    ticks, labels = time_ticks(told, span)
    figure.update_xaxes(
        range=list(span), tickvals=ticks, ticktext=labels, fixedrange=True, showgrid=True, side="bottom"
    )
    figure.update_yaxes(visible=False, range=[len(ordered) - 0.5, -0.5], fixedrange=True)
    figure.update_layout(barmode="overlay", hovermode="closest", margin={"l": 14})
    return figure


def _pauses(figure: go.Figure, bars: Sequence[Bar]) -> None:
    """Breaks, the lighter the more of the agents take them then."""
    rows, widths, bases, shades = [], [], [], []
    for row, bar in enumerate(bars):
        for start, end, agents in _slots(bar):
            rows.append(row)
            widths.append(end - start)
            bases.append(start)
            shades.append(tint("#c9d1d9", 0.25 + 0.65 * min(1.0, agents / max(bar.agents, 1))))
    if rows:
        figure.add_bar(
            y=rows,
            x=widths,
            base=bases,
            orientation="h",
            width=0.76,
            name="On a break (the lighter, the more of them)",
            marker={"color": shades, "line": {"width": 0}},
            hoverinfo="skip",
            showlegend=False,
        )


def _slots(bar: Bar) -> list[tuple[float, float, int]]:
    """Stretches of a bar in which as many are on a break."""
    edges = sorted({edge for start, end, _ in bar.breaks for edge in (start, end)})
    found = []
    for start, end in pairwise(edges):
        agents = sum(number for begins, ends, number in bar.breaks if begins < end and ends > start)
        if agents:
            found.append((start, end, agents))
    return found


def _told(told: Told, bar: Bar) -> str:
    who = "1 agent" if bar.agents == 1 else f"{bar.agents} agents"
    name = f"{title(bar.template)}: " if bar.template else ""
    return f"<b>{name}{who}</b><br>{time_label(told, bar.start)}–{time_label(told, bar.end)}"


__all__ = ["COLOURS", "ROW_HEIGHT", "Bar", "gantt"]
