"""A small desk that is staffed once, for tests of the pages of staffing."""

from __future__ import annotations

from functools import cache

import scenarios
from planner_app.services import Step
from planner_app.staffing.questions import SEED, Needed, NeedQuestion
from scenarios import Scenario
from sim.staffing import Requirement, explain_gap, frontier, goals_of, requirement
from sim.staffing.plans import ShiftPlan
from sim.staffing.shifts import schedule

DESK = scenarios.load("helpdesk")
TEXT = scenarios.dumps(DESK)
MORE = Step("scale_volume", {"percent": 20})
GOALS = goals_of(DESK)
QUESTION = NeedQuestion(TEXT, (MORE,), GOALS)


def busier() -> Scenario:
    """The desk with the what-if."""
    return QUESTION.scenario


@cache
def needed() -> Requirement:
    """Who is needed for it, roughly."""
    return requirement(busier(), GOALS, replications=20, seed=SEED, workers=1)


@cache
def found() -> Needed:
    """The same with what explains it."""
    gap = explain_gap(needed(), replications=10, workers=1)
    return Needed(needed(), gap, frontier(needed(), steps=(-0.05, 0.0, 0.05), replications=10, workers=1))


@cache
def planned() -> ShiftPlan:
    """The shifts for it."""
    return schedule(needed(), "standard", seed=SEED, replications=20, rounds=1)
