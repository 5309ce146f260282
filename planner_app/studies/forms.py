"""Forms of what-ifs, generated from the models: no field is listed here.

:func:`form` draws the inputs, :func:`read` turns what stands in them into values as written in YAML,
or says beside which field something is wrong. Every input has the id :func:`input_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from planner_app.studies import menus
from scenarios.documents import one_line
from scenarios.errors import Problem, Refused
from scenarios.model import Scenario
from scenarios.parameters import GRADES, PARAMETERS
from scenarios.times import clock_seconds, clock_text
from scenarios.units import format_duration, parse_duration
from scenarios.whatifs.base import WhatIf
from scenarios.whatifs.fields import FormField, choices, fields_of

FOR_ALL = "default"
"""The key of the share that holds for every name without one of its own."""

SIZE = "md"
"""Of inputs: their text is as large as that of the page."""

Raw = Mapping[tuple[str, str], Any]
"""What stands in the inputs, by field and key (the key is empty but for ``shares``)."""


def input_id(prefix: str, name: str, key: str = "") -> dict[str, str]:
    """The id of one input of the form ``prefix``."""
    return {"form": prefix, "field": name, "key": key}


def field_id(prefix: str, name: str) -> dict[str, str]:
    """The id of the box around a field, which is hidden while the field does not matter."""
    return {"form": prefix, "box": name}


def wrong_id(prefix: str, name: str) -> dict[str, str]:
    """The id of the line that says what is wrong with a field of several inputs."""
    return {"form": prefix, "wrong": name}


@dataclass(frozen=True)
class Draft:
    """What a form says: values as written in YAML, and what is wrong, by field."""

    values: dict[str, Any]
    problems: dict[str, str] = field(default_factory=dict)


# -- drawing ---------------------------------------------------------------------------------------


def form(model: type[WhatIf], scenario: Scenario, values: Mapping[str, Any], prefix: str) -> Component:
    """The inputs of ``model``, holding ``values``; those that few change are behind *More*."""
    hidden = hidden_fields(model, values)
    fields = [replace(f, unit=scenario.currency) if f.unit == "money" else f for f in fields_of(model)]
    drawn = {
        f.name: _box(
            f, _control(f, choices(f, scenario), values.get(f.name), prefix), prefix, f.name in hidden
        )
        for f in fields
    }
    usual = [drawn[f.name] for f in fields_of(model) if not f.advanced]
    rare = [drawn[f.name] for f in fields_of(model) if f.advanced]
    return dmc.Stack([*usual, *([_more(rare, prefix)] if rare else [])], gap="md")


def hidden_fields(model: type[WhatIf], values: Mapping[str, Any]) -> set[str]:
    """Names of the fields that do not matter while the others have these values."""
    return {f.name for f in fields_of(model) if not _matters(f, values)}


def _matters(f: FormField, values: Mapping[str, Any]) -> bool:
    return all(str(values.get(name)) in allowed for name, allowed in f.shown_when.items())


def _more(rare: Sequence[Component], prefix: str) -> Component:
    item = dmc.AccordionItem(
        [dmc.AccordionControl("More"), dmc.AccordionPanel(dmc.Stack(list(rare), gap="md"))], value="more"
    )
    return dmc.Accordion(item, variant="separated", id={"form": prefix, "more": "accordion"})


def _box(f: FormField, control: Component, prefix: str, hidden: bool) -> Component:
    mark = source_mark(f)
    return html.Div(
        [control, mark] if mark is not None else control,
        id=field_id(prefix, f.name),
        className="form-field",
        style={"display": "none"} if hidden else {},
    )


def _control(f: FormField, offered: Sequence[str], value: Any, prefix: str) -> Component:
    shared: dict[str, Any] = {
        "id": input_id(prefix, f.name),
        "label": f.title,
        "description": _help(f, offered) or None,
        "withAsterisk": f.required,
        "size": SIZE,
    }
    match f.kind:
        case "number":
            return dmc.NumberInput(**shared, **_numeric(f, f.unit), value="" if value is None else value)
        case "share":
            return dmc.NumberInput(**shared, **_percent(f), value=_to_percent(value))
        case "shares":
            return _shares(f, offered, value, prefix)
        case "duration":
            return dmc.TextInput(
                **shared,
                value=_duration_text(value),
                placeholder=_placeholder(f) or "e.g. 6 min",
                debounce=True,
            )
        case "clock":
            return dmc.TextInput(
                **shared,
                value=value or "",
                placeholder=_placeholder(f) or "e.g. 10:00",
                debounce=True,
                styles={"wrapper": {"maxWidth": "9rem"}},
            )
        case "choice":
            return dmc.Select(
                **shared,
                data=[{"value": name, "label": words(name)} for name in offered],
                value=value,
                clearable=not f.required and f.default is None,
                allowDeselect=False,
                searchable=len(offered) > 8,
                comboboxProps={"withinPortal": True},
            )
        case "choices":
            return dmc.MultiSelect(
                **shared,
                data=[{"value": name, "label": words(name)} for name in offered],
                value=list(value or ()),
                placeholder=None if value or f.required else "all",
                clearable=True,
            )
        case "yes_no":
            chosen = f.default if value is None else value
            options = [dmc.Radio(label=word, value=word.lower()) for word in ("Yes", "No")]
            return dmc.RadioGroup(dmc.Group(options), **shared, value="yes" if chosen else "no")
        case "text":
            return dmc.TextInput(
                **shared,
                value="" if value is None else str(value),
                placeholder=_placeholder(f),
                debounce=True,
            )


def _shares(f: FormField, offered: Sequence[str], value: Any, prefix: str) -> Component:
    given = dict(value) if isinstance(value, Mapping) else {} if value is None else {FOR_ALL: value}
    inputs = [
        dmc.NumberInput(
            id=input_id(prefix, f.name, key),
            label=_share_label(f, key),
            value=_to_percent(given.get(key)),
            size=SIZE,
            **{**_percent(f), **({} if key == FOR_ALL else {"placeholder": "as all"})},
        )
        for key in [FOR_ALL, *offered]
    ]
    return html.Fieldset(
        [
            html.Legend([f.title, *([html.Span(" *", className="required")] if f.required else [])]),
            *([html.P(f.help, className="form-help")] if f.help else []),
            dmc.SimpleGrid(inputs, cols={"base": 1, "xs": 2}, spacing="sm", verticalSpacing="xs"),
            html.P("", id=wrong_id(prefix, f.name), className="form-error"),
        ],
        className="form-shares",
    )


def _share_label(f: FormField, key: str) -> str:
    if key != FOR_ALL:
        return words(key)
    return f"All {f.refers_to}" if f.refers_to else "All"


def _help(f: FormField, offered: Sequence[str]) -> str:
    """The help of a field, in which choices are called what the menu calls them."""
    text = f.help
    for name in sorted(offered, key=len, reverse=True) if f.kind == "choice" else ():
        text = text.replace(name, words(name))
    return text


def _numeric(f: FormField, unit: str) -> dict[str, Any]:
    default = "" if f.default is None else f"{f.default:g}" if isinstance(f.default, float | int) else ""
    return {
        "suffix": f" {unit}" if unit else "",
        "step": f.step or 1,
        "thousandSeparator": ",",
        "placeholder": f"{default} {unit}".strip(),
        "stepHoldDelay": 400,
        "stepHoldInterval": 80,
    }


def _percent(f: FormField) -> dict[str, Any]:
    return {
        "suffix": " %",
        "placeholder": "%",
        "step": round(100 * f.step, 6) if f.step else 1,
        "decimalScale": 4,
    }


def _to_percent(share: Any) -> float | str:
    return round(100 * share, 6) if isinstance(share, float | int) and not isinstance(share, bool) else ""


def _duration_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else format_duration(float(value))


def _placeholder(f: FormField) -> str:
    if f.default is None:
        return ""
    return _duration_text(f.default) if f.kind == "duration" else str(f.default)


def words(name: str) -> str:
    """A name of a scenario as people read it.

    >>> words("back_office")
    'back office'
    """
    return name.replace("_", " ")


def source_mark(f: FormField) -> Component | None:
    """A small button that tells where a default comes from and how good the source is."""
    if f.parameter is None or f.parameter not in PARAMETERS:
        return None
    entry = PARAMETERS[f.parameter]
    lines = [
        dmc.Text([html.B("Default: "), _amount(entry.default, entry.unit)], size="sm"),
        *(
            [
                dmc.Text(
                    [
                        html.B("Usual range: "),
                        f"{_amount(entry.low, entry.unit)} to {_amount(entry.high, entry.unit)}",
                    ],
                    size="sm",
                )
            ]
            if entry.low is not None and entry.high is not None
            else []
        ),
        dmc.Text([html.B("Source: "), entry.source], size="sm"),
        dmc.Text([html.B(f"Grade {entry.grade}: "), GRADES.get(entry.grade, "")], size="sm"),
        *([dmc.Text(entry.note, size="sm")] if entry.note else []),
    ]
    mark = menus.popover(
        "assumption" if entry.is_assumption else "source",
        dmc.Stack(lines, gap=4),
        look="source-mark",
        label=f"Where the default of “{f.title}” comes from",
    )
    return html.Div(mark, className="source-place")


def _amount(value: Any, unit: str = "") -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{100 * value:g}%" if unit == "share" else f"{value:,g} {unit}".strip()
    return f"{one_line(value)} {unit}".strip()


# -- reading ---------------------------------------------------------------------------------------


def raw_values(ids: Iterable[Mapping[str, str]], values: Iterable[Any]) -> dict[tuple[str, str], Any]:
    """What stands in the inputs, from their ids and values as a callback gets them."""
    return {(item["field"], item["key"]): value for item, value in zip(ids, values, strict=True)}


def read(model: type[WhatIf], raw: Raw) -> Draft:
    """What the inputs of a form say. An empty input means the default; hidden fields are left out."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for f in fields_of(model):
        if not _matters(f, values):
            continue
        try:
            value = _value(f, raw)
        except ValueError as error:
            refused = isinstance(error, Refused)  # its cure is for files, with quotes and braces
            problems[f.name] = _sentence(f"not understood; give {_wanted(f)}" if refused else str(error))
            continue
        if value is not None:
            values[f.name] = value
        elif f.required:
            problems[f.name] = f"Needed: {_wanted(f)}."
        elif f.name not in values and f.default is not None and _controls(model, f.name):
            values[f.name] = f.default
    return Draft(values, problems)


def _controls(model: type[WhatIf], name: str) -> bool:
    return any(name in f.shown_when for f in fields_of(model))


def _wanted(f: FormField) -> str:
    match f.kind:
        case "choice" | "choices":
            return "choose one"
        case "duration":
            return "a duration such as 20 s, 6 min or 4 h"
        case "clock":
            return "a time of day such as 10:00"
        case "share" | "shares":
            return "a share in per cent"
        case _:
            return f"{f.title[0].lower()}{f.title[1:]}"


def _value(f: FormField, raw: Raw) -> Any:
    """The value of a field as written in YAML, None when its input is empty."""
    if f.kind == "shares":
        return _read_shares(f, raw)
    value = raw.get((f.name, ""))
    if value is None or value == "" or value == []:
        return None
    match f.kind:
        case "number":
            return _read_number(value)
        case "share":
            return _read_percent(value)
        case "duration":
            return format_duration(parse_duration(value))
        case "clock":
            return read_clock(str(value))
        case "yes_no":
            return value == "yes"
        case "choices":
            return [str(name) for name in value]
        case _:
            return str(value).strip() or None


def _read_shares(f: FormField, raw: Raw) -> Any:
    given = {
        key: _read_percent(value)
        for (name, key), value in raw.items()
        if name == f.name and key and value is not None and value != ""
    }
    if list(given) == [FOR_ALL]:
        return given[FOR_ALL]
    return given or None


def _read_number(value: Any) -> float | int:
    try:
        number = float(str(value).replace(",", "").replace("−", "-"))
    except ValueError:
        raise ValueError(f"{value!r} is not a number") from None
    return int(number) if number.is_integer() else number


def _read_percent(value: Any) -> float:
    percent = float(_read_number(value))
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent:g} % is not a share; give 0 to 100 %")
    return round(percent / 100, 8)


def read_clock(text: str) -> str:
    """A time of day as people type it.

    >>> read_clock("9"), read_clock("9.30"), read_clock("0930"), read_clock("24:00")
    ('09:00', '09:30', '09:30', '24:00')
    """
    plain = text.strip().replace(".", ":").replace("h", ":").rstrip(":")
    if plain.isdigit():
        plain = (
            f"{plain}:00" if len(plain) <= 2 else f"{plain[:-2]}:{plain[-2:]}" if len(plain) <= 4 else plain
        )
    return clock_text(clock_seconds(plain))


# -- problems beside fields ------------------------------------------------------------------------


def by_field(model: type[WhatIf], problems: Iterable[Problem]) -> tuple[dict[str, str], list[Problem]]:
    """Problems as text by field of the form, and those that belong to none of its fields."""
    names = {f.name for f in fields_of(model)}
    beside: dict[str, str] = {}
    others: list[Problem] = []
    for problem in problems:
        name, _, rest = problem.field.partition(".")
        in_scenario = bool(rest) and name in Scenario.model_fields
        if name not in names or in_scenario:
            others.append(problem)
        else:
            text = _sentence(f"{problem.allowed}; {problem.cure}")
            beside[name] = f"{beside[name]} {text}" if name in beside else text
    return beside, others


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
