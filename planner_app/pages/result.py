"""A result at an address of its own: progress while it is computed, then the answer and why.

Everything shown is derived from the run's row and report, so a reload or another browser that opens
the same address sees the same.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash
import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards, figures, theme
from planner_app.answers import (
    causes,
    customer,
    customer_view,
    export,
    replay_days,
    replay_view,
    telling,
    words,
)
from planner_app.services import Report, RunRow, Services
from scenarios.errors import PlannerError

TICK_MS = 700
LIVE = ("queued", "running")
_READ_SCHEME = "() => document.documentElement.getAttribute('data-mantine-color-scheme')"
"""The toggle knows the scheme only after its first change; the document always does."""


def layout(services: Services, run_id: str) -> Component:
    """The page of a run; a helpful one when there is no such run."""
    run = services.runs.get(run_id)
    if run is None:
        return _unknown()
    live = run.status in LIVE
    return html.Div(
        [
            dcc.Store(id="result-run", data=run.id),
            dcc.Store(id="result-scheme"),
            dcc.Interval(id="result-tick", interval=TICK_MS, disabled=not live),
            dcc.Download(id="result-file"),
            html.Div(id="result-said", role="status", className="visually-hidden", **{"aria-live": "polite"}),
            html.Div(view(services, run), id="result-view"),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """Progress, cancel, switches of charts, download and the way back to the study.

    A button that is drawn later than an output of its callback reports an empty click when it
    appears, whatever ``prevent_initial_call`` says: each such callback looks at the clicks.
    """

    @app.callback(
        Output("result-view", "children"),
        Output("result-progress", "value"),
        Output("result-progress-text", "children"),
        Output("result-tick", "disabled"),
        Output("result-said", "children"),
        Input("result-tick", "n_intervals"),
        State("result-run", "data"),
        prevent_initial_call=True,
    )
    def watch(_: int, run_id: str) -> tuple[Any, ...]:
        run = services.runs.get(run_id)
        if run is None:
            return _unknown(), dash.no_update, dash.no_update, True, "This run was deleted."
        if run.status in LIVE:
            return dash.no_update, share_done(run), progress_text(run), False, dash.no_update
        return view(services, run), dash.no_update, dash.no_update, True, ended_words(run)

    @app.callback(
        Output("result-cancel", "disabled"),
        Output("result-cancel", "children"),
        Input("result-cancel", "n_clicks"),
        State("result-run", "data"),
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None, run_id: str) -> tuple[Any, ...]:
        if not clicks:
            return dash.no_update, dash.no_update
        services.runs.cancel(run_id)
        return True, "Cancelling …"

    @app.callback(
        Output(cards.figure_id("waits"), "figure"),
        Output("waits-title", "children"),
        Output("waits-legend", "children"),
        Input("waits-channel", "value"),
        State("result-run", "data"),
        State("result-scheme", "data"),
        prevent_initial_call=True,
    )
    def pick_channel(channel: str, run_id: str, scheme: str | None) -> tuple[Any, ...]:
        report = services.runs.report(run_id)
        if report is None:
            raise PreventUpdate
        return _drawn(telling.waits(report, channel), scheme)

    @app.callback(
        Output(cards.figure_id("coverage"), "figure"),
        Output("coverage-title", "children"),
        Output("coverage-legend", "children"),
        Input("coverage-group", "value"),
        Input("coverage-view", "value"),
        State("result-run", "data"),
        State("result-scheme", "data"),
        prevent_initial_call=True,
    )
    def pick_group(group: str, shown: str, run_id: str, scheme: str | None) -> tuple[Any, ...]:
        report = services.runs.report(run_id)
        if report is None:
            raise PreventUpdate
        return _drawn(telling.coverage(report, group, shown), scheme)

    @app.callback(
        Output(cards.figure_id("causes"), "figure"),
        Output("causes-title", "children"),
        Output("causes-legend", "children"),
        Output("causes-sentence", "children"),
        Output("causes-table", "children"),
        Output("causes-picture", "aria-label"),
        Output(cards.figure_id("causes"), "style"),
        Input("causes-channel", "value"),
        State("result-run", "data"),
        State("result-scheme", "data"),
        prevent_initial_call=True,
    )
    def pick_causes(channel: str, run_id: str, scheme: str | None) -> tuple[Any, ...]:
        report = services.runs.report(run_id)
        split = None if report is None else causes.contacts(report, channel)
        if report is None or split is None:
            raise PreventUpdate
        title, figure = causes.heading(split), figures.causes(report, split)
        told = telling.causes_sentence(report, split), telling.causes_table(split)
        height = {"height": f"{figure.layout.height}px"}
        return (*_drawn((title, figure), scheme), *told, causes.heard(report, split), height)

    @app.callback(
        Output(cards.figure_id("journeys"), "figure"),
        Output("journeys-title", "children"),
        Output("journeys-legend", "children"),
        Input("journeys-scenario", "value"),
        State("result-run", "data"),
        State("result-scheme", "data"),
        prevent_initial_call=True,
    )
    def pick_scenario(scenario: str, run_id: str, scheme: str | None) -> tuple[Any, ...]:
        report = services.runs.report(run_id)
        if report is None:
            raise PreventUpdate
        return _drawn(telling.journeys(report, scenario), scheme)

    @app.callback(
        Output("customer-view", "children"),
        Output("customer-rank", "data"),
        Input("customer-kind", "value"),
        Input("customer-next", "n_clicks"),
        Input("customer-number", "value"),
        State("customer-rank", "data"),
        State("result-run", "data"),
        prevent_initial_call=True,
    )
    def follow(kind: str | None, clicks: int | None, number: Any, rank: int, run_id: str) -> tuple[Any, ...]:
        run, report = services.runs.get(run_id), services.runs.report(run_id)
        asked = dash.ctx.triggered_id
        by_number = asked == "customer-number"
        if run is None or report is None or (number in (None, "") if by_number else not (kind or clicks)):
            raise PreventUpdate
        rank = rank + 1 if asked == "customer-next" and kind else 0
        try:
            day = customer.day_of(run)
        except PlannerError as error:
            return cards.notice("This day cannot be simulated again", str(error), tone="error"), rank
        key = day.numbered(int(number)) if by_number else day.find(kind or next(iter(day.kinds())), rank)
        return customer_view.shown(run, report, day, key), rank

    @app.callback(
        Output("replay-data", "data"),
        Output("replay-view", "children"),
        Output("replay-show", "display"),
        Input("replay-show", "n_clicks"),
        Input("replay-kind", "value"),
        Input("replay-day", "value"),
        State("result-run", "data"),
        prevent_initial_call=True,
    )
    def replay(clicks: int | None, kind: str, day: str, run_id: str) -> tuple[Any, ...]:
        run, report = services.runs.get(run_id), services.runs.report(run_id)
        if not clicks or run is None or report is None:
            raise PreventUpdate
        try:
            found = replay_days.showing(run, replay_view.asked_for(report), kind, int(day))
        except PlannerError as error:
            wrong = cards.notice("This day cannot be simulated again", str(error), tone="error")
            return None, wrong, dash.no_update
        return replay_view.package(report, found), replay_view.shown(run, report, found), "none"

    @app.callback(
        Output("result-file", "data"),
        Input("result-download", "n_clicks"),
        State("result-run", "data"),
        prevent_initial_call=True,
    )
    def download(clicks: int | None, run_id: str) -> Any:
        run, report = services.runs.get(run_id), services.runs.report(run_id)
        if not clicks or run is None or report is None:
            return dash.no_update
        body = export.workbook(report, run, telling.phrases(run))
        return dcc.send_bytes(body, export.file_name(run), type=export.MIME)

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Input("result-change", "n_clicks"),
        State("result-run", "data"),
        prevent_initial_call=True,
    )
    def change(clicks: int | None, run_id: str) -> Any:
        run = services.runs.get(run_id)
        if not clicks or run is None:
            return dash.no_update
        return f"/what-if/{study_for(services, run)}"

    app.clientside_callback(
        _READ_SCHEME, Output("result-scheme", "data"), Input("scheme", "computedColorScheme")
    )

    app.clientside_callback(
        ClientsideFunction("replay", "show"),
        Input("replay-data", "data"),
        Input("replay-scenario", "value"),
        prevent_initial_call=True,
    )

    app.clientside_callback(
        ClientsideFunction("result", "copy"),
        Output("result-copy", "children"),
        Input("result-copy", "n_clicks"),
        prevent_initial_call=True,
    )


def study_for(services: Services, run: RunRow) -> str:
    """The id of the run's study; a new one is made of the run's inputs when it has none any more."""
    if run.study_id is not None and services.studies.get(run.study_id) is not None:
        return run.study_id
    return services.studies.create(run.title, run.baseline, run.steps, origin="result").id


def view(services: Services, run: RunRow) -> Component:
    """What a run shows in its present state."""
    if run.status in LIVE:
        return html.Div([_head(run, finished=False), _progress(run)])
    report = services.runs.report(run.id)
    told: list[Any] = [_head(run, finished=report is not None)]
    if run.status == "failed":
        told.append(_failed(run))
    elif report is None:
        told.append(_without_report(run))
    if report is not None:
        if run.status == "cancelled":
            told.append(_partial(run, report))
        told += telling.report_body(run, report, [replay_view.card(report), customer_view.card(report)])
    return html.Div(told, className="stack")


# -- while it is computed --------------------------------------------------------------------------


def share_done(run: RunRow) -> float:
    """Progress in per cent."""
    return 100.0 * run.done / max(run.replications, 1)


def progress_text(run: RunRow, now: dt.datetime | None = None) -> str:
    """Progress in the words of the simulation: ``Replication 8 of 20 · about 6 s left``."""
    if run.status == "queued":
        return "Waiting for its turn; it starts by itself."
    text = f"Replication {min(run.done + 1, run.replications)} of {run.replications}"
    if run.started is None or run.done == 0:
        return f"{text} · estimating the time left"
    elapsed = ((now or dt.datetime.now(dt.UTC)) - run.started).total_seconds()
    return f"{text} · {words.about_seconds(elapsed / run.done * (run.replications - run.done))}"


def _progress(run: RunRow) -> Component:
    return html.Section(
        [
            dmc.Title("Simulating", order=2, className="chart-title"),
            html.P(progress_text(run), id="result-progress-text", className="progress-text"),
            dmc.Progress(
                id="result-progress",
                value=share_done(run),
                size="lg",
                **{"aria-label": "Replications finished"},
            ),
            dmc.Group(
                [
                    dmc.Button(
                        "Cancel",
                        id="result-cancel",
                        variant="default",
                        leftSection=cards.icon("stop"),
                    ),
                    html.Span("Replications that are finished are kept.", className="chart-note"),
                ],
                mt="md",
            ),
            html.P(
                "You may close this page: the simulation goes on, and this address shows its result.",
                className="chart-note",
            ),
        ],
        className="card section",
    )


# -- the head and the ends -------------------------------------------------------------------------


def _head(run: RunRow, *, finished: bool) -> Component:
    actions: list[Any] = []
    if finished:
        actions.append(
            dmc.Button(
                "Download for Excel",
                id="result-download",
                variant="default",
                leftSection=cards.icon("download"),
            )
        )
    actions += [
        cards.link_button("Put it right", f"/staffing/result/{run.id}?now", picture_name="people"),
        cards.link_button("Assumptions", f"/results/{run.id}/assumptions", picture_name="layers"),
        dmc.Button("Copy link", id="result-copy", variant="default", leftSection=cards.icon("link")),
        dmc.Button("Change it", id="result-change", leftSection=cards.icon("edit")),
    ]
    return cards.page_head(
        run.title,
        above=dcc.Link("All results", href="/results", className="crumb"),
        lead=cards.chips(telling.baseline_name(run), telling.phrases(run)),
        actions=actions,
    )


def _partial(run: RunRow, report: Report) -> Component:
    count = int(report.meta.get("replications") or run.done)
    return cards.notice(
        f"Cancelled: this rests on {count} of {run.replications} replications",
        "The finished replications are valid, but the intervals are wider than they would have been.",
        tone="warning",
    )


def _failed(run: RunRow) -> Component:
    return cards.notice(
        "This run could not be finished",
        f"{run.message or 'No reason was recorded.'}\nPress “Change it” to correct it and run it again.",
        tone="error",
    )


def _without_report(run: RunRow) -> Component:
    if run.status == "cancelled":
        text = run.message or "It was cancelled before enough replications were finished."
        return cards.notice("Cancelled: there is no result", text, tone="warning")
    return cards.notice(
        "This result can no longer be read",
        "It was stored by an older version. Press “Change it” and run it again: the same seed gives the "
        "same answer.",
        tone="warning",
    )


def _unknown() -> Component:
    return html.Div(
        [
            cards.page_head("This result is not here"),
            cards.notice(
                "No run has this address",
                "It may have been deleted, or the link comes from a planner on another computer: "
                "results stay on the machine that computed them.",
                actions=[
                    cards.link_button("All results", "/results"),
                    cards.link_button("Worked stories", "/"),
                ],
            ),
        ]
    )


def ended_words(run: RunRow) -> str:
    """What a screen reader hears when a run ends."""
    ends = {
        "done": "The result is ready.",
        "cancelled": "The run was cancelled.",
        "failed": "The run failed.",
    }
    return ends.get(run.status, "")


def _drawn(told: tuple[str, go.Figure], scheme: str | None) -> tuple[Any, ...]:
    """A redrawn chart: figure in the scheme of the page, title and legend."""
    title, figure = told
    figure.update_layout(template=theme.template("dark" if scheme == "dark" else "light"))
    return figure, title, cards.legend_items(figures.legend(figure))
