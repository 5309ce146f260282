"""Erlang's formulas while one types: agents for one interval by three of them, and why they differ."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers.telling import plain_table
from planner_app.answers.words import clock, per_cent, spoken
from scenarios import PlannerError
from scenarios.distributions import parse_law
from scenarios.parameters import default_of
from sim.staffing.agents import agents_for, scheduled_for
from sim.staffing.erlang import ENDLESS, performance

FORMULAS = {
    "Erlang C": "nobody hangs up, however long it takes",
    "Erlang A": "who waits too long hangs up",
    "Erlang loss": "nobody can wait: who finds all agents busy is lost",
}
INTERVALS = {"15": "15 min", "30": "30 min", "60": "1 h"}


@dataclass(frozen=True)
class Field:
    """An input of the calculator."""

    name: str
    label: str
    unit: str
    default: float
    least: float
    most: float
    step: float
    needed: bool = True
    """Empty, there is nothing to answer."""


def _mean(parameter: str) -> float:
    return parse_law(default_of(parameter)).mean_seconds


def fields() -> tuple[Field, ...]:
    """The inputs, their defaults from the parameter library."""
    return (
        Field("calls", "Contacts in the interval", "", 100, 0, 1e6, 5),
        Field("handle", "Average handle time", "s", _mean("phone.handle_time"), 1, 86_400, 10),
        Field("patience", "Mean patience", "s", _mean("phone.patience"), 0, 86_400, 10, needed=False),
        Field("target", "Service level", "%", 100 * float(default_of("phone.target_share")), 1, 99.9, 1),
        Field("within", "Answered within", "s", float(default_of("phone.target_within")), 0, 86_400, 5),
        Field("shrinkage", "Shrinkage", "%", 100 * float(default_of("agents.shrinkage")), 0, 95, 1),
        Field(
            "ceiling",
            "Occupancy ceiling",
            "%",
            100 * float(default_of("agents.occupancy_ceiling")),
            1,
            100,
            1,
            needed=False,
        ),
    )


@dataclass(frozen=True)
class Line:
    """What one formula asks for, and what is to be expected of it."""

    formula: str
    meaning: str
    on_floor: int
    scheduled: int
    without_ceiling: int
    """On the floor, if occupancy had no ceiling."""
    service_level: float
    asa_seconds: float
    lost: float
    """Share that hangs up or is turned away."""
    occupancy: float


def lines(values: Mapping[str, float | None], minutes: int) -> tuple[Line, ...]:
    """The answers of Erlang C, Erlang A and Erlang's loss formula.

    ``values`` as in the inputs: shares in per cent, times in seconds; patience None is endless, ceiling
    None is none. Raises ``PlannerError`` where no number of agents will do.

    >>> given = {"calls": 100, "handle": 180, "patience": 120, "target": 80, "within": 20}
    >>> [line.on_floor for line in lines({**given, "shrinkage": 30, "ceiling": None}, 30)]
    [14, 12, 11]
    """
    hourly = float(values["calls"] or 0.0) * 60.0 / minutes
    handle, within = float(values["handle"] or 1.0), float(values["within"] or 0.0)
    given, ceiling = values.get("patience"), values.get("ceiling")
    patience = np.array([ENDLESS, ENDLESS if given is None else given, 0.0])
    full = 1.0 if ceiling is None else ceiling / 100.0
    free, agents = agents_for(
        hourly,
        handle,
        patience,
        service_level=float(values["target"] or 0.0) / 100.0,
        within_seconds=within,
        occupancy=np.array([[1.0, 1.0, 1.0], [full, full, 1.0]]),
    )
    queue = performance(hourly, handle, agents, patience)
    scheduled = scheduled_for(agents, float(values.get("shrinkage") or 0.0) / 100.0)
    measures = (queue.service_level(within), queue.asa_seconds, queue.abandonment, queue.occupancy)
    return tuple(
        Line(
            name,
            meaning,
            *(int(part[k]) for part in (agents, scheduled, free)),
            *(float(m[k]) for m in measures),
        )
        for k, (name, meaning) in enumerate(FORMULAS.items())
    )


def sentence(found: tuple[Line, ...], values: Mapping[str, float | None]) -> str:
    """Why the formulas differ."""
    endless, leaving, loss = found
    if not values["calls"]:
        return "Nobody calls, so nobody is needed."
    target = per_cent(float(values["target"] or 0.0) / 100.0)
    within, patience = spoken(float(values["within"] or 0.0)), values.get("patience")
    first = f"Erlang C asks for {_agents(endless.on_floor)}, because it lets nobody hang up"
    if patience is None:
        second = "without a patience, Erlang A is the same"
    elif endless.on_floor == leaving.on_floor:
        second = (
            f"with a mean patience of {spoken(patience)} Erlang A asks for as many, though "
            f"{per_cent(leaving.lost)} hang up"
        )
    else:
        second = (
            f"with a mean patience of {spoken(patience)} Erlang A asks for {leaving.on_floor:,}: the "
            f"{per_cent(leaving.lost)} who hang up need no agent, and shorten the wait of the others"
        )
    third = f"with nowhere to wait, {loss.on_floor:,} would take {target} and turn {per_cent(loss.lost)} away"
    text = f"{first}; {second}; {third}."
    bound = [line for line in (endless, leaving) if line.without_ceiling < line.on_floor]
    if bound:
        ceiling = per_cent(float(values["ceiling"] or 100.0) / 100.0)
        names = " and ".join(line.formula for line in bound)
        least = " and ".join(dict.fromkeys(f"{line.without_ceiling:,}" for line in bound))
        text += (
            f" The occupancy ceiling of {ceiling} decides for {names}: {target} within {within} alone "
            f"would need {least}."
        )
    return text


def _agents(number: int) -> str:
    return "1 agent" if number == 1 else f"{number:,} agents"


# -- components ------------------------------------------------------------------------------------


def panel() -> Component:
    """The calculator with its answer for the defaults."""
    inputs: list[Any] = [_number(one) for one in fields()]
    inputs.insert(
        1,
        dmc.Select(
            id="erlang-minutes",
            label="Length of the interval",
            data=[{"value": key, "label": label} for key, label in INTERVALS.items()],
            value="30",
            allowDeselect=False,
            size="md",
        ),
    )
    values = {one.name: one.default for one in fields()}
    return cards.section(
        "Erlang while you type",
        [
            html.Div(inputs, className="erlang-inputs"),
            html.Div(told(values, 30), id="erlang-answer", role="status"),
        ],
        note="Agents for one interval of steady demand, at once. What a day needs, with shared skills, "
        "redials and work that one interval leaves to the next, is simulated on the page of a study.",
    )


def _number(one: Field) -> Component:
    return dmc.NumberInput(
        id=f"erlang-{one.name}",
        label=one.label,
        value=one.default,
        min=one.least,
        max=one.most,
        step=one.step,
        suffix=f" {one.unit}" if one.unit else "",
        placeholder="" if one.needed else "none",
        thousandSeparator=",",
        decimalScale=1,
        size="md",
    )


def told(values: Mapping[str, float | None], minutes: int) -> list[Component]:
    """The sentence and the table; what is wrong, where something is."""
    wrong = _wrong(values)
    if wrong:
        return [html.P(wrong, className="form-error")]
    try:
        found = lines(values, minutes)
    except PlannerError as error:
        return [html.P(str(error), className="form-error")]
    headings = [
        "Formula", "On the floor", "Scheduled", "Service level", "Average wait", "Lost", "Occupancy"
    ]  # fmt: skip
    rows = [
        [
            html.Span(
                [html.Strong(line.formula), html.Span(f": {line.meaning}", className="erlang-meaning")]
            ),
            _agents(line.on_floor),
            _agents(line.scheduled),
            per_cent(line.service_level),
            clock(line.asa_seconds),
            per_cent(line.lost),
            per_cent(line.occupancy),
        ]
        for line in found
    ]
    load = float(values["calls"] or 0.0) * 60.0 / minutes * float(values["handle"] or 0.0) / 3600.0
    note = (
        f"Offered load {load:,.1f} erlangs. Average wait is that of answered contacts. Lost: hung up, or "
        "turned away. The formulas take arrivals at random, handle times and patience as exponential, "
        "and a steady state."
    )
    return [
        html.P(sentence(found, values), className="answer-text"),
        plain_table(headings, rows, "Agents by formula"),
        html.P(note, className="chart-note"),
    ]


def _wrong(values: Mapping[str, float | None]) -> str:
    for one in fields():
        value = values.get(one.name)
        if value is None:
            if one.needed:
                return f"{one.label} is missing."
        elif not (math.isfinite(value) and one.least <= value <= one.most):
            unit = f" {one.unit}" if one.unit else ""
            return f"{one.label} must be from {one.least:g} to {one.most:,g}{unit}."
    return ""


def read_number(value: Any) -> float | None:
    """A number of an input; None when it is empty or half typed."""
    try:
        return float(str(value).replace(",", "")) if value not in (None, "", "-", ".") else None
    except ValueError:
        return None


def register(app: Dash) -> None:
    """Answer whatever is typed."""
    names = [one.name for one in fields()]

    @app.callback(
        Output("erlang-answer", "children"),
        [Input(f"erlang-{name}", "value") for name in names],
        Input("erlang-minutes", "value"),
        prevent_initial_call=True,
    )
    def answer(*given: Any) -> Any:
        values = dict(zip(names, map(read_number, given[:-1]), strict=True))
        return told(values, int(given[-1] or 30))
