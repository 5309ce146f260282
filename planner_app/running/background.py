"""Background: one thread that answers pages' long questions in turn, fairly between those who ask.

Whoever has had least of its time goes first, so that one person's ten questions do not keep nine others
waiting. Answers are kept in memory, and where there is a shelf also on it: then they are there after a
restart, and what was under way when the planner stopped is told as interrupted.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from scenarios import PlannerError, Problem
from scenarios.errors import ListedError
from sim import warm
from sim.errors import RunCancelledError, RunError

LOG = logging.getLogger(__name__)

KEPT = 100
"""Answers that are kept in memory; beyond this the one that was looked at longest ago is forgotten."""

FAULT = (
    "This could not be computed because of a fault in the planner, not in your scenario. "
    "Its log says more; what you entered is kept."
)

Status = Literal["waiting", "running", "done", "cancelled", "failed", "interrupted"]
Tell = Callable[[int, int], object]


@dataclass(frozen=True)
class Standing:
    """How a question stands."""

    status: Status
    done: int = 0
    total: int = 0
    """As the computation counts its progress; 0 until it tells."""
    answer: Any = None
    """What came of it; None while it is under way, and where nothing did."""
    problem: str = ""
    """For people: why there is no answer."""
    problems: tuple[Problem, ...] = ()
    """What binds, each with its cure."""
    seconds: float = 0.0
    """How long it took."""
    ended: dt.datetime | None = None
    """When it was done, or otherwise over."""
    version: str = ""
    """Of the planner that computed it; empty: this one."""
    before: int = 0
    """Questions that are answered before it, while it waits."""

    @property
    def is_live(self) -> bool:
        """Whether more is to come."""
        return self.status in ("waiting", "running")


@dataclass(frozen=True)
class Unfinished:
    """What is known of an answer that was cancelled."""

    answer: Any


class Question(Protocol):
    """A question that knows how it is answered."""

    @property
    def key(self) -> str:
        """The same for the same question."""
        ...

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> Any:
        """Compute the answer; soon after ``cancel`` is set, raises
        :class:`~sim.errors.RunCancelledError` or returns what is :class:`Unfinished`."""
        ...


class Shelf(Protocol):
    """Where questions and answers outlive the program."""

    def ask(self, question: Any, about: str) -> None:
        """Note that this question is the last about something, unless that is empty."""
        ...

    def wait(self, question: Any) -> None:
        """Note that a question waits for its answer."""
        ...

    def end(self, question: Any, standing: Standing) -> None:
        """Note what came of it."""
        ...

    def look(self, question: Any) -> Standing | None:
        """How it stands; None where it was never asked or cannot be read."""
        ...

    def latest(self, about: str) -> Any:
        """The question that was asked last about something; None where none was, or it cannot be read."""
        ...

    def note(self, about: str, text: str) -> None:
        """Keep a text about something."""
        ...

    def noted(self, about: str) -> str:
        """The text about something; empty where there is none."""
        ...


class Memory:
    """A shelf that forgets when the program ends: only what was asked last about something, and notes."""

    def __init__(self) -> None:
        self._latest: dict[str, Any] = {}
        self._notes: dict[str, str] = {}

    def ask(self, question: Any, about: str) -> None:
        """Note which question is the last."""
        if about:
            self._latest[about] = question

    def wait(self, question: Any) -> None:
        """Nothing: what waits is in memory."""

    def end(self, question: Any, standing: Standing) -> None:
        """Nothing: answers are in memory anyway."""

    def look(self, question: Any) -> Standing | None:
        """Nothing is known beyond memory."""
        return None

    def latest(self, about: str) -> Any:
        """The question that was asked last about something."""
        return self._latest.get(about)

    def note(self, about: str, text: str) -> None:
        """Keep a text."""
        self._notes[about] = text

    def noted(self, about: str) -> str:
        """The text about something."""
        return self._notes.get(about, "")


@dataclass(eq=False)
class _Job:
    question: Question
    number: int
    askers: set[str]
    standing: Standing = Standing("waiting")
    cancel: threading.Event = field(default_factory=threading.Event)


class Background:
    """A thread that answers questions, while there are any, and remembers who asked what."""

    def __init__(self, shelf: Shelf | None = None, *, keep: int = KEPT) -> None:
        self._shelf: Shelf = Memory() if shelf is None else shelf
        self._keep = keep
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._waiting: list[_Job] = []
        self._had: dict[str, float] = {}
        self._number = 0
        self._running: _Job | None = None
        self._closing = False
        self._change = threading.RLock()
        self._thread: threading.Thread | None = None

    # -- for those who ask -------------------------------------------------------------------------

    def submit(self, question: Question, about: str = "", asker: str = "") -> None:
        """Ask, unless it is under way or answered already; ``about`` is then led back to this question.

        ``asker`` is whoever shares the thread fairly with others: a browser.
        """
        self.look(question)  # takes it from the shelf
        self._shelf.ask(question, about)
        if self._stands(question, asker):
            return
        self._shelf.wait(question)
        with self._change:
            if self._stands(question, asker):
                return
            self._number += 1
            job = self._jobs[question.key] = _Job(question, self._number, {asker})
            self._jobs.move_to_end(question.key)
            self._waiting.append(job)
            self._forget()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="planner-background", daemon=True)
                self._thread.start()

    def _stands(self, question: Question, asker: str) -> bool:
        """Whether it is under way, for this asker too, or answered by this version."""
        with self._change:
            known = self._jobs.get(question.key)
            if known is None:
                return False
            if known.standing.is_live:
                known.askers.add(asker)
                return True
            return known.standing.status == "done" and not known.standing.version

    def latest(self, about: str) -> Any:
        """The question that was asked last about something; None where none was."""
        return self._shelf.latest(about)

    def look(self, question: Question) -> Standing | None:
        """How it stands; None when it was never asked, or is forgotten."""
        with self._change:
            job = self._jobs.get(question.key)
            if job is not None:
                self._jobs.move_to_end(question.key)
                if job.standing.status == "waiting":
                    return dataclasses.replace(job.standing, before=self._before(job))
                return job.standing
        standing = self._shelf.look(question)
        if standing is not None and not standing.is_live:
            with self._change:
                self._jobs.setdefault(question.key, _Job(question, 0, set(), standing))
                self._forget()
        return standing

    def found(self, question: Question, tell: Tell, cancel: threading.Event) -> Any:
        """The answer to a question on which another rests: the one that is kept, else computed here."""
        standing = self.look(question)
        if standing is not None and standing.status == "done":
            return standing.answer
        return question.answer(self, tell, cancel)

    def cancel(self, question: Question) -> None:
        """Stop it."""
        with self._change:
            job = self._jobs.get(question.key)
            if job is None:
                return
            job.cancel.set()
            if job in self._waiting:
                self._waiting.remove(job)
                job.standing = self._kept(job, Standing("cancelled"))

    def note(self, about: str, text: str) -> None:
        """Keep what somebody is writing about something."""
        self._shelf.note(about, text)

    def noted(self, about: str) -> str:
        """What was kept last about something; empty where nothing was."""
        return self._shelf.noted(about)

    def close(self) -> None:
        """Stop soon; what is under way or waits is told as interrupted."""
        with self._change:
            self._closing = True
            for job in self._waiting:
                job.standing = self._kept(job, Standing("interrupted"))
            self._waiting.clear()
            if self._running is not None:
                self._running.cancel.set()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=5)

    # -- the thread --------------------------------------------------------------------------------

    def _rank(self, job: _Job) -> tuple[float, int]:
        """Who has had least of the thread goes first; then who asked first."""
        return min(self._had.get(asker, 0.0) for asker in job.askers), job.number

    def _before(self, job: _Job) -> int:
        mine = self._rank(job)
        return sum(self._rank(other) < mine for other in self._waiting) + (self._running is not None)

    def _forget(self) -> None:
        finished = [key for key, job in self._jobs.items() if not job.standing.is_live]
        for key in finished[: max(0, len(self._jobs) - self._keep)]:
            del self._jobs[key]

    def _kept(self, job: _Job, standing: Standing) -> Standing:
        """How it ended, put on the shelf."""
        ended = dataclasses.replace(standing, ended=dt.datetime.now(dt.UTC))
        try:
            self._shelf.end(job.question, ended)
        except PlannerError as error:
            LOG.warning("an answer could not be kept: %s", error)
        return ended

    def _serve(self) -> None:
        while True:
            with self._change:
                if not self._waiting or self._closing:
                    self._had.clear()  # nobody waits: what was had before is no matter
                    self._thread = None
                    return
                job = min(self._waiting, key=self._rank)
                self._waiting.remove(job)
                self._running = job
                job.standing = Standing("running")
            began = time.monotonic()
            standing = self._computed(job)
            spent = time.monotonic() - began
            standing = self._kept(job, dataclasses.replace(standing, seconds=spent))
            with self._change:
                self._running = None
                for asker in job.askers:
                    self._had[asker] = self._had.get(asker, 0.0) + spent / len(job.askers)
                now = job.standing
                job.standing = dataclasses.replace(standing, done=now.done, total=now.total)

    def _computed(self, job: _Job) -> Standing:
        def tell(done: int, total: int) -> None:
            with self._change:
                job.standing = Standing("running", done, total)

        try:
            _await_simulator(job.cancel)
            answer = job.question.answer(self, tell, job.cancel)
        except RunCancelledError:
            return Standing("interrupted" if self._closing else "cancelled")
        except PlannerError as error:
            listed = error.problems if isinstance(error, ListedError) else ()
            text = error.message if isinstance(error, RunError) else "" if listed else str(error)
            return Standing("failed", problem=text, problems=tuple(listed))
        except Exception:
            LOG.exception("a long question failed")
            return Standing("failed", problem=FAULT)
        if isinstance(answer, Unfinished):
            return Standing("interrupted" if self._closing else "cancelled", answer=answer.answer)
        return Standing("done", answer=answer)


def _await_simulator(cancel: threading.Event) -> None:
    """Wait for machine code: compiling here too would take turns with every page."""
    while not warm.is_warm():
        if cancel.wait(0.5):
            raise RunCancelledError("cancelled before the simulator was ready")
