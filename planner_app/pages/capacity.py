"""Capacity: agents week by week over a year, and the classes to hire for them."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards
from planner_app.answers import export as reports
from planner_app.answers.words import money
from planner_app.running.askers import asker
from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing import export, hiring_form, need_panel, provenance, standing, year_view
from planner_app.staffing.found import need_of, year_asked
from planner_app.staffing.subjects import Subject, subject_of
from planner_app.staffing.years import YearQuestion
from planner_app.studies import forms
from planner_app.studies.stack_view import problem_list
from scenarios import ScenarioError
from sim.staffing.capacity import CapacityPlan

_HIDDEN = {"display": "none"}


# -- layout ----------------------------------------------------------------------------------------


def layout(services: Services) -> Component:
    """The page; it opens with the study that was saved last."""
    studies = services.studies.all()
    lead = "Agents week by week: growth, leavers, training and the classes to hire, at least cost."
    head = cards.page_head("Capacity", lead=html.P(lead, className="lead"), actions=_actions())
    if not studies:
        link = cards.link_button("Open a scenario", "/scenarios", primary=True)
        return html.Div(
            [head, cards.notice("No study is open yet", "Open a scenario first.", actions=[link])]
        )
    return html.Div(
        [
            dcc.Download(id="year-file"),
            dcc.Interval(id="year-tick", interval=need_panel.TICK_MS, disabled=True),
            head,
            html.Div([_asked(studies), html.Div(id="year-view", className="stack")], className="stack"),
        ]
    )


def _actions() -> list[Component]:
    return [
        dmc.Button(
            label,
            id=f"year-{ending}",
            variant="default",
            leftSection=cards.icon("download"),
            n_clicks=0,
            disabled=True,
        )
        for ending, label in (("xlsx", "Download for Excel"), ("csv", "Weeks as CSV"))
    ]


def _asked(studies: Any) -> Component:
    return cards.section(
        "The year",
        [
            dmc.Select(
                id="year-study",
                label="Study",
                description="Its requirement is what a week needs at a volume of 1.",
                data=[{"value": study.id, "label": study.name} for study in studies],
                value=studies[0].id,
                allowDeselect=False,
                searchable=True,
                w="100%",
                maw=340,
                size="md",
            ),
            html.Div(id="year-form", className="year-form"),
            html.Div(
                [
                    dmc.Button("Plan the year", id="year-start", leftSection=cards.icon("play"), n_clicks=0),
                    standing.cancel_button("year-cancel"),
                ],
                className="assumed-controls",
            ),
            html.Div(id="year-problems", role="status"),
            html.Div(id="year-progress"),
            html.Div("", id="year-said", role="status", className="visually-hidden"),
        ],
        note="Finds who is needed on the days of the study if that is not known yet, then the classes that "
        "bring them through the weeks, then simulates some of the weeks. It goes on if you leave this "
        "page. Agents, pay and shrinkage open with the study's; figures without a mark of their source "
        "are to be replaced with your own.",
    )


# -- behaviour -------------------------------------------------------------------------------------


def register(app: Dash, services: Services, work: Background) -> None:
    """The form, the plan and files."""
    _register_form(app, services, work)
    _register_plan(app, services, work)
    _register_files(app, services, work)


def _subject(services: Services, study_id: str | None) -> Subject:
    found = subject_of(services, "study", study_id) if study_id else None
    if found is None:
        raise PreventUpdate
    return found


def _register_form(app: Dash, services: Services, work: Background) -> None:
    @app.callback(Output("year-form", "children"), Input("year-study", "value"))
    def draw(study_id: str | None) -> Any:
        subject = _subject(services, study_id)
        question = year_asked(work, subject)
        values = question.given if question else hiring_form.starting_values(subject.scenario)
        return forms.form(
            hiring_form.model(subject.scenario.currency), subject.scenario, values, hiring_form.PREFIX
        )


def _register_plan(app: Dash, services: Services, work: Background) -> None:
    @app.callback(
        Output("year-progress", "children"),
        Output("year-view", "children"),
        Output("year-tick", "disabled"),
        Output("year-start", "disabled"),
        Output("year-cancel", "style"),
        Output("year-said", "children"),
        Output("year-xlsx", "disabled"),
        Output("year-csv", "disabled"),
        Output("year-problems", "children"),
        Input("year-start", "n_clicks"),
        Input("year-cancel", "n_clicks"),
        Input("year-tick", "n_intervals"),
        Input("year-study", "value"),
        State({"form": hiring_form.PREFIX, "field": ALL, "key": ALL}, "id"),
        State({"form": hiring_form.PREFIX, "field": ALL, "key": ALL}, "value"),
    )
    def watch(
        start: int | None, cancel: int | None, _tick: int | None, study_id: str | None, ids: Any, values: Any
    ) -> Any:
        subject = _subject(services, study_id)
        if ctx.triggered_id == "year-start" and start:
            draft = forms.read(hiring_form.model(), forms.raw_values(ids, values))
            wrong = wrong_fields(draft.problems)
            try:
                hiring_form.read(draft.values, subject.scenario)
            except ScenarioError as error:
                wrong = wrong or problem_list("The year cannot be planned like this", error.problems)
            if wrong is not None:
                return (*[no_update] * 8, wrong)
            question = YearQuestion(need_of(subject), json.dumps(draft.values))
            work.submit(question, f"year {subject.about}", asker())
        latest = year_asked(work, subject)
        if ctx.triggered_id == "year-cancel" and cancel and latest is not None:
            work.cancel(latest)
        state = None if latest is None else work.look(latest)
        if state is None:
            return None, None, True, False, _HIDDEN, "", True, True, None
        if state.is_live:
            drawn = no_update if ctx.triggered_id == "year-tick" else None
            told = standing.progress(state, "per cent")
            return told, drawn, False, True, {}, no_update, True, True, None
        done = state.status == "done"
        view = None
        if done and latest is not None:
            told = year_view.told(state.answer, latest.need.scenario.currency)
            view = [*provenance.of_year(latest, state, subject), *told]
        said = "The plan is ready." if done else "There is no plan."
        return standing.progress(state, ""), view, True, False, _HIDDEN, said, not done, not done, None


def wrong_fields(problems: dict[str, str]) -> Component | None:
    """What cannot be read in the form; None when all can."""
    if not problems:
        return None
    fields = hiring_form.model().model_fields
    lines = [html.Li(f"{fields[name].title}: {text}") for name, text in problems.items()]
    title = html.Strong("The year cannot be planned like this")
    return html.Div(
        [title, html.Ul(lines, className="problems")], className="notice notice-error", role="alert"
    )


def _register_files(app: Dash, services: Services, work: Background) -> None:
    @app.callback(
        Output("year-file", "data"),
        Input("year-xlsx", "n_clicks"),
        Input("year-csv", "n_clicks"),
        State("year-study", "value"),
        prevent_initial_call=True,
    )
    def download(xlsx: int | None, as_csv: int | None, study_id: str | None) -> Any:
        subject = _subject(services, study_id)
        question = year_asked(work, subject)
        state = None if question is None else work.look(question)
        if not (xlsx or as_csv) or question is None or state is None or state.status != "done":
            raise PreventUpdate
        plan: CapacityPlan = state.answer
        if ctx.triggered_id == "year-csv":
            name = export.file_name(subject.title, "capacity", "csv")
            return {"content": export.csv_text(plan.weeks), "filename": name, "type": "text/csv"}
        body = workbook_of(subject, plan, question.given)
        return dcc.send_bytes(body, export.file_name(subject.title, "capacity", "xlsx"), type=reports.MIME)


def workbook_of(subject: Subject, plan: CapacityPlan, given: dict[str, Any]) -> bytes:
    """Answer, inputs, weeks, classes and service."""
    fields = hiring_form.model().model_fields
    facts = [
        ("Study", subject.title),
        ("Answer", year_view.sentence(plan, subject.scenario.currency)),
        ("Cost", money(plan.cost, subject.scenario.currency)),
        *((str(fields[name].title), str(value)) for name, value in given.items()),
    ]
    tables = {"Weeks": plan.weeks, "Classes": plan.starts, "Service": plan.service}
    return export.book(f"Capacity: {subject.title}", facts, tables)
