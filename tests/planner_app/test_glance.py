"""What is seen while a what-if is being changed: words, pictures, and numbers that equal the result's."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

import scenarios
import sim
from planner_app.answers import glance as words_of
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.figures import glances
from planner_app.live.growing import SEED, Question
from planner_app.services import Step
from planner_app.studies.stacks import read_variant
from scenarios import ScenarioError
from tests.planner_app.glances import OPEN, make_glance, make_line

DESK = scenarios.dumps(scenarios.load("helpdesk"))
FEWER = Step("change_staff", {"by": -3})


# -- words -----------------------------------------------------------------------------------------------


def test_the_sentence_states_what_is_clear_and_names_the_interval_that_stands_out() -> None:
    assert words_of.sentence(make_glance()) == (
        "Average wait on the phone goes from 10 s to 40 s (1 min 40 s at 11:00); "
        "service level from 90% to 60%; abandonment from 2% to 8%."
    )


def test_without_a_clear_difference_nothing_is_claimed() -> None:
    assert words_of.sentence(make_glance(clear=False)).startswith("No clear difference")


def test_a_baseline_alone_is_told_plainly() -> None:
    told = words_of.sentence(make_glance(compared=False))
    assert told == "Customers wait 10 s on the phone on average, and service level is 90%."


def test_an_interval_within_the_noise_is_not_named() -> None:
    glance = make_glance()
    noisy = dataclasses.replace(glance.lines[WHAT_IF], half_width=np.full(24, 500.0))
    told = words_of.sentence(dataclasses.replace(glance, lines={**glance.lines, WHAT_IF: noisy}))
    assert "(" not in told


def test_the_shortage_is_where_most_agents_are_missing() -> None:
    glance = make_glance()
    assert words_of.shortage(glance, WHAT_IF) == words_of.Shortage(2.0, "11:00")
    plenty = dataclasses.replace(glance, lines={BASELINE: make_line([1.0] * 6, scheduled=40.0)})
    assert words_of.shortage(plenty, BASELINE) == words_of.Shortage(0.0, "")
    assert "covers the work in every interval" in words_of.coverage_title(plenty)
    assert words_of.coverage_title(glance) == "More work than staff for 1 h, most at 11:00: 2 agents short"


def test_titles_and_trust() -> None:
    glance = make_glance()
    assert words_of.waits_title(glance) == "Waits on the phone are longest at 11:00: 1 min 40 s"
    assert words_of.rests_on(glance) == "12 simulated Mondays"
    nobody = dataclasses.replace(glance, lines={BASELINE: make_line([float("nan")] * 6)})
    assert "Nobody was answered" in words_of.waits_title(nobody)


# -- pictures --------------------------------------------------------------------------------------------


def test_waits_draws_means_within_bands_target_and_incident() -> None:
    glance = make_glance()
    figure, top = glances.waits(glance)
    by_name = {trace.get("name"): trace for trace in figure["data"]}
    line = by_name["What-if"]
    np.testing.assert_allclose(
        [y for y in line["y"] if y is not None], glance.lines[WHAT_IF].wait[OPEN], atol=1e-3
    )
    upper, lower = np.split(np.array(by_name["What-if band"]["y"]), 2)
    np.testing.assert_allclose(upper - lower[::-1], 0.2 * glance.lines[WHAT_IF].wait[OPEN], atol=1e-2)
    dashed = [trace["y"] for trace in figure["data"] if trace.get("line", {}).get("dash") == "dash"]
    assert dashed == [[20.0, 20.0]], "the target"
    assert figure["layout"]["xaxis"]["range"] == [8 * 3600.0, 14 * 3600.0]
    assert figure["layout"]["yaxis"]["range"] == [0, top]
    assert top >= 110
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["portal down"]
    assert "NaN" not in json.dumps(figure), "the browser could not read it"


def test_a_scale_stays_while_lines_fit_and_follows_when_they_do_not() -> None:
    glance = make_glance()
    _, top = glances.waits(glance)
    more = {**glance.lines, WHAT_IF: make_line([20.0, 20.0, 30.0, 95.0, 40.0, 20.0])}
    assert glances.waits(dataclasses.replace(glance, lines=more), top)[1] == top
    much = {**glance.lines, WHAT_IF: make_line([400.0] * 6)}
    assert glances.waits(dataclasses.replace(glance, lines=much), top)[1] > 400
    little = {BASELINE: make_line([1.0] * 6)}
    assert glances.waits(dataclasses.replace(glance, lines=little), top)[1] < top / 2


def test_coverage_hatches_where_agents_are_short() -> None:
    glance = make_glance()
    figure, _ = glances.coverage(glance)
    short, spare = (trace for trace in figure["data"] if trace["type"] == "bar")
    assert short["x"] == [11.5 * 3600]
    assert short["y"] == [2.5]
    assert short["marker"]["pattern"]["shape"] == "/"
    assert len(spare["x"]) == 5


def test_the_legend_names_what_is_drawn() -> None:
    waits, coverage = glances.keys(make_glance())
    assert [key.name for key in waits] == ["Baseline", "What-if", "Target: 80% within 20 s"]
    assert "Staffed, baseline" not in [key.name for key in coverage]
    alone, _ = glances.keys(make_glance(compared=False))
    assert [key.name for key in alone] == ["Baseline", "Target: 80% within 20 s"]


def test_a_day_without_any_work_can_be_drawn() -> None:
    nothing = make_line([float("nan")] * 6, scheduled=0.0, required=0.0)
    empty = dataclasses.replace(
        nothing, answered=np.zeros(24), offered=np.zeros(24), required=np.zeros(24), scheduled=np.zeros(24)
    )
    glance = dataclasses.replace(make_glance(compared=False), lines={BASELINE: empty})
    assert glances.waits(glance)[1] > 0
    assert glances.coverage(glance)[1] > 0
    assert words_of.coverage_title(glance) == "Nobody is scheduled"


# -- from a simulation -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def question() -> Question:
    grown = Question(DESK, [FEWER])
    assert grown.grow(3, lambda: False) == 3
    return grown


def test_a_glance_says_what_the_tables_of_a_run_say(question: Question) -> None:
    glance = question.glance()
    base, variant = read_variant(DESK, [FEWER])
    assert variant is not None
    comparison = sim.compare(base, {WHAT_IF: variant}, replications=3, seed=SEED)
    rows = comparison.summary.set_index(["scenario", "scope", "name", "measure"])
    assert {one.measure.name for one in glance.numbers} >= {"asa_seconds", "service_level", "effort"}
    for one in glance.numbers:
        row = rows.loc[(WHAT_IF, one.scope, one.name, one.measure.name)]
        assert one.what_if is not None
        assert one.delta is not None
        found = (one.what_if.mean, one.what_if.half_width, one.delta.mean, one.delta.half_width)
        asked = [float(row[name]) for name in ("mean", "half_width", "delta", "delta_half_width")]
        np.testing.assert_allclose(found, asked, rtol=1e-12)
    waits = comparison.interval_summary.query("measure == 'asa_seconds' and channel == 'phone'")
    for name, line in glance.lines.items():
        np.testing.assert_allclose(line.wait, waits.loc[waits["scenario"] == name, "mean"])
    assert glance.meta["replications"] == 3


def test_growing_keeps_what_it_has_and_stops_when_told(question: Question) -> None:
    before = question.glance().meta["replications"]
    assert question.grow(50, lambda: True) == before
    assert question.grow(before + 1, lambda: False) == before + 1


def test_a_question_that_is_stopped_at_once_has_nothing() -> None:
    fresh = Question(DESK, [])
    assert fresh.grow(4, lambda: True) == 0
    with pytest.raises(ValueError, match="grow first"):
        fresh.glance()
    fresh.grow(2, lambda: False)
    assert not fresh.glance().compared


def test_a_what_if_that_does_not_fit_is_no_question() -> None:
    with pytest.raises(ScenarioError):
        Question(DESK, [Step("channel_outage", {"channel": "portal", "start": "10:00", "end": "11:00"})])
