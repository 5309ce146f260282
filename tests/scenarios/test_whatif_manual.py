"""What-ifs described from their declarations: a schema with every field, a manual that leaves none out."""

from __future__ import annotations

import json
import re

import pytest

from scenarios.parameters import PARAMETERS
from scenarios.stories import all_stories, story
from scenarios.whatifs import WHATIFS, dump, fields_of, manual, schema


def test_the_schema_has_every_kind_with_its_fields() -> None:
    told = schema()
    assert json.loads(json.dumps(told)) == told
    for kind, model in WHATIFS.items():
        entry = told["$defs"][kind]
        assert entry["properties"]["kind"] == {"const": kind, "title": "Kind"}
        assert set(entry["properties"]) == {"kind", *model.model_fields}
        assert set(entry["required"]) == {"kind", *(f.name for f in fields_of(model) if f.required)}
        assert entry["additionalProperties"] is False


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    told = schema()
    targets = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(told)))
    assert set(WHATIFS) <= targets <= set(told["$defs"])


@pytest.mark.parametrize("name", all_stories())
def test_stories_keep_to_the_schema(name: str) -> None:
    entries = schema()["$defs"]
    for whatif in story(name).steps:
        written, entry = dump(whatif), entries[whatif.kind]
        assert set(entry["required"]) <= set(written) <= set(entry["properties"])


def test_the_manual_tells_every_field_and_every_source() -> None:
    text = manual()
    for model in WHATIFS.values():
        section = text.split(f"(`{model.kind}`)", 1)[1].split("\n### ", 1)[0]
        assert "Neutral:" in section
        for field in fields_of(model):
            [row] = [line for line in section.splitlines() if line.startswith(f"| `{field.name}` |")]
            assert row.count(" |") == 5
            assert field.title in row
            if field.parameter is not None:
                assert PARAMETERS[field.parameter].source.replace("|", "/") in row
