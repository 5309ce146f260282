"""The page where a study is made: a pinned baseline, a stack of what-ifs, their live answer, and Run."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards, missing
from planner_app.services import Services, Step, Study
from planner_app.studies import drawer, live_panel, menus, run_panel, stack_view
from planner_app.studies.dials import turn
from planner_app.studies.edits import EDITED, edit, moved, page_state, pressed, saved_text, shown, stack_of
from planner_app.studies.stack_view import button_id, sentence_case, text_id
from planner_app.studies.stacks import Stack
from scenarios.whatifs import WHATIFS, PlannersGroup

UNDO = {"undo": "removed"}
"""The button that brings a removed what-if back."""


# -- layout ----------------------------------------------------------------------------------------


def layout(services: Services, study_id: str | None = None) -> Component:
    """The page of a study; of the one saved last when none is named."""
    if study_id is None:
        return _latest(services)
    study = services.studies.get(study_id)
    if study is None:
        return missing.no_study()
    stack = stack_of(study)
    return html.Div(
        [
            _head(study),
            html.Div(
                [
                    html.Div(
                        [stack_view.baseline_card(stack.baseline), _what_ifs(stack)], className="bench-asked"
                    ),
                    html.Div([live_panel.panel(), _changes(stack)], className="bench-told"),
                    html.Div(run_panel.panel(services, study, stack), className="bench-run"),
                ],
                className="bench",
            ),
            drawer.drawer(live_panel.brief()),
            dcc.Store(id="study", data=page_state(study)),
            dcc.Store(id="dials-at-rest"),
            dcc.Store(id="dials-saved"),
            dcc.Store(id="removed"),
            dcc.Store(id="focus"),
        ]
    )


def _latest(services: Services) -> Component:
    studies = services.studies.all()
    if studies:
        return layout(services, studies[0].id)
    return html.Div(
        [
            cards.page_head("What-if", lead=html.P("No study is open yet.", className="lead")),
            cards.notice(
                "Begin with a scenario",
                "What-ifs are stacked on a baseline. Open one from the library, or upload your own.",
                actions=[cards.link_button("Open a scenario", "/scenarios", primary=True)],
            ),
        ]
    )


def _head(study: Study) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    dmc.VisuallyHidden(dmc.Title(study.name, order=1, id="study-title")),
                    dmc.TextInput(
                        id="study-name",
                        value=study.name,
                        debounce=True,
                        className="study-name",
                        **{"aria-label": "Name of the study"},
                    ),
                ],
                className="page-head-text",
            ),
            cards.link_button("Put it right", f"/staffing/study/{study.id}?now", picture_name="people"),
            cards.link_button("Assumptions", f"/what-if/{study.id}/assumptions", picture_name="layers"),
            html.Div(saved_text(study), id="saved", className="saved", role="status"),
        ],
        className="page-head",
    )


def _what_ifs(stack: Stack) -> Component:
    return html.Section(
        [
            html.Div(
                [dmc.Title("What-ifs", order=2, className="chart-title"), _add_menu()], className="stack-head"
            ),
            html.P("Applied in this order, each on top of those above it.", className="chart-note"),
            html.Div(stack_view.stack_list(stack), id="stack"),
            html.Div(id="undo", role="status"),
        ],
        className="card",
    )


def _changes(stack: Stack) -> Component:
    return html.Section(
        [
            dmc.Title("What they change", order=2, className="chart-title"),
            html.Div(stack_view.changes(stack), id="changes"),
        ],
        className="card",
    )


def _add_menu() -> Component:
    items: list[Component] = []
    for group in get_args(PlannersGroup):
        here = {kind: whatif for kind, whatif in WHATIFS.items() if whatif.group == group}
        items += [dmc.MenuLabel(group)] if here else []
        items += [dmc.MenuItem(whatif.title, id={"add": kind}, n_clicks=0) for kind, whatif in here.items()]
    face = [cards.icon("plus"), html.Span("Add what-if")]
    return menus.menu(face, items, look="menu-button", width=260)


# -- edits -----------------------------------------------------------------------------------------


def register(app: Dash, services: Services) -> None:
    """The callbacks of the page, its drawer and its run panel."""
    _register_edits(app, services)
    app.clientside_callback(ClientsideFunction("editing", "focus"), Input("focus", "data"))
    drawer.register(app, services)
    run_panel.register(app, services)
    live_panel.register(app, services)


def _register_edits(app: Dash, services: Services) -> None:
    @app.callback(
        output=EDITED,
        inputs={"switched": Input({"step": "switch", "index": ALL}, "checked")},
        state={"page": State("study", "data")},
        prevent_initial_call=True,
    )
    def switch(switched: list[bool], page: dict[str, Any]) -> Any:
        study = services.studies.get(page["id"])
        index = ctx.triggered_id["index"] if ctx.triggered_id else -1
        if study is None or not 0 <= index < min(len(study.steps), len(switched)):
            raise PreventUpdate
        if study.steps[index].enabled == switched[index]:  # drawn anew, not switched
            raise PreventUpdate
        replaced = dataclasses.replace(study.steps[index], enabled=switched[index])
        study, _ = edit(services, page, lambda steps: (*steps[:index], replaced, *steps[index + 1 :]))
        return shown(study, focus=[button_id("switch", index)])

    @app.callback(
        output={**EDITED, "kept": Output("dials-saved", "data")},
        inputs={"rest": Input("dials-at-rest", "data")},
        state={"page": State("study", "data")},
        prevent_initial_call=True,
    )
    def keep_dials(rest: dict[str, Any] | None, page: dict[str, Any]) -> Any:
        study = services.studies.get(page["id"])
        if study is None or not rest:
            raise PreventUpdate
        moved = [(int(i), str(kind), str(name), float(number)) for i, kind, name, number in rest["moved"]]
        nothing = dict.fromkeys(EDITED, no_update)
        if turn(study.steps, moved) == study.steps:
            return {**nothing, "kept": rest["count"]}
        before = stack_of(study)
        study, done = edit(services, page, lambda steps: turn(steps, moved))
        drawn = shown(study)
        if done:
            drawn["study"] = {**page_state(study), "kept": rest["count"]}
        after = stack_of(study)
        if done and [entry.problems for entry in before.entries] == [e.problems for e in after.entries]:
            # Only words change: who holds a slider must not have it drawn anew under the hand.
            for index, entry in enumerate(after.entries):
                set_props(text_id(index), {"children": sentence_case(entry.text)})
            for name in ("stack", "focus", "undo", "removed"):
                drawn[name] = no_update
        return {**drawn, "kept": rest["count"]}

    app.clientside_callback(ClientsideFunction("live", "saved"), Input("dials-saved", "data"))

    @app.callback(
        output=EDITED,
        inputs={
            "up": Input({"step": "up", "index": ALL}, "n_clicks"),
            "down": Input({"step": "down", "index": ALL}, "n_clicks"),
        },
        state={"page": State("study", "data")},
        prevent_initial_call=True,
    )
    def move(up: list[int | None], down: list[int | None], page: dict[str, Any]) -> Any:
        button = pressed()
        by = -1 if button["step"] == "up" else 1
        study, _ = edit(services, page, lambda steps: moved(steps, button["index"], by))
        now = button["index"] + by
        other = "down" if by < 0 else "up"
        return shown(study, focus=[button_id(button["step"], now), button_id(other, now)])

    @app.callback(
        output=EDITED,
        inputs={"clicks": Input({"step": "remove", "index": ALL}, "n_clicks")},
        state={"page": State("study", "data")},
        prevent_initial_call=True,
    )
    def remove(clicks: list[int | None], page: dict[str, Any]) -> Any:
        index = pressed()["index"]
        before = services.studies.get(page["id"])
        study, done = edit(services, page, lambda steps: (*steps[:index], *steps[index + 1 :]))
        if not done or before is None:
            return shown(study)
        entry = stack_of(before).entries[index]
        kept = {"index": index, "step": dataclasses.asdict(entry.step)}
        return shown(study, focus=[UNDO], undo=_undo(entry.text), removed=kept)

    @app.callback(
        output=EDITED,
        inputs={"clicks": Input({"undo": ALL}, "n_clicks")},
        state={"page": State("study", "data"), "removed": State("removed", "data")},
        prevent_initial_call=True,
    )
    def undo(clicks: list[int | None], page: dict[str, Any], removed: dict[str, Any] | None) -> Any:
        if not any(clicks) or removed is None:
            raise PreventUpdate
        index, step = removed["index"], Step(**removed["step"])
        study, _ = edit(services, page, lambda steps: (*steps[:index], step, *steps[index:]))
        return shown(study, focus=[button_id("remove", index)])

    @app.callback(
        Output("study", "data", allow_duplicate=True),
        Output("saved", "children", allow_duplicate=True),
        Output("study-name", "value"),
        Output("study-title", "children"),
        Input("study-name", "value"),
        State("study", "data"),
        prevent_initial_call=True,
    )
    def rename(name: str, page: dict[str, Any]) -> Any:
        study = services.studies.get(page["id"])
        if study is None or name == study.name:
            raise PreventUpdate
        if not name.strip():
            return no_update, no_update, study.name, no_update
        # A name does not touch the stack, so the latest revision takes it.
        study = services.studies.save(dataclasses.replace(study, name=name))
        is_mine = study.revision == page["revision"] + 1
        return page_state(study) if is_mine else no_update, saved_text(study), study.name, study.name


def _undo(text: str) -> Component:
    return html.Div(
        [
            html.Span(f"Removed “{text}”."),
            dmc.Button("Undo", id=UNDO, variant="subtle", size="compact-md", n_clicks=0),
        ],
        className="undo",
    )
