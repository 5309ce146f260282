"""What happens: simulate scenarios and read the results.

>>> import scenarios, sim
>>> result = sim.run(scenarios.load("helpdesk"), replications=2, cases=False)
>>> result.complete
True
"""

from sim.errors import EngineError, RunCancelledError, RunError
from sim.experiments import compare, run, sweep
from sim.measures import MEASURES, Measure, measure
from sim.results import COLUMNS, Comparison, Result

__all__ = [
    "COLUMNS",
    "MEASURES",
    "Comparison",
    "EngineError",
    "Measure",
    "Result",
    "RunCancelledError",
    "RunError",
    "compare",
    "measure",
    "run",
    "sweep",
]
