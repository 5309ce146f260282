"""Durations, times, opening hours and laws: what is written, what it means, and back."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.distributions import LAWS, Duration, Law, dump_law, parse_law
from scenarios.times import Hours, Moment, Timezone, clock_seconds, clock_text
from scenarios.units import LONGEST_SECONDS, format_duration, parse_duration

hours = pydantic.TypeAdapter(Hours)
moment = pydantic.TypeAdapter(Moment)
timezone = pydantic.TypeAdapter(Timezone)
duration = pydantic.TypeAdapter(Duration)


@given(st.floats(0, LONGEST_SECONDS))
def test_a_duration_is_read_back_exactly(seconds: float) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.integers(0, int(LONGEST_SECONDS)))
def test_whole_seconds_are_written_short(seconds: int) -> None:
    text = format_duration(float(seconds))
    assert parse_duration(text) == seconds
    assert "." not in text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20 s", 20), ("6 min", 360), ("6min", 360), ("1 h 30 min", 5400), ("0.5 h", 1800), ("250 ms", 0.25),
     ("2 days", 172800), ("90", 90), (" 90 s ", 90), ("1e3 s", 1000), (0, 0), (3.5, 3.5)],
)  # fmt: skip
def test_durations_as_people_write_them(text: object, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "value",
    ["", " ", "s", "6 mins ago", "6 m 3", "-3 s", "1 month", "--", "1 h 30", "nan", "inf", "1e400 s", "٣ q",
     "9" * 100, -1, -0.001, math.nan, math.inf, True, None, [], {}, LONGEST_SECONDS + 1, 10**400],
)  # fmt: skip
def test_what_is_no_duration_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(value)


@given(st.integers(0, 86400))
def test_clock_times_are_read_back(seconds: int) -> None:
    assert clock_seconds(clock_text(seconds)) == seconds


@pytest.mark.parametrize("text", ["8", "24:01", "25:00", "08:60", "8.30", "08:00:60", "", "-1:00", "٠٨:٠٠"])
def test_what_is_no_clock_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        clock_seconds(text)


# -- opening hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        {"daily": "08:00-20:00"},
        {"mon-fri": "08:00-20:00", "sat": "09:00-17:00"},
        {"mon": "08:00-12:00, 13:00-17:00", "sun": "00:00-24:00"},
        {},
    ],
)
def test_opening_hours_are_written_as_they_were(written: dict[str, str]) -> None:
    assert hours.dump_python(hours.validate_python(written)) == written


def test_opening_hours_over_the_weekend_and_by_list() -> None:
    week = hours.validate_python(
        {"fri-mon": "10:00-12:00", "Tue, wed": ["08:00-09:00", "10:00-11:00"], "sun": "closed"}
    )
    assert list(week) == ["mon", "tue", "wed", "fri", "sat"]
    assert week["tue"] == ((28800, 32400), (36000, 39600))
    assert hours.validate_python(week) == week


@pytest.mark.parametrize(
    "value",
    ["08:00-20:00", {"mon": "08:00"}, {"mon": "20:00-08:00"}, {"mon": "08:00-08:00"}, {"mo": "08:00-09:00"},
     {"mon-": "08:00-09:00"}, {"mon": "08:00-10:00, 09:00-11:00"}, {"mon": 8}, {"mon": [[0, 90000]]}, [], 3,
     {"mon": [[True, 2]]}],
)  # fmt: skip
def test_what_are_no_opening_hours_is_refused(value: object) -> None:
    with pytest.raises(pydantic.ValidationError):
        hours.validate_python(value)


# -- moments -----------------------------------------------------------------------------------------


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)))
def test_moments_are_read_back(value: dt.datetime) -> None:
    assert moment.validate_python(moment.dump_python(value)) == value


@pytest.mark.parametrize(
    "value", ["10:00", "2026-03-02T10:00Z", "2026-03-02 10:00+01:00", 1, "", "soon", None]
)
def test_what_is_no_local_moment_is_refused(value: object) -> None:
    with pytest.raises(pydantic.ValidationError):
        moment.validate_python(value)


@pytest.mark.parametrize("value", ["Mars", "", "../../etc/passwd", "/etc/localtime", 3, None, "Europe"])
def test_what_is_no_time_zone_is_refused(value: object) -> None:
    with pytest.raises(pydantic.ValidationError):
        timezone.validate_python(value)


# -- laws --------------------------------------------------------------------------------------------

SECONDS = st.floats(0.5, 1e5)
FACTOR = st.floats(0.05, 5)
BODIES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "exponential": st.fixed_dictionaries({"mean": SECONDS}),
    "lognormal": st.fixed_dictionaries({"mean": SECONDS, "cv": FACTOR}),
    "gamma": st.fixed_dictionaries({"mean": SECONDS, "cv": FACTOR}),
    "erlang": st.fixed_dictionaries({"mean": SECONDS, "phases": st.integers(1, 20)}),
    "weibull": st.fixed_dictionaries({"mean": SECONDS, "shape": st.floats(0.3, 8)}),
    "uniform": st.fixed_dictionaries({"low": st.floats(0, 10), "high": st.floats(10, 100)}),
    "triangular": st.fixed_dictionaries(
        {"low": st.floats(0, 9), "mode": st.floats(9, 11), "high": st.floats(11, 99)}
    ),
    "deterministic": st.fixed_dictionaries({"value": SECONDS}),
    "empirical": st.fixed_dictionaries(
        {"values": st.lists(SECONDS, min_size=2, max_size=2), "weights": st.just([1.0, 3.0]) | st.none()}
    ),
    "unlimited": st.just({}),
}
LAW = st.one_of(*(body.map(lambda body, tag=tag: {tag: body}) for tag, body in BODIES.items()))  # type: ignore[misc]


def test_the_bodies_cover_every_law() -> None:
    assert set(BODIES) == set(LAWS)


@given(LAW, st.sampled_from([0.0, 0.25]))
def test_laws_are_read_back(written: dict[str, Any], zero: float) -> None:
    ((tag, body),) = written.items()
    law = parse_law({tag: {**body, "zero": zero}})
    assert parse_law(dump_law(law)) == law
    assert parse_law(dump_law(law, complete=True)) == law
    assert duration.validate_python(duration.dump_python(law)) == law
    assert law.mean_seconds == pytest.approx((1 - zero) * law.law_mean)


@pytest.mark.parametrize(
    ("written", "mean", "cv"),
    [
        # Means and coefficients of variation from the laws' own formulas, worked out by hand.
        ({"exponential": {"mean": 60}}, 60, 1),
        ({"erlang": {"mean": 60, "phases": 4}}, 60, 0.5),
        ({"weibull": {"mean": 60, "shape": 1}}, 60, 1),
        ({"weibull": {"mean": 60, "shape": 2}}, 60, math.sqrt(4 / math.pi - 1)),
        ({"uniform": {"low": 0, "high": 12}}, 6, 1 / math.sqrt(3)),
        ({"triangular": {"low": 0, "mode": 0, "high": 6}}, 2, math.sqrt(0.5)),
        ({"empirical": {"values": [1, 3]}}, 2, 0.5),
        ({"empirical": {"values": [1, 3], "weights": [3, 1]}}, 1.5, math.sqrt(0.75) / 1.5),
        ("2 min", 120, 0),
    ],
)
def test_means_and_variation_are_right(written: Any, mean: float, cv: float) -> None:
    law = parse_law(written)
    assert law.law_mean == pytest.approx(mean)
    assert law.law_cv == pytest.approx(cv)


@pytest.mark.parametrize("word", ["unlimited", "Infinite", ".inf", "never"])
def test_unlimited_has_many_words(word: str) -> None:
    assert dump_law(parse_law(word)) == "unlimited"


@pytest.mark.parametrize(
    "written",
    [{}, [], None, True, "soon", {"normal": {"mean": 3}}, {"lognormal": 3}, {"lognormal": {}},
     {"exponential": {"mean": 3, "cv": 1}}, {"exponential": {"mean": 3}, "gamma": {"mean": 3}},
     {"exponential": {"mean": 0}}, {"gamma": {"mean": 3, "cv": 0}}, {"uniform": {"low": 3, "high": 1}},
     {"triangular": {"low": 1, "mode": 1, "high": 1}}, {"erlang": {"mean": 1, "phases": 0}},
     {"exponential": {"mean": 1, "at_least": 5, "at_most": 2}},
     {"uniform": {"low": 1, "high": 2, "at_least": 3}},
     {"deterministic": {"value": 5, "at_most": 2}}, {"exponential": {"mean": 1, "zero": 1.1}},
     {"empirical": {"values": [1, -1]}}, {"empirical": {"values": [1], "weights": [math.inf]}}],
)  # fmt: skip
def test_what_is_no_law_is_refused(written: Any) -> None:
    with pytest.raises(pydantic.ValidationError):
        duration.validate_python(written)


def test_every_law_states_its_support() -> None:
    assert parse_law({"uniform": {"low": 1, "high": 2}}).support == (1, 2)
    assert parse_law({"empirical": {"values": [4, 2]}}).support == (2, 4)
    assert Law.support.fget is not None
    assert parse_law({"exponential": {"mean": 1}}).support == (0, math.inf)
