"""What the app remembers: studies, runs, reports, answers. Nothing outside this package knows SQLAlchemy."""

from planner_app.store.answers import AnswerRow, Answers
from planner_app.store.database import Database, StoreError
from planner_app.store.leases import Lease
from planner_app.store.reports import Reports
from planner_app.store.runs import RunRows
from planner_app.store.schema import dump_steps
from planner_app.store.studies import Studies

__all__ = [
    "AnswerRow",
    "Answers",
    "Database",
    "Lease",
    "Reports",
    "RunRows",
    "StoreError",
    "Studies",
    "dump_steps",
]
