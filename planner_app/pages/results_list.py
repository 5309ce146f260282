"""The page of earlier results: every run that somebody asked for, at an address of its own."""

from __future__ import annotations

from collections.abc import Sequence

from dash import Dash, dcc, html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.moments import moment
from planner_app.services import RunRow, Services
from planner_app.studies.stacks import phrases

MOST = 200
"""Runs that are listed; older ones stay at their addresses."""
STATUS: dict[str, str] = {
    "queued": "Waiting",
    "running": "Computing",
    "done": "Done",
    "cancelled": "Cancelled",
    "failed": "Failed",
}
"""Status of a run in words."""


def layout(services: Services) -> Component:
    """All runs, the latest first."""
    rows = services.runs.recent(MOST)
    return html.Div(
        [
            cards.page_head(
                "Results",
                lead=html.P(
                    "Every run keeps its inputs, its seed and its answer, at an address that can be sent to "
                    "a colleague who uses the same planner.",
                    className="lead",
                ),
            ),
            _table(rows) if rows else _none_yet(),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """Nothing on this page changes by itself."""


def _none_yet() -> Component:
    return cards.notice(
        "Nothing has been run yet",
        "Open a scenario, add a what-if and press Run: the answer is kept here.",
        actions=[cards.link_button("Open a scenario", "/scenarios", primary=True)],
    )


def _table(rows: Sequence[RunRow]) -> Component:
    head = html.Tr(
        [
            html.Th("Result"),
            html.Th("Replications", className="number-cell"),
            html.Th("Seed", className="number-cell"),
            html.Th("Asked"),
            html.Th("Status"),
        ]
    )
    return html.Div(
        html.Table(
            [html.Thead(head), html.Tbody([_row(row) for row in rows])], className="plain-table results"
        ),
        className="card scroll-x",
        tabIndex=0,
        role="region",
        **{"aria-label": "Results"},
    )


def _row(row: RunRow) -> Component:
    texts = phrases(row.baseline, row.steps)
    is_whole = row.status in ("done", "queued")
    return html.Tr(
        [
            html.Td(
                [
                    dcc.Link(row.title, href=f"/results/{row.id}", className="study-link"),
                    html.P("; ".join(texts) if texts else "baseline only", className="study-facts"),
                ]
            ),
            html.Td(
                str(row.replications) if is_whole else f"{row.done} of {row.replications}",
                className="number-cell",
            ),
            html.Td(str(row.seed), className="number-cell"),
            html.Td(moment(row.created), className="nowrap"),
            html.Td(html.Span(STATUS[row.status], className=f"status status-{row.status}")),
        ]
    )
