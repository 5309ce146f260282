"""What service costs, told: a sentence and the curve of a measure."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
import plotly.graph_objects as go
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers.words import Estimate, Kind, half_width, money, title, value
from planner_app.figures import staffing as pictures
from planner_app.staffing.questions import Needed
from sim.staffing.targets import KINDS

_UNITS: dict[str, Kind] = {"share": "share", "s": "seconds", "points": "score"}
_NOTE = (
    "All agents of the requirement cut or raised in proportion, simulated on the same days. Whiskers are 95% "
    "intervals."
)


def card(found: Needed) -> Component:
    """The curve of the first goal's measure, and a choice of others."""
    table = found.frontier
    pairs = list(dict.fromkeys(zip(table["measure"], table["name"], strict=True)))
    first = next(iter(found.need.goals), None)
    wanted = (first.measure, first.channel or first.group) if first is not None else None
    chosen = next((pair for pair in pairs if pair == wanted), pairs[0])
    control = dmc.Select(
        id="frontier-answer",
        data=[{"value": "|".join(pair), "label": label(*pair)} for pair in pairs],
        value="|".join(chosen),
        allowDeselect=False,
        w=260,
        **{"aria-label": "Measure of service"},
    )
    heading, figure = drawn(found, "|".join(chosen))
    return cards.chart("frontier", heading, figure, _NOTE, control=control, wide=True)


def label(measure: str, name: str) -> str:
    """A measure of a channel or group.

    >>> label("asa_seconds", "back_office")
    'Back office: ASA'
    """
    return f"{title(name)}: {KINDS[measure].title}"


def drawn(found: Needed, answer: str) -> tuple[str, go.Figure]:
    """The finding as a heading, and the picture."""
    measure, _, name = answer.partition("|")
    table = found.frontier
    rows = table[(table["measure"] == measure) & (table["name"] == name)]
    kind, currency = _UNITS[KINDS[measure].unit], found.need.base.currency
    figure = pictures.frontier(rows, kind, currency, label(measure, name))
    return sentence(rows, kind, currency, label(measure, name)), figure


def sentence(rows: pd.DataFrame, kind: Kind, currency: str, what: str) -> str:
    """What the next step up and down cost, and what they change."""
    by_step = {float(row["step"]): row for row in rows.to_dict("records")}
    here = by_step.get(0.0)
    if here is None or here["estimate"] != here["estimate"]:
        return f"{what}: there is nothing to judge"
    told = [f"{what} {value(float(here['estimate']), kind)} for {money(float(here['cost']), currency)}"]
    for step in (-0.05, 0.05):
        if step in by_step:
            told.append(_step(by_step[step], here, kind, currency))
    return "; ".join(told)


def _step(row: dict[Any, Any], here: dict[Any, Any], kind: Kind, currency: str) -> str:
    more = float(row["cost"]) - float(here["cost"])
    estimate = Estimate(float(row["estimate"]), float(row["half_width"]))
    width = half_width(estimate, kind)
    side = "more" if more > 0 else "less"
    return f"{value(estimate.mean, kind)} {width} for {money(abs(more), currency)} {side}".replace("  ", " ")
