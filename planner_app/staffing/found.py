"""What has been asked and found about a subject, as far as it still stands."""

from __future__ import annotations

from dash.exceptions import PreventUpdate

from planner_app.services import Services
from planner_app.staffing.questions import ChangedQuestion, Needed, NeedQuestion, ShiftsQuestion
from planner_app.staffing.subjects import Subject, subject_of
from planner_app.staffing.work import Work
from sim.staffing.plans import ShiftPlan


def subject_asked(services: Services, about: list[str] | None) -> Subject:
    """What a page is about; nothing is drawn when it is gone."""
    found = subject_of(services, *about) if about else None
    if found is None:
        raise PreventUpdate
    return found


def asked(work: Work, subject: Subject) -> NeedQuestion | None:
    """What was asked last about a subject, if that is still as it was."""
    question = work.latest(f"need {subject.about}")
    if isinstance(question, NeedQuestion) and (question.baseline, question.steps) == (
        subject.baseline,
        subject.steps,
    ):
        return question
    return None


def needed(work: Work, subject: Subject) -> tuple[NeedQuestion, Needed] | None:
    """The requirement of a subject, if it is found."""
    question = asked(work, subject)
    standing = None if question is None else work.look(question)
    if question is None or standing is None or standing.status != "done":
        return None
    return question, standing.answer


def shifts_asked(work: Work, subject: Subject) -> ShiftsQuestion | ChangedQuestion | None:
    """What was asked last about shifts for the present requirement."""
    question, need = work.latest(f"shifts {subject.about}"), asked(work, subject)
    return question if question is not None and question.need == need else None


def planned(work: Work, subject: Subject) -> tuple[ShiftsQuestion | ChangedQuestion, ShiftPlan] | None:
    """The shifts of a subject, if they are found."""
    question = shifts_asked(work, subject)
    standing = None if question is None else work.look(question)
    if question is None or standing is None or standing.status != "done":
        return None
    return question, standing.answer
