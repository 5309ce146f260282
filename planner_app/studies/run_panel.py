"""The panel that runs a study: how often to simulate, progress in replications, cancel, earlier results."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import notices
from planner_app.cards import icon
from planner_app.moments import moment
from planner_app.services import RunRow, Services, Study
from planner_app.studies.stacks import Stack, problems_of

TICK_MS = 500
REPLICATIONS = 20
MOST_REPLICATIONS = 10_000
SEED = 1
EARLIER = 5
"""Results of the study that the panel lists."""


def panel(services: Services, study: Study, stack: Stack) -> Component:
    """The panel of a study; it finds a run that is still under way."""
    runs = services.runs.recent(EARLIER, study.id)
    live = next((run for run in runs if _is_live(run)), None)
    reason = why_not(stack)
    return html.Section(
        [
            dmc.Title("Run", order=2, className="chart-title"),
            html.P(
                "Baseline and what-if meet the same customers with the same luck, "
                "so their difference is what the what-if does.",
                className="chart-note",
            ),
            dmc.Stack(
                [
                    dmc.NumberInput(
                        id="run-replications",
                        label="Replications",
                        description="Simulated copies of the days. More make the intervals narrower.",
                        value=REPLICATIONS,
                        min=2,
                        max=MOST_REPLICATIONS,
                        allowDecimal=False,
                        size="md",
                        persistence=True,
                        persistence_type="session",
                    ),
                    dmc.NumberInput(
                        id="run-seed",
                        label="Seed",
                        description="The same seed gives the same answer again.",
                        value=SEED,
                        min=0,
                        max=2**31 - 1,
                        allowDecimal=False,
                        size="md",
                        persistence=True,
                        persistence_type="session",
                    ),
                    dmc.Button(
                        "Run",
                        id="run-start",
                        leftSection=icon("play"),
                        fullWidth=True,
                        disabled=reason is not None or live is not None,
                    ),
                ],
                gap="sm",
                mt="sm",
            ),
            html.P(reason or "", id="run-reason", className="run-reason"),
            html.Div(_progress(live) if live else None, id="run-progress", className="run-status"),
            dmc.Button(
                "Cancel this run",
                id="run-cancel",
                leftSection=icon("stop"),
                variant="default",
                fullWidth=True,
                mt="sm",
                style={} if live else {"display": "none"},
            ),
            html.Div("", id="run-word", role="status", className="visually-hidden"),
            html.Div(_earlier(runs), id="run-earlier"),
            dcc.Store(id="run-id", data=live.id if live else None),
            dcc.Interval(id="run-tick", interval=TICK_MS, disabled=live is None),
        ],
        className="card run-panel",
    )


def why_not(stack: Stack) -> str | None:
    """Why a study cannot be run now, in words; None when it can."""
    if problems_of(stack.baseline):
        return "Run is off: the baseline has problems. They are listed with it."
    if stack.misfits:
        number = len(stack.misfits)
        if number == 1:
            return "Run is off: a what-if does not fit. Edit it, or switch it off."
        return f"Run is off: {number} what-ifs do not fit. Edit them, or switch them off."
    return None


def register(app: Dash, services: Services) -> None:
    """Run, watch and cancel."""

    @app.callback(
        Output("run-id", "data"),
        Output("run-start", "disabled"),
        Output("run-tick", "disabled"),
        Output("run-progress", "children"),
        Output("run-cancel", "style"),
        Input("run-start", "n_clicks"),
        State("study", "data"),
        State("run-replications", "value"),
        State("run-seed", "value"),
        prevent_initial_call=True,
    )
    def start(clicks: int | None, page: dict[str, Any], replications: Any, seed: Any) -> Any:
        study = services.studies.get(page["id"]) if clicks else None
        if study is None:
            raise PreventUpdate
        wrong = wrong_numbers(replications, seed)
        if wrong:
            notices.show("Not started", wrong, "bad")
            raise PreventUpdate
        run_id = services.runs.submit(
            study.name,
            study.baseline,
            study.steps,
            study_id=study.id,
            replications=int(replications),
            seed=int(seed),
        )
        run = services.runs.get(run_id)
        return run_id, True, False, _progress(run) if run else None, {}

    @app.callback(
        Output("run-progress", "children", allow_duplicate=True),
        Output("run-word", "children"),
        Output("run-tick", "disabled", allow_duplicate=True),
        Output("run-start", "disabled", allow_duplicate=True),
        Output("run-cancel", "style", allow_duplicate=True),
        Output("run-earlier", "children"),
        Output("url", "pathname"),
        Input("run-tick", "n_intervals"),
        State("run-id", "data"),
        State("run-reason", "children"),
        prevent_initial_call=True,
    )
    def watch(_ticks: int, run_id: str | None, reason: str) -> Any:
        run = services.runs.get(run_id) if run_id else None
        if run is None:
            raise PreventUpdate
        if _is_live(run):
            return _progress(run), _word(run), False, True, {}, no_update, no_update
        goes_on = f"/results/{run.id}" if run.status == "done" else no_update
        earlier = _earlier(services.runs.recent(EARLIER, run.study_id))
        return _ending(run), _word(run), True, bool(reason), {"display": "none"}, earlier, goes_on

    @app.callback(
        Output("run-progress", "children", allow_duplicate=True),
        Input("run-cancel", "n_clicks"),
        State("run-id", "data"),
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None, run_id: str | None) -> Any:
        if not clicks or not run_id:
            raise PreventUpdate
        services.runs.cancel(run_id)
        run = services.runs.get(run_id)
        return _progress(run, "Stopping; what is finished is kept.") if run else no_update


def wrong_numbers(replications: Any, seed: Any) -> str | None:
    """What is wrong with the inputs of the panel, in words.

    >>> wrong_numbers(20, 1) is None, wrong_numbers("", 1)
    (True, 'Replications is empty; give a whole number from 2 to 10000.')
    """
    for name, value, low, high in (
        ("Replications", replications, 2, MOST_REPLICATIONS),
        ("Seed", seed, 0, 2**31 - 1),
    ):
        if not isinstance(value, int | float) or value != int(value) or not low <= value <= high:
            said = "is empty" if value in ("", None) else f"is {value}"
            return f"{name} {said}; give a whole number from {low} to {high}."
    return None


def _is_live(run: RunRow) -> bool:
    return run.status in ("queued", "running")


def _progress(run: RunRow, note: str = "") -> Component:
    if run.status == "queued":
        text = "Waiting for its turn; it starts by itself."
    elif run.done == 0:
        text = f"Replication 1 of {run.replications} …"
    else:
        text = f"{run.done} of {run.replications} replications finished{_left(run)}"
    return html.Div(
        [
            dmc.ProgressRoot(
                dmc.ProgressSection(
                    value=max(100 * run.done / run.replications, 2),
                    animated=True,
                    **{"aria-label": "Replications finished"},
                ),
                size="lg",
            ),
            html.P(note or text, className="run-reason"),
        ]
    )


def _left(run: RunRow) -> str:
    if run.started is None or run.done < 2:
        return "."
    elapsed = (dt.datetime.now(dt.UTC) - run.started).total_seconds()
    seconds = elapsed / run.done * (run.replications - run.done)
    return f", about {seconds:.0f} s left." if seconds < 90 else f", about {seconds / 60:.0f} min left."


def _word(run: RunRow) -> str:
    match run.status:
        case "queued":
            return "The run is waiting."
        case "running":
            return "The run has begun."
        case "done":
            return "The run is finished."
        case _:
            return run.message


def _ending(run: RunRow) -> Component:
    link = dmc.Anchor("See the result", href=f"/results/{run.id}")
    if run.status == "done":
        return html.P(["Finished. ", link], className="run-reason")
    has_result = run.status == "cancelled" and run.done >= 2
    title = "The run failed" if run.status == "failed" else "The run was cancelled"
    return html.Div(
        [html.Strong(title), html.P(run.message), *([link] if has_result else [])],
        className="notice notice-error" if run.status == "failed" else "notice notice-plain",
    )


def _earlier(runs: Any) -> Component | None:
    finished = [run for run in runs if not _is_live(run)]
    if not finished:
        return None
    return html.Div(
        [
            dmc.Title("Results of this study", order=3, size="h5", mt="lg"),
            html.Ul([html.Li(_earlier_run(run)) for run in finished], className="earlier"),
        ]
    )


def _earlier_run(run: RunRow) -> list[Any]:
    count = sum(step.enabled for step in run.steps)
    words = "baseline" if count == 0 else "1 what-if" if count == 1 else f"{count} what-ifs"
    ending = "" if run.status == "done" else f" · {run.status}"
    return [
        dmc.Anchor(moment(run.created), href=f"/results/{run.id}"),
        html.Span(f"{words} · {run.done} replications{ending}"),
    ]
