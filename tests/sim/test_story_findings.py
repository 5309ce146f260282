"""What stories say that they find: every figure is computed again, and measures move as they should."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Literal

import pytest

import scenarios
import sim
from scenarios.stories import all_stories, story
from scenarios.whatifs import apply_stack
from tests.sim.effects import moves

Which = Literal["was", "is", "more", "less"]

FIGURES: dict[str, list[tuple[str, str, Which]]] = {
    "new_chat": [
        ("292 calls", "phone offered", "less"), ("632 more", "spillover_to_phone", "more"),
        ("from 0.65", "effort", "was"), ("to 0.70", "effort", "is"),
    ],
    "portal_down": [
        ("2,416 more calls", "phone offered", "more"), ("48 s on", "phone asa_seconds", "is"),
        ("of 6 s", "phone asa_seconds", "was"), ("22%", "phone abandonment", "is"),
        ("of 2%", "phone abandonment", "was"),
    ],
    "fewer_staff": [
        ("2,907 a day", "cost_total", "less"), ("19 s on", "phone asa_seconds", "is"),
        ("7%", "phone abandonment", "is"), ("of 2%", "phone abandonment", "was"),
    ],
    "better_portal": [
        ("552 fewer", "phone offered", "less"), ("3 s", "phone asa_seconds", "is"),
        ("to 0.55", "effort", "is"),
    ],
    "more_agents": [
        ("3 s instead", "phone asa_seconds", "is"), ("1,464 more", "cost_total", "more"),
        ("to 0.64", "effort", "is"),
    ],
    "fix_login": [
        ("1,076 cases", "cases", "less"), ("714 calls", "phone offered", "less"),
        ("3 s", "phone asa_seconds", "is"),
    ],
    "one_point": [
        ("85.7%", "phone service_level", "is"), ("86.2%", "phone service_level", "was"),
        ("5,820 less", "cost_total", "less"),
    ],
    "training_week": [
        ("it is 6 s", "phone asa_seconds", "is"), ("404 fewer", "phone offered", "less"),
    ],
    "ageing_customers": [("788 more", "phone offered", "more"), ("13 s", "phone asa_seconds", "is")],
    "busy_morning": [
        ("25 s", "phone asa_seconds", "is"), ("9%", "phone abandonment", "is"),
    ],
    "early_notice": [
        ("4 min", "incident minutes_to_detection", "is"), ("49 min", "incident minutes_lasted", "is"),
        ("105 min", "incident minutes_lasted", "was"), ("1,537", "incident failed_attempts", "is"),
        ("3,252", "incident failed_attempts", "was"), ("29 s", "phone asa_seconds", "is"),
        ("54 s", "phone asa_seconds", "was"),
    ],
    "told_to_wait": [
        ("264 customers", "incident heeded", "is"), ("254 fewer", "phone offered", "less"),
        ("50 s", "phone asa_seconds", "is"), ("£93", "outreach_cost", "more"),
        ("£10,066", "revenue_at_risk", "less"),
    ],
    "noticed_and_told": [("1,776 fewer", "phone offered", "less"), ("25 s", "phone asa_seconds", "is")],
    "callbacks_at_peak": [
        ("30 s", "phone asa_seconds", "is"), ("54 s", "phone asa_seconds", "was"),
        ("2,529 are", "phone callbacks", "is"), ("19 min", "phone callback_seconds_mean", "is"),
        ("30% give", "phone abandonment", "is"), ("25%", "phone abandonment", "was"),
    ],
    "callbacks_in_a_flood": [
        ("from 0.36", "effort_waiting", "was"), ("to 0.28", "effort_waiting", "is"),
        ("50 min", "phone callback_seconds_mean", "is"), ("83%", "phone abandonment", "is"),
        ("47%", "phone abandonment", "was"), ("51 min", "elapsed_seconds_mean", "is"),
        ("31 min", "elapsed_seconds_mean", "was"),
    ],
    "better_menu": [
        ("897 fewer", "phone answered", "less"), ("83% of", "generalists occupancy", "is"),
        ("88%", "generalists occupancy", "was"), ("3 s", "phone asa_seconds", "is"),
        ("5 s", "phone asa_seconds", "was"),
    ],
    "one_line": [
        ("1.25", "contacts_per_case", "is"), ("1.55", "contacts_per_case", "was"),
        ("from 0.84", "effort", "was"), ("to 0.36", "effort", "is"),
        ("498 s", "tier_1 aht_seconds", "is"), ("363 s", "tier_1 aht_seconds", "was"),
        ("2 s", "tier_1 asa_seconds", "is"), ("12 s", "tier_1 asa_seconds", "was"),
    ],
    "second_line": [
        ("90%", "resolved_share", "is"), ("90%", "resolved_share", "was"),
        ("1.63", "contacts_per_case", "is"), ("1.38", "contacts_per_case", "was"),
        ("from 0.58", "effort", "was"), ("to 0.94", "effort", "is"),
        ("96 min", "elapsed_seconds_mean", "is"), ("118 min", "elapsed_seconds_mean", "was"),
    ],
    "call_in_a_specialist": [
        ("102 fewer", "phone offered", "less"), ("69% of cases", "first_contact_resolution", "is"),
        ("of 68%", "first_contact_resolution", "was"), ("90% of their", "specialists occupancy", "is"),
        ("of 82%", "specialists occupancy", "was"), ("6.5 s", "phone asa_seconds", "is"),
        ("6.0 s", "phone asa_seconds", "was"),
    ],
    "calls_in_the_gaps": [
        ("1,556 calls", "outbound calls_placed", "is"), ("347 customers", "outbound handled", "is"),
        ("11% of", "outbound mismatch", "is"), ("96% of their", "generalists occupancy", "is"),
        ("of 92%", "generalists occupancy", "was"), ("6.8 s", "phone asa_seconds", "is"),
        ("6.0 s", "phone asa_seconds", "was"),
    ],
    "monday_shock": [
        ("20 s", "phone asa_seconds", "is"), ("of 6 s", "phone asa_seconds", "was"),
        ("8%", "phone abandonment", "is"), ("of 2%", "phone abandonment", "was"),
        ("153 more", "phone offered", "more"),
    ],
    "tested_change": [("8 s", "phone asa_seconds", "is"), ("3%", "phone abandonment", "is")],
    "pilot_chat": [("70 more", "spillover_to_phone", "more")],
}  # fmt: skip
"""Figures of each finding: as they stand in it, and what they are."""


@cache
def together(base: str, replications: int, seed: int) -> sim.Comparison:
    """All stories of a base that ask for the same replications, against it."""
    scenario = scenarios.load(base)
    asked = (base, replications, seed)
    here = [one for one in map(story, all_stories()) if (one.base, one.replications, one.seed) == asked]
    variants = {one.name: apply_stack(scenario, one.steps) for one in here}
    return sim.compare(scenario, variants, replications=replications, seed=seed)


def told(name: str) -> sim.Comparison:
    """The comparison in which a story stands, under its own name, simulated as it asks to be."""
    found = story(name)
    return together(found.base, found.replications, found.seed)


def value(name: str, measure: str, *, baseline: bool = False) -> float:
    """The mean of a measure in a story, or in its baseline; ``incident …`` is of the only incident."""
    scenario = "baseline" if baseline else name
    named, _, last = measure.rpartition(" ")
    if named == "incident":
        table = told(name).results[scenario].incidents
        return float(table[table.measure == last]["mean"].item())
    table = told(name).summary
    wanted = (table.scenario == scenario) & (table.name == (named or "all")) & (table.measure == last)
    return float(table[wanted]["mean"].item())


def figure(name: str, measure: str, which: Which) -> float:
    """What a figure is about: the baseline, what it became, or by how much that is more or less."""
    if which == "was":
        return value(name, measure, baseline=True)
    now = value(name, measure)
    if which == "is":
        return now
    more = now - value(name, measure, baseline=True)
    return more if which == "more" else -more


def shown(text: str) -> tuple[float, float]:
    """The number in a text, and half of its last digit, in the units of measures."""
    found = re.search(r"\d[\d,]*(\.\d+)?", text)
    assert found is not None
    digits = len((found[1] or ".")[1:])
    unit = 0.01 if "%" in text else 60.0 if "min" in text else 1.0
    return float(found[0].replace(",", "")) * unit, 0.5 * 10.0**-digits * unit


@pytest.mark.parametrize("name", all_stories())
def test_every_figure_of_a_finding_is_what_its_replications_give(name: str) -> None:
    finding = story(name).finding
    assert len(finding) > 40
    assert "\n" not in finding
    for text, measure, which in FIGURES[name]:
        assert text in finding
        given, half = shown(text)
        minutes = 60.0 if measure.startswith("incident minutes") else 1.0
        meant = figure(name, measure, which) * minutes
        assert math.isclose(given, meant, abs_tol=half * (1 + 1e-9)), f"{text}: {meant}"


@pytest.mark.parametrize("name", all_stories())
def test_measures_move_as_a_story_expects(name: str) -> None:
    assert story(name).expected
    moves(told(name), name, story(name).expected)


@pytest.mark.parametrize(
    ("quoting", "text", "quoted", "measure", "which"),
    [
        ("noticed_and_told", "1,508", "early_notice", "phone offered", "less"),
        ("noticed_and_told", "of 29 s", "early_notice", "phone asa_seconds", "is"),
        ("tested_change", "it 20 s", "monday_shock", "phone asa_seconds", "is"),
        ("pilot_chat", "sends 632", "new_chat", "spillover_to_phone", "more"),
    ],
)
def test_a_finding_quotes_another_story_rightly(
    quoting: str, text: str, quoted: str, measure: str, which: Which
) -> None:
    assert text in story(quoting).finding
    given, half = shown(text)
    assert math.isclose(given, figure(quoted, measure, which), abs_tol=half * (1 + 1e-9))


def test_training_costs_the_first_day_and_pays_on_the_next() -> None:
    assert (
        "13 s on average instead of 2 s, on the next 4.6 s instead of 6.0 s" in story("training_week").finding
    )
    waits = [wait_of_day(told("training_week"), scenario) for scenario in ("baseline", "training_week")]
    assert (round(waits[0][0]), round(waits[1][0])) == (2, 13)
    assert (round(waits[0][1], 1), round(waits[1][1], 1)) == (6.0, 4.6)
    assert all(after < before for before, after in zip(waits[0][1:], waits[1][1:], strict=True))


def wait_of_day(comparison: sim.Comparison, scenario: str) -> list[float]:
    """The mean wait of answered calls on each day."""
    table = comparison.interval_summary
    table = table[(table.scenario == scenario) & (table.channel == "phone")]
    wide = table.pivot_table(index="start_seconds", columns="measure", values="mean")
    days = wide.index // 86_400
    waited = (wide["answered"] * wide["asa_seconds"]).groupby(days).sum()
    return list(waited / wide["answered"].groupby(days).sum())


def test_a_share_of_cases_and_a_share_of_cost() -> None:
    assert "Of 100 cases 1.2 are transferred instead of 4.1" in story("better_menu").finding
    transfers = [100 * figure("better_menu", "transfers_per_case", which) for which in ("is", "was")]
    assert transfers == pytest.approx([1.2, 4.1], abs=0.05)
    assert "which is 1.1%" in story("one_point").finding
    saved = figure("one_point", "cost_total", "less") / figure("one_point", "cost_total", "was")
    assert saved == pytest.approx(0.011, abs=0.0005)
