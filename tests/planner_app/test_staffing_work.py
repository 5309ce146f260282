"""Long questions in the background: asked once, kept, cancelled, refused in words."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from planner_app.staffing import work as module
from planner_app.staffing.work import FAULT, Standing, Tell, Work
from scenarios import Problem
from sim.errors import InfeasibleStaffing, RunCancelledError


@dataclass
class Asked:
    """A question that is answered when it is told to be."""

    key: str
    error: Exception | None = None
    go: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)
    times: int = 0

    def answer(self, work: Work, tell: Tell, cancel: threading.Event) -> Any:
        self.times += 1
        tell(3, 10)
        self.began.set()
        while not self.go.wait(0.01):
            if cancel.is_set():
                raise RunCancelledError("cancelled")
        if self.error is not None:
            raise self.error
        return f"answer to {self.key}"


def ended(work: Work, question: Asked) -> Standing:
    for _ in range(3000):
        standing = work.look(question)
        assert standing is not None
        if not standing.is_live:
            return standing
        time.sleep(0.01)
    pytest.fail("the question was not answered")


def test_a_question_is_answered_once_and_its_answer_is_kept() -> None:
    work, question = Work(), Asked("a")
    assert work.look(question) is None
    work.submit(question, "study:1")
    assert question.began.wait(30)
    assert work.look(question) == Standing("running", 3, 10)
    work.submit(Asked("a"), "study:2")  # the same question
    question.go.set()
    assert ended(work, question).answer == "answer to a"
    work.submit(question, "study:1")
    assert ended(work, question).status == "done"
    assert question.times == 1
    assert work.latest("study:1").key == work.latest("study:2").key == "a"
    assert work.latest("study:3") is None


def test_who_waits_is_answered_in_turn_and_may_leave_the_queue() -> None:
    work = Work()
    first, second, third = (Asked(key) for key in "abc")
    for question in (first, second, third):
        question.go.set() if question is not first else None
        work.submit(question)
    assert first.began.wait(30)
    work.cancel(second)
    assert work.look(second) == Standing("cancelled")
    waiting = work.look(third)
    assert waiting is not None
    assert waiting.status == "waiting"
    first.go.set()
    assert ended(work, third).status == "done"
    assert second.times == 0
    work.submit(second)  # what was cancelled may be asked again
    assert ended(work, second).answer == "answer to b"


def test_what_is_under_way_stops_when_it_is_cancelled() -> None:
    work, question = Work(), Asked("a")
    work.submit(question)
    assert question.began.wait(30)
    work.cancel(question)
    assert ended(work, question).status == "cancelled"


def test_goals_that_cannot_be_met_are_told_with_what_binds() -> None:
    problem = Problem("goals phone", "90%", "80%", "ask for less")
    work, question = Work(), Asked("a", InfeasibleStaffing("no staff meets these goals", [problem]))
    question.go.set()
    work.submit(question)
    found = ended(work, question)
    assert (found.status, found.problem, found.problems) == (
        "failed",
        "no staff meets these goals",
        (problem,),
    )


def test_a_fault_is_told_as_one_and_the_next_question_is_answered() -> None:
    work, question, other = Work(), Asked("a", KeyError("x")), Asked("b")
    question.go.set()
    other.go.set()
    work.submit(question)
    assert (ended(work, question).status, ended(work, question).problem) == ("failed", FAULT)
    work.submit(other)
    assert ended(work, other).status == "done"


def test_an_answer_on_which_another_rests_is_taken_from_those_that_are_kept() -> None:
    work, question = Work(), Asked("a")
    question.go.set()
    work.submit(question)
    ended(work, question)
    told: list[int] = []
    assert work.found(question, lambda done, _: told.append(done), threading.Event()) == "answer to a"
    assert (question.times, told) == (1, [])
    other = Asked("b", go=question.go)
    assert work.found(other, lambda done, _: told.append(done), threading.Event()) == "answer to b"
    assert told == [3]


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    work, questions = Work(), [Asked(key) for key in "abc"]
    for question in questions:
        question.go.set()
        work.submit(question)
        ended(work, question)
    assert work.look(questions[0]) is None
    assert work.look(questions[2]) is not None
