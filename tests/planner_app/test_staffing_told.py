"""Staffing as it is told: the calculator, goals, the requirement, shifts, files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from planner_app import figures
from planner_app.figures import shifts as gantts
from planner_app.figures import staffing as pictures
from planner_app.staffing import calculator, export, frontier_view, goals, need_view, shift_rows, shifts_view
from planner_app.staffing.calendar import Days
from planner_app.staffing.questions import plan_of, rules_of
from scenarios import ScenarioError, load
from scenarios.assumptions import assumptions
from sim.staffing.agents import agents_for
from sim.staffing.demand import demand_of
from sim.staffing.targets import KINDS, Goal
from tests.planner_app.staffed import DESK, GOALS, busier, found, needed, planned

Said = Callable[[Any], str]
DAYS = Days.of(DESK)
GIVEN = {"calls": 100.0, "handle": 180.0, "patience": 120.0, "target": 80.0, "within": 20.0}
GIVEN |= {"shrinkage": 30.0, "ceiling": 100.0}


# -- the calculator ------------------------------------------------------------------------------------


def test_the_calculator_agrees_with_the_formulas_one_by_one() -> None:
    found = calculator.lines(GIVEN, 30)
    goal = {"service_level": 0.8, "within_seconds": 20}
    expected = [int(agents_for(200, 180, patience, **goal)) for patience in (np.inf, 120, 0)]
    assert [line.on_floor for line in found] == expected == [14, 12, 11]
    assert [line.scheduled for line in found] == [20, 17, 15]  # round(n × 0.7), halves up
    assert found[0].service_level == pytest.approx(0.8884, abs=5e-5)  # 10 erlangs, 14 agents: published
    assert found[0].asa_seconds == pytest.approx(7.8359, abs=5e-5)


def test_the_sentence_says_why_they_differ_and_what_the_ceiling_does() -> None:
    told = calculator.sentence(calculator.lines(GIVEN, 30), GIVEN)
    assert "Erlang C asks for 14 agents, because it lets nobody hang up" in told
    assert "Erlang A asks for 12" in told
    assert "ceiling" not in told
    bound = {**GIVEN, "ceiling": 60.0}
    assert "The occupancy ceiling of 60% decides for Erlang C and Erlang A" in calculator.sentence(
        calculator.lines(bound, 30), bound
    )
    endless = {**GIVEN, "patience": None}
    found = calculator.lines(endless, 30)
    assert found[0].on_floor == found[1].on_floor
    assert "Erlang A is the same" in calculator.sentence(found, endless)
    nobody = {**GIVEN, "calls": 0.0}
    assert calculator.sentence(calculator.lines(nobody, 30), nobody) == "Nobody calls, so nobody is needed."


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"calls": None}, "Contacts in the interval is missing."),
        ({"handle": 0.0}, "Average handle time must be from 1 to 86,400 s."),
        ({"target": 100.0}, "Service level must be from 1 to 99.9 %."),
    ],
)
def test_what_cannot_be_answered_says_which_figure_is_wrong(
    change: dict[str, float | None], told: str, text: Said
) -> None:
    assert text(calculator.told({**GIVEN, **change}, 30)) == told


def test_half_typed_numbers_are_no_numbers() -> None:
    assert [calculator.read_number(value) for value in ("", "-", "1,200", 3, None, "x")] == [
        None,
        None,
        1200.0,
        3.0,
        None,
        None,
    ]


# -- goals ---------------------------------------------------------------------------------------------


def test_goals_become_inputs_and_inputs_the_same_goals() -> None:
    bank = load("retail_bank")
    given = (
        Goal("service_level", "phone", at_least=0.8, per="interval", probability=0.9),
        Goal("asa_seconds", "chat", at_most=30.0),
        Goal("occupancy", None, "generalists", at_most=0.85),
        Goal("effort", at_most=4.0),
    )
    rows = goals.rows(bank, given)
    inputs_: dict[str, list[Any]] = {part: [] for part in goals.PARTS}
    for row in rows:
        named = [part for part in row.children if isinstance(getattr(part, "id", None), dict)]
        inputs = {part.id["goal"]: getattr(part, "value", None) for part in named}
        for part in goals.PARTS:
            inputs_[part].append(inputs[part])
    assert goals.read(inputs_, bank) == given
    assert goals.problems(given, bank) == []


def test_a_goal_without_a_limit_is_a_problem_not_a_fault() -> None:
    row = {"measure": "service_level", "where": "phone", "limit": "", "per": "day", "chance": ""}
    empty = goals.fitted(row, DESK)
    assert [problem.field for problem in goals.problems([empty], DESK)] == ["goals at_least"]
    assert goals.rows(DESK, [empty])


@pytest.mark.parametrize("measure", KINDS)
def test_every_measure_begins_with_a_limit_that_is_sound(measure: str) -> None:
    row = {"measure": measure, "where": "every", "limit": 80, "per": "day", "chance": ""}
    goal = goals.changed_measure(goals.fitted(row, DESK), measure)
    assert goals.problems([goal], DESK) == []


# -- the requirement -----------------------------------------------------------------------------------


def test_hours_of_the_chart_are_those_of_the_table() -> None:
    need = needed()
    frame = need_view.agents_of(need, DAYS)
    table = pictures.by_interval(frame)
    assert table["required"].sum() == need.staff.sum()
    assert (table["start_seconds"] == table["interval"] * 900.0).all()
    heading, drawn = need_view.coverage(DAYS, frame, need_view.ALL_GROUPS, need_view.BY_TIME)
    missing = np.maximum(table["required"] - table["present"], 0).sum() / 4.0
    assert f"{missing:.1f}".rstrip("0").rstrip(".") in heading
    short = next(trace for trace in drawn.data if trace.name == "Short of staff")
    assert sum(short.y) == pytest.approx(4.0 * missing)
    assert {key.name for key in figures.legend(drawn)} == {"Short of staff", "Spare", "Required", "Staffed"}


def test_three_methods_stand_side_by_side_with_the_sentence() -> None:
    frame = need_view.agents_of(needed(), DAYS)
    heading, drawn = need_view.methods(DAYS, frame, need_view.ALL_GROUPS)
    assert [key.name for key in figures.legend(drawn)] == ["Erlang C", "Erlang A", "Simulation"]
    endless, leaving = needed().erlangs.erlang_c.sum() / 4, needed().erlangs.erlang_a.sum() / 4
    assert f"Erlang C {endless:.0f}, Erlang A {leaving:.0f}" in heading


def test_the_certificate_tells_each_goal_and_one_agent_less(text: Said) -> None:
    said = text(need_view.certificate(needed(), DAYS))
    assert str(GOALS[0]) in said
    assert "One of" not in said
    assert "With one of agents less at" in said
    assert "Probability that it holds" in said


def test_a_week_is_drawn_by_weekday() -> None:
    week = Days({**DAYS.meta, "days": 7})
    intervals = np.arange(7 * 96)
    table = pd.DataFrame(
        {"interval": intervals, "start_seconds": intervals * 900.0, "required": 5.0, "present": 6.0}
    )
    table.loc[(intervals // 96 == 2) & (intervals % 96 == 40), "present"] = 1.0
    heading, drawn = need_view.picture_of(
        week, table, need_view.BY_DAY, ("required", "present"), ("Required", "Staffed"), need_view.ALL_GROUPS
    )
    assert "most on Wed 10:00" in heading
    (heat,) = drawn.data
    assert len(heat.y) == 7
    assert np.asarray(heat.z)[2][list(heat.x).index("10:00")] == 4.0
    assert np.asarray(heat.z)[3][list(heat.x).index("10:00")] == -1.0


def test_where_nobody_is_needed_the_charts_say_so() -> None:
    empty = need_view.agents_of(needed(), DAYS).assign(required=0, present=0, analytic=0, erlang_c=0)
    _, drawn = need_view.coverage(DAYS, empty, need_view.ALL_GROUPS, need_view.BY_TIME)
    assert drawn.layout.annotations[0].text == "Nobody is needed"
    _, drawn = need_view.methods(DAYS, empty, need_view.ALL_GROUPS)
    assert drawn.layout.annotations[0].text == "Nobody is needed"


def test_what_service_costs_is_drawn_from_the_steps() -> None:
    heading, drawn = frontier_view.drawn(found(), "service_level|phone")
    rows = found().frontier.query("measure == 'service_level'")
    assert list(drawn.data[0].x) == list(rows["cost"])
    assert list(drawn.data[0].y) == list(rows["estimate"])
    assert "required" in [note.text for note in drawn.layout.annotations]
    assert heading.startswith("Phone: service level")
    assert heading.count(" for £") == 3
    cost = rows.set_index("step")["cost"]
    assert f"£{cost[0.05] - cost[0.0]:.0f} more" in heading.replace(".00", "")
    _, seconds = frontier_view.drawn(found(), "asa_seconds|phone")
    assert seconds.layout.yaxis.ticksuffix == " s"


def test_each_method_is_told_with_what_it_would_give(parts: Callable[[Any], list[Any]], text: Said) -> None:
    told = need_view.methods_table(found())
    rows = [part for part in parts(told) if type(part).__name__ == "Tr"]
    assert [text(row).split()[0] for row in rows[1:]] == ["Erlang", "Erlang", "Simulation"]
    assert "Phone service level at least 80%" in text(rows[0])
    assert found().gap.sentence in text(need_view.told(found(), busier()))


# -- shifts --------------------------------------------------------------------------------------------


def test_bars_of_the_gantt_chart_are_the_shifts() -> None:
    plan = planned()
    bars = shift_rows.bars(plan.lines, "agents", 0)
    assert sum(bar.agents for bar in bars) == sum(line.agents for line in plan.lines)
    hours = sum(bar.agents * (bar.end - bar.start) for bar in bars) / 3600.0
    breaks = sum(n * (end - start) for bar in bars for start, end, n in bar.breaks) / 3600.0
    assert hours - breaks == pytest.approx(plan.rostered.sum() * 0.25)
    drawn = gantts.gantt(DAYS, bars)
    assert drawn.layout.height >= 24 * len(bars)
    assert sum(len(trace.x) for trace in drawn.data if trace.text) == len(bars)


def test_rows_of_the_grid_go_back_to_the_same_plan() -> None:
    plan = planned()
    rows = shift_rows.rows(plan, DAYS, "£")
    again = plan_of(demand_of(needed()), busier(), rules_of("standard"), shift_rows.table_of(rows))
    assert (again.rostered == plan.rostered).all()
    assert again.cost == pytest.approx(plan.cost)


def test_an_edited_row_moves_with_its_breaks_and_an_emptied_one_is_left_out() -> None:
    rows = shift_rows.rows(planned(), DAYS, "£")
    first, *others = rows
    edited = shift_rows.moved({**first, "start_text": "7.45"})
    assert edited["start_text"] == "07:45"
    before, after = pd.Timestamp(first["end"]), pd.Timestamp(edited["end"])
    assert after - before == pd.Timestamp(edited["start"]) - pd.Timestamp(first["start"])
    assert len(edited["breaks"]) == len(first["breaks"])
    table = shift_rows.table_of([{**first, "agents": 0}, *others])
    assert len(table) == len(rows) - 1
    with pytest.raises(ScenarioError, match="a time of day"):
        shift_rows.moved({**first, "start_text": "soon"})


def test_a_schedule_from_a_file_is_read_or_refused_row_by_row() -> None:
    text = "group,start,end,agents\nagents,2026-03-02 08:00,2026-03-02 16:00,5\n"
    plan = plan_of(demand_of(needed()), busier(), rules_of("standard"), shift_rows.read_csv(text))
    assert plan.hours == 40.0
    wrong = text.replace("agents,2026", "nobody,2026", 1)
    with pytest.raises(ScenarioError, match="nobody"):
        plan_of(demand_of(needed()), busier(), rules_of("standard"), shift_rows.read_csv(wrong))


def test_shifts_are_told_with_their_verdict(text: Said) -> None:
    said = text(shifts_view.told(planned(), busier(), changed=False))
    assert planned().sentence in said
    assert ("every goal holds" in said) == bool(planned().holds)
    assert "Paid hours" in said


# -- files ---------------------------------------------------------------------------------------------


def test_the_workbook_has_requirement_schedule_and_assumptions() -> None:
    figures_ = assumptions(DESK, [])
    more = {"Service and cost": found().frontier}
    body = export.workbook("Desk", needed(), more, planned(), figures_, [("Answer", needed().sentence)])
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert book.sheetnames == [
        "Answer", "Requirement", "Goals", "Service and cost", "Schedule", "Coverage", "Headcount",
        "Goals with shifts", "Assumptions",
    ]  # fmt: skip
    assert book["Answer"]["B2"].value == needed().sentence
    required = [row[3] for row in book["Requirement"].iter_rows(min_row=2, values_only=True)]
    assert sum(required) == needed().staff.sum()
    assert book["Schedule"].max_row == len(planned().shifts) + 1
    assert book["Assumptions"].max_row == len(figures_) + 1


def test_csv_holds_every_row_and_no_formula() -> None:
    text = export.csv_text(planned().shifts)
    assert text.startswith("\ufeffgroup,template")
    assert text.count("\n") == len(planned().shifts) + 1
    evil = pd.DataFrame({"group": ["=1+1", "@x"], "agents": [1, 2]})
    assert "'=1+1" in export.csv_text(evil)
    assert json.loads(json.dumps(export.csv_text(evil))).count("\r\n=") == 0
