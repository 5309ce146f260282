"""The live answer beside a study: what its what-ifs do, while they are being changed.

The browser asks whenever a slider moves, a field changes or a what-if is switched (``assets/live.js``); each
question carries a revision that only grows, and so does each answer. Both addresses return one JSON object:
which revision it is about, how many simulated days it rests on, whether more is to come, the words for
elements by their ids, and the properties of the components that are more than words.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
import flask
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from planner_app import cards
from planner_app.answers import glance as words_of
from planner_app.answers import words
from planner_app.answers.glance import Glance
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.figures import glances
from planner_app.notices import FAULT
from planner_app.services import LiveState, Services, Step, Study
from planner_app.studies import drawer, forms
from planner_app.studies.dials import turn
from planner_app.studies.edits import stack_of
from planner_app.studies.stacks import step_of
from scenarios import PlannerError, ScenarioError

LOG = logging.getLogger(__name__)

ASK, LOOK = "/_live/ask", "/_live/look"
WAIT_SECONDS = 0.3
"""An address waits this long for something new before it says that there is nothing yet."""
CHARTS = ("live-waits", "live-coverage")
_WAITS_NOTE = "Average wait of those who arrived in each interval, with its 95% band."
_COVERAGE_NOTE = "Work that arrives, in agents, against agents on the floor after shrinkage."
_ENDED = "The study was deleted meanwhile; restore it on the Scenarios page."
_UNFIT = "This does not fit yet; the answer below is the one before. What is wrong stands beside the field."
_UNFIT_STACK = "A what-if does not fit, so there is no new answer. What is wrong stands with it."
_PREPARING = "Preparing the simulator for this machine, once: a minute or two …"


# -- the panel -----------------------------------------------------------------------------------------


def panel() -> Component:
    """The live answer, empty until the browser has asked."""
    return html.Section(
        [
            html.Div(
                [
                    dmc.Title("Live answer", order=2, className="chart-title"),
                    html.P(id="live-status", className="live-status"),
                ],
                className="live-head",
            ),
            html.Div(html.Div(id="live-bar", className="live-bar"), className="live-track"),
            html.P(id="live-problem", className="live-problem", role="status"),
            html.Div(
                [
                    html.P(id="live-sentence", className="answer-text live-sentence"),
                    html.Dl([], id="live-numbers", className="numbers live-numbers"),
                    _chart("live-waits", "Average wait by interval", _WAITS_NOTE),
                    _chart("live-coverage", "Staff against work by interval", _COVERAGE_NOTE),
                ],
                id="live-shown",
                className="live-shown",
            ),
            html.Div(id="live-said", role="status", className="visually-hidden"),
            dcc.Store(id="live-asked"),
        ],
        id="live",
        className="card live",
        **{"aria-label": "Live answer", "data-state": "empty"},
    )


def _chart(name: str, heard: str, note: str) -> Component:
    empty: dict[str, Any] = {
        "data": [],
        "layout": {
            "height": glances.HEIGHT,
            "xaxis": {"visible": False},
            "yaxis": {"visible": False},
            "uirevision": "live",
        },
    }
    return html.Figure(
        [
            html.H3(id=f"{name}-title", className="chart-title"),
            html.Ul([], id=f"{name}-legend", className="legend"),
            html.Div(
                dcc.Graph(
                    id=cards.figure_id(name),
                    figure=empty,
                    config=cards.GRAPH_CONFIG,
                    responsive=True,
                    style={"height": f"{glances.HEIGHT}px"},
                ),
                id=f"{name}-picture",
                role="img",
                className="picture",
                **{"aria-label": heard, "aria-describedby": f"{name}-title"},
            ),
            html.Figcaption(note, className="chart-note"),
        ],
        className="live-chart",
    )


def brief() -> Component:
    """The answer in a line, for where the panel is out of sight."""
    return html.P(id="live-brief", className="live-brief")


def register(app: Dash, services: Services) -> None:
    """The two addresses, and when the browser asks."""
    app.clientside_callback(
        ClientsideFunction("live", "changed"),
        Output("live-asked", "data"),  # without an output nothing is asked when the page opens
        Input("study", "data"),
        Input({"dial": ALL, "index": ALL, "kind": ALL}, "value"),
        Input({"form": drawer.FORM, "field": ALL, "key": ALL}, "value"),
        Input("drawer", "opened"),
        State({"dial": ALL, "index": ALL, "kind": ALL}, "id"),
        State({"form": drawer.FORM, "field": ALL, "key": ALL}, "id"),
        State("drawer-target", "data"),
        State("templates", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("live", "number"),
        Output({"dial-number": MATCH, "index": MATCH, "kind": MATCH}, "children"),
        Input({"dial": MATCH, "index": MATCH, "kind": MATCH}, "value"),
        State({"dial-number": MATCH, "index": MATCH, "kind": MATCH}, "data-unit"),
    )

    @app.server.post(ASK, endpoint="live_ask")
    def ask() -> flask.Response:
        return _answered(services, asking=True)

    @app.server.post(LOOK, endpoint="live_look")
    def look() -> flask.Response:
        return _answered(services, asking=False)


# -- the two addresses ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the browser sent, checked."""

    session: str
    revision: int
    seen: int
    tops: tuple[float | None, float | None]
    """Ends of the scales of both charts as shown now."""
    study: str
    dials: tuple[tuple[int, str, str, float], ...]
    draft: Mapping[str, Any] | None
    """The open form: its target, ids and values."""


def read(body: Any) -> Asked:
    """Check what the browser sent. Raises ``ValueError`` for what no page of ours sends."""
    if not isinstance(body, dict):
        raise ValueError("no object")
    try:
        moved = tuple((int(i), str(k), str(n), float(v)) for i, k, n, v in body.get("dials") or ())
        tops = [None if top is None else float(top) for top in body.get("tops") or (None, None)]
        asked = Asked(
            session=str(body["session"])[:64],
            revision=int(body["revision"]),
            seen=int(body.get("seen") or 0),
            tops=(tops[0], tops[1]),
            study=str(body.get("study") or ""),
            dials=moved,
            draft=body.get("draft") or None,
        )
    except (KeyError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if asked.draft is not None and not isinstance(asked.draft, dict):
        raise ValueError("the draft is no object")
    if not all(top is None or (math.isfinite(top) and top > 0) for top in asked.tops):
        raise ValueError("a scale ends at a positive number")
    return asked


def _answered(services: Services, *, asking: bool) -> flask.Response:
    try:
        asked = read(flask.request.get_json(silent=True))
    except ValueError:
        return flask.Response("The planner does not understand this request.\n", 400)
    try:
        found = answer(services, asked, asking=asking)
    except Exception:
        LOG.exception("a live question could not be answered")
        found = {"revision": asked.revision, "state": "problem", "problem": FAULT}
    text = json.dumps(found, cls=PlotlyJSONEncoder, separators=(",", ":"))
    return flask.Response(text, mimetype="application/json", headers={"Cache-Control": "no-store"})


def answer(services: Services, asked: Asked, *, asking: bool) -> dict[str, Any]:
    """What the browser gets: ``state`` is ``shown`` (something new), ``waiting`` (not yet), ``problem``
    or ``old`` (a newer question was asked, or the session is forgotten)."""
    if asking:
        study = services.studies.get(asked.study)
        if study is None:
            return _problem(asked, _ENDED)
        try:
            steps = steps_of(study, asked)
        except ScenarioError:
            steps = None
        if steps is None:
            # What was asked before stops: its answer is shown already, and another one is on its way.
            return _problem(asked, _UNFIT)
        try:
            services.live.submit(asked.session, asked.revision, study.baseline, steps)
        except ScenarioError:
            return _problem(asked, _UNFIT if asked.draft else _UNFIT_STACK)
        except PlannerError as error:
            return _problem(asked, str(error))
    state = services.live.look(asked.session, asked.revision, asked.seen, WAIT_SECONDS)
    if state is None:
        return {"revision": asked.revision, "state": "old"}
    return told(state, asked.tops)


def steps_of(study: Study, asked: Asked) -> tuple[Step, ...] | None:
    """The what-ifs of the question: as saved, with dials moved and the open form filled in.

    None while the form does not fit.
    """
    steps = turn(study.steps, asked.dials)
    if asked.draft is None:
        return steps
    target = asked.draft.get("target") or {}
    index = target.get("index")
    stack = stack_of(study)
    if index is not None and not 0 <= index < len(steps):
        return steps
    before = stack.variant if index is None else stack.entries[index].before
    raw = forms.raw_values(asked.draft.get("ids") or (), asked.draft.get("values") or ())
    filled = drawer.fill(str(target.get("kind")), before, raw)
    if filled.whatif is None:
        return None
    if index is None:
        return (*steps, step_of(filled.whatif))
    return (*steps[:index], step_of(filled.whatif, steps[index].enabled), *steps[index + 1 :])


def _problem(asked: Asked, text: str) -> dict[str, Any]:
    return {"revision": asked.revision, "state": "problem", "problem": text}


def told(state: LiveState, tops: tuple[float | None, float | None] = (None, None)) -> dict[str, Any]:
    """A state as the browser shows it."""
    base: dict[str, Any] = {"revision": state.revision, "refining": state.refining}
    if state.problem:
        return {**base, "state": "problem", "problem": state.problem}
    if state.answer is None:
        status = _PREPARING if state.preparing else None
        return {**base, "state": "waiting", "status": status}
    seen = state.answer.glance
    waits, waits_top = glances.waits(seen, tops[0])
    coverage, coverage_top = glances.coverage(seen, tops[1])
    sentence = words.unbroken(words_of.sentence(seen))
    titles = (words_of.waits_title(seen), words_of.coverage_title(seen))
    keys = [cards.legend_items(found) for found in glances.keys(seen)]
    return {
        **base,
        "state": "shown",
        "days": state.answer.replications,
        "share": min(1.0, math.sqrt(state.answer.replications / max(state.goal, 1))),
        "tops": [waits_top, coverage_top],
        "words": {
            "live-status": status_text(seen, state),
            "live-said": "" if state.refining else f"{sentence} {status_text(seen, state)}",
            "live-sentence": sentence,
            "live-brief": brief_text(seen),
            **{f"{name}-title": title for name, title in zip(CHARTS, titles, strict=True)},
        },
        "props": [
            ("live-numbers", {"children": numbers(seen)}),
            *((f"{name}-legend", {"children": items}) for name, items in zip(CHARTS, keys, strict=True)),
            *(
                (cards.figure_id(name), {"figure": figure})
                for name, figure in zip(CHARTS, (waits, coverage), strict=True)
            ),
        ],
    }


def status_text(seen: Glance, state: LiveState) -> str:
    """How much the answer rests on, and whether more is to come."""
    days = words_of.rests_on(seen)
    return f"Rests on {days}, refining …" if state.refining else f"Rests on {days}"


def numbers(seen: Glance) -> list[Component]:
    """The headline numbers, and how many agents are short at worst."""
    currency = str(seen.meta.get("currency") or "£")
    return [*(cards.number_card(one, currency) for one in seen.numbers), _short_card(seen)]


def _short_card(seen: Glance) -> Component:
    now = words_of.shortage(seen, WHAT_IF if seen.compared else BASELINE)
    parts: list[Component] = [
        html.Dt("Agents short at worst"),
        html.Dd(
            [
                html.Span(words.whole(now.agents), className="number-value"),
                *([html.Span(f"at {now.at}", className="number-width")] if now.at else []),
            ],
            className="number-head",
        ),
    ]
    if seen.compared:
        before = words_of.shortage(seen, BASELINE)
        was = f"baseline {words.whole(before.agents)}{f' at {before.at}' if before.at else ''}"
        parts.append(html.Dd(html.Span(was, className="number-was")))
    return html.Div(parts, className="number")


def brief_text(seen: Glance) -> str:
    """The answer in a line: ``Phone ASA 31 s (+25 s) · Service level 63% (−26 pts) · 4 simulated days``."""
    parts = []
    for one in seen.numbers[:2]:
        text = f"{one.label} {words.value(one.current.mean, one.kind)}"
        if one.delta is not None and one.delta.known:
            text += f" ({words.shift(one.delta, one.kind)})" if one.clear else " (no clear difference)"
        parts.append(text)
    return " · ".join([*parts, words_of.rests_on(seen)])
