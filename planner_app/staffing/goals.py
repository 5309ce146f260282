"""Goals as rows that people edit: inputs from goals, and goals from inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers.words import plain, title
from planner_app.staffing.calculator import read_number
from scenarios import Problem, Scenario
from scenarios.channels import SelfService
from sim.plan import build
from sim.staffing.targets import KINDS, Goal, check_goals, shown

EVERY = "every"
"""All channels, or all groups."""
MOST = 12
"""Goals at most."""
CHANCES = {
    "": "on average",
    "0.8": "on 80% of days",
    "0.9": "on 90% of days",
    "0.95": "on 95% of days",
    "0.99": "on 99% of days",
}
PARTS = ("measure", "where", "limit", "per", "chance")


def part_id(part: str, index: int) -> dict[str, Any]:
    """The id of an input of a row."""
    return {"goal": part, "index": index}


def rows(scenario: Scenario, goals: Sequence[Goal]) -> list[Component]:
    """A row of inputs per goal."""
    return [_row(scenario, goal, index, len(goals) > 1) for index, goal in enumerate(goals)]


def _row(scenario: Scenario, goal: Goal, index: int, removable: bool) -> Component:
    kind = KINDS[goal.measure]
    unit = {"share": " %", "s": " s"}.get(kind.unit, "")
    name = {"aria-label": f"Limit of goal {index + 1}"}
    given = goal.at_most if kind.ceiling else goal.at_least
    value = "" if given is None else round(100 * given, 6) if kind.unit == "share" else given
    parts: list[Any] = [
        _select("measure", index, "Measure", [(n, k.title) for n, k in KINDS.items()], goal.measure, 250),
        _select("where", index, "Of", places(scenario, goal.measure), _where(goal), 170),
        html.Span("at most" if kind.ceiling else "at least", className="goal-word"),
        dmc.NumberInput(
            id=part_id("limit", index),
            value=value,
            suffix=unit,
            min=0,
            decimalScale=3,
            w=110,
            size="md",
            **name,
        ),
        _select("per", index, "Per", [("day", "a day"), ("interval", "in each interval")], goal.per, 165),
        _select("chance", index, "How often", list(CHANCES.items()), chance_of(goal), 165),
    ]
    if removable:
        parts.append(
            dmc.ActionIcon(
                cards.icon("remove"),
                id=part_id("remove", index),
                variant="subtle",
                size="lg",
                n_clicks=0,
                **{"aria-label": f"Remove goal {index + 1}"},
            )
        )
    return html.Div(parts, className="goal-row", role="group", **{"aria-label": f"Goal {index + 1}"})


def _select(
    part: str, index: int, label: str, options: Sequence[tuple[str, str]], value: str, width: int
) -> Component:
    return dmc.Select(
        id=part_id(part, index),
        data=[{"value": key, "label": text} for key, text in options],
        value=value,
        allowDeselect=False,
        size="md",
        w=width,
        **{"aria-label": f"{label}, goal {index + 1}"},
    )


def places(scenario: Scenario, measure: str) -> list[tuple[str, str]]:
    """Whose measure it may be."""
    scope = KINDS[measure].scope
    if scope == "all":
        return [(EVERY, "all cases")]
    if scope == "group":
        names = list(scenario.groups)
        return [(EVERY, "every group"), *((name, title(name)) for name in names)]
    names = [name for name, channel in scenario.channels.items() if not isinstance(channel, SelfService)]
    return [(EVERY, "every channel"), *((name, title(name)) for name in names)]


def _where(goal: Goal) -> str:
    return goal.channel or goal.group or EVERY


def chance_of(goal: Goal) -> str:
    """The key of :data:`CHANCES` that a goal has, or nearly has."""
    if goal.probability is None:
        return ""
    return min((key for key in CHANCES if key), key=lambda key: abs(float(key) - (goal.probability or 0.0)))


def read(given: Mapping[str, Sequence[Any]], scenario: Scenario) -> tuple[Goal, ...]:
    """The goals that stand in the inputs, what does not fit put right: see :func:`fitted`."""
    number = len(given["measure"])
    return tuple(fitted({part: given[part][index] for part in PARTS}, scenario) for index in range(number))


def fitted(row: Mapping[str, Any], scenario: Scenario) -> Goal:
    """One goal. Whose and how often fall back to what the measure knows when the measure was changed.

    >>> import scenarios
    >>> row = {"measure": "occupancy", "where": "phone", "limit": 85, "per": "day", "chance": ""}
    >>> print(fitted(row, scenarios.load("helpdesk")))
    every group occupancy at most 85% a day
    """
    measure = str(row["measure"])
    kind = KINDS[measure]
    where = row["where"] if row["where"] in dict(places(scenario, measure)) else EVERY
    named = None if where == EVERY else str(where)
    number = read_number(row["limit"])
    limit = None if number is None else number / 100.0 if kind.unit == "share" else number
    return Goal(
        measure,
        channel=named if kind.scope == "channel" else None,
        group=named if kind.scope == "group" else None,
        at_least=None if kind.ceiling else limit,
        at_most=limit if kind.ceiling else None,
        per="interval" if row["per"] == "interval" and kind.scope != "all" else "day",
        probability=float(row["chance"]) if row["chance"] else None,
    )


USUAL: dict[str, float] = {"share": 0.8, "s": 20.0, "points": 5.0}
CEILINGS: dict[str, float] = {"abandonment": 0.05, "occupancy": 0.85}


def changed_measure(goal: Goal, measure: str) -> Goal:
    """The limit that a measure begins with when it is chosen anew."""
    kind = KINDS[measure]
    usual = CEILINGS.get(measure, USUAL[kind.unit])
    side = {"at_most": usual, "at_least": None} if kind.ceiling else {"at_least": usual, "at_most": None}
    return Goal(measure, goal.channel, goal.group, per=goal.per, probability=goal.probability, **side)  # type: ignore[arg-type]


def new_goal() -> Goal:
    """The goal that *Add a goal* begins with."""
    return Goal("abandonment", at_most=CEILINGS["abandonment"])


def problems(goals: Sequence[Goal], scenario: Scenario) -> list[Problem]:
    """What is wrong with goals."""
    return check_goals(goals, build(scenario))


def short(goal: Goal) -> str:
    """A goal in few words: ``phone service level at least 80%``.

    >>> short(Goal("service_level", "back_office", at_least=0.8))
    'Back office service level at least 80%'
    """
    kind = goal.kind
    named = goal.channel or goal.group
    where = "" if kind.scope == "all" else plain(named) if named else f"every {kind.scope}"
    side = "at most" if kind.ceiling else "at least"
    text = f"{where} {kind.title} {side} {shown(goal.limit, kind)}".strip()
    return text[:1].upper() + text[1:]
