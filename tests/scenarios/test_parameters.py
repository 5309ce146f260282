"""The parameter library and the profiles: complete entries, sound ranges, honest grades."""

from __future__ import annotations

import math
import re

import pytest

from scenarios.distributions import parse_law
from scenarios.parameters import GRADES, PARAMETERS, Parameter, default_of, parameter
from scenarios.profiles import profile_names, profile_source, profile_weights, rescaled

EVERY = list(PARAMETERS.values())


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.name)
def test_every_entry_says_where_it_comes_from(entry: Parameter) -> None:
    assert len(entry.source) > 15
    assert not re.search(r"\[\w?\d+\]", entry.source.replace("[24]7", "")), "sources are spelled out"
    assert entry.grade in GRADES
    assert entry.unit
    assert entry.name == parameter(entry.name).name


@pytest.mark.parametrize(
    "entry", [entry for entry in EVERY if entry.is_assumption], ids=lambda entry: entry.name
)
def test_an_assumption_says_that_it_is_one(entry: Parameter) -> None:
    said = f"{entry.note} {entry.source}".lower()
    assert "assum" in said or "by definition" in said or "calibrated" in said


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.name)
def test_a_default_lies_in_its_range(entry: Parameter) -> None:
    if entry.low is None or entry.high is None:
        return
    assert entry.low < entry.high
    default = entry.default
    if isinstance(default, dict) and "within" in default:
        default = parse_law(default["within"]).mean_seconds
    elif isinstance(default, dict):
        default = parse_law(default).mean_seconds
    if not isinstance(default, list):
        assert entry.low <= default <= entry.high


def test_a_default_is_the_callers_own() -> None:
    first = default_of("phone.patience")
    first["exponential"]["mean"] = "1 s"
    assert default_of("phone.patience") == {"exponential": {"mean": "5 min"}}


def test_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        default_of("phone.colour")
    assert "phone.colour" not in PARAMETERS


@pytest.mark.parametrize("name", profile_names())
@pytest.mark.parametrize("intervals", [1, 7, 24, 48, 96, 288])
def test_a_profile_adds_up_to_a_day(name: str, intervals: int) -> None:
    weights = profile_weights(name, intervals)
    assert len(weights) == intervals
    assert math.fsum(weights) == pytest.approx(1.0)
    assert min(weights) >= 0
    assert profile_source(name)


def test_a_profile_keeps_its_hours_whatever_the_interval() -> None:
    hourly, quarters = profile_weights("contact_centre_day", 24), profile_weights("contact_centre_day", 96)
    for hour in range(24):
        assert math.fsum(quarters[4 * hour : 4 * hour + 4]) == pytest.approx(hourly[hour])
    assert hourly[10] == pytest.approx(0.091)
    assert rescaled((1.0, 1.0, 2.0), 2) == pytest.approx((0.375, 0.625))


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="office_hours"):
        profile_weights("night", 24)
