"""The drawer in which one what-if is filled in: a generated form, checked as it is filled, and a preview."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app.services import Services, Step
from planner_app.studies import forms, stack_view
from planner_app.studies.edits import EDITED, StudyGoneError, edit, pressed, shown, stack_of
from planner_app.studies.stacks import step_of, told, whatif_of
from scenarios import Scenario, ScenarioError
from scenarios.whatifs import WHATIFS, WhatIf, starting_values

FORM = "what-if"
"""Prefix of the ids of the inputs in the drawer."""
PREVIEWED_CHANGES = 3


def drawer(foot: Component) -> Component:
    """The drawer, closed, and what it is about; ``foot`` stands above its buttons.

    It opens beside the live answer, which stays in sight while fields change.
    """
    return html.Div(
        [
            dcc.Store(id="drawer-target"),
            dmc.Drawer(
                [
                    html.Div(id="drawer-form"),
                    html.Div(id="drawer-preview", className="drawer-preview", role="status"),
                    html.Div(
                        [
                            foot,
                            dmc.Group(
                                [
                                    dmc.Button("Save", id="drawer-save"),
                                    dmc.Button("Cancel", id="drawer-cancel", variant="default"),
                                ]
                            ),
                        ],
                        className="drawer-feet",
                    ),
                ],
                id="drawer",
                title="",
                position="left",
                size="lg",
                shadow="xl",
                overlayProps={"backgroundOpacity": 0},
                lockScroll=False,
                closeOnClickOutside=False,  # neither a slip of the hand nor the key that closes a note
                closeOnEscape=False,  # may lose what was typed
                closeButtonProps={"aria-label": "Close without saving"},
            ),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """Open, check, save, close."""

    @app.callback(
        Output("drawer", "opened"),
        Output("drawer", "title"),
        Output("drawer-form", "children"),
        Output("drawer-target", "data"),
        Output("drawer-save", "children"),
        Input({"add": ALL}, "n_clicks"),
        Input({"step": "edit", "index": ALL}, "n_clicks"),
        State("study", "data"),
        prevent_initial_call=True,
    )
    def open_drawer(_added: list[int], _edited: list[int | None], page: dict[str, Any]) -> Any:
        button = pressed()
        study = services.studies.get(page["id"])
        if study is None:
            raise StudyGoneError
        stack = stack_of(study)
        if "add" in button:
            kind, index = str(button["add"]), None
            before, values = stack.variant, starting_values(WHATIFS[kind], stack.variant)
        else:
            index = int(button["index"])
            entry = stack.entries[index]
            kind, before = entry.step.kind, entry.before
            values = {**starting_values(WHATIFS[kind], before), **entry.step.values}
        model = WHATIFS[kind]
        drawn = forms.form(model, before, values, FORM)
        verb = "Add" if index is None else "Save"
        told = [html.P(about(model), className="form-about"), drawn]
        return True, model.title, told, {"kind": kind, "index": index}, verb

    @app.callback(
        Output({"form": FORM, "field": ALL, "key": ALL}, "error"),
        Output({"form": FORM, "box": ALL}, "style"),
        Output({"form": FORM, "wrong": ALL}, "children"),
        Output("drawer-preview", "children"),
        Output("drawer-save", "disabled"),
        Input({"form": FORM, "field": ALL, "key": ALL}, "value"),
        State({"form": FORM, "field": ALL, "key": ALL}, "id"),
        State("drawer-target", "data"),
        State("study", "data"),
        prevent_initial_call=True,
    )
    def check(
        values: list[Any], ids: list[dict[str, str]], target: dict[str, Any], page: dict[str, Any]
    ) -> Any:
        if not target:
            raise PreventUpdate
        draft = _draft(services, page, target, forms.raw_values(ids, values))
        boxes, wrongs = ctx.outputs_list[1], ctx.outputs_list[2]
        return (
            [draft.problems.get(item["field"], False) if not item["key"] else False for item in ids],
            [{"display": "none"} if box["id"]["box"] in draft.hidden else {} for box in boxes],
            [draft.problems.get(wrong["id"]["wrong"], "") for wrong in wrongs],
            draft.preview,
            draft.whatif is None,
        )

    @app.callback(
        output={**EDITED, "opened": Output("drawer", "opened", allow_duplicate=True)},
        inputs={"clicks": Input("drawer-save", "n_clicks")},
        state={
            "values": State({"form": FORM, "field": ALL, "key": ALL}, "value"),
            "ids": State({"form": FORM, "field": ALL, "key": ALL}, "id"),
            "target": State("drawer-target", "data"),
            "page": State("study", "data"),
        },
        prevent_initial_call=True,
    )
    def save(
        clicks: int | None,
        values: list[Any],
        ids: list[dict[str, str]],
        target: dict[str, Any],
        page: dict[str, Any],
    ) -> Any:
        if not clicks or not target:
            raise PreventUpdate
        draft = _draft(services, page, target, forms.raw_values(ids, values))
        if draft.whatif is None:
            raise PreventUpdate
        whatif, index = draft.whatif, target["index"]

        def change(steps: tuple[Step, ...]) -> Sequence[Step]:
            if index is None:
                return (*steps, step_of(whatif))
            return (*steps[:index], step_of(whatif, steps[index].enabled), *steps[index + 1 :])

        study, done = edit(services, page, change)
        place = index if index is not None else len(study.steps) - 1
        return {
            **shown(study, focus=[stack_view.button_id("edit", place)] if done else ()),
            "opened": not done,
        }

    @app.callback(
        Output("drawer", "opened", allow_duplicate=True),
        Input("drawer-cancel", "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None) -> bool:
        return False


def about(model: type[WhatIf]) -> str:
    """What a what-if does, in one sentence: the first of its docstring.

    >>> about(WHATIFS["change_staff"])
    'More or fewer agents in a group (or in all groups), every day.'
    """
    first, _, _ = " ".join((model.__doc__ or "").split()).partition(". ")
    return f"{first.rstrip('.')}."


@dataclasses.dataclass(frozen=True)
class Filled:
    """What the drawer holds: the what-if when it fits, else what is wrong, by field."""

    whatif: WhatIf | None
    problems: dict[str, str]
    hidden: set[str]
    preview: Component | None


def _draft(services: Services, page: dict[str, Any], target: dict[str, Any], raw: forms.Raw) -> Filled:
    study = services.studies.get(page["id"])
    if study is None:
        raise StudyGoneError
    stack, index = stack_of(study), target["index"]
    before = stack.variant if index is None else stack.entries[index].before
    return fill(target["kind"], before, raw)


def fill(kind: str, before: Scenario, raw: forms.Raw) -> Filled:
    """Read the inputs of a what-if that would be applied to ``before``."""
    model = WHATIFS[kind]
    draft = forms.read(model, raw)
    hidden = forms.hidden_fields(model, draft.values)
    if draft.problems:
        return Filled(None, draft.problems, hidden, None)
    try:
        whatif = whatif_of(kind, draft.values)
        after = whatif.apply(before)
    except ScenarioError as error:
        beside, others = forms.by_field(model, error.problems)
        preview = stack_view.problem_list("This does not fit yet", others) if others else None
        return Filled(None, beside, hidden, preview)
    return Filled(whatif, {}, hidden, _preview(whatif, before, after))


def _preview(whatif: WhatIf, before: Scenario, after: Scenario) -> Component:
    text = told(whatif, before)
    same = after == before
    return html.Div(
        [
            html.P(text[:1].upper() + text[1:], className="preview-text"),
            html.P("It changes nothing yet.", className="chart-note")
            if same
            else stack_view.change_list(before, after, PREVIEWED_CHANGES),
        ],
        className="preview",
    )
