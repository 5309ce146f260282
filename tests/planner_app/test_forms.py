from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dash.development.base_component import Component

import scenarios
from planner_app.studies import forms
from planner_app.studies.forms import Draft, read
from scenarios.errors import Problem
from scenarios.parameters import PARAMETERS
from scenarios.whatifs import WHATIFS, WhatIf, choices, fields_of, parse, starting_values

BANK = scenarios.load("retail_bank")
Parts = Callable[[Any], list[Component]]


def inputs(parts: Parts, form: Component) -> dict[tuple[str, str], Component]:
    found = {}
    for part in parts(form):
        place = getattr(part, "id", None)
        if isinstance(place, dict) and "field" in place:
            assert (place["field"], place["key"]) not in found, "a field is listed twice"
            found[(place["field"], place["key"])] = part
    return found


def raw(parts: Parts, form: Component) -> dict[tuple[str, str], Any]:
    return {place: part.value for place, part in inputs(parts, form).items()}


@pytest.mark.parametrize("kind", WHATIFS)
def test_every_field_has_one_labelled_input(kind: str, parts: Parts) -> None:
    model = WHATIFS[kind]
    drawn = inputs(parts, forms.form(model, BANK, starting_values(model, BANK), "f"))
    for field in fields_of(model):
        expected = {"default", *choices(field, BANK)} if field.kind == "shares" else {""}
        assert {key for name, key in drawn if name == field.name} == expected
    assert all(part.label for part in drawn.values())


@pytest.mark.parametrize("kind", WHATIFS)
def test_what_a_form_shows_is_what_it_reads(kind: str, parts: Parts) -> None:
    model = WHATIFS[kind]
    values = starting_values(model, BANK)
    draft = read(model, raw(parts, forms.form(model, BANK, values, "f")))
    assert draft.problems == {}
    expected = {name: value for name, value in values.items() if value is not None}
    assert parse({"kind": kind, **draft.values}) == parse({"kind": kind, **expected})


FILLED = [
    {"kind": "channel_outage", "channel": "chat", "start": "09:15", "end": "24:00", "failure": 0.355},
    {"kind": "change_staff", "groups": ["generalists"], "percent": -12.5, "start": "08:00", "end": "12:00"},
    {"kind": "scale_volume", "percent": 1234.5},
    {
        "kind": "launch_channel", "name": "app2", "mode": "self_service",
        "share": {"default": 0.07, next(iter(BANK.segments)): 0.29},
        "success": {next(iter(BANK.intents)): 0.123456}, "duration": "90 s",
    },
]  # fmt: skip


@pytest.mark.parametrize("data", FILLED, ids=lambda data: str(data["kind"]))
def test_values_survive_the_form_exactly(data: dict[str, Any], parts: Parts) -> None:
    whatif = parse(data)
    model = type(whatif)
    values = {**starting_values(model, BANK), **{name: v for name, v in data.items() if name != "kind"}}
    draft = read(model, raw(parts, forms.form(model, BANK, values, "f")))
    assert draft.problems == {}
    assert parse({"kind": data["kind"], **draft.values}) == whatif


def test_a_share_is_shown_in_per_cent_and_read_back_to_the_bit() -> None:
    for thousandths in range(1001):
        share = thousandths / 1000
        shown = forms._to_percent(share)
        assert forms._read_percent(shown) == share
    assert forms._to_percent(0.29) == 29


@pytest.mark.parametrize(
    "pair", ["9 09:00", "9:05 09:05", "9.30 09:30", "0930 09:30", "10h 10:00", "24:00 24:00"]
)
def test_times_of_day_are_read_as_people_type_them(pair: str) -> None:
    typed, meant = pair.split()
    assert forms.read_clock(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "noon", "9:75", "12345", "-1"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="a time of day"):
        forms.read_clock(typed)


def launch(**changes: Any) -> Draft:
    values: dict[tuple[str, str], Any] = {
        ("name", ""): "app2",
        ("mode", ""): "self_service",
        ("share", "default"): 20,
        ("success", "default"): 60,
    }
    values |= {tuple(name.split("__")) if "__" in name else (name, ""): v for name, v in changes.items()}
    return read(WHATIFS["launch_channel"], values)


def test_problems_stand_beside_their_fields() -> None:
    draft = launch(duration="6 parsecs", moves_on=130, share__default=-5)
    assert set(draft.problems) == {"duration", "moves_on", "share"}
    assert "6 min" in draft.problems["duration"]
    assert draft.problems["moves_on"] == "130 % is not a share; give 0 to 100 %."


def test_what_is_needed_and_missing_is_said() -> None:
    draft = read(WHATIFS["channel_outage"], {("channel", ""): None})
    assert draft.problems["channel"].startswith("Needed")


def test_an_empty_input_means_the_default() -> None:
    assert "duration" not in launch(duration="").values
    assert launch(duration="").problems == {}


def test_fields_that_do_not_matter_are_hidden_and_not_read() -> None:
    model = WHATIFS["launch_channel"]
    assert "handle_time" in forms.hidden_fields(model, {"mode": "self_service"})
    assert "handle_time" not in forms.hidden_fields(model, {"mode": "concurrent"})
    assert "handle_time" not in launch(handle_time="nonsense").values
    assert launch(handle_time="nonsense").problems == {}
    assert "handle_time" in launch(mode="concurrent", handle_time="nonsense").problems


def test_one_share_for_all_and_shares_by_name() -> None:
    assert launch().values["share"] == 0.2
    segment = next(iter(BANK.segments))
    mixed = launch(**{f"share__{segment}": 50}).values["share"]
    assert mixed == {"default": 0.2, segment: 0.5}
    only = launch(**{"share__default": "", f"share__{segment}": 50}).values["share"]
    assert only == {segment: 0.5}


def test_problems_of_the_model_find_their_field_or_are_told_apart() -> None:
    model = WHATIFS["change_staff"]
    beside, others = forms.by_field(
        model,
        [
            Problem("groups", "x", "one of the scenario's groups: a, b", "write a"),
            Problem("groups.a.staff", -1, "at least 0", "raise it"),
        ],
    )
    assert beside == {"groups": "One of the scenario's groups: a, b; write a."}
    assert [problem.field for problem in others] == ["groups.a.staff"]


@pytest.mark.parametrize("model", WHATIFS.values(), ids=WHATIFS)
def test_sources_are_behind_a_button_that_says_what_it_is(
    model: type[WhatIf], parts: Parts, text: Callable[[Any], str]
) -> None:
    for field in fields_of(model):
        mark = forms.source_mark(field)
        if field.parameter is None:
            assert mark is None
            continue
        assert mark is not None
        entry = PARAMETERS[field.parameter]
        assert entry.source in text(mark)
        assert f"Grade {entry.grade}" in text(mark)
        target = next(part for part in parts(mark) if hasattr(part, "boxWrapperProps"))
        assert field.title in target.boxWrapperProps["aria-label"]
