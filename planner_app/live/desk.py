"""The desk at which questions are answered while people still change them.

Each session (a page in somebody's browser) has one question, its newest. The desk's threads always take
the question that rests on the fewest simulated days, and among those the one that waited longest; so
everybody has a first small answer before anybody's is refined. A question that is replaced is dropped at
the end of the slice under way, a few hundredths of a second of the compiled engine, and what it would
have said is never shown: answers carry the revision that they belong to.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from planner_app.answers.glance import Glance
from planner_app.services import LiveAnswer, LiveState, Step
from scenarios.errors import PlannerError

LOG = logging.getLogger(__name__)

RUNGS = (4, 12, 40, 100)
"""Simulated days after which an answer is told: intervals narrow by about 1.7 from rung to rung."""
FEWEST = 2
"""With fewer there is no interval to tell."""
SLICE_SECONDS = 0.06
"""A thread turns to the next question after about this long."""
FIRST_PATIENCE_SECONDS = 0.25
"""Who has waited this long for a first answer is told what there is, before the first rung."""
PATIENCE_SECONDS = 0.7
"""And so is who has waited this long since the last answer."""
AWAY_SECONDS = 6.0
"""A question that nobody has looked at for this long is not refined further; looking resumes it."""
FORGET_SECONDS = 300.0
"""A session that nobody has looked at for this long is forgotten."""
MOST_SESSIONS = 200
"""Beyond this the session that was looked at longest ago is forgotten."""

FAULT = (
    "This could not be simulated because of a fault in the planner, not in your what-if. "
    "Its log says more; what you entered is kept."
)


class Growing(Protocol):
    """A question under way: it rests on more and more simulated days."""

    def grow(self, replications: int, stop: Callable[[], bool]) -> int:
        """Go on to ``replications`` in all, unless told to stop; returns how many there are now."""
        ...

    def glance(self) -> Glance:
        """What the days so far say."""
        ...


Open = Callable[[str, Sequence[Step]], Growing]
"""Begins a question: a baseline (YAML text) and its steps that are on. Raises ``ScenarioError``."""


@dataclass
class _Question:
    """The newest question of a session."""

    baseline: str
    steps: tuple[Step, ...]
    growing: Growing | None
    """None once it is answered as precisely as the desk goes, or has failed."""
    turn: int
    done: int = 0
    told: int = 0
    told_at: float = 0.0
    glance: Glance | None = None
    problem: str = ""
    taken: bool = False
    """Whether a thread is at it."""
    seconds: float = 0.0
    """Spent on it so far."""


@dataclass
class _Session:
    revision: int
    question: _Question | None = None
    held: bool = False
    """Whether what was typed last does not fit, so that the question before it only waits."""
    looked: float = field(default_factory=time.monotonic)


class Desk:
    """The :class:`planner_app.services.LiveService`: a few threads and a question per session."""

    def __init__(self, begin: Open, *, threads: int = 2, is_ready: Callable[[], bool] = lambda: True) -> None:
        self._begin = begin
        self._is_ready = is_ready
        self._sessions: dict[str, _Session] = {}
        self._change = threading.Condition()
        self._turns = itertools.count()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"planner-live-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Begin to answer, in the background."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop soon; nothing is kept."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=5)

    # -- asking ------------------------------------------------------------------------------------

    def submit(self, session: str, revision: int, baseline: str, steps: Sequence[Step]) -> None:
        """Replace the session's question, unless it has a newer one or the very same already."""
        asked = tuple(step for step in steps if step.enabled)
        if not self._turn_to(session, revision, baseline, asked):
            return
        try:
            growing = self._begin(baseline, asked)
        except PlannerError:
            with self._change:
                held = self._sessions.get(session)
                if held is not None and held.revision == revision:
                    held.held = True
            raise
        with self._change:
            mine = self._sessions.get(session)
            if mine is not None and mine.revision == revision:
                turn, now = next(self._turns), time.monotonic()
                mine.question = _Question(baseline, asked, growing, turn, told_at=now)
                self._change.notify_all()

    def _turn_to(self, session: str, revision: int, baseline: str, asked: tuple[Step, ...]) -> bool:
        """Note the newest revision; whether there is a new question to begin."""
        with self._change:
            mine = self._sessions.get(session)
            if mine is None:
                self._forget()
                mine = self._sessions[session] = _Session(revision)
            elif revision <= mine.revision:
                return False
            mine.revision, mine.held, mine.looked = revision, False, time.monotonic()
            same = mine.question
            if same is not None and (same.baseline, same.steps) == (baseline, asked) and not same.problem:
                self._change.notify_all()
                return False
            mine.question = None
            return True

    def look(self, session: str, revision: int, seen: int = 0, wait_seconds: float = 0.0) -> LiveState | None:
        """How the question stands; waits at most so long for more days than were ``seen``."""
        until = time.monotonic() + wait_seconds
        with self._change:
            while True:
                mine = self._sessions.get(session)
                if mine is None or mine.revision != revision:
                    return None
                mine.looked = time.monotonic()
                state = self._state(mine, seen)
                left = until - time.monotonic()
                if left <= 0 or state.answer is not None or not state.refining or self._closing:
                    return state
                self._change.notify_all()  # who looks again after a while resumes the question
                self._change.wait(left)

    def _state(self, mine: _Session, seen: int) -> LiveState:
        question = mine.question
        if question is None:
            return LiveState(mine.revision, refining=not mine.held)
        refining = question.growing is not None and not mine.held
        answer = None
        if question.glance is not None and question.told > seen:
            answer = LiveAnswer(question.told, question.steps, question.glance)
        return LiveState(
            mine.revision,
            answer=answer,
            refining=refining,
            goal=RUNGS[-1],
            preparing=refining and not self._is_ready(),
            problem=question.problem,
        )

    def _forget(self) -> None:
        moment = time.monotonic()
        gone = [name for name, one in self._sessions.items() if moment - one.looked > FORGET_SECONDS]
        for name in gone:
            del self._sessions[name]
        while len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[min(self._sessions, key=lambda name: self._sessions[name].looked)]

    # -- answering ---------------------------------------------------------------------------------

    def _serve(self) -> None:
        while True:
            with self._change:
                question = self._next()
                while question is None:
                    if self._closing:
                        return
                    self._change.wait(1.0)
                    question = self._next()
                question.taken = True
            try:
                self._go_on(question)
            except PlannerError as error:
                self._fail(question, str(error))
            except Exception:
                LOG.exception("a live question failed")
                self._fail(question, FAULT)
            finally:
                with self._change:
                    question.taken = False
                    question.turn = next(self._turns)
                    self._change.notify_all()

    def _next(self) -> _Question | None:
        """The question with the fewest days told; among those the one that waited longest."""
        if self._closing or not self._is_ready():
            return None
        moment = time.monotonic()
        waiting = [
            one.question
            for one in self._sessions.values()
            if one.question is not None
            and one.question.growing is not None
            and not one.question.taken
            and not one.held
            and moment - one.looked < AWAY_SECONDS
        ]
        return min(waiting, key=lambda question: (question.told, question.turn), default=None)

    def _go_on(self, question: _Question) -> None:
        """Simulate for about a slice, and tell what there is when a rung is reached."""
        growing = question.growing
        if growing is None:
            return
        rung = next(rung for rung in RUNGS if rung > question.told)
        begun = time.monotonic()
        question.done = growing.grow(self._aim(question, rung), lambda: not self._is_wanted(question))
        question.seconds += time.monotonic() - begun
        if not self._is_wanted(question):
            return
        patience = PATIENCE_SECONDS if question.told else FIRST_PATIENCE_SECONDS
        late = time.monotonic() - question.told_at > patience
        if question.done >= rung or (late and question.done >= FEWEST and question.done > question.told):
            glance = growing.glance()
            with self._change:
                question.glance, question.told, question.told_at = glance, question.done, time.monotonic()
                if question.done >= RUNGS[-1]:
                    question.growing = None
                self._change.notify_all()

    def _aim(self, question: _Question, rung: int) -> int:
        """How far to go in one slice, by what a day has taken so far."""
        if not question.done:
            return min(FEWEST, rung)
        each = question.seconds / question.done
        return min(rung, question.done + max(1, int(SLICE_SECONDS / each)))

    def _is_wanted(self, question: _Question) -> bool:
        with self._change:
            return not self._closing and any(one.question is question for one in self._sessions.values())

    def _fail(self, question: _Question, problem: str) -> None:
        with self._change:
            question.growing, question.problem = None, problem
            self._change.notify_all()
