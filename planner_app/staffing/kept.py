"""The shelf of staffing: questions and answers in the database, there after a restart and in every window."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from planner_app.running.background import Memory, Standing
from planner_app.services import Step
from planner_app.staffing.questions import (
    ChangedQuestion,
    Needed,
    NeedQuestion,
    RosterQuestion,
    ShiftsQuestion,
)
from planner_app.staffing.years import YearQuestion
from planner_app.store import Answers
from planner_app.store.packing import NotPackable, Packing
from scenarios import Agent, Hiring, Problem, Scenario, ShiftRules, Team
from sim.experiments.growing import model_of, version
from sim.staffing.capacity import CapacityPlan
from sim.staffing.days import Days
from sim.staffing.demand import Demand
from sim.staffing.gap import Gap
from sim.staffing.plans import Pause, Shift, ShiftPlan
from sim.staffing.requirement import Requirement
from sim.staffing.rosters import Roster
from sim.staffing.start import Erlangs
from sim.staffing.targets import Condition, Goal, Judged

LOG = logging.getLogger(__name__)

QUESTIONS = (NeedQuestion, ShiftsQuestion, ChangedQuestion, RosterQuestion, YearQuestion)
_CLASSES = (
    *QUESTIONS, Standing, Problem, Step, Needed, Requirement, Gap, Goal, Judged, Condition, Days, Erlangs,
    ShiftPlan, Shift, Pause, Demand, Roster, CapacityPlan, Scenario, ShiftRules, Team, Agent, Hiring,
)  # fmt: skip
_READ = 200
"""Questions that are kept unpacked."""


def _plan(fields: Mapping[str, Any]) -> Any:
    return model_of("", fields["base"]).plan


def _terms(fields: Mapping[str, Any]) -> Any:
    return model_of("", fields["base"]).terms


PACKING = Packing({kind.__name__: kind for kind in _CLASSES}, {Requirement: {"plan": _plan, "terms": _terms}})
"""What is packed; a scenario's arrays are made again from the scenario."""


class Kept:
    """A shelf in the database; what is not of staffing is kept in memory only."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._memory = Memory()
        self._read: OrderedDict[str, Any] = OrderedDict()

    def ask(self, question: Any, about: str) -> None:
        """Note which question is the last about something."""
        if isinstance(question, QUESTIONS):
            if about:
                self._answers.point(about, question.key, PACKING.pack(question))
        else:
            self._memory.ask(question, about)

    def wait(self, question: Any) -> None:
        """Note that it waits."""
        if isinstance(question, QUESTIONS):
            self._answers.wait(question.key, version())

    def end(self, question: Any, standing: Standing) -> None:
        """Keep what came of it."""
        if not isinstance(question, QUESTIONS):
            return
        try:
            body = PACKING.pack(standing)
        except NotPackable:
            LOG.exception("an answer about staffing is not kept")
            return
        self._answers.end(question.key, standing.status, standing.ended, body)

    def look(self, question: Any) -> Standing | None:
        """How it stands; None for what is not there, or was kept by a planner that wrote it otherwise."""
        row = self._answers.get(question.key) if isinstance(question, QUESTIONS) else None
        if row is None:
            return None
        if row.status in ("waiting", "interrupted"):
            live = row.status == "waiting"
            return Standing("running" if live else "interrupted", ended=None if live else row.asked)
        try:
            standing: Standing = PACKING.unpack(row.body or b"")
        except NotPackable as error:
            LOG.warning("an answer of version %s cannot be read: %s", row.version, error)
            return None
        made = "" if row.version == version() else row.version
        return Standing(**{**vars(standing), "version": made})

    def latest(self, about: str) -> Any:
        """The question that was asked last about something."""
        found = self._answers.latest(about)
        if found is None:
            return self._memory.latest(about)
        key, body = found
        if key not in self._read:
            try:
                self._read[key] = PACKING.unpack(body)
            except NotPackable as error:
                LOG.warning("a question cannot be read: %s", error)
                return None
            while len(self._read) > _READ:
                self._read.popitem(last=False)
        return self._read.get(key)

    def note(self, about: str, text: str) -> None:
        """Keep a text about something."""
        self._answers.note(about, text)

    def noted(self, about: str) -> str:
        """The text about something."""
        return self._answers.noted(about)
