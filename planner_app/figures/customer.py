"""One customer's journey on a timeline: contacts by channel, waits, handling, and effort as it builds."""

from __future__ import annotations

import math
from collections.abc import Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from planner_app.answers import readings
from planner_app.answers.customer import OUTCOMES, Contact, Journey
from planner_app.answers.readings import BASELINE, WHAT_IF, Told
from planner_app.answers.words import spoken, title, value
from planner_app.theme import COLOURS, template

_NAMES = {BASELINE: "Baseline", WHAT_IF: "What-if"}
_LOOKS = {
    "Waiting": COLOURS.incident,
    "Waiting for a reply": COLOURS.baseline,
    "With an agent": COLOURS.what_if,
    "In self-service": COLOURS.spare,
}
_EFFORT = {
    BASELINE: ("Effort, baseline", COLOURS.baseline, "dash"),
    WHAT_IF: ("Effort, what-if", COLOURS.what_if, None),
}
_ENDS = {True: ("✓", COLOURS.spare), False: ("✕", COLOURS.short)}
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880)
_LANE = 34
_EFFORT_HEIGHT = 110

Lane = tuple[str, str]
"""Scenario and channel."""
Piece = tuple[float, float, str]
"""From, until, and what the customer did meanwhile."""


def customer(told: Told, journeys: Mapping[str, Journey | None]) -> go.Figure:
    """The journey in the baseline above the same customer's in the what-if, and effort below."""
    known = {name: journey for name, journey in journeys.items() if journey is not None and journey.contacts}
    lanes = [(name, channel) for name, journey in known.items() for channel in _channels(journey)]
    tall = _LANE * len(lanes) + 24
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=18 / (tall + _EFFORT_HEIGHT),
        row_heights=[tall, _EFFORT_HEIGHT],
    )  # fmt: skip
    figure.update_layout(
        template=template("light"), showlegend=False, height=tall + _EFFORT_HEIGHT + 60, barmode="overlay",
        hovermode="closest", bargap=0.45, margin={"t": 8, "l": 8, "r": 12, "b": 34},
    )  # fmt: skip
    _draw_contacts(figure, told, known)
    _draw_effort(figure, known)
    span = _span(known)
    ticks, labels = ticks_of(told, span)
    for row in (1, 2):
        figure.update_xaxes(
            range=list(span), tickmode="array", tickvals=ticks, ticktext=labels, showgrid=True,
            fixedrange=True, showticklabels=row == 2, row=row, col=1,
        )  # fmt: skip
    figure.update_yaxes(
        categoryorder="array", categoryarray=[_label(lane) for lane in lanes][::-1],
        range=[-0.6, len(lanes) - 0.4], fixedrange=True, automargin=True, ticks="", showgrid=False,
        row=1, col=1,
    )  # fmt: skip
    figure.update_yaxes(
        title_text="Effort points",
        rangemode="tozero",
        nticks=4,
        fixedrange=True,
        automargin=True,
        row=2,
        col=1,
    )
    return figure


def pieces(contact: Contact) -> list[Piece]:
    """What a customer did during a contact, one after the other."""
    if contact.mode == "self_service":
        return [(contact.arrived, contact.ended, "In self-service")]
    waiting = "Waiting" if contact.impatient else "Waiting for a reply"
    answered = contact.arrived + contact.wait
    found = [(contact.arrived, answered, waiting)] if contact.wait > 0 else []
    if contact.group:
        found.append((answered, contact.ended, "With an agent"))
    return found or [(contact.arrived, contact.ended, waiting)]


def _draw_contacts(figure: go.Figure, told: Told, known: Mapping[str, Journey]) -> None:
    drawn: dict[str, list[tuple[str, float, float, str]]] = {look: [] for look in _LOOKS}
    for name, journey in known.items():
        for contact in journey.contacts:
            for start, end, look in pieces(contact):
                hover = _hover(told, name, contact, look, end - start)
                drawn[look].append((_label((name, contact.channel)), start, end - start, hover))
    for look, bars in drawn.items():
        if bars:
            labels, starts, lengths, hovers = zip(*bars, strict=True)
            figure.add_bar(
                y=labels, x=lengths, base=starts, orientation="h", name=look, customdata=hovers,
                # However short, it is seen.
                marker={"color": _LOOKS[look], "line": {"width": 2, "color": _LOOKS[look]}},
                hovertemplate="%{customdata}<extra></extra>", row=1, col=1,
            )  # fmt: skip
    for name, journey in known.items():
        for contact in journey.contacts:
            sign, colour = _ENDS[contact.resolved]
            if contact.outcome != "unfinished":
                figure.add_annotation(
                    x=contact.ended, y=_label((name, contact.channel)), text=f"<b>{sign}</b>",
                    showarrow=False, xanchor="left", xshift=3, font={"color": colour, "size": 15},
                    row=1, col=1,
                )  # fmt: skip


def _draw_effort(figure: go.Figure, known: Mapping[str, Journey]) -> None:
    """Points after each contact; between contacts nothing is added."""
    _, last = _span(known)
    for name, journey in known.items():
        label, colour, dash = _EFFORT[name]
        times = [journey.contacts[0].arrived, *(contact.ended for contact in journey.contacts), last]
        points = [0.0, *(contact.effort for contact in journey.contacts), journey.effort]
        figure.add_scatter(
            x=times, y=points, mode="lines", name=label,
            line={"color": colour, "shape": "hv", "width": 2, "dash": dash},
            customdata=[value(number, "ratio") for number in points],
            hovertemplate=label + ": %{customdata} points<extra></extra>", row=2, col=1,
        )  # fmt: skip


def _hover(told: Told, name: str, contact: Contact, look: str, seconds: float) -> str:
    by = f" ({contact.group.replace('_', ' ')})" if look == "With an agent" else ""
    return (
        f"<b>{_NAMES[name]}: {title(contact.channel)}, {readings.time_label(told, contact.arrived)}</b>"
        f"<br>{look.lower()}{by}: {spoken(seconds)}<br>{OUTCOMES.get(contact.outcome, contact.outcome)}"
        f"<br>effort so far {value(contact.effort, 'ratio')} points"
    )


def _channels(journey: Journey) -> list[str]:
    return list(dict.fromkeys(contact.channel for contact in journey.contacts))


def _label(lane: Lane) -> str:
    return f"{_NAMES[lane[0]]}: {lane[1].replace('_', ' ')}"


def _span(known: Mapping[str, Journey]) -> tuple[float, float]:
    contacts = [contact for journey in known.values() for contact in journey.contacts]
    first, last = min(one.arrived for one in contacts), max(one.ended for one in contacts)
    room = max(0.04 * (last - first), 15.0)
    return first - room, last + 2 * room


def ticks_of(told: Told, span: tuple[float, float]) -> tuple[list[float], list[str]]:
    """Where an axis has ticks, in whole minutes or hours, and their local times; five at most."""
    first, last = span
    step = 60.0 * next((m for m in _STEPS if (last - first) / 60 / m <= 5), _STEPS[-1])
    ticks = [step * place for place in range(math.ceil(first / step), math.floor(last / step) + 1)]
    return ticks, [readings.time_label(told, tick) for tick in ticks]
