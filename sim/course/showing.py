"""Showing a course on a terminal: a line per week, and what it comes to in a sentence."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.console import estimate
from sim.course.results import CourseComparison, CourseResult
from sim.course.telling import main_phone
from sim.measures import Scope, measure


def show_course(result: CourseResult, out: Console) -> None:
    """A line per week: waits and service level on the phone, occupancy of groups, contacts with agents."""
    scenario = result.base.scenario
    heading = (
        f": {result.course.name}, {len(result.results)} weeks, {result.replications} replications of each"
    )
    out.print(Text.assemble((scenario.name, "bold"), heading))
    phone = main_phone(result)
    columns: list[tuple[Scope, str, str]] = [
        *(("channel", phone, item) for item in ("asa_seconds", "service_level") if phone is not None),
        *(("group", name, "occupancy") for name in scenario.groups),
    ]
    table = Table("Week", *(f"{name}: {measure(item, scope).title}" for scope, name, item in columns))
    table.add_column("Contacts with agents")
    rows = result.weeks[["week", "scope", "name", "measure", "mean", "half_width", "unit"]]
    found: dict[Any, Any] = {row[:4]: row[4:] for row in rows.itertuples(index=False, name=None)}
    agents = zip(result.assisted["mean"].tolist(), result.assisted["trap"].tolist(), strict=True)
    for week, (assisted, trap) in enumerate(agents, start=1):
        keys = [(week, *column) for column in columns]
        cells = [estimate(*found[key]) if key in found else "" for key in keys]
        table.add_row(str(week), *cells, f"{assisted:,.0f}{' (trap)' if trap else ''}")
    out.print(table)
    out.print(result.sentence)


def show_courses(comparison: CourseComparison, out: Console) -> None:
    """Each course, what the weeks come to against the first, and when what was spent is recovered."""
    for result in comparison.results.values():
        show_course(result, out)
    table = Table("Course", "Total of all weeks", "", "Difference")
    rows: list[Any] = list(comparison.whole.itertuples(index=False))
    for row in rows:
        delta = estimate(row.delta, row.delta_half_width, row.unit, sign=True)
        changes = "" if row.course == comparison.reference else delta
        table.add_row(row.course, row.total, estimate(row.mean, row.half_width, row.unit), changes)
    out.print(table)
    out.print(comparison.sentence)
