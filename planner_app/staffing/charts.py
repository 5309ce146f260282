"""Charts of the Staffing page, redrawn when another group, day or view is chosen."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from planner_app import cards, figures, theme
from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing import frontier_view, need_view, roster_view, shifts_view
from planner_app.staffing.calendar import Days
from planner_app.staffing.found import needed, planned, rostered, subject_asked


def register(app: Dash, services: Services, work: Background) -> None:
    """Redraw what is chosen."""

    def outputs(name: str) -> list[Output]:
        return [
            Output(cards.figure_id(name), "figure"),
            Output(f"{name}-title", "children"),
            Output(f"{name}-legend", "children"),
        ]

    @app.callback(
        outputs("need"),
        Input("need-group", "value"),
        Input("need-view-kind", "value"),
        State("staffing-subject", "data"),
        State("staffing-scheme", "data"),
        prevent_initial_call=True,
    )
    def need(group: str, view: str, about: list[str] | None, scheme: str | None) -> Any:
        subject = subject_asked(services, about)
        found = needed(work, subject)
        if found is None:
            raise PreventUpdate
        days = Days.of(found[1].need.base)
        return drawn(need_view.coverage(days, need_view.agents_of(found[1].need, days), group, view), scheme)

    @app.callback(
        outputs("frontier"),
        Input("frontier-answer", "value"),
        State("staffing-subject", "data"),
        State("staffing-scheme", "data"),
        prevent_initial_call=True,
    )
    def price(answer: str, about: list[str] | None, scheme: str | None) -> Any:
        found = needed(work, subject_asked(services, about))
        if found is None:
            raise PreventUpdate
        return drawn(frontier_view.drawn(found[1], answer), scheme)

    @app.callback(
        outputs("rostered"),
        Input("rostered-group", "value"),
        Input("rostered-view-kind", "value"),
        State("staffing-subject", "data"),
        State("staffing-scheme", "data"),
        prevent_initial_call=True,
    )
    def shifts(group: str, view: str, about: list[str] | None, scheme: str | None) -> Any:
        subject = subject_asked(services, about)
        found = planned(work, subject)
        if found is None:
            raise PreventUpdate
        return drawn(shifts_view.coverage(found[1], Days.of(found[1].demand.scenario), group, view), scheme)

    @app.callback(
        [*outputs("gantt"), Output(cards.figure_id("gantt"), "style")],
        Input("gantt-group", "value"),
        Input("gantt-day", "value"),
        State("staffing-subject", "data"),
        State("staffing-scheme", "data"),
        prevent_initial_call=True,
    )
    def gantt(group: str, day: str, about: list[str] | None, scheme: str | None) -> Any:
        subject = subject_asked(services, about)
        found = planned(work, subject)
        if found is None:
            raise PreventUpdate
        told = shifts_view.gantt(found[1], Days.of(found[1].demand.scenario), group, int(day or 0))
        return [*drawn(told, scheme), {"height": f"{told[1].layout.height}px"}]

    @app.callback(
        [*outputs("turns"), Output(cards.figure_id("turns"), "style")],
        Input("turns-group", "value"),
        Input("turns-day", "value"),
        State("staffing-subject", "data"),
        State("staffing-scheme", "data"),
        prevent_initial_call=True,
    )
    def turns(group: str, day: str, about: list[str] | None, scheme: str | None) -> Any:
        subject = subject_asked(services, about)
        found = rostered(work, subject)
        if found is None:
            raise PreventUpdate
        told = roster_view.gantt(found, Days.of(found.plan.demand.scenario), group, int(day or 0))
        return [*drawn(told, scheme), {"height": f"{told[1].layout.height}px"}]


def drawn(told: tuple[str, Any], scheme: str | None) -> list[Any]:
    """A redrawn chart: figure in the scheme of the page, title and legend."""
    heading, figure = told
    figure.update_layout(template=theme.template("dark" if scheme == "dark" else "light"))
    return [figure, heading, cards.legend_items(figures.legend(figure))]
