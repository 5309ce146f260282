"""Answers about staffing after a restart: the same to the last bit, told with when, or as interrupted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from planner_app.running.background import Background, Standing, Tell
from planner_app.staffing import need_view, roster_view, shifts_view, years
from planner_app.staffing.kept import PACKING, Kept
from planner_app.staffing.provenance import of_need
from planner_app.staffing.questions import (
    SEED,
    ChangedQuestion,
    Needed,
    NeedQuestion,
    RosterQuestion,
    ShiftsQuestion,
    plan_of,
    rules_of,
)
from planner_app.staffing.subjects import subject_of
from planner_app.store import Answers, Database, Studies
from planner_app.store import answers as module
from scenarios import Hiring, Problem
from sim.errors import InfeasibleStaffing, RunCancelledError
from sim.staffing.capacity import capacity
from sim.staffing.demand import demand_of
from sim.staffing.plans import ShiftPlan
from sim.staffing.rosters import roster, team_of
from sim.staffing.verifying import Trial
from tests.planner_app.staffed import GOALS, MORE, QUESTION, TEXT, busier, found

Said = Callable[[Any], str]


def drawn(parts: Any) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, sort_keys=True)


def again(value: Any) -> Any:
    return PACKING.unpack(PACKING.pack(value))


def waited(work: Background, question: Any) -> Standing:
    for _ in range(4000):
        standing = work.look(question)
        assert standing is not None
        if not standing.is_live:
            return standing
        time.sleep(0.01)
    pytest.fail("it was not answered")


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[NeedQuestion]:
    """Whoever asks who is needed is told at once; who asked is noted."""
    asked: list[NeedQuestion] = []

    def answer(question: NeedQuestion, work: Background, tell: Tell, cancel: threading.Event) -> Needed:
        asked.append(question)
        return found()

    monkeypatch.setattr(NeedQuestion, "answer", answer)
    return asked


# -- every answer comes back ------------------------------------------------------------------------------


def test_a_requirement_tells_the_same_after_a_restart() -> None:
    kept = again(found())
    assert drawn(need_view.told(kept, kept.need.base)) == drawn(need_view.told(found(), found().need.base))
    pd.testing.assert_frame_equal(kept.need.certificate, found().need.certificate, check_exact=True)


def planned() -> ShiftPlan:
    """Shifts that somebody wrote: more than anybody would choose, and simulated."""
    rows = [
        {"group": "agents", "start": f"2026-03-02 {start}", "end": f"2026-03-02 {end}", "agents": agents}
        for start, end, agents in (("08:00", "14:00", 9), ("12:00", "20:00", 12))
    ]
    plan = plan_of(demand_of(found().need), busier(), rules_of("standard"), rows)
    trial = Trial(plan.scenario, GOALS, SEED, 5)
    return dataclasses.replace(plan, checks=trial.table())


def test_shifts_and_rosters_tell_the_same_after_a_restart() -> None:
    plan = planned()
    kept = again(plan)
    assert kept.scenario == plan.scenario
    assert drawn(shifts_view.told(kept, kept.demand.scenario, changed=True)) == drawn(
        shifts_view.told(plan, plan.demand.scenario, changed=True)
    )
    given = roster(plan, team_of(plan).agents[:-3], seconds=1.0)
    assert not given.complete
    assert drawn(roster_view.told(again(given))) == drawn(roster_view.told(given))


def test_a_year_tells_the_same_after_a_restart() -> None:
    hiring = Hiring(agents=45, pay_per_hour=18.0)
    year = capacity(np.linspace(20.0, 24.0, 16), hiring, start=dt.date(2026, 3, 2), volume=np.ones(16))
    year = dataclasses.replace(year, service=pd.DataFrame({"week": [0, 4], "channel": ["phone", "phone"]}))
    kept = again(year)
    assert (kept.hiring, kept.start, kept.gap) == (hiring, year.start, year.gap)
    for table in ("weeks", "starts", "service"):
        pd.testing.assert_frame_equal(getattr(kept, table), getattr(year, table), check_exact=True)


def test_every_question_comes_back_with_its_key() -> None:
    shifts = ShiftsQuestion(QUESTION, "standard")
    changed = ChangedQuestion(QUESTION, "standard", "[]")
    for question in (
        QUESTION,
        shifts,
        changed,
        RosterQuestion(changed, "[]"),
        years.YearQuestion(QUESTION, "{}"),
    ):
        assert again(question) == question
        assert again(question).key == question.key


# -- in the database --------------------------------------------------------------------------------------


def test_what_was_found_is_there_after_a_restart_and_is_not_computed_again(
    database: Database, answered: list[NeedQuestion]
) -> None:
    first = Background(Kept(Answers(database)))
    first.submit(QUESTION, "need study:1")
    before = waited(first, QUESTION)
    first.note("team study:1", "[1]")
    first.close()
    second = Background(Kept(Answers(database)))
    question = second.latest("need study:1")
    assert question == QUESTION
    standing = second.look(question)
    assert standing is not None
    assert (standing.status, standing.ended, standing.version) == ("done", before.ended, "")
    assert standing.answer.need.sentence == found().need.sentence
    assert second.noted("team study:1") == "[1]"
    second.submit(QUESTION, "need study:2")
    assert second.latest("need study:2") == QUESTION
    assert answered == [QUESTION]


def test_another_window_sees_what_one_has_asked(database: Database, answered: list[NeedQuestion]) -> None:
    one, other = (Background(Kept(Answers(database))) for _ in range(2))
    assert other.latest("need study:1") is None
    one.submit(QUESTION, "need study:1")
    waited(one, QUESTION)
    assert waited(other, other.latest("need study:1")).status == "done"
    assert len(answered) == 1


def test_what_was_refused_is_told_with_what_binds_after_a_restart(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem("goals phone", "90%", "80%", "ask for less")

    def refuse(*_: Any) -> Needed:
        raise InfeasibleStaffing("no staff meets these goals", [problem])

    monkeypatch.setattr(NeedQuestion, "answer", refuse)
    first = Background(Kept(Answers(database)))
    first.submit(QUESTION, "need study:1")
    waited(first, QUESTION)
    standing = Background(Kept(Answers(database))).look(QUESTION)
    assert standing is not None
    assert (standing.status, standing.problem, standing.problems) == (
        "failed",
        "no staff meets these goals",
        (problem,),
    )


@pytest.mark.parametrize("killed", [False, True])
def test_what_was_under_way_when_the_planner_stopped_is_told_as_interrupted(
    database: Database, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    began = threading.Event()

    def answer(_: Any, work: Background, tell: Tell, cancel: threading.Event) -> Needed:
        began.set()
        cancel.wait(60)
        raise RunCancelledError("cancelled")

    monkeypatch.setattr(NeedQuestion, "answer", answer)
    first = Background(Kept(Answers(database)))
    if killed:  # a process that is gone left only its row
        monkeypatch.setattr(module, "PROCESS", "another process")
    first.submit(QUESTION, "need study:1")
    assert began.wait(30)
    if killed:
        second = Background(Kept(Answers(database)))
    else:
        first.close()
        second = Background(Kept(Answers(database)))
    assert second.latest("need study:1") == QUESTION
    standing = second.look(QUESTION)
    assert standing is not None
    assert (standing.status, standing.answer) == ("interrupted", None)
    monkeypatch.setattr(NeedQuestion, "answer", lambda *_: found())
    monkeypatch.undo()
    monkeypatch.setattr(NeedQuestion, "answer", lambda *_: found())
    second.submit(QUESTION, "need study:1")  # asked again
    assert waited(second, QUESTION).status == "done"
    first.close()


def test_an_answer_that_cannot_be_read_any_more_is_as_if_there_were_none(
    database: Database, answered: list[NeedQuestion]
) -> None:
    answers = Answers(database)
    answers.wait(QUESTION.key, "0.0.1")
    answers.end(QUESTION.key, "done", None, b"in a language of its own")
    work = Background(Kept(answers))
    assert work.look(QUESTION) is None
    work.submit(QUESTION)
    assert waited(work, QUESTION).status == "done"


def test_an_answer_of_another_version_is_shown_as_such_and_computed_again_when_asked(
    database: Database, answered: list[NeedQuestion]
) -> None:
    answers = Answers(database)
    answers.wait(QUESTION.key, "0.0.1")
    answers.end(QUESTION.key, "done", None, PACKING.pack(Standing("done", answer=found())))
    work = Background(Kept(answers))
    shown = work.look(QUESTION)
    assert shown is not None
    assert (shown.status, shown.version) == ("done", "0.0.1")
    work.submit(QUESTION)
    assert waited(work, QUESTION).version == ""
    assert answered == [QUESTION]


def test_the_oldest_answers_that_are_nobodys_last_are_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SPARE", 2)
    answers = Answers(database)
    answers.point("need study:1", "0", b"question")
    for key in "01234":
        answers.wait(key, "1")
        answers.end(key, "done", None, b"")
    kept = [key for key in "01234" if answers.get(key) is not None]
    assert kept == ["0", "3", "4"]


def test_a_line_says_when_and_for_what_it_was_found(database: Database, text: Said) -> None:
    study = Studies(database).create("Desk", TEXT, (MORE,), "helpdesk")

    class Two:
        studies = Studies(database)

    subject = subject_of(Two(), "study", study.id)  # type: ignore[arg-type]
    assert subject is not None
    said = text(of_need(QUESTION, Standing("done", seconds=12.0), subject))
    assert said.startswith("Found, in 12 s, for “")
    assert "so that phone service level" in said
    other = dataclasses.replace(QUESTION, baseline=TEXT + "\n# another\n", steps=())
    said = text(of_need(other, Standing("done", version="0.1"), subject))
    assert "Found for an earlier version of this scenario" in said
    assert "Its baseline was another. Now it also has:" in said
    assert "by version 0.1 of the planner" in said
