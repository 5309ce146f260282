"""What-ifs described from their declarations: a schema for editors, a manual for people."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_args

from scenarios.parameters import PARAMETERS
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.fields import FormField, fields_of
from scenarios.whatifs.stack import MOST_STEPS, WHATIFS

# -- for editors -------------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """The JSON Schema of a file of what-ifs: a list of them, or one.

    >>> schema()["oneOf"][0]["discriminator"]["propertyName"]
    'kind'
    """
    parts = {kind: _entry(model) for kind, model in WHATIFS.items()}
    shared = {name: part for one in parts.values() for name, part in one.pop("$defs", {}).items()}
    one = {
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in parts],
        "discriminator": {"propertyName": "kind"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What-ifs",
        "oneOf": [one, {"type": "array", "items": one, "maxItems": MOST_STEPS}],
        "$defs": {**shared, **parts},
    }


def _entry(model: type[WhatIf]) -> dict[str, Any]:
    described = model.model_json_schema(mode="validation")
    kind = {"const": model.kind, "title": "Kind"}
    return {
        **described,
        "title": model.title,
        "properties": {"kind": kind, **described.get("properties", {})},
        "required": ["kind", *described.get("required", [])],
    }


# -- for people --------------------------------------------------------------------------------------


def manual() -> str:
    """Every what-if in Markdown, by group: what it does, its fields, and where their defaults come from."""
    lines = ["# What-ifs", ""]
    for group in get_args(PlannersGroup):
        here = [model for model in WHATIFS.values() if model.group == group]
        if here:
            lines += [f"## {group}", ""]
        for model in here:
            lines += [f"### {model.title} (`{model.kind}`)", "", _text(model), ""]
            lines += ["| field | default | worth trying | unit | |", "|---|---|---|---|---|"]
            lines += [_row(field) for field in fields_of(model)] + [""]
    return "\n".join(lines)


def _text(model: type[WhatIf]) -> str:
    return inspect.cleandoc(model.__doc__ or "").replace("``", "`")


def _row(field: FormField) -> str:
    return f"| {' | '.join(_cells(field))} |"


def _cells(field: FormField) -> Iterator[str]:
    yield f"`{field.name}`"
    yield "needed" if field.required else "" if field.default in (None, []) else f"{field.default}"
    yield "" if field.low is None or field.high is None else f"{field.low:g} to {field.high:g}"
    yield field.unit
    about = " ".join(part for part in (f"{field.title}.", field.help) if part)
    if field.options:
        about += f" One of {', '.join(field.options)}."
    if field.parameter is not None:
        entry = PARAMETERS[field.parameter]
        about += f" Grade {entry.grade}: {entry.source}."
    yield about.replace("|", "/")
