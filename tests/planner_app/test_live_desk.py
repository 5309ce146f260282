"""The desk: the newest question wins, everybody has a first answer before anybody's is refined."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from planner_app.answers.glance import Glance
from planner_app.live import desk as desk_module
from planner_app.live.desk import FAULT, RUNGS, Desk
from planner_app.services import LiveState, Step
from scenarios import Problem, ScenarioError
from scenarios.errors import PlannerError

DAY_SECONDS = 0.004


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


class Slow:
    """A question whose days take a while; it remembers when each slice began."""

    def __init__(self, book: Book, baseline: str, steps: Sequence[Step]) -> None:
        self.book, self.name, self.done = book, f"{baseline}{[dict(step.values) for step in steps]}", 0
        self.day = DAY_SECONDS

    def grow(self, replications: int, stop: Callable[[], bool]) -> int:
        with self.book.lock:
            self.book.slices.append((self.name, self.done))
        while self.done < replications and not stop():
            time.sleep(self.day)
            self.done += 1
        if "fault" in self.name:
            raise KeyError("secret detail")
        if "planner error" in self.name:
            raise PlannerError("phone has no agents; give a group the skill")
        return self.done

    def glance(self) -> Any:
        return Glance({}, (), (), {"name": self.name, "replications": self.done})


class Book:
    """Opens questions, and keeps what happens to them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.opened: list[Slow] = []
        self.slices: list[tuple[str, int]] = []

    def __call__(self, baseline: str, steps: Sequence[Step]) -> Slow:
        if any(step.values.get("value") == "half-typed" for step in steps):
            raise ScenarioError([Problem("value", "half-typed", "a number", "give one")])
        question = Slow(self, baseline, steps)
        self.opened.append(question)
        return question


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Book:
    # However busy the machine that tests: answers come at rungs, unless a test says otherwise.
    monkeypatch.setattr(desk_module, "FIRST_PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(desk_module, "PATIENCE_SECONDS", 60.0)
    return Book()


@pytest.fixture
def desk(book: Book) -> Iterator[Desk]:
    made = Desk(book, threads=2)
    made.start()
    yield made
    made.close()


def ask(desk: Desk, session: str, revision: int, value: Any = 1, baseline: str = "base") -> None:
    desk.submit(session, revision, baseline, [Step("scale_volume", {"value": value})])


def first(desk: Desk, session: str, revision: int) -> LiveState:
    state = desk.look(session, revision, 0, 10)
    assert state is not None
    assert state.answer is not None, state
    return state


def test_a_first_answer_comes_at_once_and_is_refined_to_the_end(desk: Desk) -> None:
    ask(desk, "me", 1)
    state, days = first(desk, "me", 1), []
    while state.answer is not None:
        days.append(state.answer.replications)
        assert state.answer.glance.meta["replications"] == days[-1]
        if not state.refining:
            break
        found = desk.look("me", 1, days[-1], 10)
        assert found is not None
        state = found
    assert days[0] == RUNGS[0]
    assert days == sorted(set(days))
    assert days[-1] == RUNGS[-1] == state.goal
    settled = desk.look("me", 1, days[-1], 0)
    assert settled == LiveState(1, goal=RUNGS[-1])


def test_a_newer_question_replaces_the_older_one_at_once(desk: Desk, book: Book) -> None:
    ask(desk, "me", 1, 1)
    first(desk, "me", 1)
    ask(desk, "me", 2, 2)
    assert desk.look("me", 1, 0, 1) is None, "an older revision has no answer any more"
    assert first(desk, "me", 2).answer.glance.meta["name"].endswith("[{'value': 2}]")  # type: ignore[union-attr]
    older, newer = book.opened
    stopped = older.done
    until(lambda: newer.done >= RUNGS[1])
    assert older.done <= stopped + 1, "the slice under way ends within a day"
    assert older.done < RUNGS[-1]


def test_an_older_revision_that_arrives_late_changes_nothing(desk: Desk, book: Book) -> None:
    ask(desk, "me", 5, "new")
    ask(desk, "me", 4, "old")
    ask(desk, "me", 5, "old")
    assert len(book.opened) == 1
    state = first(desk, "me", 5)
    assert "new" in state.answer.glance.meta["name"]  # type: ignore[union-attr]
    assert desk.look("me", 4) is None
    assert desk.look("somebody else", 5) is None


def test_who_waits_for_a_superseded_answer_is_let_go(desk: Desk, book: Book, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk, "_is_ready", lambda: False)
    ask(desk, "me", 1)
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.append(desk.look("me", 1, 0, 30)))
    waiting.start()
    time.sleep(0.05)
    ask(desk, "me", 2, 2)
    waiting.join(timeout=5)
    assert found == [None]


def test_the_same_question_again_keeps_its_days(desk: Desk, book: Book) -> None:
    ask(desk, "me", 1)
    until(lambda: (desk.look("me", 1, 0, 1) or LiveState(0)).answer is not None)
    until(lambda: desk.look("me", 1).answer.replications >= RUNGS[1])  # type: ignore[union-attr]
    ask(desk, "me", 2)
    state = desk.look("me", 2)
    assert state is not None
    assert state.answer is not None
    assert state.answer.replications >= RUNGS[1]
    assert len(book.opened) == 1


def test_a_step_that_is_off_is_no_part_of_the_question(desk: Desk, book: Book) -> None:
    desk.submit("me", 1, "base", [Step("scale_volume", {"value": 1}, enabled=False)])
    assert book.opened[0].name == "base[]"


def test_a_half_typed_value_is_refused_and_the_question_before_it_waits(desk: Desk, book: Book) -> None:
    ask(desk, "me", 1)
    first(desk, "me", 1)
    with pytest.raises(ScenarioError, match="a number"):
        ask(desk, "me", 2, "half-typed")
    state = desk.look("me", 2)
    assert state is not None
    assert not state.refining
    ask(desk, "me", 3, 3)
    assert "3" in first(desk, "me", 3).answer.glance.meta["name"]  # type: ignore[union-attr]


def test_everybody_has_a_first_answer_before_anybody_is_refined(book: Book) -> None:
    desk = Desk(book, threads=1)
    sessions = [f"user {n}" for n in range(10)]
    for name in sessions:
        ask(desk, name, 1, name)
    desk.start()
    try:
        for name in sessions:
            first(desk, name, 1)
        with book.lock:
            slices = list(book.slices)
        refined = next(place for place, (_, done) in enumerate(slices) if done >= RUNGS[0])
        begun = {name for name, _ in slices[:refined]}
        assert len(begun) == len(sessions), "somebody was refined while another had nothing"
        # Then everybody has the second rung before anybody has the third.
        until(lambda: all(question.done >= RUNGS[1] for question in book.opened))
        assert max(question.done for question in book.opened) < RUNGS[2]
    finally:
        desk.close()


def test_a_newcomer_does_not_wait_for_the_refinement_of_others(book: Book) -> None:
    desk = Desk(book, threads=1)
    desk.start()
    try:
        for name in ("a", "b", "c"):
            ask(desk, name, 1, name)
            first(desk, name, 1)
        begun = time.monotonic()
        ask(desk, "new", 1, "new")
        first(desk, "new", 1)
        assert time.monotonic() - begun < 4 * desk_module.SLICE_SECONDS + 10 * DAY_SECONDS
    finally:
        desk.close()


def test_a_question_that_fails_says_so_and_the_desk_goes_on(desk: Desk) -> None:
    ask(desk, "me", 1, "fault")
    ask(desk, "you", 1, "planner error")
    until(lambda: bool(desk.look("me", 1).problem))  # type: ignore[union-attr]
    until(lambda: bool(desk.look("you", 1).problem))  # type: ignore[union-attr]
    assert desk.look("me", 1) == LiveState(1, goal=RUNGS[-1], problem=FAULT)
    assert desk.look("you", 1).problem == "phone has no agents; give a group the skill"  # type: ignore[union-attr]
    assert "secret" not in FAULT
    ask(desk, "me", 2, 2)
    first(desk, "me", 2)


def test_nobody_looks_nothing_is_refined_until_somebody_does(
    desk: Desk, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "AWAY_SECONDS", 0.15)
    ask(desk, "me", 1)
    first(desk, "me", 1)
    time.sleep(0.4)
    paused = book.opened[0].done
    assert paused < RUNGS[-1]
    time.sleep(0.1)
    assert book.opened[0].done == paused
    state = desk.look("me", 1, RUNGS[0], 10)
    assert state is not None
    assert state.answer is not None


def test_sessions_are_forgotten_after_a_while_and_never_too_many(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "MOST_SESSIONS", 3)
    desk = Desk(book)
    for n in range(5):
        ask(desk, f"user {n}", 1, n)
    assert desk.look("user 0", 1) is None
    assert desk.look("user 4", 1) is not None
    monkeypatch.setattr(desk_module, "FORGET_SECONDS", -1.0)
    ask(desk, "one more", 1)
    assert desk.look("user 4", 1) is None


def test_while_the_simulator_is_prepared_the_page_is_told(book: Book) -> None:
    ready = threading.Event()
    desk = Desk(book, threads=1, is_ready=ready.is_set)
    desk.start()
    try:
        ask(desk, "me", 1)
        state = desk.look("me", 1, 0, 0.05)
        assert state is not None
        assert state.preparing
        assert state.refining
        assert state.answer is None
        ready.set()
        assert not first(desk, "me", 1).preparing
    finally:
        desk.close()


def test_a_slow_question_is_told_before_its_rung(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "FIRST_PATIENCE_SECONDS", 0.1)
    desk = Desk(book, threads=1)
    ask(desk, "me", 1)
    book.opened[0].day = 0.08
    desk.start()
    try:
        state = first(desk, "me", 1)
        assert state.answer is not None
        assert desk_module.FEWEST <= state.answer.replications < RUNGS[0]
    finally:
        desk.close()
