"""A roster's day as a Gantt chart: a row per agent, breaks greyed, and what nobody works hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from planner_app.answers.readings import Told, time_label
from planner_app.answers.words import title
from planner_app.figures.axes import blank, nothing, time_ticks, tint
from planner_app.figures.shifts import COLOURS

ROW_HEIGHT = 26
MOST_ROWS = 80
"""Rows drawn; nobody reads more in one picture."""
_LONGEST_NAME = 22
_NOBODY = "#b3361f"


@dataclass(frozen=True)
class Turn:
    """A shift of one agent, or one that nobody works; times are seconds from the first midnight."""

    who: str
    """Empty: nobody."""
    kind: str
    """What it is coloured by: a group, or a shift of the rules."""
    start: float
    end: float
    breaks: tuple[tuple[float, float], ...] = ()
    agents: int = 1
    """How many are missing, where nobody works it."""


def gantt(told: Told, turns: Sequence[Turn]) -> go.Figure:
    """The turns of a day, those that begin first on top, what nobody works at the bottom."""
    ordered = sorted(turns, key=lambda turn: (not turn.who, turn.start, turn.end, turn.who))[:MOST_ROWS]
    figure = blank(height=64 + ROW_HEIGHT * max(len(ordered), 2))
    if not ordered:
        return nothing(figure, "Nobody works then")
    for place, kind in enumerate(dict.fromkeys(sorted(turn.kind for turn in turns if turn.who))):
        mine = [(row, turn) for row, turn in enumerate(ordered) if turn.who and turn.kind == kind]
        _bars(figure, told, mine, title(kind) or "Shift", {"color": COLOURS[place % len(COLOURS)]})
    left = [(row, turn) for row, turn in enumerate(ordered) if not turn.who]
    if left:
        hatch = {"color": tint(_NOBODY, 0.08), "pattern": {"shape": "/", "fgcolor": _NOBODY, "size": 6}}
        _bars(figure, told, left, "Nobody works it", hatch)
    _pauses(figure, ordered)
    span = (min(turn.start for turn in ordered), max(turn.end for turn in ordered))
    ticks, labels = time_ticks(told, span)
    figure.update_xaxes(range=list(span), tickvals=ticks, ticktext=labels, fixedrange=True, showgrid=True)
    figure.update_yaxes(
        tickvals=list(range(len(ordered))),
        ticktext=[label(turn) for turn in ordered],
        range=[len(ordered) - 0.5, -0.5],
        fixedrange=True,
        showgrid=False,
        automargin=True,
        zeroline=False,
    )
    figure.update_layout(barmode="overlay", hovermode="closest")
    return figure


def label(turn: Turn) -> str:
    """Who it is, cut to what fits beside the chart.

    >>> label(Turn("Bartholomew Featherstone", "desk", 0.0, 1.0)), label(Turn("", "desk", 0.0, 1.0, (), 2))
    ('Bartholomew Featherst…', '2 missing')
    """
    if not turn.who:
        return f"{turn.agents} missing"
    name = _harmless(turn.who)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _harmless(name: str) -> str:
    """A name that a chart cannot take for markup."""
    return name.replace("<", "‹").replace(">", "›").replace("&", "＆")


def _bars(
    figure: go.Figure, told: Told, mine: Sequence[tuple[int, Turn]], name: str, marker: dict[str, object]
) -> None:
    figure.add_bar(
        y=[row for row, _ in mine],
        x=[turn.end - turn.start for _, turn in mine],
        base=[turn.start for _, turn in mine],
        orientation="h",
        width=0.7,
        name=name,
        marker={"line": {"width": 0}, **marker},
        hovertext=[_told(told, turn) for _, turn in mine],
        hoverinfo="text",
    )


def _pauses(figure: go.Figure, turns: Sequence[Turn]) -> None:
    found = [(row, start, end) for row, turn in enumerate(turns) for start, end in turn.breaks if turn.who]
    if found:
        figure.add_bar(
            y=[row for row, _, _ in found],
            x=[end - start for _, start, end in found],
            base=[start for _, start, _ in found],
            orientation="h",
            width=0.7,
            name="Break",
            marker={"color": tint("#c9d1d9", 0.9), "line": {"width": 0}},
            hoverinfo="skip",
            showlegend=False,
        )


def _told(told: Told, turn: Turn) -> str:
    who = _harmless(turn.who) or label(turn)
    pauses = ", ".join(f"{time_label(told, start)}–{time_label(told, end)}" for start, end in turn.breaks)
    times = f"{time_label(told, turn.start)}–{time_label(told, turn.end)}"
    return f"<b>{who}</b>, {title(turn.kind)}<br>{times}" + (f"<br>Breaks {pauses}" if pauses else "")
