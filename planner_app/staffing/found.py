"""What has been asked and found last about a subject, though the subject may have changed since."""

from __future__ import annotations

from dash.exceptions import PreventUpdate

from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing.questions import (
    ChangedQuestion,
    Needed,
    NeedQuestion,
    RosterQuestion,
    ShiftsQuestion,
)
from planner_app.staffing.subjects import Subject, subject_of
from planner_app.staffing.years import YearQuestion
from sim.staffing import goals_of
from sim.staffing.plans import ShiftPlan
from sim.staffing.rosters import Roster


def subject_asked(services: Services, about: list[str] | None) -> Subject:
    """What a page is about; nothing is drawn when it is gone."""
    found = subject_of(services, *about) if about else None
    if found is None:
        raise PreventUpdate
    return found


def asked(work: Background, subject: Subject) -> NeedQuestion | None:
    """What was asked last about who is needed."""
    question = work.latest(f"need {subject.about}")
    return question if isinstance(question, NeedQuestion) else None


def fits(question: NeedQuestion, subject: Subject) -> bool:
    """Whether the subject is still as it was when this was asked."""
    return (question.baseline, question.steps) == (subject.baseline, subject.steps)


def needed(work: Background, subject: Subject) -> tuple[NeedQuestion, Needed] | None:
    """The requirement of a subject, if it is found."""
    question = asked(work, subject)
    standing = None if question is None else work.look(question)
    if question is None or standing is None or standing.status != "done":
        return None
    return question, standing.answer


def shifts_asked(work: Background, subject: Subject) -> ShiftsQuestion | ChangedQuestion | None:
    """What was asked last about shifts."""
    question = work.latest(f"shifts {subject.about}")
    return question if isinstance(question, ShiftsQuestion | ChangedQuestion) else None


def planned(work: Background, subject: Subject) -> tuple[ShiftsQuestion | ChangedQuestion, ShiftPlan] | None:
    """The shifts of a subject, if they are found."""
    question = shifts_asked(work, subject)
    standing = None if question is None else work.look(question)
    if question is None or standing is None or standing.status != "done":
        return None
    return question, standing.answer


def roster_asked(work: Background, subject: Subject) -> RosterQuestion | None:
    """What was asked last about a roster."""
    question = work.latest(f"roster {subject.about}")
    return question if isinstance(question, RosterQuestion) else None


def rostered(work: Background, subject: Subject) -> Roster | None:
    """The roster of a subject, if it is found."""
    question = roster_asked(work, subject)
    standing = None if question is None else work.look(question)
    return None if standing is None or standing.status != "done" else standing.answer


def year_asked(work: Background, subject: Subject) -> YearQuestion | None:
    """What was asked last about the year of a study."""
    question = work.latest(f"year {subject.about}")
    return question if isinstance(question, YearQuestion) else None


def needs(question: YearQuestion, subject: Subject) -> bool:
    """Whether a year was planned for what the subject needs now."""
    return question.need == need_of(subject)


def need_of(subject: Subject) -> NeedQuestion:
    """Who is needed for the channels' own targets."""
    return NeedQuestion(subject.baseline, subject.steps, goals_of(subject.scenario))
