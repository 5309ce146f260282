"""``planner course``: a scenario week by week."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from scenarios import course_files
from sim import console
from sim.cli.entrance import INTERRUPTED
from sim.cli.given import USUAL, how_to_simulate, load, prepare
from sim.cli.stopping import ctrl_c
from sim.cli.writing import write
from sim.course import COLUMNS as COURSE_TABLES
from sim.course import CourseComparison, compare_courses
from sim.course.showing import show_course, show_courses


@click.command("course")
@click.argument("scenario")
@click.argument("courses", nargs=-1, required=True)
@click.option("--replications", "-n", type=int, default=USUAL, show_default=True, help="Runs of each week.")
@how_to_simulate
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print what the weeks come to as JSON.")
def course_command(
    scenario: str, courses: tuple[str, ...], out: Path | None, as_json: bool, **options: Any
) -> None:
    """Simulate SCENARIO week by week, as a course (a YAML file) says that it changes.

    Further courses are compared with the first.
    """
    base, (first, *others) = load(scenario), [course_files.load(path) for path in courses]
    prepare(out)
    with ctrl_c() as cancel, console.progress_bar("Simulating", None) as tell:
        found = compare_courses(base, first, others, progress=tell, cancel=cancel, **options)
    one = found.results[found.reference]
    about = console.provenance(one.base) | {"courses": list(found.results), "complete": found.complete}
    if out is not None:
        write(out, _course_tables(found), about)
    if as_json:
        told = {"whole": found.whole, "break_even": found.break_even, "sentence": found.sentence}
        if not others:
            told = {name: getattr(one, name) for name in (*COURSE_TABLES, "sentence")}
        click.echo(console.as_json({**about, **told}))
    elif out is None and others:
        show_courses(found, console.console())
    elif out is None:
        show_course(one, console.console())
    if not found.complete:
        click.echo("Cancelled: the weeks that were finished are kept.", err=True)
        raise SystemExit(INTERRUPTED)


def _course_tables(found: CourseComparison) -> dict[str, pd.DataFrame]:
    """The tables of every course below one another, and what comparing them adds."""
    tables: dict[str, pd.DataFrame] = {}
    for name in COURSE_TABLES:
        frames = [getattr(result, name).assign(course=course) for course, result in found.results.items()]
        tables[name] = pd.concat(frames, ignore_index=True)
    compared = {"whole": found.whole, "break_even": found.break_even}
    return tables | (compared if len(found.results) > 1 else {})
