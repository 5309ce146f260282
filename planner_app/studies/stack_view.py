"""A study on the screen: its pinned baseline, the what-ifs on top of it, and what they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

import scenarios
from planner_app.answers import changed
from planner_app.answers.changed import place
from planner_app.cards import icon
from planner_app.studies import dials
from planner_app.studies.stacks import Entry, Stack, problems_of
from scenarios import Problem, Scenario
from scenarios.errors import shown
from scenarios.whatifs import WHATIFS, fields_of

CHANGES_IN_SIGHT = 8
MOST_CHANGES = 200
"""Changes shown on demand; nobody reads more."""


def button_id(do: str, index: int) -> dict[str, Any]:
    """The id of a button of the what-if at ``index`` of the stack: switch, edit, up, down or remove."""
    return {"step": do, "index": index}


def text_id(index: int) -> dict[str, Any]:
    """The id of the words of the what-if at ``index`` of the stack."""
    return {"step": "text", "index": index}


def baseline_card(scenario: Scenario) -> Component:
    """The baseline: one sentence, what it contains on demand, and its problems if it has any."""
    problems = problems_of(scenario)
    return html.Section(
        [
            html.Div(
                [
                    html.Span("Baseline", className="pin"),
                    dmc.Title(scenario.name, order=2, className="chart-title"),
                ],
                className="baseline-head",
            ),
            html.P(scenarios.summary(scenario), className="baseline-summary"),
            *([problem_list("This baseline cannot be simulated yet", problems)] if problems else []),
            html.Details(
                [html.Summary("What it contains"), _contents(scenario)],
                className="contents",
                id="baseline-contents",
            ),
        ],
        className="card baseline",
    )


def _contents(scenario: Scenario) -> Component:
    sections = {
        "Days": [scenario.calendar],
        "Customers": [*scenario.segments.values(), *scenario.intents.values()],
        "Channels": [*scenario.channels.values()],
        "Next steps": [*scenario.next_steps],
        "Agents": [*scenario.groups.values()],
        "Incidents": [*scenario.incidents],
    }
    told: list[Any] = []
    for title, parts in sections.items():
        if parts:
            told.append(html.Dt(title))
            told.append(html.Dd(html.Ul([html.Li(scenarios.describe(part, scenario)) for part in parts])))
    return html.Dl(told, className="contents-list")


def problem_list(title: str, problems: Iterable[Problem]) -> Component:
    """Problems, all at once: where, what stands there, what may, and the cure."""
    rows = [
        html.Li(
            [
                html.Code(problem.field or "scenario"),
                html.Span(f" ({problem.place})" if problem.place else ""),
                html.Span(f": {_wrong(problem)} "),
                html.Strong(f"{problem.cure[:1].upper()}{problem.cure[1:].rstrip('.')}."),
            ]
        )
        for problem in problems
    ]
    return html.Div(
        [html.Strong(title), html.Ul(rows, className="problems")],
        className="notice notice-error",
        role="alert",
    )


def _wrong(problem: Problem) -> str:
    allowed = problem.allowed.rstrip(".")
    if problem.value is None:
        return f"missing; {allowed}."
    return f"is {shown(problem.value)}; allowed: {allowed}."


def stack_list(stack: Stack) -> Component:
    """The what-ifs in the order in which they are applied; a helpful sentence when there is none."""
    if not stack.entries:
        return html.Div(
            [
                html.P("No what-ifs yet.", className="empty-title"),
                html.P(
                    "Add one to ask what happens: a channel fails, a chat is launched, staff change. "
                    "Without one, Run answers for the baseline alone."
                ),
            ],
            className="empty",
        )
    last = len(stack.entries) - 1
    return html.Ol(
        [_entry(entry, index, last) for index, entry in enumerate(stack.entries)], className="steps"
    )


def _entry(entry: Entry, index: int, last: int) -> Component:
    on = entry.step.enabled
    text = entry.text
    moved = dials.dials(entry.step, index) if on else None
    return html.Li(
        [
            dmc.Switch(
                id=button_id("switch", index), checked=on, size="md", **{"aria-label": f"On or off: {text}"}
            ),
            html.Div(
                [
                    html.Span(_title(entry), className="step-kind"),
                    html.Span(sentence_case(text), id=text_id(index), className="step-text"),
                    *([_misfit(entry)] if entry.problems and on else []),
                ],
                className="step-words",
            ),
            html.Div(
                [
                    _button("edit", index, f"Edit: {text}", "edit", disabled=entry.step.kind not in WHATIFS),
                    _button("up", index, f"Move up: {text}", "up", disabled=index == 0),
                    _button("down", index, f"Move down: {text}", "down", disabled=index == last),
                    _button("remove", index, f"Remove: {text}", "remove"),
                ],
                className="step-buttons",
            ),
            *([moved] if moved is not None else []),
        ],
        className="step" if on else "step step-off",
    )


def sentence_case(text: str) -> str:
    """The text with its first letter raised."""
    return text[:1].upper() + text[1:]


def _misfit(entry: Entry) -> Component:
    kind = WHATIFS.get(entry.step.kind)
    titles = {field.name: field.title for field in fields_of(kind)} if kind else {}
    lines = []
    for problem in entry.problems:
        where = titles.get(problem.field, problem.field)
        said = f"{problem.allowed}; {problem.cure.rstrip('.')}."
        lines.append(html.Li(f"{where}: {said}" if where else said))
    return html.Ul(lines, className="step-problems")


def _title(entry: Entry) -> str:
    kind = WHATIFS.get(entry.step.kind)
    return f"{kind.title if kind else entry.step.kind}{'' if entry.step.enabled else ' · off'}"


def _button(do: str, index: int, label: str, picture: str, disabled: bool = False) -> Component:
    return dmc.ActionIcon(
        icon(picture),
        id=button_id(do, index),
        variant="subtle",
        color="gray",
        size="lg",
        disabled=disabled,
        **{"aria-label": label},
    )


def changes(stack: Stack) -> Component:
    """What the stack changes: field, old, new."""
    if stack.variant == stack.baseline:
        fits = len(stack.enabled) > len(stack.misfits)
        text = "Nothing: the what-if equals the baseline." if fits else "Nothing yet."
        return html.P(text, className="chart-note")
    return change_list(stack.baseline, stack.variant, CHANGES_IN_SIGHT)


def change_list(before: Scenario, after: Scenario, in_sight: int) -> Component:
    """What differs between two scenarios, the first ``in_sight`` fields at once, the rest on demand."""
    found = scenarios.diff(before, after)
    rest = found[in_sight:]
    parts: list[Any] = [_change_table(found[:in_sight], "What changes")]
    if rest:
        label = f"Show {len(rest)} more changes" if len(rest) > 1 else "Show 1 more change"
        table = _change_table(rest[:MOST_CHANGES], "What else changes")
        parts.append(html.Details([html.Summary(label), table], className="contents"))
    return html.Div(parts)


def _change_table(found: Sequence[scenarios.Change], label: str) -> Component:
    rows = [html.Tr([html.Td(cell) for cell in _cells(change)]) for change in found]
    head = html.Thead(html.Tr([html.Th("Field"), html.Th("Before"), html.Th("After")]))
    return html.Div(
        html.Table([head, html.Tbody(rows)], className="plain-table changes"),
        className="scroll-x",
        tabIndex=0,
        role="region",
        **{"aria-label": label},
    )


def _cells(change: scenarios.Change) -> tuple[str, str, str]:
    field = change.field
    return place(field), changed.shown(field, change.old), changed.shown(field, change.new)
