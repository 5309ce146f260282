"""How a long question stands, as a page shows it."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.running.background import Standing
from planner_app.studies.stack_view import problem_list


def cancel_button(name: str) -> Component:
    """The button that stops it, hidden until there is something to stop."""
    return dmc.Button(
        "Cancel",
        id=name,
        variant="default",
        leftSection=cards.icon("stop"),
        n_clicks=0,
        style={"display": "none"},
    )


def progress(standing: Standing, unit: str) -> Component | None:
    """How far it is; what came of it where there is nothing to draw."""
    if standing.is_live:
        share = 100 * standing.done / standing.total if standing.total else 0
        text = f"{standing.done:,} of {standing.total:,} {unit}" if standing.total else "Getting ready …"
        if standing.status == "waiting":
            text = f"Waiting for its turn, {_before(standing.before)}; it starts by itself."
        bar = dmc.Progress(value=max(share, 2), size="lg", **{"aria-label": f"Progress: {unit}"})
        return html.Div([bar, html.P(text, className="chart-note")], className="tornado-progress")
    if standing.status == "failed" and standing.problems:
        return problem_list(standing.problem or "This cannot be computed", standing.problems)
    if standing.status == "failed":
        return cards.notice("This could not be computed", standing.problem, tone="error")
    if standing.status == "interrupted":
        return cards.notice(
            "Interrupted",
            "The planner was stopped while this was computed, and nothing of it was finished. Ask again.",
            tone="warning",
        )
    if standing.status == "cancelled":
        return cards.notice("Cancelled", "Nothing was finished.", tone="warning")
    return None


def _before(number: int) -> str:
    return {0: "the next", 1: "one other before it"}.get(number, f"{number} others before it")
