"""Staffing: who is needed for the goals of a study or a result, which shifts deliver it, and at what cost."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from planner_app import cards, missing
from planner_app.moments import moment
from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing import (
    calculator,
    charts,
    downloads,
    need_panel,
    roster_panel,
    shifts_panel,
)
from planner_app.staffing.subjects import Subject, subject_of

_HIDDEN = {"display": "none"}
_READ_SCHEME = "() => document.documentElement.getAttribute('data-mantine-color-scheme')"


# -- layout ----------------------------------------------------------------------------------------


def layout(services: Services, kind: str = "", subject_id: str = "") -> Component:
    """The page of a study (``kind`` is ``study``) or a result; without either, the calculator and a list."""
    if not kind:
        return _overview(services)
    subject = subject_of(services, kind, subject_id)
    if subject is None:
        return missing.no_study() if kind == "study" else missing.layout()
    return html.Div(
        [
            dcc.Store(id="staffing-subject", data=[kind, subject_id]),
            dcc.Store(id="staffing-scheme"),
            dcc.Store(id="staffing-drawn", data=[]),
            dcc.Store(id="shift-own"),
            dcc.Download(id="staffing-file"),
            dcc.Interval(id="need-tick", interval=need_panel.TICK_MS, disabled=True),
            dcc.Interval(id="shift-tick", interval=need_panel.TICK_MS, disabled=True),
            _head(subject),
            *([_left_out(subject)] if subject.left_out else []),
            html.Div(
                [
                    need_panel.card(),
                    html.Div(id="need-view", className="stack"),
                    html.Div(
                        [
                            shifts_panel.card(),
                            html.Div(id="shift-view", className="stack"),
                            roster_panel.card(),
                        ],
                        id="staffing-after",
                        className="stack",
                        style=_HIDDEN,
                    ),
                ],
                className="stack",
            ),
        ]
    )


def _head(subject: Subject) -> Component:
    back = "Back to the study" if subject.kind == "study" else "Back to the result"
    actions = [
        dmc.Button(
            "Download for Excel",
            id="staffing-xlsx",
            variant="default",
            leftSection=cards.icon("download"),
            n_clicks=0,
            disabled=True,
        ),
        dmc.Button(
            "Requirement as CSV",
            id="staffing-csv",
            variant="default",
            leftSection=cards.icon("download"),
            n_clicks=0,
            disabled=True,
        ),
    ]
    return cards.page_head(
        "Staffing",
        above=dcc.Link(f"{back}: {subject.title}", href=subject.back, className="crumb"),
        lead=cards.chips(subject.scenario.name, subject.phrases),
        actions=actions,
    )


def _left_out(subject: Subject) -> Component:
    number = subject.left_out
    what = "A what-if does" if number == 1 else f"{number} what-ifs do"
    return cards.notice(
        f"{what} not fit and {'is' if number == 1 else 'are'} left out here",
        "Go back to the study to see why.",
        tone="warning",
    )


def _overview(services: Services) -> Component:
    studies = services.studies.all()
    rows = [
        html.Tr(
            [
                html.Td(dcc.Link(study.name, href=f"/staffing/study/{study.id}", className="study-link")),
                html.Td(str(sum(step.enabled for step in study.steps)), className="number-cell"),
                html.Td(moment(study.updated), className="nowrap"),
            ]
        )
        for study in studies
    ]
    head = html.Tr([html.Th("Study"), html.Th("What-ifs", className="number-cell"), html.Th("Saved")])
    listed: Component = html.Div(
        html.Table([html.Thead(head), html.Tbody(rows)], className="plain-table results"),
        className="scroll-x",
    )
    if not studies:
        link = cards.link_button("Open a scenario", "/scenarios", primary=True)
        listed = cards.notice("No study is open yet", "Open a scenario first.", actions=[link])
    lead = "Who is needed by interval and group, which shifts deliver it, and what it costs."
    return html.Div(
        [
            cards.page_head("Staffing", lead=html.P(lead, className="lead")),
            html.Div(
                [
                    calculator.panel(),
                    cards.section(
                        "Staff a study",
                        listed,
                        note="Every result has a button for the same: Put it right.",
                    ),
                ],
                className="stack",
            ),
        ]
    )


# -- behaviour -------------------------------------------------------------------------------------


def register(app: Dash, services: Services, work: Background) -> None:
    """Goals, the requirement, its price, the shifts, and files."""
    calculator.register(app)
    need_panel.register(app, services, work)
    shifts_panel.register(app, services, work)
    roster_panel.register(app, services, work)
    charts.register(app, services, work)
    downloads.register(app, services, work)
    app.clientside_callback(
        _READ_SCHEME, Output("staffing-scheme", "data"), Input("scheme", "computedColorScheme")
    )
