"""``planner run`` and ``planner compare``: simulate a scenario, what-ifs, and one against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd

from scenarios import Scenario, whatifs
from scenarios.stories import all_stories
from sim import cli, console
from sim.cli.entrance import INTERRUPTED
from sim.cli.given import USUAL, how_to_run, load, prepare
from sim.cli.stopping import ctrl_c
from sim.cli.writing import write
from sim.options import holds_what_ifs, read_until, read_what_if
from sim.plan import build
from sim.results import Comparison, Result


@click.command("run")
@click.argument("scenario")
@click.option(
    "--what-if", "changes", multiple=True, metavar="FILE|NAME|TEXT",
    help="A YAML file of what-ifs; or the name of a story or of one what-if (planner library lists them); or "
    "text: '{kind: scale_volume, percent: 20}'. Several stack in order.",
)  # fmt: skip
@how_to_run
def run_command(scenario: str, changes: tuple[str, ...], **options: Any) -> None:
    """Simulate SCENARIO, a file or a name of the library; with what-ifs, against itself without them."""
    base = load(scenario)
    if not changes:
        _run(base, **options)
        return
    changed, phrases = base, []
    for change in changes:
        changed, more = read_what_if(changed, change)
        phrases += more
    _compare(base, [("what-if", changed)], {"what-if": phrases}, **options)


@click.command("compare")
@click.argument("base")
@click.argument("variants", nargs=-1, required=True)
@how_to_run
def compare_command(base: str, variants: tuple[str, ...], **options: Any) -> None:
    """Compare BASE with each VARIANT: a scenario, or a file or name of what-ifs applied to BASE."""
    origin = load(base)
    named: list[Scenario | tuple[str, Scenario]] = []
    phrases: dict[str, list[str]] = {}
    for variant in variants:
        path = Path(variant)
        named_what_if = variant in whatifs.WHATIFS or variant in all_stories()
        if named_what_if or (path.is_file() and holds_what_ifs(path)):
            changed, phrases[path.stem] = read_what_if(origin, variant)
            named.append((path.stem, changed))
        else:
            named.append(load(variant))
    _compare(origin, named, phrases, **options)


def _run(scenario: Scenario, as_json: bool, out: Path | None, **options: Any) -> None:
    prepare(out)
    result = _simulate(cli.run, scenario, options)
    assert isinstance(result, Result)
    about = console.provenance(result)
    if out is not None:
        tables = {name: getattr(result, name) for name in _tables(Result, options)}
        write(out, tables, about)
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
    prepare(out)
    comparison = _simulate(cli.compare, base, options, variants)
    assert isinstance(comparison, Comparison)
    about = console.provenance(comparison.base) | {
        "scenarios": list(comparison.results),
        "what_ifs": phrases,
    }
    if out is not None:
        tables = {name: getattr(comparison, name) for name in _tables(Comparison, options)}
        for name in _kept(options):
            tables[name] = _by_scenario(comparison, name)
        write(out, tables, about)
    if as_json:
        click.echo(console.as_json({**about, "summary": comparison.summary}))
    elif out is None:
        console.show_comparison(comparison, phrases, console.console())
    _end(comparison.base)


def _simulate(experiment: Any, scenario: Scenario, options: dict[str, Any], *more: Any) -> Any:
    until = read_until(options["until"], build(scenario)) or None
    total = options["replications"] if until or options["replications"] is not None else USUAL
    with ctrl_c() as cancel, console.progress_bar("Simulating", total) as tell:
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


def _end(result: Result) -> None:
    if not result.complete:
        asked = result.replications_asked
        click.echo(f"Cancelled: {result.replications} of {asked} replications were finished.", err=True)
        raise SystemExit(INTERRUPTED)
    if result.reached is False:
        done = result.replications
        click.echo(f"Not as precise as asked after {done} replications: the budget is spent.", err=True)


# -- tables ----------------------------------------------------------------------------------------


def _tables(kind: type, options: dict[str, Any]) -> list[str]:
    common = ["summary", "interval_summary", "coverage", "spillover", "journeys"]
    if kind is Comparison:
        return common
    return [*common, "intervals", "groups", *_kept(options)]


def _kept(options: dict[str, Any]) -> list[str]:
    return [name for name in ("cases", "contacts") if options[name]]


def _by_scenario(comparison: Comparison, table: str) -> pd.DataFrame:
    frames = []
    for name, result in comparison.results.items():
        frame = getattr(result, table).copy()
        frame.insert(0, "scenario", name)
        frames.append(frame)
    return pd.DataFrame(pd.concat(frames, ignore_index=True))
