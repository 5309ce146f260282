"""What is asked: scenarios, their files, checks, descriptions, what-ifs and the parameter library.

>>> import scenarios
>>> bank = scenarios.Scenario(name="desk", calendar={"start": "2026-03-02"},
...     intents={"help": {"volume": {"per_day": 300}}}, channels={"phone": {"mode": "live"}},
...     groups={"all": {"skills": {"phone": {}}, "staff": {"08:00": 6, "18:00": 0}}})
>>> scenarios.check(bank)
[]
"""

from scenarios import course_files, parameters, whatifs
from scenarios.assumptions import Assumption, assumptions
from scenarios.check import check
from scenarios.course import Course
from scenarios.describe import describe, summary
from scenarios.differences import Change, diff
from scenarios.errors import PlannerError, Problem, ScenarioError
from scenarios.files import dumps, examine, library, load, loads, save, schema
from scenarios.hiring import Hiring
from scenarios.model import Scenario
from scenarios.shifts import ShiftRules, dumps_shifts, load_shifts, loads_shifts, save_shifts, shift_library
from scenarios.team import Agent, Team, load_team

__all__ = [
    "Agent",
    "Assumption",
    "Change",
    "Course",
    "Hiring",
    "PlannerError",
    "Problem",
    "Scenario",
    "ScenarioError",
    "ShiftRules",
    "Team",
    "assumptions",
    "check",
    "course_files",
    "describe",
    "diff",
    "dumps",
    "dumps_shifts",
    "examine",
    "library",
    "load",
    "load_shifts",
    "load_team",
    "loads",
    "loads_shifts",
    "parameters",
    "save",
    "save_shifts",
    "schema",
    "shift_library",
    "summary",
    "whatifs",
]
