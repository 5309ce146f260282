"""The command line: ``planner run``, ``compare``, ``sweep``, ``tornado``, ``staff``, ``check``, ``library``,
``schema``.

Results go to standard output, everything else to standard error. Exit status: 0; 1 when a run failed;
2 for bad input; 130 after Ctrl-C, which keeps the replications that were finished.
"""

from __future__ import annotations

import errno
import math
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pandas as pd

import scenarios
from scenarios import PlannerError, Scenario, ScenarioError, course_files, whatifs
from scenarios.errors import Problem
from scenarios.files import examine
from scenarios.shifts import load_shifts
from scenarios.stories import all_stories, story
from sim import console, engines
from sim.course import COLUMNS as COURSE_TABLES
from sim.course import CourseComparison, compare_courses
from sim.course.showing import show_course, show_courses
from sim.errors import RunCancelledError, RunError
from sim.experiments import compare, run, sweep
from sim.experiments.growing import version
from sim.experiments.precision import Precision
from sim.options import holds_what_ifs, read_goals, read_grid, read_stack, read_until, read_what_if
from sim.plan import build, not_simulated
from sim.results import Comparison, Result
from sim.staffing import Requirement, requirement
from sim.staffing.plans import ShiftPlan
from sim.staffing.shifts import schedule
from sim.tornado import NO_CLEAR_DIFFERENCE, tornado

BAD_INPUT, FAILED, INTERRUPTED = 2, 1, 130
USUAL = 20
"""Replications unless told otherwise."""


class _Commands(click.Group):
    """Turns errors that people can put right into a message and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RunCancelledError as error:
            click.echo(f"Cancelled: {error}", err=True)
            ctx.exit(INTERRUPTED)
        except PlannerError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(FAILED if isinstance(error, RunError) and not error.problems else BAD_INPUT)
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader has seen enough: click ends quietly
                raise
            click.echo(f"Error: {error}", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("Cancelled.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="planner")
def main() -> None:
    """Simulate a contact centre: what failing channels do to waits, effort and cost."""


def _options(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Several options in one, listed in this order."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_how_to_simulate = _options(
    click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same luck."),
    click.option("--engine", default=engines.DEFAULT, show_default=True, help="Which engine simulates."),
    click.option(
        "--workers", type=click.IntRange(1, 256),
        help="Threads (processes for the reference engine). Default: one per processor.",
    ),
)  # fmt: skip
_how_to_run = _options(
    click.option(
        "--replications", "-n", type=int, help=f"Simulated runs. Default: {USUAL}; with --until, the most."
    ),
    click.option(
        "--until", multiple=True, metavar="MEASURE:NAME:WIDTH",
        help="Add runs until the 95% half-width of this measure (compared: of its difference) is that small: "
        "asa_seconds:phone:2s, cost_total:1%. Several may be given.",
    ),
    click.option("--seconds", type=float, help="With --until: give up after so long."),
    _how_to_simulate,
    click.option("--cases", is_flag=True, help="With --out: write every case (large)."),
    click.option("--contacts", is_flag=True, help="With --out: write every contact (large)."),
    click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables as CSV."),
    click.option("--json", "as_json", is_flag=True, help="Print every measure as JSON."),
)  # fmt: skip


@main.command("run")
@click.argument("scenario")
@click.option(
    "--what-if", "changes", multiple=True, metavar="FILE|NAME|TEXT",
    help="A YAML file of what-ifs; or the name of a story or of one what-if (planner library lists them); or "
    "text: '{kind: scale_volume, percent: 20}'. Several stack in order.",
)  # fmt: skip
@_how_to_run
def run_command(scenario: str, changes: tuple[str, ...], **options: Any) -> None:
    """Simulate SCENARIO, a file or a name of the library; with what-ifs, against itself without them."""
    base = _load(scenario)
    if not changes:
        _run(base, **options)
        return
    changed, phrases = base, []
    for change in changes:
        changed, more = read_what_if(changed, change)
        phrases += more
    _compare(base, [("what-if", changed)], {"what-if": phrases}, **options)


@main.command("compare")
@click.argument("base")
@click.argument("variants", nargs=-1, required=True)
@_how_to_run
def compare_command(base: str, variants: tuple[str, ...], **options: Any) -> None:
    """Compare BASE with each VARIANT: a scenario, or a file or name of what-ifs applied to BASE."""
    origin = _load(base)
    named: list[Scenario | tuple[str, Scenario]] = []
    phrases: dict[str, list[str]] = {}
    for variant in variants:
        path = Path(variant)
        named_what_if = variant in whatifs.WHATIFS or variant in all_stories()
        if named_what_if or (path.is_file() and holds_what_ifs(path)):
            changed, phrases[path.stem] = read_what_if(origin, variant)
            named.append((path.stem, changed))
        else:
            named.append(_load(variant))
    _compare(origin, named, phrases, **options)


@main.command("sweep")
@click.argument("scenario")
@click.option(
    "--set", "settings", multiple=True, required=True, metavar="PATH=VALUE,VALUE…",
    help="A field by its path, and its values as a file writes them: channels.portal.success=0.6,0.7. "
    "Several make a grid.",
)  # fmt: skip
@click.option("--replications", "-n", type=int, default=USUAL, show_default=True, help="Runs of each.")
@_how_to_simulate
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path),
    help="A folder for Parquet: what is finished is kept, and the same command goes on where it was.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print every measure as JSON.")
def sweep_command(scenario: str, settings: tuple[str, ...], **options: Any) -> None:
    """Simulate SCENARIO with every combination of the values that are --set."""
    base = _load(scenario)
    _sweep(base, read_grid(settings), **options)


@main.command("tornado")
@click.argument("scenario")
@click.option(
    "--what-if", "changes", multiple=True, metavar="FILE|NAME|TEXT",
    help="What-ifs as in planner run; the answer is then the difference that they make.",
)  # fmt: skip
@click.option(
    "--measure", default="asa_seconds:phone", show_default=True, metavar="MEASURE:NAME",
    help="The answer that is moved; cost_per_case is that of all cases.",
)  # fmt: skip
@click.option("--parameter", "parameters", multiple=True, help="Only this library entry or field.")
@click.option("--replications", "-n", type=int, default=USUAL, show_default=True, help="Runs of each.")
@_how_to_simulate
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def tornado_command(
    scenario: str, changes: tuple[str, ...], measure: str, parameters: tuple[str, ...], as_json: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Say which assumption of SCENARIO moves an answer most, each from end to end of its published range."""
    base = _load(scenario)
    stack = [whatif for change in changes for whatif in read_stack(base, change)]
    answer = _answer(measure, base)
    options |= {"measure": answer.measure, "scope": answer.scope, "name": answer.name}
    with _ctrl_c() as cancel, console.progress_bar("Simulating", None) as tell:
        table = tornado(base, stack, parameters=parameters or None, progress=tell, cancel=cancel, **options)
    if as_json:
        click.echo(console.as_json(table))
    else:
        for bar in table.itertuples():
            ends = f"{bar.at_low:.4g} to {bar.at_high:.4g}"
            told = NO_CLEAR_DIFFERENCE if bar.verdict == NO_CLEAR_DIFFERENCE else ends
            click.echo(f"{bar.field} = {bar.low:g} to {bar.high:g} {bar.unit} (grade {bar.grade}): {told}")
    if cancel.is_set():
        click.echo("Cancelled: the figures that were finished are shown.", err=True)
        raise SystemExit(INTERRUPTED)


@main.command("staff")
@click.argument("scenario")
@click.option(
    "--what-if", "changes", multiple=True, metavar="FILE|NAME|TEXT",
    help="What-ifs as in planner run: who is needed then.",
)  # fmt: skip
@click.option(
    "--goal", "goals", multiple=True, metavar="MEASURE:NAME:LIMIT",
    help="What must hold, instead of the channels' own targets: service_level:phone:80%, "
    "asa_seconds:phone:20s:interval, occupancy:every:85%, with :90% on that share of days. Several may be "
    "given.",
)  # fmt: skip
@click.option(
    "--shifts", metavar="FILE|NAME",
    help="Also choose shifts by these rules: a YAML file, or standard or around_the_clock.",
)  # fmt: skip
@click.option("--replications", "-n", type=int, help="Simulated days that the search looks at.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same luck.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def staff_command(
    scenario: str, changes: tuple[str, ...], goals: tuple[str, ...], shifts: str | None,
    replications: int | None, seed: int, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Say who is needed for SCENARIO by interval, and with --shifts which shifts deliver it at least cost."""
    base = _load(scenario)
    for change in changes:
        base, _ = read_what_if(base, change)
    asked = read_goals(goals, build(base)) or None
    rules = None if shifts is None else load_shifts(shifts)
    _prepare(out)
    how: dict[str, Any] = (
        {"seed": seed} if replications is None else {"seed": seed, "replications": replications}
    )
    with _ctrl_c() as cancel:
        with console.progress_bar("Searching", None, "simulated days") as tell:
            need = requirement(base, asked, progress=tell, cancel=cancel, **how)
        plan = None
        if rules is not None:
            with console.progress_bar("Choosing shifts", None, "rounds") as tell:
                plan = schedule(need, rules, seed=seed, progress=tell, cancel=cancel)
    _tell_staff(base, need, plan, seed, as_json, out)


def _tell_staff(
    base: Scenario, need: Requirement, plan: ShiftPlan | None, seed: int, as_json: bool, out: Path | None
) -> None:
    about = console.staffing_provenance(base, need, plan, seed) | {"version": version()}
    tables = {"agents": need.agents, "certificate": need.certificate}
    if plan is not None:
        tables |= {name: getattr(plan, name) for name in ("shifts", "coverage", "headcount", "checks")}
    if out is not None:
        _write(out, tables, about)
    if as_json:
        click.echo(console.as_json({**about, **tables}))
    elif out is None:
        console.show_staffing(base, need, plan, console.console())


@main.command("course")
@click.argument("scenario")
@click.argument("courses", nargs=-1, required=True)
@click.option("--replications", "-n", type=int, default=USUAL, show_default=True, help="Runs of each week.")
@_how_to_simulate
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print what the weeks come to as JSON.")
def course_command(
    scenario: str, courses: tuple[str, ...], out: Path | None, as_json: bool, **options: Any
) -> None:
    """Simulate SCENARIO week by week, as a course (a YAML file) says that it changes.

    Further courses are compared with the first.
    """
    base, (first, *others) = _load(scenario), [course_files.load(path) for path in courses]
    _prepare(out)
    with _ctrl_c() as cancel, console.progress_bar("Simulating", None) as tell:
        found = compare_courses(base, first, others, progress=tell, cancel=cancel, **options)
    one = found.results[found.reference]
    about = console.provenance(one.base) | {"courses": list(found.results), "complete": found.complete}
    if out is not None:
        _write(out, _course_tables(found), about)
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


@main.command("check")
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check_command(scenario: str, as_json: bool) -> None:
    """Say everything that is wrong with SCENARIO, and how to put it right."""
    problems = examine(scenario)
    later = [] if problems else not_simulated(scenarios.load(scenario))
    if as_json:
        found = {
            "sound": not problems,
            "problems": [_problem(problem) for problem in problems],
            "not_simulated": [_problem(problem) for problem in later],
        }
        click.echo(console.as_json(found))
    elif problems:
        click.echo(str(ScenarioError(problems)), err=True)
    else:
        click.echo(f"{scenario} is sound.")
        for problem in later:
            click.echo(f"Not simulated in this version: {problem}", err=True)
    if problems:
        raise SystemExit(BAD_INPUT)


@main.command("library")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.option("--manual", is_flag=True, help="Print what each what-if does and all its fields, in Markdown.")
def library_command(as_json: bool, manual: bool) -> None:
    """List the scenarios, what-ifs and stories that come with the product."""
    if manual:
        click.echo(whatifs.manual())
        return
    shipped = [(name, scenarios.load(name)) for name in scenarios.library()]
    if as_json:
        found = {
            "scenarios": [
                {"name": name, "title": scenario.name, "description": scenario.description}
                for name, scenario in shipped
            ],
            "what_ifs": [{"name": kind, "title": item.title} for kind, item in whatifs.WHATIFS.items()],
            "stories": [
                {
                    "name": name,
                    "title": story(name).title,
                    "base": story(name).base,
                    "finding": story(name).finding,
                }
                for name in all_stories()
            ],
        }
        click.echo(console.as_json(found))
        return
    for name, scenario in shipped:
        click.echo(f"{name}: {scenario.name}")
        click.echo(click.wrap_text(scenario.description, 100, "    ", "    "))
    click.echo("\nWhat-ifs:")
    for kind, item in whatifs.WHATIFS.items():
        click.echo(f"  {kind}: {item.title}")
    click.echo("\nStories (what-ifs with their values):")
    for name in all_stories():
        click.echo(f"  {name}, on {story(name).base}: {story(name).title}")


@main.command("schema")
@click.argument("what", type=click.Choice(["scenario", "what-ifs"]), default="scenario")
def schema_command(what: str) -> None:
    """Print the JSON Schema of scenario files, or of files of what-ifs, for editors."""
    click.echo(console.as_json(scenarios.schema() if what == "scenario" else whatifs.schema()))


# -- what scenarios are meant ----------------------------------------------------------------------


def _load(name: str) -> Scenario:
    """A sound scenario; whatever is wrong with its file is told at once, with lines."""
    if problems := examine(name):
        raise ScenarioError(problems)
    return scenarios.load(name)


def _answer(text: str, base: Scenario) -> Precision:
    """Whose measure ``--measure`` names, read as ``--until`` reads it."""
    try:
        return read_until([f"{text}:1%"], build(base))[0]
    except ScenarioError as error:
        raise ScenarioError(
            replace(
                problem, field="--measure", value=text, allowed=problem.allowed.partition(":HALF-WIDTH")[0]
            )
            for problem in error.problems
        ) from None


# -- running ---------------------------------------------------------------------------------------


def _run(scenario: Scenario, as_json: bool, out: Path | None, **options: Any) -> None:
    _prepare(out)
    result = _simulate(run, scenario, options)
    assert isinstance(result, Result)
    about = console.provenance(result)
    if out is not None:
        tables = {name: getattr(result, name) for name in _tables(Result, options)}
        _write(out, tables, about)
    if as_json:
        click.echo(console.as_json({**about, "summary": result.summary}))
    elif out is None:
        console.show_result(result, console.console())
    _end(result)


def _compare(
    base: Scenario,
    variants: Sequence[Scenario | tuple[str, Scenario]],
    phrases: Mapping[str, list[str]],
    as_json: bool,
    out: Path | None,
    **options: Any,
) -> None:
    _prepare(out)
    comparison = _simulate(compare, base, options, variants)
    assert isinstance(comparison, Comparison)
    about = console.provenance(comparison.base) | {
        "scenarios": list(comparison.results),
        "what_ifs": phrases,
    }
    if out is not None:
        tables = {name: getattr(comparison, name) for name in _tables(Comparison, options)}
        for name in _kept(options):
            tables[name] = _by_scenario(comparison, name)
        _write(out, tables, about)
    if as_json:
        click.echo(console.as_json({**about, "summary": comparison.summary}))
    elif out is None:
        console.show_comparison(comparison, phrases, console.console())
    _end(comparison.base)


def _sweep(base: Scenario, grid: dict[str, list[Any]], as_json: bool, **options: Any) -> None:
    total = options["replications"] * math.prod(len(values) for values in grid.values())
    with _ctrl_c() as cancel, console.progress_bar("Simulating", total) as tell:
        table = sweep(base, grid, progress=tell, cancel=cancel, **options)
    if as_json:
        click.echo(console.as_json(table))
    elif options["out"] is None:
        console.show_sweep(table, list(grid), console.console())
    else:
        click.echo(f"Wrote {len(table)} rows to {options['out']}", err=True)
    if cancel.is_set():
        click.echo("Cancelled: the combinations that were finished are kept.", err=True)
        raise SystemExit(INTERRUPTED)


def _simulate(experiment: Any, scenario: Scenario, options: dict[str, Any], *more: Any) -> Any:
    until = read_until(options["until"], build(scenario)) or None
    total = options["replications"] if until or options["replications"] is not None else USUAL
    with _ctrl_c() as cancel, console.progress_bar("Simulating", total) as tell:
        return experiment(
            scenario,
            *more,
            replications=total,
            seed=options["seed"],
            engine=options["engine"],
            workers=options["workers"],
            progress=tell,
            cancel=cancel,
            contacts=options["contacts"],
            until=until,
            seconds=options["seconds"],
        )


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second stops at once."""
    cancel = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield cancel
        return

    def interrupted(*_: Any) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        click.echo("Stopping; the replications that are finished are kept.", err=True)

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


def _end(result: Result) -> None:
    if not result.complete:
        asked = result.replications_asked
        click.echo(f"Cancelled: {result.replications} of {asked} replications were finished.", err=True)
        raise SystemExit(INTERRUPTED)
    if result.reached is False:
        done = result.replications
        click.echo(f"Not as precise as asked after {done} replications: the budget is spent.", err=True)


# -- writing ---------------------------------------------------------------------------------------


def _tables(kind: type, options: dict[str, Any]) -> list[str]:
    common = ["summary", "interval_summary", "coverage", "spillover", "journeys"]
    if kind is Comparison:
        return common
    return [*common, "intervals", "groups", *_kept(options)]


def _course_tables(found: CourseComparison) -> dict[str, pd.DataFrame]:
    """The tables of every course below one another, and what comparing them adds."""
    tables: dict[str, pd.DataFrame] = {}
    for name in COURSE_TABLES:
        frames = [getattr(result, name).assign(course=course) for course, result in found.results.items()]
        tables[name] = pd.concat(frames, ignore_index=True)
    compared = {"whole": found.whole, "break_even": found.break_even}
    return tables | (compared if len(found.results) > 1 else {})


def _kept(options: dict[str, Any]) -> list[str]:
    return [name for name in ("cases", "contacts") if options[name]]


def _by_scenario(comparison: Comparison, table: str) -> pd.DataFrame:
    frames = []
    for name, result in comparison.results.items():
        frame = getattr(result, table).copy()
        frame.insert(0, "scenario", name)
        frames.append(frame)
    return pd.DataFrame(pd.concat(frames, ignore_index=True))


def _prepare(out: Path | None) -> None:
    """Make the folder before a long run, not after."""
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = Problem("--out", str(out), "a folder that can be written", "name another one")
            raise ScenarioError([problem]) from error


def _write(out: Path, tables: dict[str, pd.DataFrame], about: dict[str, Any]) -> None:
    names = console.write_tables(out, tables, about)
    click.echo(f"Wrote {', '.join(names)} to {out}", err=True)


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "field": problem.field,
        "value": None if problem.value is None else str(problem.value),
        "allowed": problem.allowed,
        "cure": problem.cure,
        "file": problem.file,
        "line": problem.line,
    }


if __name__ == "__main__":
    main()
