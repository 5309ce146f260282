"""When an answer was found and for what, and whether what it was found for has changed since."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers.words import listing, spoken, title
from planner_app.moments import moment
from planner_app.running.background import Standing
from planner_app.services import Step
from planner_app.staffing.found import fits, needs
from planner_app.staffing.questions import (
    ChangedQuestion,
    NeedQuestion,
    RosterQuestion,
    ShiftsQuestion,
    rules_of,
)
from planner_app.staffing.subjects import Subject
from planner_app.staffing.years import YearQuestion
from planner_app.studies import stacks
from scenarios import ScenarioError

OLD = "Found for an earlier version of this scenario"


def of_need(question: NeedQuestion, standing: Standing, subject: Subject) -> list[Component]:
    """The goals and the what-ifs of a requirement; what has changed since."""
    held = "; ".join(map(str, question.goals))
    for_what = f"{_scenario(question)}, so that {held}"
    if fits(question, subject):
        return [_line(standing, for_what)]
    text = f"{changes(question, subject)} Find who is needed again before you plan with it."
    return [cards.notice(OLD, text, tone="warning"), _line(standing, for_what)]


def of_shifts(
    question: ShiftsQuestion | ChangedQuestion, standing: Standing, need: NeedQuestion
) -> list[Component]:
    """The rules of shifts; whether the requirement has changed since."""
    name = rules_of(question.rules).name
    edited = isinstance(question, ChangedQuestion)
    for_what = f"with “{name}”{', as changed by hand or read from a file' if edited else ''}"
    if question.need == need:
        return [_line(standing, for_what)]
    text = "The requirement above is another one. Find the shifts again, or keep these as they are."
    return [cards.notice("Found for an earlier requirement", text, tone="warning"), _line(standing, for_what)]


def of_roster(
    question: RosterQuestion, standing: Standing, shifts: ShiftsQuestion | ChangedQuestion | None
) -> list[Component]:
    """How a roster was found; whether the shifts have changed since."""
    line = _line(standing, "for the shifts and the agents as they were then")
    if question.shifts == shifts:
        return [_line(standing, "for the agents as they were then")]
    text = "The shifts above are others. Give them out again, or keep these as they are."
    return [cards.notice("Found for earlier shifts", text, tone="warning"), line]


def of_year(question: YearQuestion, standing: Standing, subject: Subject) -> list[Component]:
    """What a year was planned for; what has changed since."""
    need = question.need
    for_what = _scenario(need)
    if needs(question, subject):
        return [_line(standing, for_what)]
    text = f"{changes(need, subject)} Plan the year again before you hire for it."
    return [cards.notice(OLD, text, tone="warning"), _line(standing, for_what)]


def changes(question: NeedQuestion, subject: Subject) -> str:
    """What was different when a question was asked.

    Baselines are compared as text, what-ifs by how they read.
    """
    before = stacks.phrases(question.baseline, question.steps)
    after = stacks.phrases(subject.baseline, subject.steps)
    gone, new = _without(before, after), _without(after, before)
    told = ["Its baseline was another."] if question.baseline != subject.baseline else []
    told += [f"Then it had: {listing(gone)}."] if gone else []
    told += [f"Now it also has: {listing(new)}."] if new else []
    if not told:
        told = ["Its what-ifs were others." if _values(question.steps) != _values(subject.steps) else ""]
    return " ".join(told).strip()


def _without(some: Sequence[str], others: Sequence[str]) -> list[str]:
    return [one for one in some if one not in others]


def _values(steps: Sequence[Step]) -> list[tuple[str, dict[str, object]]]:
    return [(step.kind, dict(step.values)) for step in steps]


def _scenario(question: NeedQuestion) -> str:
    stacked = stacks.phrases(question.baseline, question.steps)
    return f"for {_named(question.baseline)}{f' with {listing(stacked)}' if stacked else ''}"


def _named(baseline: str) -> str:
    try:
        return f"“{stacks.read_baseline(baseline).name}”"
    except ScenarioError:
        return "a baseline that cannot be read any more"


def _line(standing: Standing, for_what: str) -> Component:
    when = f" {moment(standing.ended)}" if standing.ended is not None else ""
    took = f", in {spoken(standing.seconds)}" if standing.seconds >= 1.0 else ""
    by = f", by version {standing.version} of the planner" if standing.version else ""
    return html.P(f"{title('found')}{when}{took}{by}, {for_what}.", className="chart-note found-when")
