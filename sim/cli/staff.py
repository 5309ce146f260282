"""``planner staff``: who is needed, which shifts deliver it, and who of a team works them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scenarios import Scenario, ScenarioError, Team
from scenarios.errors import Problem
from scenarios.shifts import ShiftRules, load_shifts
from scenarios.team_sheets import load_agents
from sim import console
from sim.cli.given import load, prepare
from sim.cli.stopping import ctrl_c
from sim.cli.writing import write
from sim.experiments.growing import version
from sim.options import read_goals, read_what_if
from sim.plan import build
from sim.staffing import showing
from sim.staffing.plans import ShiftPlan
from sim.staffing.requirement import Requirement, requirement
from sim.staffing.rosters import Roster, roster
from sim.staffing.shifts import schedule

ROSTER_TABLES = {"roster": "assignments", "unassigned": "unassigned", "hours": "agents"}
"""Files of a roster, and its tables."""


@click.command("staff")
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
@click.option(
    "--agents", metavar="FILE",
    help="With --shifts: also say who of these works what. A CSV file with columns name, groups, contract, "
    "available and days_off, or YAML.",
)  # fmt: skip
@click.option("--replications", "-n", type=int, help="Simulated days that the search looks at.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same luck.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def staff_command(
    scenario: str, changes: tuple[str, ...], goals: tuple[str, ...], shifts: str | None, agents: str | None,
    replications: int | None, seed: int, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Say who is needed for SCENARIO by interval, and with --shifts which shifts deliver it at least cost."""
    base = load(scenario)
    for change in changes:
        base, _ = read_what_if(base, change)
    asked = read_goals(goals, build(base)) or None
    rules = None if shifts is None else load_shifts(shifts)
    team = None if agents is None else _team(agents, base, rules)
    prepare(out)
    how: dict[str, Any] = (
        {"seed": seed} if replications is None else {"seed": seed, "replications": replications}
    )
    plan, given = None, None
    with ctrl_c() as cancel:
        with console.progress_bar("Searching", None, "simulated days") as tell:
            need = requirement(base, asked, progress=tell, cancel=cancel, **how)
        if rules is not None:
            with console.progress_bar("Choosing shifts", None, "rounds") as tell:
                plan = schedule(need, rules, seed=seed, progress=tell, cancel=cancel)
        if plan is not None and team is not None:
            given = roster(plan, team, cancel=cancel)
    _tell(need, plan, given, seed, as_json, out)


def _team(path: str, base: Scenario, rules: ShiftRules | None) -> Team:
    """The agents of a file, who must fit the scenario and the rules; known before anything is searched."""
    if rules is None:
        cure = "add --shifts standard, or rules of your own"
        raise ScenarioError([Problem("--agents", path, "agents for shifts that --shifts chooses", cure)])
    return load_agents(path, base.groups, rules.contracts)


def _tell(
    need: Requirement,
    plan: ShiftPlan | None,
    given: Roster | None,
    seed: int,
    as_json: bool,
    out: Path | None,
) -> None:
    about = showing.provenance(need, plan, given, seed) | {"version": version()}
    tables = {"agents": need.agents, "certificate": need.certificate}
    if plan is not None:
        tables |= {name: getattr(plan, name) for name in ("shifts", "coverage", "headcount", "checks")}
    if given is not None:
        tables |= {name: getattr(given, table) for name, table in ROSTER_TABLES.items()}
    if out is not None:
        write(out, tables, about)
    if as_json:
        click.echo(console.as_json({**about, **tables}))
    elif out is None:
        showing.show(need, plan, given, console.console())
