"""Long questions for pages: answered one after the other in the background, and kept while the app lives."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from scenarios import PlannerError, Problem
from scenarios.errors import ListedError
from sim import warm
from sim.errors import RunCancelledError, RunError

LOG = logging.getLogger(__name__)

KEPT = 40
"""Answers that are kept; beyond this the one that was looked at longest ago is forgotten."""

FAULT = (
    "This could not be computed because of a fault in the planner, not in your scenario. "
    "Its log says more; what you entered is kept."
)

Status = Literal["waiting", "running", "done", "cancelled", "failed"]
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

    @property
    def is_live(self) -> bool:
        """Whether more is to come."""
        return self.status in ("waiting", "running")


class Question(Protocol):
    """A question that knows how it is answered."""

    @property
    def key(self) -> str:
        """The same for the same question."""
        ...

    def answer(self, work: Work, tell: Tell, cancel: threading.Event) -> Any:
        """Compute the answer; raises :class:`~sim.errors.RunCancelledError` soon after ``cancel`` is set."""
        ...


@dataclass
class _Job:
    question: Question
    standing: Standing = Standing("waiting")
    cancel: threading.Event = field(default_factory=threading.Event)


class Work:
    """A thread that answers questions in the order in which they were asked, and remembers who asked what."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._latest: dict[str, Question] = {}
        self._queue: deque[_Job] = deque()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, question: Question, about: str = "") -> None:
        """Ask, unless it is under way or answered already; ``about`` is then led back to this question."""
        with self._change:
            if about:
                self._latest[about] = question
            job = self._jobs.get(question.key)
            if job is not None and (job.standing.is_live or job.standing.status == "done"):
                return
            job = self._jobs[question.key] = _Job(question)
            self._jobs.move_to_end(question.key)
            self._queue.append(job)
            self._forget()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="planner-staffing", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def latest(self, about: str) -> Any:
        """The question that was asked last about something; None where none was."""
        with self._change:
            return self._latest.get(about)

    def look(self, question: Question) -> Standing | None:
        """How it stands; None when it was never asked, or is forgotten."""
        with self._change:
            job = self._jobs.get(question.key)
            if job is None:
                return None
            self._jobs.move_to_end(question.key)
            return job.standing

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
            if job in self._queue:
                self._queue.remove(job)
                job.standing = Standing("cancelled")

    def _forget(self) -> None:
        finished = [key for key, job in self._jobs.items() if not job.standing.is_live]
        for key in finished[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[key]

    def _serve(self) -> None:
        while True:
            with self._change:
                while not self._queue:
                    self._change.wait()
                job = self._queue.popleft()
                job.standing = Standing("running")
            standing = self._computed(job)
            with self._change:
                job.standing = dataclasses.replace(standing, done=job.standing.done, total=job.standing.total)
                self._change.notify_all()

    def _computed(self, job: _Job) -> Standing:
        def tell(done: int, total: int) -> None:
            with self._change:
                job.standing = Standing("running", done, total)

        began = time.monotonic()
        try:
            _await_simulator(job.cancel)
            answer = job.question.answer(self, tell, job.cancel)
        except RunCancelledError:
            return Standing("cancelled")
        except PlannerError as error:
            listed = error.problems if isinstance(error, ListedError) else ()
            text = error.message if isinstance(error, RunError) else "" if listed else str(error)
            return Standing("failed", problem=text, problems=tuple(listed))
        except Exception:
            LOG.exception("a question about staffing failed")
            return Standing("failed", problem=FAULT)
        return Standing("done", answer=answer, seconds=time.monotonic() - began)


def _await_simulator(cancel: threading.Event) -> None:
    """Wait for machine code: compiling here too would take turns with every page."""
    while not warm.is_warm():
        if cancel.wait(0.5):
            raise RunCancelledError("cancelled before the simulator was ready")
