"""Assumptions: every figure in use, where it comes from, and another number in its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import Scenario, ScenarioError, assumptions
from scenarios.assumptions import (
    BEHIND_RESULTS,
    OWN,
    Assumption,
    told,
    varied,
    varied_whatif,
    with_number,
)
from scenarios.distributions import dump_law, names_law, parse_law
from scenarios.parameters import PARAMETERS, default_of
from scenarios.paths import complete_tree, get, plain, replace
from scenarios.whatifs import ChannelOutage, ChannelQuality, LaunchChannel, ScaleVolume
from tests.scenarios.examples import small_scenario
from tests.strategies import scenarios_strategy

SMALL = small_scenario()
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Scenarios shrink for minutes, and a failure names its field."""


def by_field(scenario: Scenario, *whatifs: Any) -> dict[str, Assumption]:
    found = assumptions(scenario, whatifs)
    fields = {one.field: one for one in found}
    assert len(fields) == len(found)
    return fields


def mean_the_same(value: Any, here: Any) -> bool:
    """Whether two values in written form do, however much of a law is written."""
    is_law = isinstance(here, dict) and names_law(here)
    return bool(parse_law(value) == parse_law(here) if is_law else value == here)


# -- what is listed ----------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None, phases=NO_SHRINKING)
@given(scenarios_strategy())
def test_every_figure_stands_in_the_scenario_where_its_path_says(scenario: Scenario) -> None:
    for field, one in by_field(scenario).items():
        if field in BEHIND_RESULTS or field.endswith(".slowdown"):
            continue
        here = get(scenario, field)
        if one.origin == "library" and field.endswith(".default") and here is None:
            continue  # an intent that the scenario does not name has the library's
        assert mean_the_same(one.value, here), field


def test_all_of_a_full_file_is_listed(clinic: Scenario) -> None:
    found = by_field(clinic)
    leaves = {".".join(path) for path, value in _leaves(complete_tree(clinic)) if _says(value)}
    unlisted = {leaf for leaf in leaves if not any(leaf == f or leaf.startswith(f"{f}.") for f in found)}
    said_elsewhere = {"name", "description", "currency"}
    assert {leaf for leaf in unlisted if not leaf.endswith((".default", ".mode"))} - said_elsewhere == {
        leaf for leaf in unlisted if leaf.rpartition(".")[2] in ("overflow_after", "keep_idle", "weight",
        "balk", "silent_abandonment", "slow_down")
    }  # fmt: skip


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> Any:
    if isinstance(tree, dict) and tree and not names_law(tree):
        for step, part in tree.items():
            yield from _leaves(part, (*path, step))
    else:
        yield path, plain(tree)


def _says(value: Any) -> bool:
    return value not in (None, "", [], {}, ())


def test_what_is_behind_results_is_in_the_library() -> None:
    assert set(BEHIND_RESULTS) <= set(PARAMETERS)
    found = by_field(SMALL)
    assert {found[name].origin for name in BEHIND_RESULTS} == {"library"}


# -- where a value comes from ------------------------------------------------------------------------


def desk(**phone: Any) -> Scenario:
    return Scenario(
        name="Desk",
        calendar={"start": "2026-03-02"},
        intents={"ask": {"volume": {"per_day": 300}}, "buy": {"volume": {"per_day": 10}}},
        channels={"phone": {"mode": "live", **phone}},
        groups={"all": {"skills": {"phone": {}}, "staff": {"08:00": 6, "18:00": 0}}},
    )


def test_a_default_has_source_grade_and_range_of_the_library() -> None:
    one = by_field(desk())["channels.phone.patience"]
    entry = PARAMETERS["phone.patience"]
    assert (one.origin, one.grade, one.parameter) == ("library", "A", entry)
    assert (one.range, one.number) == ((entry.low, entry.high), 300.0)
    assert entry.source in one.source
    assert not one.lacks_measured_source


def test_what_is_written_is_the_scenarios_own_unless_it_is_the_librarys_figure() -> None:
    own = by_field(desk(patience={"exponential": {"mean": "2 min"}}))["channels.phone.patience"]
    assert (own.origin, own.grade, own.is_library_figure) == ("scenario", OWN, False)
    same = by_field(desk(patience={"exponential": {"mean": "300 s"}}))["channels.phone.patience"]
    assert (same.origin, same.grade) == ("scenario", "A")
    assert "as the library has it" in same.source


def test_a_neutral_setting_needs_no_source() -> None:
    one = by_field(desk())["groups.all.skills.phone.handle_time"]
    assert (one.origin, one.grade, one.parameter) == ("model", "", None)


def test_an_intent_that_is_not_named_has_the_librarys_figure() -> None:
    found = by_field(desk(resolution={"buy": 0.5}))
    assert (found["channels.phone.resolution.buy"].origin, found["channels.phone.resolution.buy"].value) == (
        "scenario", 0.5,
    )  # fmt: skip
    rest = found["channels.phone.resolution.default"]
    assert (rest.origin, rest.value) == ("library", default_of("phone.resolution"))


def test_targets_of_chat_and_email_are_their_own_not_the_phones(clinic: Scenario) -> None:
    found = by_field(scenarios.load("retail_bank"))
    for channel, name in (("chat", "chat.target"), ("email", "email.target")):
        within, share = (found[f"channels.{channel}.target.{part}"] for part in ("within", "share"))
        assert within.parameter == PARAMETERS[name]
        assert within.range == (PARAMETERS[name].low, PARAMETERS[name].high)
        assert (share.range, share.grade) == (None, PARAMETERS[name].grade)
    assert found["channels.phone.target.within"].parameter == PARAMETERS["phone.target_within"]


def test_a_what_if_shows_old_and_new_and_its_own_name() -> None:
    whatif = ScaleVolume(percent=20)
    one = by_field(desk(), whatif)["intents.ask.volume.per_day"]
    assert (one.origin, one.old, one.value, one.by) == ("what-if", 300.0, 360.0, (whatif.describe(desk()),))
    assert one.source.startswith("changed from 300 cases to 360 cases by ")
    assert by_field(desk(), whatif)["channels.phone.patience"].origin == "library"


def test_two_what_ifs_that_change_one_figure_are_both_named() -> None:
    one = by_field(desk(), ScaleVolume(percent=20), ScaleVolume(percent=50))["intents.ask.volume.per_day"]
    assert (one.old, one.value, len(one.by)) == (300.0, 540.0, 2)


def test_what_a_second_what_if_takes_back_is_not_changed() -> None:
    found = by_field(desk(), ScaleVolume(percent=25), ScaleVolume(percent=-20))
    assert found["intents.ask.volume.per_day"].origin == "scenario"


def test_a_value_by_intent_that_was_one_for_all_knows_what_it_was() -> None:
    better = ChannelQuality(channel="phone", success={"buy": 0.9})
    one = by_field(desk(), better)["channels.phone.resolution.buy"]
    assert (one.origin, one.old, one.value) == ("what-if", default_of("phone.resolution"), 0.9)


def test_what_a_what_if_adds_and_asks_for_itself_is_listed() -> None:
    bank = scenarios.load("retail_bank")
    launch = LaunchChannel(name="bot", success=0.7)
    found = by_field(bank, launch)
    share, success = (found[f"what-if 1 (launch_channel).{name}"] for name in ("share", "success"))
    assert (share.origin, share.grade, share.step) == ("library", "X", 1)
    assert (success.origin, success.grade, success.value) == ("what-if", OWN, 0.7)
    added = found["channels.bot.success"]
    assert (added.origin, added.old) == ("what-if", None)
    assert added.source.startswith("added by ")
    untouched = found["channels.bot.cost_per_contact"]
    assert (untouched.origin, untouched.by) == ("library", (launch.describe(bank),))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ScenarioError, match="what-if 1"):
        assumptions(desk(), [ChannelOutage(channel="portal")])


# -- another number ----------------------------------------------------------------------------------

LAWS = st.sampled_from(
    [
        {"exponential": {"mean": "5 min"}},
        {"lognormal": {"mean": "6 min", "cv": 0.7}},
        {"gamma": {"mean": "90 s", "cv": 2.0, "at_most": "1 h"}},
        {"erlang": {"mean": "4 min", "phases": 3}},
        {"weibull": {"mean": "4 min", "shape": 1.5}},
        {"uniform": {"low": "1 min", "high": "3 min"}},
        {"triangular": {"low": "1 min", "mode": "2 min", "high": "6 min"}},
        {"empirical": {"values": ["1 min", "5 min"], "weights": [3, 1]}},
        "4 min",
    ]
)


@given(LAWS, st.integers(5, 36_000))
def test_another_mean_keeps_the_shape_of_a_law(law: Any, seconds: int) -> None:
    before, after = parse_law(law), parse_law(with_number(law, float(seconds)))
    assert type(after) is type(before)
    assert after.law_mean == pytest.approx(seconds)
    assert after.law_cv == pytest.approx(before.law_cv)
    assert (after.zero, after.at_most) == (before.zero, before.at_most)
    assert with_number(dump_law(before), before.law_mean) == dump_law(before)


def test_a_mean_of_nothing_takes_no_time() -> None:
    assert with_number({"exponential": {"mean": "5 min"}}, 0.0) == "0 s"


@settings(max_examples=12, deadline=None, phases=NO_SHRINKING)
@given(scenarios_strategy(), st.randoms(use_true_random=False))
def test_either_end_of_a_range_can_be_put_in_place(scenario: Scenario, random: Any) -> None:
    ranged = [one for one in assumptions(scenario) if one.range and one.field not in BEHIND_RESULTS]
    for one in random.sample(ranged, min(4, len(ranged))):
        for end in one.range or ():
            changed = varied(scenario, one, end)
            if one.field.endswith(".slowdown"):
                assert get(changed, one.field)[:2] == [1.0, 1.0 + end][: len(get(changed, one.field))]
            else:
                assert by_field(changed)[one.field].number == pytest.approx(end)


def test_a_what_ifs_own_number_is_put_in_place() -> None:
    bank = scenarios.load("retail_bank")
    launch = LaunchChannel(name="bot")
    one = by_field(bank, launch)["what-if 1 (launch_channel).duration"]
    changed = varied_whatif(launch, one, 30.0)
    assert isinstance(changed, LaunchChannel)
    assert (changed.duration, changed.share) == (30.0, launch.share)
    assert replace(bank, "max_attempts", 3).max_attempts == 3  # the scenario itself is left alone


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "", "–"),
        (True, "", "yes"),
        (0.125, "share", "12.5%"),
        (-0.1, "share", "−10%"),
        (16.0, "money/h", "$16/h"),
        (0.1, "money", "$0.10"),
        (1, "attempts", "1 attempt"),
        (1.5, "factor", "× 1.5"),
        ([1.0, 2.0], "agents", "1, 2 agents"),
        (list(range(100)), "cases", "0, 1, 2, 3, 4, 5 cases, … (100 values)"),
        ("20 s", "s", "20 s"),
    ],
)
def test_values_are_told_with_their_units(value: Any, unit: str, text: str) -> None:
    assert told(value, unit, "$") == text
