"""Report tables to plotly figures: pure functions, no Dash."""

from planner_app.figures.axes import Key, legend
from planner_app.figures.causes import causes
from planner_app.figures.coverage import coverage, coverage_rows, occupancy
from planner_app.figures.customer import customer
from planner_app.figures.effort import effort
from planner_app.figures.journeys import journeys, spillover
from planner_app.figures.waits import sparkline, waits

__all__ = [
    "Key",
    "causes",
    "coverage",
    "coverage_rows",
    "customer",
    "effort",
    "journeys",
    "legend",
    "occupancy",
    "sparkline",
    "spillover",
    "waits",
]
