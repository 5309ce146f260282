"""What happens: simulate scenarios and read the results.

>>> import scenarios, sim
>>> result = sim.run(scenarios.load("helpdesk"), replications=2)
>>> result.complete
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.course import CourseComparison, CourseResult, compare_courses, course
from sim.errors import EngineError, InfeasibleStaffing, RunCancelledError, RunError
from sim.experiments import Experiment, Precision, compare, run, sweep
from sim.explain import explain, explain_waits
from sim.measures import MEASURES, Measure, measure
from sim.policies import ByTheRules, Policy
from sim.results import COLUMNS, Comparison, Result
from sim.steady import BatchMeans, Steady, steady
from sim.tornado import tornado

if TYPE_CHECKING:
    from sim import staffing

__all__ = [
    "COLUMNS",
    "MEASURES",
    "BatchMeans",
    "ByTheRules",
    "Comparison",
    "CourseComparison",
    "CourseResult",
    "EngineError",
    "Experiment",
    "InfeasibleStaffing",
    "Measure",
    "Policy",
    "Precision",
    "Result",
    "RunCancelledError",
    "RunError",
    "Steady",
    "compare",
    "compare_courses",
    "course",
    "explain",
    "explain_waits",
    "measure",
    "run",
    "staffing",
    "steady",
    "sweep",
    "tornado",
]


def __getattr__(name: str) -> Any:
    """``sim.staffing`` brings a solver with it, for which only those wait who ask for it."""
    if name == "staffing":
        return import_module("sim.staffing")
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
