"""Long questions in the background: asked once, kept, cancelled, refused in words."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import flask
import pytest

from planner_app.running import askers
from planner_app.running.background import FAULT, Background, Standing, Tell, Unfinished
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

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> Any:
        self.times += 1
        tell(3, 10)
        self.began.set()
        while not self.go.wait(0.01):
            if cancel.is_set():
                raise RunCancelledError("cancelled")
        if self.error is not None:
            raise self.error
        return f"answer to {self.key}"


def ended(work: Background, question: Asked) -> Standing:
    for _ in range(3000):
        standing = work.look(question)
        assert standing is not None
        if not standing.is_live:
            return standing
        time.sleep(0.01)
    pytest.fail("the question was not answered")


def test_a_question_is_answered_once_and_its_answer_is_kept() -> None:
    work, question = Background(), Asked("a")
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
    work = Background()
    first, second, third = (Asked(key) for key in "abc")
    for question in (first, second, third):
        question.go.set() if question is not first else None
        work.submit(question)
    assert first.began.wait(30)
    work.cancel(second)
    cancelled = work.look(second)
    assert cancelled is not None
    assert (cancelled.status, cancelled.answer) == ("cancelled", None)
    waiting = work.look(third)
    assert waiting is not None
    assert (waiting.status, waiting.before) == ("waiting", 1)
    first.go.set()
    assert ended(work, third).status == "done"
    assert second.times == 0
    work.submit(second)  # what was cancelled may be asked again
    assert ended(work, second).answer == "answer to b"


def test_what_is_under_way_stops_when_it_is_cancelled() -> None:
    work, question = Background(), Asked("a")
    work.submit(question)
    assert question.began.wait(30)
    work.cancel(question)
    assert ended(work, question).status == "cancelled"


def test_goals_that_cannot_be_met_are_told_with_what_binds() -> None:
    problem = Problem("goals phone", "90%", "80%", "ask for less")
    work, question = Background(), Asked("a", InfeasibleStaffing("no staff meets these goals", [problem]))
    question.go.set()
    work.submit(question)
    found = ended(work, question)
    assert (found.status, found.problem, found.problems) == (
        "failed",
        "no staff meets these goals",
        (problem,),
    )


def test_a_fault_is_told_as_one_and_the_next_question_is_answered() -> None:
    work, question, other = Background(), Asked("a", KeyError("x")), Asked("b")
    question.go.set()
    other.go.set()
    work.submit(question)
    assert (ended(work, question).status, ended(work, question).problem) == ("failed", FAULT)
    work.submit(other)
    assert ended(work, other).status == "done"


def test_an_answer_on_which_another_rests_is_taken_from_those_that_are_kept() -> None:
    work, question = Background(), Asked("a")
    question.go.set()
    work.submit(question)
    ended(work, question)
    told: list[int] = []
    assert work.found(question, lambda done, _: told.append(done), threading.Event()) == "answer to a"
    assert (question.times, told) == (1, [])
    other = Asked("b", go=question.go)
    assert work.found(other, lambda done, _: told.append(done), threading.Event()) == "answer to b"
    assert told == [3]


def test_the_oldest_are_forgotten() -> None:
    work, questions = Background(keep=2), [Asked(key) for key in "abc"]
    for question in questions:
        question.go.set()
        work.submit(question)
        ended(work, question)
    assert work.look(questions[0]) is None
    assert work.look(questions[2]) is not None


def test_who_has_had_least_goes_first_and_one_who_asks_much_keeps_nobody_waiting() -> None:
    work, order = Background(), []

    @dataclass
    class Noted(Asked):
        def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> Any:
            order.append(self.key)
            return super().answer(work, tell, cancel)

    first = Noted("ann 1")
    work.submit(first, asker="ann")
    assert first.began.wait(30)
    asked = [Noted(f"ann {number}") for number in range(2, 5)]
    asked += [Noted(f"{name} 1") for name in ("bob", "cat", "dan")]
    for question in asked:
        question.go.set()
        work.submit(question, asker=question.key.split()[0])
    standing = work.look(asked[-1])
    assert standing is not None
    assert standing.before == 6  # one is answered now, and nobody has had anything yet
    time.sleep(0.02)  # Ann has had this at least
    first.go.set()
    ended(work, asked[2])
    assert order[:4] == ["ann 1", "bob 1", "cat 1", "dan 1"]
    assert order[4:] == ["ann 2", "ann 3", "ann 4"]


def test_ten_people_who_ask_twice_each_get_a_first_answer_before_anybody_gets_a_second() -> None:
    work, order = Background(), []

    @dataclass
    class Quick(Asked):
        def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> Any:
            time.sleep(0.002)
            order.append(self.key)
            return None

    stopped = Asked("before")
    work.submit(stopped, asker="somebody else")
    assert stopped.began.wait(30)
    asked = [Quick(f"{person} {number}") for person in range(10) for number in range(2)]
    for question in asked:
        work.submit(question, asker=question.key.split()[0])
    stopped.go.set()
    for question in asked:
        ended(work, question)
    assert len({key.split()[0] for key in order[:10]}) == 10


def test_what_is_unfinished_is_kept_of_a_cancelled_question() -> None:
    class Partly(Asked):
        def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> Any:
            self.began.set()
            cancel.wait(30)
            return Unfinished("half of it")

    work, question = Background(), Partly("a")
    work.submit(question)
    assert question.began.wait(30)
    work.cancel(question)
    found = ended(work, question)
    assert (found.status, found.answer) == ("cancelled", "half of it")


def test_closing_interrupts_what_is_under_way_and_what_waits() -> None:
    work, first, second = Background(), Asked("a"), Asked("b")
    work.submit(first)
    assert first.began.wait(30)
    work.submit(second)
    work.close()
    assert [ended(work, question).status for question in (first, second)] == ["interrupted", "interrupted"]


def test_a_browser_is_known_by_its_cookie_and_by_nothing_else() -> None:
    server = flask.Flask("asking")
    askers.register(server)
    server.add_url_rule("/", "who", askers.asker)
    browser = server.test_client()
    assert browser.get("/").text == ""  # the first time it has none
    mine = browser.get("/").text
    assert len(mine) >= 16
    assert browser.get("/").text == mine
    other = server.test_client()
    other.get("/")
    assert other.get("/").text not in ("", mine)
    forged = server.test_client()
    forged.set_cookie(askers.COOKIE, "<script>")
    assert forged.get("/").text == ""
    assert askers.asker() == ""
