"""One customer on the page: how to find one, and what they went through."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from planner_app import cards, figures
from planner_app.answers import customer, readings
from planner_app.answers.customer import Day, Journey
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.answers.telling import plain_table
from planner_app.answers.words import unbroken
from planner_app.services import Report, RunRow

_NOTE = (
    "The first day of this result, simulated again with every contact kept. It is the same customer with the "
    "same luck in both scenarios; what differs is what the what-if does to them."
)
_PICTURE_NOTE = (
    "A tick: the contact resolved the case. A cross: it did not. Effort is counted when a contact ends."
)
_HEADINGS = ("Time", "Channel", "Waited", "Handled", "Ended", "Effort so far")


def card(report: Report) -> Component:
    """The card from which a customer is looked for; nothing is simulated before somebody asks."""
    kinds = dict(customer.KINDS)
    if not readings.has_what_if(report):
        del kinds["hit"]
    controls = dmc.Group(
        [
            dmc.Select(
                id="customer-kind",
                data=[{"value": kind, "label": name} for kind, name in kinds.items()],
                placeholder="Find a customer …",
                allowDeselect=False,
                size="xs",
                w=240,
                **{"aria-label": "Find a customer"},
            ),
            dmc.Button("Another one", id="customer-next", variant="default", size="xs"),
            dmc.NumberInput(
                id="customer-number",
                placeholder="Case number",
                min=0,
                allowDecimal=False,
                hideControls=True,
                debounce=500,
                size="xs",
                w=120,
                **{"aria-label": "Case number"},
            ),
        ],
        gap="xs",
    )
    shown = dcc.Loading(html.Div(id="customer-view"), type="dot", delay_show=300)
    return cards.section(
        "Follow one customer", [controls, dcc.Store(id="customer-rank", data=0), shown], note=_NOTE
    )


def shown(run: RunRow, report: Report, day: Day, key: int | None) -> Component:
    """What the customer went through; a helpful word where there is none."""
    if key is None:
        return cards.notice(
            "No such customer on this day",
            f"Cases are numbered from 0 to {len(day.sides[BASELINE].cases) - 1:,}; "
            "or choose another kind of customer.",
        )
    journeys = day.journeys(key)
    told: list[Any] = [
        dmc.Title(customer.who(journeys), order=3, className="fold-title"),
        html.P(unbroken(customer.story(journeys)), className="chart-sentence"),
    ]
    if run.version != day.sides[BASELINE].result.version:
        told.append(
            cards.notice(
                "This result was made by another version",
                "The day is simulated by today's, so it may differ from the one that the result rests on.",
                tone="warning",
            )
        )
    figure = figures.customer(report, journeys)
    keys = figures.legend(figure)
    heard = " ".join(
        f"{_named(n)}: {customer.heard(report, j)}." for n, j in journeys.items() if j is not None
    )
    told += [
        html.Ul(cards.legend_items(keys), className="legend"),
        cards.picture("customer", figure, f"{customer.story(journeys)} {heard}"),
        html.P(_PICTURE_NOTE, className="chart-note"),
    ]
    told += [_table(report, name, journey) for name, journey in journeys.items() if journey is not None]
    return html.Div(told, **{"aria-live": "polite"})


def _table(report: Report, name: str, journey: Journey) -> Component:
    caption = f"{_named(name)}, contact by contact"
    rows = customer.table(report, journey)
    return html.Div(
        [html.H4(caption, className="customer-heading"), plain_table(_HEADINGS, rows, caption)],
        className="customer-table",
    )


def _named(name: str) -> str:
    return {BASELINE: "Baseline", WHAT_IF: "What-if"}[name]
