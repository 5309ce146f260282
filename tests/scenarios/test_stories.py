"""Worked stories: three are told at once, the others by theme; each can be told, and is about something."""

from __future__ import annotations

import pytest

import scenarios
from scenarios import ScenarioError
from scenarios.stories import all_stories, further_stories, stories, story
from scenarios.whatifs import apply_stack, dump_stack, load_stack

FURTHER = [name for names in further_stories().values() for name in names]


def test_three_are_told_at_once_and_the_rest_is_grouped() -> None:
    assert len(stories()) == 3
    assert 3 <= len(FURTHER) <= 24
    assert all_stories() == [*stories(), *FURTHER]
    assert len(set(all_stories())) == len(all_stories())
    assert all(2 <= len(names) <= 4 for names in further_stories().values())
    assert all(story(name).theme == theme for theme, names in further_stories().items() for name in names)


@pytest.mark.parametrize("name", all_stories())
def test_a_story_can_be_told(name: str) -> None:
    told = story(name)
    assert told.name == name
    assert told.question.endswith("?")
    assert len(told.title) < 50
    base = scenarios.load(told.base)
    changed = apply_stack(base, told.steps)
    assert changed != base
    assert scenarios.check(changed) == []
    assert load_stack(dump_stack(told.steps)) == list(told.steps)


def test_a_question_says_what_its_base_says() -> None:
    """Figures of a base that a question repeats."""
    bank, centre = scenarios.load("retail_bank"), scenarios.load("average_centre")
    assert "a fifth of the bank's customers" in story("ageing_customers").question
    assert bank.segments["boomer"].share == 0.2
    assert "71% of calls at once instead of 70%" in story("one_point").question
    assert centre.channels["phone"].resolution == 0.7  # type: ignore[union-attr]
    assert "27.6 million" in story("one_point").question
    assert "27.6" in centre.description
    assert bank.intents["login"].demand == "failure"


def test_a_question_about_an_outage_a_menu_or_tiers_says_what_its_base_says() -> None:
    [outage] = scenarios.load("portal_outage").incidents
    assert outage.detection is not None
    assert outage.fix is not None
    assert outage.window[0].hour == 10
    assert (outage.detection.monitoring, outage.detection.reports, outage.fix.law_mean) == (3600, None, 2700)
    for text in ("fails at 10:00", "an hour later", "45 minutes"):
        assert text in story("early_notice").question
    front = scenarios.load("bank_menu").channels["phone"].front  # type: ignore[union-attr]
    assert front is not None
    assert (front.duration.law_mean, front.misroute, front.hang_up) == (75, 0.1, 0.08)
    assert "takes 75 seconds, misroutes 10% of callers and loses 8%" in story("better_menu").question
    desk = scenarios.load("service_desk")
    shares, cases = desk.channels["tier_1"].transfer.share, desk.intents  # type: ignore[union-attr]
    passed = sum(
        shares.get(name, shares["default"]) * (one.volume.per_day or 0) for name, one in cases.items()
    )
    assert passed == 0.25 * sum(one.volume.per_day or 0 for one in cases.values())
    assert "a quarter of its calls" in story("one_line").question


def test_an_unknown_story_names_all_there_are() -> None:
    with pytest.raises(ScenarioError, match="busy_morning"):
        story("busy_mornin")
