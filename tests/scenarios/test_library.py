"""The library and the stories: every scenario is sound, described, simulable, and what its header says."""

from __future__ import annotations

from importlib import resources

import pytest

import scenarios
from scenarios import Scenario, ScenarioError
from scenarios.profiles import profile_weights
from scenarios.stories import Story, stories, story
from scenarios.whatifs import apply_stack, dump_stack, load_stack

NAMES = scenarios.library()


def test_the_library_has_what_the_product_promises() -> None:
    assert {"helpdesk", "retail_bank", "telecom_outage"} <= set(NAMES)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scenario(name: str) -> Scenario:
    return scenarios.load(name)


def test_it_is_sound(scenario: Scenario) -> None:
    assert scenarios.check(scenario) == []


def test_it_round_trips(scenario: Scenario) -> None:
    assert scenarios.loads(scenarios.dumps(scenario)) == scenario


def test_it_says_what_it_shows(name: str, scenario: Scenario) -> None:
    text = resources.files("scenarios").joinpath("library", f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "# What it shows:" in text
    assert "assumption" in text
    assert len(text.splitlines()) < 150
    assert len(scenario.description) > 80
    assert scenarios.describe(scenario)


def cases_per_day(scenario: Scenario) -> float:
    volumes = [intent.volume for intent in scenario.intents.values()]
    return sum(
        volume.per_day if volume.per_interval is None else sum(volume.per_interval) for volume in volumes
    )


def test_the_help_desk_is_small() -> None:
    desk = scenarios.load("helpdesk")
    assert cases_per_day(desk) == 400
    assert [channel.mode for channel in desk.channels.values()] == ["live"]
    assert len(desk.groups) == 1


def test_the_bank_has_every_mode_and_a_busy_monday() -> None:
    bank = scenarios.load("retail_bank")
    assert cases_per_day(bank) == pytest.approx(20_000, rel=0.02)
    assert bank.calendar.start.weekday() == 0
    assert {channel.mode for channel in bank.channels.values()} == {
        "self_service",
        "live",
        "concurrent",
        "deferred",
    }
    assert {intent.demand for intent in bank.intents.values()} == {"value", "failure"}
    assert len(bank.groups) >= 2
    assert 2 <= len(bank.segments) <= 4
    assert sum(segment.share for segment in bank.segments.values()) == pytest.approx(1)


def test_the_telecom_fault_brings_five_times_the_cases_while_the_app_fails() -> None:
    telecom = scenarios.load("telecom_outage")
    cases = telecom.intents["network_fault"].volume.per_interval
    assert cases is not None
    normal = [1200 * share for share in profile_weights("office_hours", 96)]
    during, before = range(34, 46), range(32, 34)  # 08:30-11:30, 08:00-08:30
    assert [cases[k] / normal[k] for k in during] == pytest.approx([5] * len(during), rel=0.001)
    assert [cases[k] / normal[k] for k in before] == pytest.approx([1] * len(before), rel=0.001)
    [incident] = telecom.incidents
    assert (incident.channel, incident.failure) == ("app", 0.6)


# -- stories -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", stories())
def test_a_story_can_be_told(name: str) -> None:
    told = story(name)
    assert told.name == name
    assert told.title
    assert told.question.endswith("?")
    base = scenarios.load(told.base)
    changed = apply_stack(base, told.steps)
    assert changed != base
    assert scenarios.check(changed) == []
    assert load_stack(dump_stack(told.steps)) == list(told.steps)


def test_the_first_page_tells_three_stories() -> None:
    assert [story(name).title for name in stories()] == [
        "A new chat that fails a third of the time",
        "The portal is down on Monday",
        "Cut staff by 10%",
    ]


def test_a_story_survives_being_written_down() -> None:
    told = story("portal_down")
    steps = load_stack(dump_stack(told.steps))
    assert Story(**{**told.model_dump(exclude={"steps"}), "steps": steps}) == told


def test_an_unknown_story_names_those_there_are() -> None:
    with pytest.raises(ScenarioError, match="portal_down"):
        story("portal_dwon")
