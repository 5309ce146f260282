"""What pages may ask for: studies (a baseline with its stack of what-ifs), runs and their reports.

Pages get one :class:`Services` and see neither the database nor the processes that compute.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pandas as pd

from planner_app.running.background import Background

if TYPE_CHECKING:
    from planner_app.answers.glance import Glance

RunStatus = Literal["queued", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True)
class Step:
    """One what-if of a stack: its kind, its values as written in YAML, and whether it is on."""

    kind: str
    values: Mapping[str, Any]
    enabled: bool = True


@dataclass(frozen=True)
class Study:
    """A saved scenario: a baseline (YAML text) and the what-ifs stacked on it."""

    id: str
    name: str
    baseline: str
    steps: tuple[Step, ...]
    origin: str
    """The library name it came from, or ``"uploaded"``."""
    revision: int
    """Counts saves; a save that names an older revision is refused, so no edit is lost unseen."""
    updated: dt.datetime


@dataclass(frozen=True)
class RunRow:
    """A run: immutable inputs, and how far it is. It has an address: ``/results/<id>``."""

    id: str
    study_id: str | None
    title: str
    baseline: str
    steps: tuple[Step, ...]
    replications: int
    seed: int
    status: RunStatus
    done: int
    """Replications finished of ``replications`` (each simulates baseline and what-if)."""
    message: str
    """For people: why it failed or was cancelled; empty otherwise."""
    version: str
    created: dt.datetime
    started: dt.datetime | None
    finished: dt.datetime | None


@dataclass(frozen=True)
class Report:
    """What a finished (or cancelled, then partial) run shows. All tables are tidy and small.

    ``scenario`` in the tables is ``"baseline"`` or ``"what-if"`` (absent when nothing is stacked).
    """

    summary: pd.DataFrame
    """``sim.Comparison.summary``."""
    intervals: pd.DataFrame
    """``sim.Comparison.interval_summary``: scenario, channel, interval, start_seconds, measure,
    mean, half_width."""
    coverage: pd.DataFrame
    """scenario, group, interval, start_seconds, scheduled (agents on the floor by schedule), required
    (offered load in agents: work that arrives in the interval over its length; who rings again counts
    once, at the first try), busy (mean)."""
    spillover: pd.DataFrame
    """scenario, from, to, outcome, cases, cases_half_width, share, share_half_width."""
    journeys: pd.DataFrame
    """scenario, attempt, from, to, outcome, cases: flows between attempts for the Sankey; ``to`` is a
    channel, ``resolved``, ``given up`` or ``unfinished``."""
    diff: pd.DataFrame
    """field, old, new: what the stack changes."""
    incidents: pd.DataFrame
    """name, channel, from_seconds, until_seconds, failure: windows to shade (what-if's incidents)."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """name, currency, replications, replications_asked, seed, version, engine, seconds, interval_seconds,
    phone (name of the main live channel), target (text), channels (list of {name, mode, target}; target
    None or {share, within (seconds), of}), start (ISO date), days, timezone (for local labels), causes
    (``sim.explain`` of contacts: list of {channel, cause, from, before, after, delta, half_width}; missing
    in reports of older versions and where nothing is stacked)."""


class StudyStore(Protocol):
    """Saved studies. Every write is one transaction; a study is never lost."""

    def all(self) -> Sequence[Study]:
        """Every study, the last saved first."""
        ...

    def deleted(self, limit: int = 20) -> Sequence[Study]:
        """Studies that were put away, the latest first."""
        ...

    def get(self, study_id: str) -> Study | None:
        """The study as last saved, or None."""
        ...

    def create(self, name: str, baseline: str, steps: Sequence[Step], origin: str) -> Study:
        """Store a new study."""
        ...

    def save(self, study: Study) -> Study:
        """Store a new revision; raises StoreError when a newer one exists."""
        ...

    def delete(self, study_id: str) -> None:
        """Put a study away; restore brings it back."""
        ...

    def restore(self, study_id: str) -> None:
        """Undo delete."""
        ...


class RunService(Protocol):
    """Runs as rows: submit, watch, cancel, read."""

    def submit(
        self,
        title: str,
        baseline: str,
        steps: Sequence[Step],
        *,
        study_id: str | None = None,
        replications: int = 20,
        seed: int = 1,
    ) -> str:
        """Queue a run (enabled steps only) and return its id. Raises ScenarioError on bad input."""
        ...

    def get(self, run_id: str) -> RunRow | None:
        """The row of a run, or None."""
        ...

    def cancel(self, run_id: str) -> None:
        """Stop a run; replications that are finished are kept."""
        ...

    def report(self, run_id: str) -> Report | None:
        """The report of a finished run, or of one cancelled late enough to have one."""
        ...

    def recent(self, limit: int = 50, study_id: str | None = None) -> Sequence[RunRow]:
        """The latest runs that people asked for (of one study), the newest first."""
        ...

    def story(self, name: str) -> RunRow:
        """The run that answers a worked story, submitted once and then found again."""
        ...


@dataclass(frozen=True)
class LiveAnswer:
    """What a what-if that is being changed does, as far as it is simulated."""

    replications: int
    """How many it rests on."""
    steps: tuple[Step, ...]
    """The what-ifs it is about."""
    glance: Glance


@dataclass(frozen=True)
class LiveState:
    """How the newest question of a session stands."""

    revision: int
    answer: LiveAnswer | None = None
    """Only when it rests on more than was seen."""
    refining: bool = False
    """Whether more is to come."""
    goal: int = 0
    """How many replications it will rest on in the end."""
    preparing: bool = False
    """Whether the simulator is still made ready for this machine."""
    problem: str = ""
    """For people: why there is no answer; empty otherwise."""


class LiveService(Protocol):
    """Questions answered while they are still being changed: one per session, the newest."""

    def submit(self, session: str, revision: int, baseline: str, steps: Sequence[Step]) -> None:
        """Ask; what the session asked before is dropped at once, and older revisions are ignored.

        Raises ScenarioError when a step does not fit; the session then waits for the next revision.
        """
        ...

    def look(self, session: str, revision: int, seen: int = 0, wait_seconds: float = 0.0) -> LiveState | None:
        """How the question stands, waiting at most so long for more replications than were ``seen``.

        None when the revision is not the session's newest, or the session is forgotten.
        """
        ...


@dataclass(frozen=True)
class Services:
    """Everything a page may use."""

    studies: StudyStore
    runs: RunService
    live: LiveService
    background: Background = field(default_factory=Background)
    """Long questions."""
