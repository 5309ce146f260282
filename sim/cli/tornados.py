"""``planner tornado``: which assumption moves an answer most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from scenarios import Scenario, ScenarioError
from sim import console
from sim.cli.entrance import INTERRUPTED
from sim.cli.given import USUAL, how_to_simulate, load
from sim.cli.stopping import ctrl_c
from sim.experiments.precision import Precision
from sim.options import read_stack, read_until
from sim.plan import build
from sim.tornado import NO_CLEAR_DIFFERENCE, tornado


@click.command("tornado")
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
@how_to_simulate
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def tornado_command(
    scenario: str, changes: tuple[str, ...], measure: str, parameters: tuple[str, ...], as_json: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Say which assumption of SCENARIO moves an answer most, each from end to end of its published range."""
    base = load(scenario)
    stack = [whatif for change in changes for whatif in read_stack(base, change)]
    answer = _answer(measure, base)
    options |= {"measure": answer.measure, "scope": answer.scope, "name": answer.name}
    with ctrl_c() as cancel, console.progress_bar("Simulating", None) as tell:
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
