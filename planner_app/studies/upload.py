"""One's own scenario file: chosen or dropped, checked, and put right on the spot when something is wrong."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import scenarios
from planner_app import cards
from planner_app.services import Services, Study
from planner_app.settings import UPLOAD_BYTES
from planner_app.studies.edits import new_name
from planner_app.studies.stack_view import problem_list
from scenarios import Problem, ScenarioError
from scenarios.documents import LARGEST_BYTES

UPLOADED = "uploaded"
"""The origin of a study that came from a file."""
NOTE = (
    "A scenario file is YAML with the fields of the library’s scenarios: open one of these, download it, "
    "change it, and bring it back. Lists that a file takes from a CSV file must stand in the file itself. "
    f"A file is at most {LARGEST_BYTES // 1_000_000} MB."
)


def upload() -> Component:
    """The place for a file; the file itself appears when it has problems."""
    return html.Section(
        [
            html.P(NOTE, className="chart-note"),
            dcc.Upload(
                dmc.Button("Choose a file, or drop it", leftSection=cards.icon("upload"), variant="light"),
                id="upload",
                max_size=UPLOAD_BYTES,
                className="drop",
            ),
            html.Div(id="upload-problems", role="status"),
            html.Div(
                [
                    dmc.Textarea(
                        id="upload-text",
                        label="Your file",
                        description="Put it right here, or in your editor and choose it again.",
                        autosize=True,
                        minRows=8,
                        maxRows=24,
                        className="yaml",
                    ),
                    dmc.Button("Check again", id="upload-again", mt="sm", n_clicks=0),
                ],
                id="upload-edit",
                style={"display": "none"},
            ),
        ],
        className="card",
    )  # fmt: skip


def register(app: Dash, services: Services) -> None:
    """Read a file; make a study of it, or show what is wrong."""

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Output("upload-problems", "children"),
        Output("upload-text", "value"),
        Output("upload-edit", "style"),
        Input("upload", "contents"),
        Input("upload-again", "n_clicks"),
        State("upload", "filename"),
        State("upload-text", "value"),
        prevent_initial_call=True,
    )
    def read(contents: str | None, _again: int, filename: str | None, text: str | None) -> Any:
        if ctx.triggered_id == "upload":
            if not contents:
                raise PreventUpdate
            try:
                text = decoded(contents)
            except ScenarioError as error:
                return (
                    no_update,
                    problem_list("This file cannot be read", error.problems),
                    no_update,
                    no_update,
                )
        if not text:
            raise PreventUpdate
        name = filename or "your file"
        try:
            study = study_of(services, text)
        except ScenarioError as error:
            count = len(error.problems)
            title = f"{name} has {'1 problem' if count == 1 else f'{count} problems'}"
            return no_update, problem_list(title, error.problems), text, {}
        return f"/what-if/{study.id}", None, "", {"display": "none"}


def decoded(contents: str) -> str:
    """The text of an uploaded file. Raises ``ScenarioError`` when it is not text."""
    try:
        return base64.b64decode(contents.partition(",")[2], validate=True).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        problem = Problem("", "a file that is not text", "text in UTF-8", "save it as YAML in UTF-8")
        raise ScenarioError([problem]) from None


def study_of(services: Services, text: str) -> Study:
    """A new study of a scenario file; raises ``ScenarioError`` with everything that is wrong with it."""
    scenario = scenarios.loads(text)
    problems = scenarios.check(scenario)
    if problems:
        raise ScenarioError(problems)
    return services.studies.create(new_name(services, scenario.name), text, (), UPLOADED)
