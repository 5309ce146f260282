"""What happens: simulate scenarios and read the results.

>>> import scenarios, sim
>>> result = sim.run(scenarios.load("helpdesk"), replications=2)
>>> result.complete
True
"""

from sim.errors import EngineError, RunCancelledError, RunError
from sim.experiments import Experiment, Precision, compare, run, sweep
from sim.explain import explain, explain_waits
from sim.measures import MEASURES, Measure, measure
from sim.results import COLUMNS, Comparison, Result
from sim.tornado import tornado

__all__ = [
    "COLUMNS",
    "MEASURES",
    "Comparison",
    "EngineError",
    "Experiment",
    "Measure",
    "Precision",
    "Result",
    "RunCancelledError",
    "RunError",
    "compare",
    "explain",
    "explain_waits",
    "measure",
    "run",
    "sweep",
    "tornado",
]
