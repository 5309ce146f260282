"""What is asked: scenarios, their files, checks, descriptions, what-ifs and the parameter library.

>>> import scenarios
>>> bank = scenarios.Scenario(name="desk", calendar={"start": "2026-03-02"},
...     intents={"help": {"volume": {"per_day": 300}}}, channels={"phone": {"mode": "live"}},
...     groups={"all": {"skills": {"phone": {}}, "staff": {"08:00": 6, "18:00": 0}}})
>>> scenarios.check(bank)
[]
"""

from scenarios import parameters, whatifs
from scenarios.assumptions import Assumption, assumptions
from scenarios.check import check
from scenarios.describe import describe, summary
from scenarios.differences import Change, diff
from scenarios.errors import PlannerError, Problem, ScenarioError
from scenarios.files import dumps, examine, library, load, loads, save, schema
from scenarios.model import Scenario

__all__ = [
    "Assumption",
    "Change",
    "PlannerError",
    "Problem",
    "Scenario",
    "ScenarioError",
    "assumptions",
    "check",
    "describe",
    "diff",
    "dumps",
    "examine",
    "library",
    "load",
    "loads",
    "parameters",
    "save",
    "schema",
    "summary",
    "whatifs",
]
