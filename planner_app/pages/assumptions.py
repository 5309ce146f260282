"""What a study or a result takes for granted: every figure, how solid it is, and which matters most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import Dash, Input, Output, Patch, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards, missing
from planner_app.answers import export, grids, readings, telling, words
from planner_app.assumed import rows
from planner_app.assumed.swings import REPLICATIONS, Question, Swing, Tornados, fitting
from planner_app.figures import tornado as tornado_figure
from planner_app.running.report import phone_of
from planner_app.services import Services, Step
from planner_app.studies.stacks import phrases
from scenarios import Scenario
from scenarios.assumptions import Assumption, assumptions
from sim.measures import Measure, Scope, measure
from sim.tornado import NO_CLEAR_DIFFERENCE

TICK_MS = 600
GRID_HEIGHT = 620

_MEASURES: tuple[tuple[Scope, str], ...] = (
    ("channel", "asa_seconds"),
    ("channel", "service_level"),
    ("channel", "abandonment"),
    ("all", "spillover_to_phone"),
    ("all", "contacts_per_case"),
    ("all", "ease_score"),
    ("all", "csat"),
    ("all", "cost_per_case"),
    ("all", "revenue_at_risk"),
)
"""Answers that may be asked for: the main live channel's, and those of all cases."""


@dataclass(frozen=True)
class Subject:
    """What the page is about: a study, or the inputs of a run."""

    kind: str
    id: str
    title: str
    back: str
    baseline: str
    steps: tuple[Step, ...]

    @property
    def asked(self) -> tuple[Step, ...]:
        """The what-ifs that are on."""
        return tuple(step for step in self.steps if step.enabled)


def subject_of(services: Services, kind: str, subject_id: str) -> Subject | None:
    """The study or run of an address; None where there is none."""
    if kind == "study":
        study = services.studies.get(subject_id)
        back = f"/what-if/{subject_id}"
        return study and Subject(kind, subject_id, study.name, back, study.baseline, study.steps)
    run = services.runs.get(subject_id)
    return run and Subject(kind, subject_id, run.title, f"/results/{subject_id}", run.baseline, run.steps)


# -- layout ----------------------------------------------------------------------------------------


def layout(services: Services, kind: str, subject_id: str) -> Component:
    """The page of a study (``kind`` is ``study``) or of a result (``run``)."""
    subject = subject_of(services, kind, subject_id)
    if subject is None:
        return missing.no_study() if kind == "study" else missing.layout()
    base, stack = fitting(subject.baseline, subject.steps)
    found = assumptions(base, stack)
    left_out = len(subject.asked) - len(stack)
    return html.Div(
        [
            dcc.Store(id="assumed-subject", data=[kind, subject_id]),
            dcc.Download(id="assumed-file"),
            _head(subject, base),
            *([_left_out(left_out)] if left_out else []),
            html.Div([_grades(found), _figures(found), _tornado(base, bool(stack))], className="stack"),
        ]
    )


def _head(subject: Subject, base: Scenario) -> Component:
    actions = [
        dmc.Button(
            label, id=f"assumed-{ending}", variant="default", leftSection=cards.icon("download"), n_clicks=0
        )
        for ending, label in (("xlsx", "Download for Excel"), ("csv", "CSV"))
    ]
    back = "Back to the study" if subject.kind == "study" else "Back to the result"
    return cards.page_head(
        "Assumptions",
        above=dcc.Link(f"{back}: {subject.title}", href=subject.back, className="crumb"),
        lead=cards.chips(base.name, phrases(subject.baseline, subject.steps)),
        actions=actions,
    )


def _left_out(number: int) -> Component:
    what = "A what-if does" if number == 1 else f"{number} what-ifs do"
    return cards.notice(
        f"{what} not fit and {'is' if number == 1 else 'are'} left out here",
        "Go back to the study to see why.",
        tone="warning",
    )


def _grades(found: Sequence[Assumption]) -> Component:
    """How solid the figures are, each grade explained once."""
    counts = Counter(rows.grade(one) for one in found)
    items: list[Component] = []
    for name, meaning in rows.MEANING.items():
        if counts[name]:
            items.append(html.Dt(html.Span(name, className=rows.class_of(name))))
            items.append(html.Dd([html.Strong(f"{counts[name]} "), meaning]))
    changed = sum(one.is_changed for one in found)
    weak = sum(one.lacks_measured_source for one in found)
    text = (
        f"This answer rests on {len(found)} figures. {weak} of them are library defaults without a measured "
        f"source; {changed or 'none'} {'was' if changed == 1 else 'were'} changed, added or set by what-ifs."
    )
    return cards.section("How solid are the figures?", [html.P(text), html.Dl(items, className="grades")])


def _figures(found: Sequence[Assumption]) -> Component:
    columns, data = rows.grid(found)
    options = [
        ("all", f"All ({len(found)})"),
        ("changed", f"Changed only ({len(rows.chosen(found, 'changed'))})"),
        ("weak", f"Without a measured source ({len(rows.chosen(found, 'weak'))})"),
    ]
    controls = html.Div(
        [
            dmc.TextInput(
                id="assumed-search",
                placeholder="Search: phone, shrinkage, Gartner …",
                debounce=250,
                className="assumed-search",
                **{"aria-label": "Search the figures"},
            ),
            dmc.RadioGroup(
                dmc.Group([dmc.Radio(label=label, value=key) for key, label in options], gap="md", mt=0),
                id="assumed-show",
                value="all",
                **{"aria-label": "Which figures are shown"},
            ),
        ],
        className="assumed-controls",
    )
    grid = dag.AgGrid(
        id="assumed-grid",
        columnDefs=columns,
        rowData=data,
        getRowId="params.data.id",
        dashGridOptions={**grids.grid_options(), "domLayout": "normal", "rowHeight": None},
        defaultColDef={
            "resizable": True,
            "sortable": True,
            "cellDataType": "text",
            "suppressHeaderMenuButton": True,
        },
        style={"height": f"{GRID_HEIGHT}px", "width": "100%"},
    )
    note = (
        "“Without a measured source”: library defaults of grade C or X that nobody has replaced. Put your "
        "own figures in the scenario to replace them. A range of a distribution is that of its mean."
    )
    said = html.Div("", id="assumed-said", role="status", className="visually-hidden")
    return cards.section("Every figure in use", [controls, said, grid], note=note)


def answers_of(base: Scenario) -> list[tuple[str, str]]:
    """The answers that may be asked for: key and label."""
    phone = phone_of(base)
    return [
        (f"{scope}|{name}|{phone if scope == 'channel' else 'all'}", _answer_label(scope, name, phone))
        for scope, name in _MEASURES
        if scope != "channel" or phone is not None
    ]


def _answer_label(scope: Scope, name: str, phone: str | None) -> str:
    found = measure(name, scope)
    if scope == "channel":
        told = found.title if found.title.isupper() else found.title.lower()
        return f"{words.title(phone or '')}: {'average speed of answer' if told == 'ASA' else told}"
    return found.title


def _tornado(base: Scenario, has_what_ifs: bool) -> Component:
    answers = answers_of(base)
    note = (
        "Each figure with a published range is set to the low and to the high end of it, all others as they "
        "are, for the same customers with the same luck. "
        + (
            "The answer is what the what-ifs change: what-if less baseline. "
            if has_what_ifs
            else "The answer is the scenario's own. "
        )
        + f"{REPLICATIONS} replications of each; it may take a minute, and goes on if you leave this page."
    )
    controls = html.Div(
        [
            dmc.Select(
                id="tornado-answer",
                label="Answer",
                data=[{"value": key, "label": label} for key, label in answers],
                value=answers[0][0],
                allowDeselect=False,
                w=280,
                persistence=True,
                persistence_type="session",
            ),
            dmc.Select(
                id="tornado-which",
                label="Assumptions that are moved",
                data=[
                    {"value": "all", "label": "All with a published range"},
                    {"value": "library", "label": "Library figures only"},
                ],
                value="all",
                allowDeselect=False,
                w=240,
                persistence=True,
                persistence_type="session",
            ),
            dmc.Button(
                "Which assumption moves the answer most?",
                id="tornado-start",
                leftSection=cards.icon("play"),
                n_clicks=0,
            ),
            dmc.Button(
                "Cancel",
                id="tornado-cancel",
                variant="default",
                leftSection=cards.icon("stop"),
                n_clicks=0,
                style={"display": "none"},
            ),
        ],
        className="assumed-controls tornado-controls",
    )
    return cards.section(
        "Which assumption moves the answer most?",
        [
            controls,
            html.Div(id="tornado-progress"),
            html.Div("", id="tornado-said", role="status", className="visually-hidden"),
            html.Div(id="tornado-view"),
            dcc.Interval(id="tornado-tick", interval=TICK_MS, disabled=True),
        ],
        note=note,
    )


# -- a tornado -------------------------------------------------------------------------------------


def question_of(subject: Subject, answer: str, which: str) -> Question:
    """What the inputs of the section ask."""
    scope, name, whose = answer.split("|")
    return Question(subject.baseline, subject.asked, name, cast(Scope, scope), whose, which == "library")


def progress(state: Swing) -> Component | None:
    """How far it is; what came of it where there is nothing to draw."""
    if state.is_live:
        share = 100 * state.done / state.total if state.total else 0
        text = (
            f"{state.done:,} of {state.total:,} replications finished"
            if state.total
            else "Waiting for its turn; it starts by itself."
        )
        bar = dmc.Progress(value=max(share, 2), size="lg", **{"aria-label": "Replications finished"})
        return html.Div([bar, html.P(text, className="chart-note")], className="tornado-progress")
    if state.status == "failed":
        return cards.notice("This could not be simulated", state.problem, tone="error")
    if state.status == "cancelled":
        kept = 0 if state.table is None else len(state.table)
        text = f"The {kept} figures that were finished are shown." if kept else "Nothing was finished."
        return cards.notice("Cancelled", text, tone="warning")
    return None


def result(state: Swing, question: Question, currency: str, label: str) -> list[Component]:
    """The chart and the numbers behind it."""
    table = state.table
    if table is None or table.empty:
        return []
    definition = measure(question.measure, question.scope)
    kind = readings.kind(definition)
    difference = bool(question.steps)
    axis = f"{label}: what-if less baseline" if difference else label
    figure = tornado_figure.tornado(table, kind, currency, axis=axis, difference=difference)
    heading, sentence = findings(state, definition, currency, label, difference)
    drawn = min(int((table["swing"] > 0).sum()), tornado_figure.MOST)
    note = (
        f"The {drawn} widest of {len(table)} figures. The line is the answer as things are; a bar ends where "
        "the answer would be at the value written there. Pale: no clear difference."
    )
    numbers = html.Details(
        [html.Summary(f"The numbers of all {len(table)} figures"), _numbers(state, question, currency)],
        className="contents tornado-numbers",
    )
    chart = cards.chart("tornado", heading, figure, note, summary=f"{heading}. {sentence}")
    return [html.P(sentence, className="answer-text tornado-sentence"), chart, numbers]


def findings(
    state: Swing, definition: Measure, currency: str, label: str, difference: bool
) -> tuple[str, str]:
    """The finding as a heading, and in a sentence what does and does not matter."""
    table = state.table
    assert table is not None
    kind = readings.kind(definition)
    told = words.signed if difference else words.value
    clear = table[table["verdict"] != NO_CLEAR_DIFFERENCE]
    rest = len(table) - len(clear)
    base = told(float(table["at_base"].iloc[0]), kind, currency)
    does = f"the what-ifs change the answer ({label}) by" if difference else f"the answer ({label}) is"
    if clear.empty:
        return (
            "No assumption clearly moves this answer",
            f"As things are, {does} {base}, and none of the {rest} figures with a published range "
            "makes a clear difference to it.",
        )
    top = clear.iloc[0]
    name = tornado_figure.label(top["field"], top["title"])
    ends = [told(float(end), kind, currency) for end in (top["at_low"], top["at_high"])]
    values = [rows.in_unit(float(top[side]), top["unit"], currency) for side in ("low", "high")]
    sentence = (
        f"As things are, {does} {base}. With “{name}” at {values[0]} it would be "
        f"{ends[0]}, at {values[1]} {ends[1]}. "
        f"{len(clear)} of {len(table)} figures make a clear difference"
        + (f", {rest} make none." if rest else ".")
    )
    return f"{name} moves it most", sentence


def _numbers(state: Swing, question: Question, currency: str) -> Component:
    table = state.table
    assert table is not None
    kind = readings.kind(measure(question.measure, question.scope))
    told = words.signed if question.steps else words.value

    def side(bar: dict[str, Any], end: str) -> str:
        at = rows.in_unit(bar[end], bar["unit"], currency)
        if bar["note"] and bar[f"at_{end}"] != bar[f"at_{end}"]:
            return f"{at}: not possible"
        delta = words.Estimate(bar[f"delta_{end}"], bar[f"delta_{end}_half_width"])
        moved = words.shift(delta, kind, currency) if delta.clear else NO_CLEAR_DIFFERENCE
        return f"{at}: {told(bar[f'at_{end}'], kind, currency)} ({moved})"

    lines = [
        [
            tornado_figure.label(bar["field"], bar["title"]),
            html.Span(bar["grade"], className=rows.class_of(bar["grade"])),
            rows.in_unit(bar["value"], bar["unit"], currency),
            side(bar, "low"),
            side(bar, "high"),
            bar["verdict"],
        ]
        for bar in table.to_dict("records")
    ]
    headings = ["Figure", "Grade", "In use", "Answer at the low end", "Answer at the high end", "Verdict"]
    return telling.plain_table(headings, lines, "How far each figure moves the answer")


# -- behaviour -------------------------------------------------------------------------------------


def register(app: Dash, services: Services, tornados: Tornados | None = None) -> None:
    """Search, filters, downloads and the tornado, whose results are kept as long as the app lives."""
    desk = tornados or Tornados()
    _register_figures(app, services, desk)
    _register_tornado(app, services, desk)


def _found(services: Services, subject: list[str] | None) -> tuple[Subject, Scenario, list[Assumption]]:
    about = subject_of(services, *subject) if subject else None
    if about is None:
        raise PreventUpdate
    base, stack = fitting(about.baseline, about.steps)
    return about, base, assumptions(base, stack)


def _register_figures(app: Dash, services: Services, desk: Tornados) -> None:
    @app.callback(
        Output("assumed-grid", "rowData"),
        Output("assumed-said", "children"),
        Input("assumed-show", "value"),
        State("assumed-subject", "data"),
        prevent_initial_call=True,
    )
    def show(chosen: rows.Show, subject: list[str] | None) -> Any:
        _, _, found = _found(services, subject)
        shown = rows.in_order(rows.chosen(found, chosen))
        return [rows.row(one) for one in shown], f"{len(shown)} figures are shown."

    @app.callback(
        Output("assumed-grid", "dashGridOptions"),
        Input("assumed-search", "value"),
        prevent_initial_call=True,
    )
    def search(text: str | None) -> Any:
        options = Patch()
        options["quickFilterText"] = text or ""
        return options

    @app.callback(
        Output("assumed-file", "data"),
        Input("assumed-xlsx", "n_clicks"),
        Input("assumed-csv", "n_clicks"),
        State("assumed-subject", "data"),
        prevent_initial_call=True,
    )
    def download(xlsx: int | None, as_csv: int | None, subject: list[str] | None) -> Any:
        if not (xlsx or as_csv):
            raise PreventUpdate
        about, base, found = _found(services, subject)
        if ctx.triggered_id == "assumed-csv":
            body = rows.csv_text(found)
            return {"content": body, "filename": rows.file_name(about.title, "csv"), "type": "text/csv"}
        book = rows.workbook(about.title, found, _kept(desk, about, base))
        return dcc.send_bytes(book, rows.file_name(about.title, "xlsx"), type=export.MIME)


def _kept(desk: Tornados, about: Subject, base: Scenario) -> dict[str, Any]:
    """The tornados of a subject that there are, by what they answer."""
    found = {}
    for key, label in answers_of(base):
        for which, note in (("all", ""), ("library", ", library figures only")):
            state = desk.look(question_of(about, key, which))
            if state is not None and state.table is not None:
                found[label + note] = state.table
    return found


def _register_tornado(app: Dash, services: Services, desk: Tornados) -> None:
    @app.callback(
        Output("tornado-progress", "children"),
        Output("tornado-view", "children"),
        Output("tornado-tick", "disabled"),
        Output("tornado-start", "disabled"),
        Output("tornado-cancel", "style"),
        Output("tornado-said", "children"),
        Input("tornado-start", "n_clicks"),
        Input("tornado-cancel", "n_clicks"),
        Input("tornado-tick", "n_intervals"),
        Input("tornado-answer", "value"),
        Input("tornado-which", "value"),
        State("assumed-subject", "data"),
    )
    def watch(
        start: int | None, cancel: int | None, _tick: int | None, answer: str, which: str,
        subject: list[str] | None,
    ) -> Any:  # fmt: skip
        about = subject_of(services, *subject) if subject else None
        labels = {} if about is None else dict(answers_of(fitting(about.baseline, ())[0]))
        if about is None or answer not in labels:
            raise PreventUpdate
        question = question_of(about, answer, which)
        if ctx.triggered_id == "tornado-start" and start:
            desk.submit(question)
        if ctx.triggered_id == "tornado-cancel" and cancel:
            desk.cancel(question)
        state = desk.look(question)
        hidden = {"display": "none"}
        if state is None:
            return None, None, True, False, hidden, ""
        if state.is_live:
            drawn = no_update if ctx.triggered_id == "tornado-tick" else None
            return progress(state), drawn, False, True, {}, no_update
        currency = fitting(about.baseline, ())[0].currency
        view = result(state, question, currency, labels[answer])
        again = state.status == "done"
        return progress(state), view, True, again, hidden, "The answer is ready." if view else ""
