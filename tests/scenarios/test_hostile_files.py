"""Hostile and broken files get an error that says what to do, or a correct answer; never anything else."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import Scenario, ScenarioError, documents
from tests.scenarios.examples import FULL_TEXT, small
from tests.strategies import scenario_fields

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)


def test_a_file_of_100_mb_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)  # sparse

    def never(_: Path) -> bytes:
        raise AssertionError("a file that is too large must not be read")

    monkeypatch.setattr(Path, "read_bytes", never)
    with pytest.raises(ScenarioError, match="100 MB"):
        scenarios.load(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "values"),
        ("a: [" + "1," * 400_000 + "]", "values"),
        ("\n" * 2_000_001, "characters"),
        ("[" * 100_000, "nested"),
        ("- " * 5000, "nested"),
        ("a: &a [*a]", "anchor"),
        ('a: !!python/object/apply:os.system ["true"]', "tags"),
        ("name: !!str x", "tags"),
        ("name: !x y", "tags"),
        ("name: a\nname: b", "second 'name'"),
        ("name: a\n---\nname: b", "second document"),
        ("? [a]\n: b", "key"),
        ("name: a: b", "YAML"),
        ("name: [a", "YAML"),
        ("a:\n\t- b", "YAML"),
        ("\x00", "YAML"),
        ("%YAML 9.9\n---\na: 1", "YAML"),
        ("- a", "a list"),
        ("just text", "a single value"),
        ("", "nothing"),
    ],
)
def test_text_that_is_no_plain_document_is_refused(text: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said) as caught:
        scenarios.loads(text)
    assert len(str(caught.value)) < 500


def test_the_line_of_a_second_key_is_named() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenarios.loads("name: x\nchannels:\n  phone: {mode: live}\n  phone: {mode: live}\n")
    assert caught.value.problems[0].line == 4


def test_yaml_means_what_version_1_2_says() -> None:
    data = documents.parse(
        "a: no\nb: 2026-03-02\nc: 08:30\nd: 012\ne: 1e3\nf: .inf\ng: ~\nh: 'x'\ni: 0x1F\nj: TRUE\n"
    ).data
    assert data == {
        "a": "no", "b": "2026-03-02", "c": "08:30", "d": 12, "e": 1000.0, "f": math.inf, "g": None, "h": "x",
        "i": "0x1F", "j": True,
    }  # fmt: skip


def test_aliases_within_bounds_are_unfolded() -> None:
    data = documents.parse("a: &x {k: [1, 2]}\nb: *x\n").data
    assert data["a"] == data["b"] == {"k": [1, 2]}


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.yaml"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(ScenarioError, match="UTF-8"):
        scenarios.load(path)


# -- values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("lines: 40", "lines: .nan", "channels.phone.lines"),
        ("hang_up: 0.02", "hang_up: .nan", "channels.phone.front.hang_up"),
        ("hang_up: 0.02", "hang_up: .inf", "channels.phone.front.hang_up"),
        ("mean: 4 min 30 s", "mean: -4 min", "channels.phone.handle_time.default.lognormal.mean"),
        ("mean: 4 min 30 s", "mean: .nan", "channels.phone.handle_time.default.lognormal.mean"),
        ("mean: 4 min 30 s", "mean: 1e400", "channels.phone.handle_time.default.lognormal.mean"),
        ("mean: 4 min 30 s", "mean: 0", "channels.phone.handle_time.default.lognormal.mean"),
        ("short_abandon: 15", "short_abandon: -15", "channels.chat.short_abandon"),
        ("short_abandon: 15", "short_abandon: true", "channels.chat.short_abandon"),
        ("short_abandon: 15", "short_abandon: 11 years", "channels.chat.short_abandon"),
        ("per_day: 900", "per_day: " + "9" * 5000, "intents.booking.volume.per_day"),
        ("per_day: 900", "per_day: '900'", "intents.booking.volume.per_day"),
        ("days: 1", "days: 1000000000", "calendar.days"),
        ("start: 2026-03-03", "start: 0001-01-01", "calendar.start"),
        ("start: 2026-03-03", "start: 12", "calendar.start"),
        ("Europe/Paris", "../../etc/passwd", "calendar.timezone"),
        ("cap: 2", "cap: 1e9", "channels.chat.cap"),
        ("mode: live", "mode: dead", "channels.phone.mode"),
        ("mode: live", "mode: [live]", "channels.phone.mode"),
        ("max_attempts: 5", "max_attempts: 5.5", "max_attempts"),
        ("office:", "the office:", "groups.the office"),
        ("shrinkage: 0.25", "shrinkage: 1", "groups.nurses.shrinkage"),
        ("values: [2 min, 4 min, 10 min]", "values: []", "channels.letters.handle_time.empirical.values"),
        ("weights: [2, 5, 1]", "weights: [0, 0, 0]", "channels.letters.handle_time.empirical"),
        ("weights: [2, 5, 1]", "weights: [1]", "channels.letters.handle_time.empirical"),
        ("low: 10 s, mode: 30 s", "low: 40 s, mode: 30 s", "channels.phone.front.duration.triangular"),
        ("at_most: 30 min", "at_most: 0, at_least: 9", "channels.phone.patience.exponential"),
        ("name: Clinic, one Tuesday", "<<: {name: a}", "name"),
    ],
)
def test_a_value_that_a_field_does_not_take_is_named_with_its_field(
    clinic_path: Path, old: str, new: str, field: str
) -> None:
    assert old in FULL_TEXT
    clinic_path.write_text(FULL_TEXT.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        scenarios.load(clinic_path)
    problems = {problem.field: problem for problem in caught.value.problems}
    assert field in problems
    assert all(problem.cure and problem.allowed for problem in problems.values())
    assert len(str(problems[field])) < 600


def sound(data: dict[str, Any]) -> bool:
    return scenarios.check(Scenario(**data)) == []


def test_a_day_without_customers_is_sound() -> None:
    assert sound(small(intents={"help": {"volume": {"per_day": 0}}}))
    assert sound(small(intents={"help": {"volume": {"per_interval": [0] * 96}}}))


def test_one_customer_is_sound() -> None:
    volume = {"per_interval": [0] * 40 + [1] + [0] * 55, "counts": "exact"}
    assert sound(small(intents={"help": {"volume": volume}}))


def test_one_second_is_sound() -> None:
    assert sound(small(calendar={"start": "2026-03-02", "interval": "1 s"}))


@pytest.mark.parametrize("interval", ["0 s", "1 ms", "7 min", "25 h", 0.1, 1e-6, 86400 / 7])
def test_an_interval_that_does_not_divide_a_day_is_a_problem(interval: object) -> None:
    problems = scenarios.check(Scenario(**small(calendar={"start": "2026-03-02", "interval": interval})))
    assert [problem.field for problem in problems] == ["calendar.interval"]


def test_more_intervals_than_can_be_held_are_a_problem() -> None:
    calendar = {"start": "2026-03-02", "interval": "1 s", "days": 366}
    assert [problem.field for problem in scenarios.check(Scenario(**small(calendar=calendar)))] == [
        "calendar.interval"
    ]


# -- fuzz --------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["name", "calendar", "start: 2026-03-02", "channels", "phone", "mode: live", "per_day", "lognormal",
     "mean: 6 min", "null", "true", "1e9", ".nan", "-1", ": ", "\n", "\n  ", "- ", "{", "}", "[", "]", ",",
     "&a ", "*a", "!!x ", "'", '"', "#", "|", ">", "%", "? ", "<<: ", "---\n", "...\n", "\t", "\r", "\x85",
     "\u2028", "é", "😀", "\\u0000"]
)  # fmt: skip


def problems_of(make: Callable[[], Scenario]) -> tuple[Scenario | None, tuple[scenarios.Problem, ...]]:
    """The scenario, or the problems: anything else that is raised fails the test."""
    try:
        return make(), ()
    except ScenarioError as error:
        return None, error.problems


def assert_usable(scenario: Scenario) -> None:
    assert all(str(problem) for problem in scenarios.check(scenario))
    assert scenarios.loads(scenarios.dumps(scenario)) == scenario
    assert scenarios.describe(scenario)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200)))
@example(text="a: '\ud800'")
@example(text='name: "\\ud800"')
@example(text="a: &a\nb: *a")
def test_any_text_gives_a_scenario_or_problems(text: str) -> None:
    scenario, problems = problems_of(lambda: scenarios.loads(text))
    assert (scenario is None) == bool(problems)
    assert all(str(problem) for problem in problems)
    if scenario is not None:
        assert_usable(scenario)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
    | st.sampled_from([[], {}, "6 min", "unlimited", {"exponential": 5}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything in plain data."""
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, item in parts for place in places(item, (*path, key)))][:400]


@settings(max_examples=250, deadline=None)
@given(data=st.data(), fields=scenario_fields(), value=VALUES)
def test_any_value_anywhere_gives_a_scenario_or_named_problems(
    data: st.DataObject, fields: dict[str, Any], value: Any
) -> None:
    place = data.draw(st.sampled_from([path for path in places(fields) if path]))
    here: Any = fields
    for step in place[:-1]:
        here = here[step]
    here[place[-1]] = value
    scenario, problems = problems_of(lambda: Scenario(**fields))
    assert (scenario is None) == bool(problems)
    for problem in problems:
        assert problem.field.split(".")[0] == str(place[0])
        assert problem.allowed
        assert problem.cure
        assert str(problem)
    if scenario is not None:
        assert_usable(scenario)
