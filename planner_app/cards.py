"""The pieces that pages are made of: the answer, a number, a chart, a notice. Components only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from planner_app import figures
from planner_app.answers import words
from planner_app.answers.readings import Reading
from planner_app.theme import GRAPH_CONFIG

_VERDICT_LOOKS = {
    "better": "verdict-better",
    "worse": "verdict-worse",
    "more": "verdict-plain",
    "fewer": "verdict-plain",
    "higher": "verdict-plain",
    "lower": "verdict-plain",
    "no clear difference": "verdict-none",
}


_QUIET: dict[str, Any] = {"aria-hidden": "true"}


def icon(name: str) -> Component:
    """A small picture beside words, drawn by the style sheet and hidden from screen readers."""
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})


def figure_id(name: str) -> dict[str, str]:
    """The id of a chart; all charts share the pattern, so the colour scheme reaches each."""
    return {"type": "figure", "name": name}


def page_head(title: str, *, lead: Any = None, actions: Sequence[Any] = (), above: Any = None) -> Component:
    """The head of a page: its one first-level heading, a line below it, buttons at the right."""
    left = [above, dmc.Title(title, order=1, className="page-title"), lead]
    return html.Div(
        [
            html.Div([part for part in left if part is not None], className="page-head-text"),
            dmc.Group(list(actions), gap="xs", className="page-head-actions"),
        ],
        className="page-head",
    )


def answer(text: str, note: str = "", *, live: bool = False) -> Component:
    """The one sentence that answers the question; announced to screen readers when ``live``."""
    parts: list[Any] = [html.P(words.unbroken(text), className="answer-text")]
    if note:
        parts.append(html.P(words.unbroken(note), className="answer-note"))
    return html.Div(parts, className="answer", **({"role": "status", "aria-live": "polite"} if live else {}))


def number_card(found: Reading, currency: str) -> Component:
    """A measure: value, half-width, and the paired difference with arrow, sign and word."""
    width = words.half_width(found.current, found.kind, currency)
    head = html.Div(
        [
            html.Span(words.value(found.current.mean, found.kind, currency), className="number-value"),
            html.Span(width, className="number-width"),
        ],
        className="number-head",
    )
    parts: list[Any] = [html.Dt(found.label, title=found.measure.definition), html.Dd(head)]
    if found.delta is not None:
        parts += [html.Dd(part) for part in _difference(found, currency)]
    return html.Div(parts, className="number")


def numbers(found: Sequence[Reading], currency: str) -> Component:
    """Cards of numbers side by side, as a list of terms and values."""
    return html.Dl([number_card(one, currency) for one in found], className="numbers")


def _difference(found: Reading, currency: str) -> list[Component]:
    """The paired difference as a badge, and in words what it is a difference from."""
    assert found.delta is not None
    verdict = found.verdict or "no clear difference"
    was = words.value(found.baseline.mean, found.kind, currency)
    text = words.shift(found.delta, found.kind, currency) if found.delta.known else words.MISSING
    badge = html.Span(
        [html.Span(f"{words.arrow(found.delta)} ", **_QUIET), text],
        className=f"verdict {_VERDICT_LOOKS[verdict]}",
    )
    told = f"{verdict} than {was}" if found.clear else f"{verdict} from {was}"
    return [badge, html.Span(told, className="number-was")]


def chart(
    name: str,
    title: str,
    figure: go.Figure,
    note: str,
    *,
    summary: str = "",
    control: Any = None,
    wide: bool = False,
) -> Component:
    """A chart in a card: the finding as its title, how to read it below, a text alternative.

    ``summary`` is what a screen reader hears in place of the picture (title and note when empty).
    """
    head: list[Any] = [dmc.Title(title, order=2, className="chart-title", id=f"{name}-title")]
    if control is not None:
        head.append(control)
    keys = figures.legend(figure)
    return html.Figure(
        [
            html.Div(head, className="chart-head"),
            html.Ul(legend_items(keys), id=f"{name}-legend", className="legend", hidden=len(keys) < 2),
            picture(name, figure, summary or f"{title}. {note}"),
            html.Figcaption(note, className="chart-note", id=f"{name}-note"),
        ],
        className="card chart wide" if wide else "card chart",
    )


def legend_items(keys: Sequence[figures.Key]) -> list[Component]:
    """The entries of a legend, each a swatch and its name."""
    return [
        html.Li(
            [
                html.Span(className=f"swatch swatch-{key.look}", style={"color": key.colour}, **_QUIET),
                key.name,
            ]
        )
        for key in keys
    ]


def picture(name: str, figure: go.Figure, summary: str) -> Component:
    """A figure alone, with its text alternative."""
    height = figure.layout.height
    return html.Div(
        dcc.Graph(
            id=figure_id(name),
            figure=figure,
            config=GRAPH_CONFIG,
            responsive=True,
            style={"height": f"{height}px"},
        ),
        id=f"{name}-picture",
        role="img",
        className="picture",
        **{"aria-label": summary},
    )


def section(title: str, children: Any, *, note: str = "", wide: bool = True) -> Component:
    """A card with a heading."""
    parts: list[Any] = [dmc.Title(title, order=2, className="chart-title")]
    if note:
        parts.append(html.P(note, className="chart-note"))
    parts += children if isinstance(children, list) else [children]
    return html.Section(parts, className="card section wide" if wide else "card section")


def facts(pairs: Sequence[tuple[str, Any]]) -> Component:
    """Terms and what they are, side by side."""
    items: list[Any] = []
    for term, value in pairs:
        items += [html.Dt(term), html.Dd(value)]
    return html.Dl(items, className="facts")


def fold(title: str, children: Any) -> Component:
    """A card that is folded to its title until it is opened."""
    return html.Details(
        [html.Summary(title, className="fold-head"), html.Div(children)], className="card wide fold"
    )


def notice(title: str, text: str, *, tone: str = "plain", actions: Sequence[Any] = ()) -> Component:
    """Something to know: ``tone`` is ``plain``, ``warning`` or ``error``; said in words as well."""
    parts: list[Any] = [html.Strong(title), html.P(text)]
    if actions:
        parts.append(dmc.Group(list(actions), gap="xs", mt="sm"))
    return html.Div(parts, className=f"notice notice-{tone}", role="status")


def chips(first: str, phrases: Sequence[str]) -> Component:
    """A baseline and the what-ifs stacked on it, as a list of chips."""
    items = [html.Li(first, className="chip chip-baseline")]
    items += [html.Li(phrase, className="chip") for phrase in phrases]
    return html.Ul(items, className="chips", **{"aria-label": "Baseline and what-ifs"})


def link_button(text: str, href: str, *, primary: bool = False, picture_name: str = "") -> Component:
    """A link that looks like a button (a button within a link would be two stops for a keyboard)."""
    parts: list[Any] = [icon(picture_name)] if picture_name else []
    look = "link-button link-button-primary" if primary else "link-button"
    return dcc.Link([*parts, html.Span(text)], href=href, className=look)
