"""A finished report, told: the answer first, then numbers, pictures, tables and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from planner_app import cards, figures
from planner_app.answers import causes, changed, findings, grids, headlines, readings, words
from planner_app.answers.assumptions import assumptions
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.moments import moment
from planner_app.services import Report, RunRow
from planner_app.studies.stacks import read_baseline, resolve
from scenarios import ScenarioError

ALL_GROUPS = "all groups"
_COMPARED = ("Baseline", "What-if", "Difference")
_CHANGES_IN_SIGHT = 12
_MOST_CHANGES = 200
"""Changes shown on demand; nobody reads more."""
LOAD, OCCUPANCY = "load", "occupancy"

_WAITS_NOTE = (
    "Average wait of the contacts that arrived in each interval. The band is the 95% interval of the mean."
)
_COVERAGE_NOTE = (
    "Required is the work that arrives in an interval, in agents; staffed is agents on the floor after "
    "shrinkage. A caller who gives up and rings again counts once, at the first try."
)
_EFFORT_NOTE = "Points per case: what customers go through, by cause. More points, less ease."
_DRIVERS_NOTE = (
    "Each bar starts where the one above ends, from the baseline on. ± is half of the 95% interval; "
    "differences are paired, customer by customer."
)
_CAUSES_NOTE = f"Every contact has one cause: how the attempt before it ended. {_DRIVERS_NOTE}"
_JOURNEYS_NOTE = "Cases from their first contact on the left to how they ended on the right."
_CALLBACK_NOTE = (
    "Waits and abandonment are those of callers who hold. Callers who are rung back are in neither, and as "
    "they no longer give up, those behind them may wait longer and give up more often."
)
_SPILLOVER_NOTE = (
    "Contacts that followed an attempt in another channel, by why it ended. Whiskers are 95% intervals."
)


def report_body(run: RunRow, report: Report, more: Sequence[Component] = ()) -> list[Component]:
    """Everything below the head of a result, in the order in which a planner asks; ``more`` cards below."""
    money = readings.currency(report)
    return [
        cards.answer(findings.answer(report, run.steps), _trust(report)),
        cards.numbers(readings.key_readings(report), money),
        *_callback_note(run),
        html.Div(
            [
                waits_card(report),
                coverage_card(report),
                *causes_cards(report),
                *effort_and_spillover(report),
                journeys_card(report),
                *tables(report),
                *_changes(report),
                *more,
                computed(run, report),
            ],
            className="charts",
        ),
    ]


# -- words about a run -----------------------------------------------------------------------------


def phrases(run: RunRow) -> list[str]:
    """The what-ifs that are on, each in a short phrase; their kind where they cannot be read."""
    active = [step for step in run.steps if step.enabled]
    try:
        return [entry.text for entry in resolve(read_baseline(run.baseline), active).entries]
    except ScenarioError:
        return [words.title(step.kind) for step in active]


def baseline_name(run: RunRow) -> str:
    """The name of the scenario that a run starts from."""
    try:
        return read_baseline(run.baseline).name
    except ScenarioError:
        return "Baseline"


def _trust(report: Report) -> str:
    return f"From {findings.precision(report)}."


def _callback_note(run: RunRow) -> list[Component]:
    """What abandonment leaves out where the what-ifs offer callbacks."""
    if not any(step.enabled and step.kind == "offer_callbacks" for step in run.steps):
        return []
    return [html.P(_CALLBACK_NOTE, className="chart-note numbers-note")]


# -- charts ----------------------------------------------------------------------------------------


def waits(report: Report, channel: str) -> tuple[str, go.Figure]:
    """Title and figure of the waits of a channel."""
    return headlines.waits(report, channel), figures.waits(report, channel)


def waits_card(report: Report) -> Component:
    """The chart of waits, with a choice of channel where several have a queue."""
    line = readings.phone(report)
    title, figure = waits(report, line)
    served = [name for name in readings.names(report, "channel") if _has_waits(report, name)]
    return cards.chart(
        "waits",
        title,
        figure,
        _WAITS_NOTE,
        control=_select("waits-channel", "Channel", line, [(n, words.title(n)) for n in served or [line]]),
    )


def coverage(report: Report, group: str, shown: str) -> tuple[str, go.Figure]:
    """Title and figure of the coverage, or occupancy, of a group or of all."""
    one = None if group == ALL_GROUPS else group
    scenario = readings.scenarios(report)[-1]
    rows = figures.coverage_rows(report, scenario, one)
    if shown == OCCUPANCY:
        return headlines.occupancy(report, rows), figures.occupancy(report, one)
    return headlines.coverage(report, rows), figures.coverage(report, one)


def coverage_card(report: Report) -> Component:
    """Required against staffed, with a choice of group and of occupancy instead."""
    title, figure = coverage(report, ALL_GROUPS, LOAD)
    groups = list(dict.fromkeys(report.coverage["group"].astype(str)))
    options = [(ALL_GROUPS, "All groups"), *((name, words.title(name)) for name in groups)]
    control = dmc.Group(
        [
            _select("coverage-group", "Group", ALL_GROUPS, options),
            _switch("coverage-view", "Show", LOAD, [(LOAD, "Agents"), (OCCUPANCY, "Occupancy")]),
        ],
        gap="xs",
    )
    return cards.chart("coverage", title, figure, _COVERAGE_NOTE, control=control)


def effort_card(report: Report, *, wide: bool = False) -> Component:
    """Effort by driver, before and after."""
    drivers = readings.driver_readings(report)
    title = headlines.effort(report, drivers)
    heard = "; ".join(f"{r.label} {words.value(r.current.mean, 'ratio')}" for r in drivers)
    summary = f"{title}. Points per case: {heard}."
    return cards.chart("effort", title, figures.effort(report), _EFFORT_NOTE, summary=summary, wide=wide)


def effort_and_spillover(report: Report) -> list[Component]:
    """Effort beside spillover, or alone where nobody moves on to another channel."""
    moves = bool((report.spillover["cases"] > 0).any())
    return [effort_card(report, wide=not moves), *([spillover_card(report)] if moves else [])]


def causes_cards(report: Report) -> list[Component]:
    """Why the phone, or another channel, gets more contacts or fewer, and why effort moved: where it did."""
    cards_: list[Component] = []
    named = causes.channels(report)
    if named:
        line = readings.phone(report)
        first = line if line in named else named[0]
        options = [(name, words.title(name)) for name in named]
        split = causes.contacts(report, first)
        assert split is not None  # named where there is one
        control = _select("causes-channel", "Channel", first, options)
        cards_.append(_causes_card("causes", report, split, _CAUSES_NOTE, control))
    effort = causes.effort(report)
    if effort is not None:
        cards_.append(_causes_card("drivers", report, effort, _DRIVERS_NOTE))
    return cards_


def _causes_card(
    name: str, report: Report, split: causes.Split, note: str, control: Component | None = None
) -> Component:
    heard = causes.heard(report, split)
    figure = figures.causes(report, split)
    card = cards.chart(name, causes.heading(split), figure, note, control=control, summary=heard)
    found = html.P(causes_sentence(report, split), id=f"{name}-sentence", className="chart-sentence")
    numbers = html.Details(
        [html.Summary("The numbers"), html.Div(causes_table(split), id=f"{name}-table")],
        className="chart-numbers",
    )
    head, *rest = card.children
    card.children = [head, found, *rest, numbers]
    return card


def causes_sentence(report: Report, split: causes.Split) -> str:
    """What a difference is made of, with numbers that do not break from their units."""
    return words.unbroken(causes.sentence(report, split))


def causes_table(split: causes.Split) -> Component:
    """The parts of a difference as a table."""
    headings = ["Effort points per case" if split.name == "effort" else "Contacts", *_COMPARED]
    return plain_table(headings, causes.table(split), f"{causes.heading(split)}: the numbers")


def journeys(report: Report, scenario: str) -> tuple[str, go.Figure]:
    """Title and figure of the journeys in a scenario."""
    return headlines.journeys(report, scenario), figures.journeys(report, scenario)


def journeys_card(report: Report) -> Component:
    """The Sankey, with a switch between before and after where something is compared."""
    scenario = readings.scenarios(report)[-1]
    title, figure = journeys(report, scenario)
    control = None
    if readings.has_what_if(report):
        control = _switch(
            "journeys-scenario", "Scenario", WHAT_IF, [(BASELINE, "Baseline"), (WHAT_IF, "What-if")]
        )
    note = _JOURNEYS_NOTE
    if len(readings.names(report, "channel")) > 1:
        line = words.the(readings.phone(report))
        note += f" Moves to {line} from another channel are drawn in orange."
    return cards.chart("journeys", title, figure, note, control=control, wide=True)


def spillover_card(report: Report) -> Component:
    """Spillover from channel to channel."""
    title = headlines.spillover(report)
    return cards.chart("spillover", title, figures.spillover(report), _SPILLOVER_NOTE)


# -- tables ----------------------------------------------------------------------------------------


def tables(report: Report) -> list[Component]:
    """The tables by channel and by group."""
    found: list[Component] = []
    note = "Value ± half of the 95% interval; a difference is paired, customer by customer."
    for name, title, (columns, rows) in (
        ("channels", "By channel", grids.channel_grid(report)),
        ("groups", "By group of agents", grids.group_grid(report)),
    ):
        if rows:
            wide = html.Div(grid(f"grid-{name}", columns, rows), className="wide-only")
            found.append(cards.section(title, [wide, _narrow(title, columns, rows)], note=note))
    return found


def _narrow(caption: str, columns: Sequence[grids.Column], rows: Sequence[grids.Row]) -> Component:
    """The same rows for a narrow screen: one below another, the last two columns beside each measure."""
    shown = [column for column in columns if column["field"] not in ("name", "measure")][-2:]
    head = html.Tr([html.Th(text, scope="col") for text in ("Measure", *(c["headerName"] for c in shown))])
    body: list[Component] = []
    for place, row in enumerate(rows):
        if not place or rows[place - 1]["name"] != row["name"]:
            named = html.Th(row["name"], colSpan=1 + len(shown), scope="rowgroup", className="narrow-name")
            body.append(html.Tr(named))
        cells = [
            html.Td(words.unbroken(row[f"{column['field']}_text"]), className="narrow-number")
            for column in shown
        ]
        body.append(html.Tr([html.Td(row["measure"]), *cells]))
    return html.Table(
        [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(body)],
        className="plain-table narrow-only",
    )


def grid(name: str, columns: list[grids.Column], rows: list[grids.Row]) -> dag.AgGrid:
    """A grid of numbers in words."""
    return dag.AgGrid(
        id=name,
        columnDefs=columns,
        rowData=rows,
        getRowId="params.data.id",
        dashGridOptions=grids.grid_options(),
        defaultColDef={"resizable": True, "suppressHeaderMenuButton": True},
        style={"height": None, "width": "100%"},
    )


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[Any]], caption: str) -> Component:
    """A table of text that wraps."""
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in headings]))
    body = html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])
    return html.Div(
        html.Table([html.Caption(caption, className="visually-hidden"), head, body], className="plain-table"),
        className="scroll-x",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def _changes(report: Report) -> list[Component]:
    rows = [
        (changed.place(field), changed.shown(field, old), changed.shown(field, new))
        for field, old, new in grids.diff_rows(report)
    ]
    if not rows:
        return []
    table = plain_table(["Field", "Baseline", "What-if"], rows[:_CHANGES_IN_SIGHT], "What changed")
    parts: list[Any] = [table]
    if rest := rows[_CHANGES_IN_SIGHT:_MOST_CHANGES]:
        more = plain_table(["Field", "Baseline", "What-if"], rest, "What else changed")
        label = f"Show {len(rest)} more" + ("" if len(rows) <= _MOST_CHANGES else f" of {len(rows):,} in all")
        parts.append(html.Details([html.Summary(label), more], className="chart-numbers"))
    return [cards.section("What changed", parts)]


# -- how it was computed ---------------------------------------------------------------------------


def computed(run: RunRow, report: Report) -> Component:
    """Replications, seed, version, definitions and assumptions, folded until asked for."""
    facts = cards.facts(_facts(run, report))
    parts: list[Any] = [facts, dmc.Title("What the numbers mean", order=3, className="fold-title")]
    parts.append(cards.facts([(one.label, one.measure.definition) for one in readings.key_readings(report)]))
    parts += _assumptions(run)
    return cards.fold("How was this computed?", parts)


def _facts(run: RunRow, report: Report) -> list[tuple[str, str]]:
    meta = report.meta
    asked = int(meta.get("replications_asked") or run.replications)
    done = int(meta.get("replications") or run.done)
    size = findings.trust(report) + ("" if done == asked else f" of {asked} asked for")
    both = (
        " Each customer has the same luck in both scenarios, so differences are paired and precise."
        if readings.has_what_if(report)
        else ""
    )
    again = "the same inputs give the same numbers again"
    found = [
        ("Simulated", f"{size}.{both}"),
        ("Precision", f"{findings.precision(report)}, from the spread of the replications."),
        ("Target", str(meta.get("target") or "none")),
        ("Seed and version", f"seed {run.seed}, version {run.version}: {again}"),
    ]
    if meta.get("seconds"):
        found.append(("Computing time", words.spoken(float(meta["seconds"]))))
    if run.finished is not None:
        found.append(("Finished", moment(run.finished)))
    return found


def _assumptions(run: RunRow) -> list[Any]:
    try:
        found = assumptions(read_baseline(run.baseline))
    except ScenarioError:
        return []
    if not found:
        return []
    rows = []
    for one in found:
        places = ", ".join(one.places[:4]) + (" …" if len(one.places) > 4 else "")
        rows.append([one.label, places, one.value, one.grade, one.parameter.source])
    heading = "Library figures in play"
    return [
        dmc.Title(heading, order=3, className="fold-title"),
        html.P(
            "What the scenario does not set itself comes from the parameter library; "
            "the weakest sources first. Set your own figures in the scenario to replace them.",
            className="chart-note",
        ),
        plain_table(["Figure", "Used for", "Value", "Grade", "Source"], rows, heading),
    ]


def _has_waits(report: Report, channel: str) -> bool:
    return bool(readings.series(report, BASELINE, channel, "asa_seconds")["mean"].notna().any())


def _select(name: str, label: str, chosen: str, options: Sequence[tuple[str, str]]) -> Component:
    return dmc.Select(
        id=name,
        data=[{"value": key, "label": text} for key, text in options],
        value=chosen,
        allowDeselect=False,
        size="xs",
        w=150,
        display="none" if len(options) < 2 else None,
        **{"aria-label": label},
    )


def _switch(name: str, label: str, chosen: str, options: Sequence[tuple[str, str]]) -> Component:
    return dmc.SegmentedControl(
        id=name,
        data=[{"value": key, "label": text} for key, text in options],
        value=chosen,
        size="xs",
        **{"aria-label": label},
    )
