"""``planner sweep``: a grid of scenarios."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from scenarios import Scenario
from sim import console
from sim.cli.entrance import INTERRUPTED
from sim.cli.given import USUAL, how_to_simulate, load
from sim.cli.stopping import ctrl_c
from sim.experiments import sweep
from sim.options import read_grid


@click.command("sweep")
@click.argument("scenario")
@click.option(
    "--set", "settings", multiple=True, required=True, metavar="PATH=VALUE,VALUE…",
    help="A field by its path, and its values as a file writes them: channels.portal.success=0.6,0.7. "
    "Several make a grid.",
)  # fmt: skip
@click.option("--replications", "-n", type=int, default=USUAL, show_default=True, help="Runs of each.")
@how_to_simulate
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path),
    help="A folder for Parquet: what is finished is kept, and the same command goes on where it was.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print every measure as JSON.")
def sweep_command(scenario: str, settings: tuple[str, ...], **options: Any) -> None:
    """Simulate SCENARIO with every combination of the values that are --set."""
    base = load(scenario)
    _sweep(base, read_grid(settings), **options)


def _sweep(base: Scenario, grid: dict[str, list[Any]], as_json: bool, **options: Any) -> None:
    total = options["replications"] * math.prod(len(values) for values in grid.values())
    with ctrl_c() as cancel, console.progress_bar("Simulating", total) as tell:
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
