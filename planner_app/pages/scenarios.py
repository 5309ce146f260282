"""The page of scenarios: the studies that are saved, the library, and a place for one's own file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import scenarios
from planner_app import cards
from planner_app.moments import moment
from planner_app.services import Services, Study
from planner_app.studies import menus, upload
from planner_app.studies.edits import StudyGoneError, new_name, pressed
from planner_app.studies.files import DOWNLOADS, download
from planner_app.studies.stacks import phrases, read_baseline
from scenarios import ScenarioError

# -- layout ----------------------------------------------------------------------------------------


def layout(services: Services) -> Component:
    """Saved studies first, then the library, then the upload."""
    return html.Div(
        [
            cards.page_head(
                "Scenarios",
                lead=html.P(
                    "A study is a baseline with what-ifs stacked on it. The baseline itself never changes.",
                    className="lead",
                ),
            ),
            html.Div(id="study-undo", role="status"),
            html.Div(studies_view(services), id="studies"),
            dmc.Title("Library", order=2, size="h3", className="section-title"),
            html.Div(library_view(services), id="library", className="library"),
            dmc.Title("Your own centre", order=2, size="h3", className="section-title"),
            upload.upload(),
            _rename_dialog(),
            dcc.Store(id="study-deleted"),
            dcc.Download(id="study-file"),
        ]
    )


def studies_view(services: Services) -> list[Component]:
    """The saved studies as rows, and those that were deleted; nothing while there is none."""
    studies, deleted = services.studies.all(), services.studies.deleted()
    shown: list[Component] = []
    if studies:
        shown.append(dmc.Title("Your studies", order=2, size="h3", className="section-title"))
        shown.append(html.Div([_study_row(study) for study in studies], className="card study-list"))
    if deleted:
        shown.append(_deleted(deleted))
    return shown


def _deleted(studies: Sequence[Study]) -> Component:
    rows = [
        html.Li(
            [
                html.Span(study.name),
                dmc.Button(
                    "Restore",
                    id={"undo-delete": study.id},
                    variant="subtle",
                    size="compact-md",
                    n_clicks=0,
                    **{"aria-label": f"Restore: {study.name}"},
                ),
            ]
        )
        for study in studies
    ]
    return html.Details(
        [html.Summary(f"Deleted studies ({len(rows)})"), html.Ul(rows, className="deleted")],
        className="contents section-title",
    )


def _study_row(study: Study) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    dcc.Link(study.name, href=f"/what-if/{study.id}", className="study-link"),
                    html.P(_about(study)),
                    html.P(_facts(study), className="study-facts"),
                ],
                className="study-row-words",
            ),
            html.Div(
                [
                    _button("rename", study, "edit", "Rename"),
                    _button("duplicate", study, "copy", "Duplicate"),
                    _download_menu(study),
                    _button("delete", study, "remove", "Delete"),
                ],
                className="step-buttons",
            ),
        ],
        className="study-row",
    )


def _about(study: Study) -> str:
    try:
        baseline = read_baseline(study.baseline)
    except ScenarioError:
        return "The baseline has problems; open it to see them."
    texts = phrases(study.baseline, study.steps)
    return scenarios.summary(baseline) + (f" With {'; '.join(texts)}." if texts else "")


def _facts(study: Study) -> str:
    count = len(study.steps)
    what_ifs = "no what-ifs" if count == 0 else "1 what-if" if count == 1 else f"{count} what-ifs"
    origin = "from a file" if study.origin == upload.UPLOADED else f"from {study.origin.replace('_', ' ')}"
    return f"{what_ifs} · {origin} · saved {moment(study.updated)}"


def _button(do: str, study: Study, picture: str, label: str) -> Component:
    return dmc.ActionIcon(
        cards.icon(picture),
        id={"do": do, "study": study.id},
        variant="subtle",
        color="gray",
        size="lg",
        **{"aria-label": f"{label}: {study.name}"},
    )


def _download_menu(study: Study) -> Component:
    items = [
        dmc.MenuItem(label, id={"download": kind, "study": study.id}, n_clicks=0)
        for kind, label in DOWNLOADS.items()
    ]
    return menus.menu(
        cards.icon("download"),
        [dmc.MenuLabel("Download as YAML"), *items],
        look="icon-button",
        label=f"Download: {study.name}",
    )


def library_view(services: Services) -> list[Component]:
    """A card for each scenario of the library."""
    studies = services.studies.all()
    return [_library_card(name, studies) for name in scenarios.library()]


def _library_card(name: str, studies: Any) -> Component:
    scenario = scenarios.load(name)
    mine = next((study for study in studies if study.origin == name), None)
    actions: list[Any] = []
    if mine is not None:
        actions.append(cards.link_button("Continue", f"/what-if/{mine.id}", primary=True))
    actions.append(
        dmc.Button(
            "Open" if mine is None else "Start anew",
            id={"library": name},
            variant="filled" if mine is None else "default",
            n_clicks=0,
            **{"aria-label": f"{'Open' if mine is None else 'Start a new study of'} {scenario.name}"},
        )
    )
    return html.Article(
        [
            dmc.Title(scenario.name, order=3, size="h4"),
            html.P(scenario.description, className="grow"),
            html.P(scenarios.summary(scenario), className="study-facts"),
            dmc.Group(actions, gap="xs"),
        ],
        className="card",
    )


def _rename_dialog() -> Component:
    return html.Div(
        [
            dcc.Store(id="rename-study"),
            dmc.Modal(
                [
                    dmc.TextInput(id="rename-name", label="Name", **{"data-autofocus": True}),
                    dmc.Group(
                        [
                            dmc.Button("Rename", id="rename-save", n_clicks=0),
                            dmc.Button("Cancel", id="rename-cancel", variant="default", n_clicks=0),
                        ],
                        mt="md",
                    ),
                ],
                id="rename",
                title="Rename the study",
                closeButtonProps={"aria-label": "Close without renaming"},
            ),
        ]
    )


# -- behaviour -------------------------------------------------------------------------------------


def register(app: Dash, services: Services) -> None:
    """Open, upload, rename, duplicate, download, delete and undo."""
    _register_opening(app, services)
    upload.register(app, services)
    _register_managing(app, services)


def _register_opening(app: Dash, services: Services) -> None:
    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Input({"library": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def open_library(_clicks: list[int]) -> str:
        return f"/what-if/{open_from_library(services, str(pressed()['library'])).id}"


def open_from_library(services: Services, name: str) -> Study:
    """A new study of a library scenario."""
    scenario = scenarios.load(name)
    return services.studies.create(new_name(services, scenario.name), scenarios.dumps(scenario), (), name)


def _register_managing(app: Dash, services: Services) -> None:
    @app.callback(
        Output("studies", "children"),
        Output("library", "children"),
        Output("study-undo", "children"),
        Output("study-deleted", "data"),
        Input({"do": "delete", "study": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def delete(_clicks: list[int | None]) -> Any:
        study = _find(services, str(pressed()["study"]))
        services.studies.delete(study.id)
        undo = html.Div(
            [
                html.Span(f"Deleted “{study.name}”."),
                dmc.Button("Undo", id="study-undo-button", variant="subtle", size="compact-md", n_clicks=0),
            ],
            className="undo",
        )
        return studies_view(services), library_view(services), undo, study.id

    @app.callback(
        Output("studies", "children", allow_duplicate=True),
        Output("library", "children", allow_duplicate=True),
        Output("study-undo", "children", allow_duplicate=True),
        Input({"undo-delete": ALL}, "n_clicks"),
        Input("study-undo-button", "n_clicks", allow_optional=True),
        State("study-deleted", "data"),
        prevent_initial_call=True,
    )
    def undo(_restored: list[int], undone: int | None, last: str | None) -> Any:
        if ctx.triggered_id == "study-undo-button":
            if not undone or not last:
                raise PreventUpdate
            services.studies.restore(last)
        else:
            services.studies.restore(str(pressed()["undo-delete"]))
        return studies_view(services), library_view(services), None

    @app.callback(
        Output("studies", "children", allow_duplicate=True),
        Input({"do": "duplicate", "study": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def duplicate(_clicks: list[int | None]) -> Any:
        study = _find(services, str(pressed()["study"]))
        services.studies.create(new_name(services, study.name), study.baseline, study.steps, study.origin)
        return studies_view(services)

    @app.callback(
        Output("study-file", "data"),
        Input({"download": ALL, "study": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def fetch(_clicks: list[int]) -> Any:
        button = pressed()
        return download(_find(services, str(button["study"])), str(button["download"]))

    @app.callback(
        Output("rename", "opened"),
        Output("rename-study", "data"),
        Output("rename-name", "value"),
        Input({"do": "rename", "study": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def ask_name(_clicks: list[int | None]) -> Any:
        study = _find(services, str(pressed()["study"]))
        return True, study.id, study.name

    @app.callback(
        Output("rename", "opened", allow_duplicate=True),
        Output("studies", "children", allow_duplicate=True),
        Output("rename-name", "error"),
        Input("rename-save", "n_clicks"),
        Input("rename-cancel", "n_clicks"),
        Input("rename-name", "n_submit"),
        State("rename-study", "data"),
        State("rename-name", "value"),
        prevent_initial_call=True,
    )
    def rename(_save: int, _cancel: int, _enter: int, study_id: str, name: str) -> Any:
        if ctx.triggered_id == "rename-cancel":
            return False, no_update, False
        if not study_id or not ctx.triggered[0]["value"]:
            raise PreventUpdate
        if not name.strip():
            return no_update, no_update, "Give it a name."
        study = _find(services, study_id)
        services.studies.save(dataclasses.replace(study, name=name))
        return False, studies_view(services), False


def _find(services: Services, study_id: str) -> Study:
    study = services.studies.get(study_id)
    if study is None:
        raise StudyGoneError
    return study
