"""Descriptions: one plain sentence for everything, with names, numbers and units."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import scenarios
from scenarios import Scenario, describe, summary
from scenarios.describe import spoken
from tests.scenarios.examples import small_scenario
from tests.strategies import scenarios_strategy


def test_channels_read_as_sentences(clinic: Scenario) -> None:
    sentences = {name: describe(channel, clinic) for name, channel in clinic.channels.items()}
    assert sentences["website"] == (
        "website: self-service without agents, always open, 500 lines, "
        "3 min (complaint 6 min on average) long, 70% (complaint 10%) resolved."
    )
    assert "Mon–Fri 08:00–12:00, 13:00–18:00 and Sat 09:00–12:00" in sentences["phone"]
    assert "4 min 30 s on average (complaint 8 min on average)" in sentences["phone"]
    assert "target 75% of answered within 30 s" in sentences["phone"]
    assert (
        "a callback offered above a wait of 3 min, 40% take it, rung up to 2 times, "
        "10% (complaint 30%) passed on to chat if somebody there is free" in sentences["phone"]
    )
    assert "customers wait until they are served" in sentences["chat"]
    assert "up to 2 at once per agent, each taking 1.3 times as long with 2 open" in sentences["chat"]
    assert "within 48 h" in sentences["letters"]


def test_the_other_parts_read_as_sentences(clinic: Scenario) -> None:
    assert describe(clinic.segments["newcomer"], clinic).startswith("newcomer: 20% of customers")
    assert "900 cases a day" in describe(clinic.intents["booking"], clinic)
    assert "14 cases given by interval" in describe(clinic.intents["complaint"], clinic)
    assert describe(clinic.next_steps[0], clinic) == (
        "After website failed, 50% go to phone, 20% go to chat and 30% give up, after 4 min on average."
    )
    assert "(complaint only)" in describe(clinic.next_steps[1])
    assert describe(clinic.groups["nurses"], clinic) == (
        "nurses: take phone (handle time × 0.9, 85% resolved, 0% passed on), then chat (booking); "
        "0 to 8 scheduled, 25% shrinkage, €30 an hour."
    )
    assert describe(clinic.incidents[0], clinic) == (
        "slow site: website fails 40% of attempts from Tue 3 Mar 2026 09:00 to 10:15, detected by monitoring "
        "after 20 min or when 3 customers tell an agent, fixed 10 min on average later, announced, which 50% "
        "heed."
    )
    for part in (clinic.calendar, clinic.frustration, clinic.routing, clinic.intents["booking"].volume):
        assert describe(part).endswith(".")


def test_a_summary_says_how_much_who_and_what_fails(clinic: Scenario) -> None:
    assert summary(clinic) == (
        "914 cases on Tue 3 Mar 2026 through website, phone, chat and letters; up to 14 agents scheduled in "
        "2 groups. Website fails 40% of attempts from 09:00 to 10:15, detected by monitoring after 20 min or "
        "when 3 customers tell an agent, fixed 10 min on average later, announced, which 50% heed."
    )
    week = small_scenario(calendar={"start": "2026-03-02", "days": 7})
    assert summary(week).startswith("700 cases in 7 days from Mon 2 Mar 2026")


def test_a_list_for_a_day_counts_every_day() -> None:
    volumes = {"help": {"volume": {"per_interval": [1] * 96}}}
    week = small_scenario(calendar={"start": "2026-03-02", "days": 7}, intents=volumes)
    assert summary(week).startswith("672 cases")


@settings(max_examples=60, deadline=None)
@given(scenario=scenarios_strategy())
def test_everything_has_one_sentence(scenario: Scenario) -> None:
    parts = [
        scenario,
        *scenario.segments.values(),
        *scenario.intents.values(),
        *scenario.channels.values(),
        *scenario.groups.values(),
        *scenario.next_steps,
        *scenario.incidents,
    ]
    for part in parts:
        for text in (describe(part, scenario), describe(part)):
            assert text.endswith(".")
            assert "\n" not in text
            assert "_" not in text.replace("self_service", "").replace("contact_centre", "") or ":" in text


@pytest.mark.parametrize("name", scenarios.library())
def test_the_library_is_summed_up(name: str) -> None:
    assert 40 < len(summary(scenarios.load(name))) < 400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.25, "0.2 s"), (59, "59 s"), (60, "1 min"), (90, "1 min 30 s"), (3600, "1 h"),
     (5430, "1 h 30 min"), (86400, "24 h"), (259200, "3 days"), (59.7, "1 min")],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert spoken(seconds) == words
