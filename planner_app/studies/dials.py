"""Dials: sliders on a what-if of the stack, for the fields that are worth moving; generated from the models.

A dial shows what its form shows: shares in per cent, durations in seconds. Moving one is answered live;
once it rests, the study is saved.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from planner_app.services import Step
from planner_app.studies import forms
from scenarios.units import format_duration, parse_duration
from scenarios.whatifs import WHATIFS
from scenarios.whatifs.fields import FormField, fields_of

MOST = 3
"""Dials of one what-if; its form has the rest."""
_STEPS = 100
"""A dial whose field names no step has about this many."""
_QUIET: dict[str, Any] = {"aria-hidden": "true"}


@dataclass(frozen=True)
class Dial:
    """A field of a what-if as a slider."""

    field: FormField
    low: float
    high: float
    step: float
    value: float

    @property
    def unit(self) -> str:
        """What stands behind its number."""
        return " %" if self.field.kind in ("share", "shares") else f" {self.field.unit}".rstrip()


def dial_id(kind: str, index: int, name: str) -> dict[str, Any]:
    """The id of the slider for a field of the what-if at ``index`` of the stack."""
    return {"dial": name, "index": index, "kind": kind}


def number_id(kind: str, index: int, name: str) -> dict[str, Any]:
    """The id of the number beside it."""
    return {"dial-number": name, "index": index, "kind": kind}


def dials_of(step: Step) -> tuple[Dial, ...]:
    """The dials of a what-if: the fields that it sets, else the first that can be moved.

    >>> [dial.field.name for dial in dials_of(Step("channel_quality", {"channel": "portal", "success": 0.6}))]
    ['success']
    >>> [dial.field.name for dial in dials_of(Step("channel_quality", {"channel": "portal"}))]
    ['points']
    """
    model = WHATIFS.get(step.kind)
    if model is None:
        return ()
    hidden = forms.hidden_fields(model, {**{f.name: f.default for f in fields_of(model)}, **step.values})
    movable = [f for f in fields_of(model) if f.name not in hidden and _can_move(f)]
    chosen = [f for f in movable if step.values.get(f.name) is not None]
    found = (_dial(f, step.values.get(f.name, f.default)) for f in chosen or movable[:1])
    return tuple(dial for dial in found if dial is not None)[:MOST]


def turned(step: Step, name: str, number: float) -> Step:
    """The what-if with a dial at ``number``.

    >>> turned(Step("channel_quality", {"channel": "portal", "success": 0.8}), "success", 60).values
    {'channel': 'portal', 'success': 0.6}
    """
    model = WHATIFS.get(step.kind)
    field = next((f for f in fields_of(model) if f.name == name and _can_move(f)), None) if model else None
    if field is None or not math.isfinite(number):
        return step
    written: Any = int(number) if float(number).is_integer() else float(number)
    if field.kind in ("share", "shares"):
        written = round(number / 100, 8)
    elif field.kind == "duration":
        written = format_duration(max(float(number), 0.0))
    return dataclasses.replace(step, values={**step.values, name: written})


def turn(steps: Sequence[Step], moved: Sequence[tuple[int, str, str, float]]) -> tuple[Step, ...]:
    """The steps with dials moved: index, kind, field and number of each; what is no longer there is left."""
    result = list(steps)
    for index, kind, name, number in moved:
        if 0 <= index < len(result) and result[index].kind == kind:
            result[index] = turned(result[index], name, number)
    return tuple(result)


def dials(step: Step, index: int) -> Component | None:
    """The sliders of the what-if at ``index`` of the stack; None when nothing of it can be moved."""
    found = dials_of(step)
    if not found:
        return None
    return html.Div([_slider(dial, step.kind, index) for dial in found], className="dials")


def _slider(dial: Dial, kind: str, index: int) -> Component:
    name = dial.field.name
    unit = " in per cent" if dial.unit == " %" else ""
    return html.Div(
        [
            html.Span(dial.field.title, className="dial-name", **_QUIET),
            dmc.Slider(
                id=dial_id(kind, index, name),
                value=dial.value,
                min=dial.low,
                max=dial.high,
                step=dial.step,
                updatemode="drag",
                label=None,
                size="md",
                thumbSize=22,
                thumbLabel=f"{dial.field.title}{unit}, what-if {index + 1}: {WHATIFS[kind].title}",
                className="dial-slider",
            ),
            html.Span(
                shown(dial.value, dial.unit),
                id=number_id(kind, index, name),
                className="dial-number",
                **{"data-unit": dial.unit, **_QUIET},
            ),
        ],
        className="dial",
    )


def shown(number: float, unit: str) -> str:
    """A dial's number as it stands beside it.

    >>> shown(60.0, " %"), shown(-2.5, " points")
    ('60 %', '−2.5 points')
    """
    return f"{number:g}{unit}".replace("-", "−")


def _can_move(f: FormField) -> bool:
    return f.kind in ("number", "share", "shares", "duration") and f.low is not None and f.high is not None


def _dial(f: FormField, value: Any) -> Dial | None:
    number = _number(f, value)
    if number is None or f.low is None or f.high is None:
        return None
    times = 100.0 if f.kind in ("share", "shares") else 1.0
    low, high = min(f.low * times, number), max(f.high * times, number)
    step = f.step * times if f.step else (high - low) / _STEPS
    return Dial(f, round(low, 6), round(high, 6), round(step, 6), round(number, 6))


def _number(f: FormField, value: Any) -> float | None:
    """The value in the unit of the dial; None where it is no single number."""
    if isinstance(value, Mapping) or value is None or isinstance(value, bool):
        return None
    if f.kind == "duration":
        try:
            return float(parse_duration(value))
        except ValueError:
            return None
    if not isinstance(value, int | float):
        return None
    return 100.0 * value if f.kind in ("share", "shares") else float(value)
