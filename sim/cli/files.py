"""``planner check``, ``library`` and ``schema``: what files may say, and what comes with the product."""

from __future__ import annotations

from typing import Any

import click

import scenarios
from scenarios import ScenarioError, whatifs
from scenarios.errors import Problem
from scenarios.files import examine
from scenarios.stories import all_stories, story
from sim import console
from sim.cli.entrance import BAD_INPUT


@click.command("check")
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check_command(scenario: str, as_json: bool) -> None:
    """Say everything that is wrong with SCENARIO, and how to put it right."""
    problems = examine(scenario)
    if as_json:
        found = {"sound": not problems, "problems": [_problem(problem) for problem in problems]}
        click.echo(console.as_json(found))
    elif problems:
        click.echo(str(ScenarioError(problems)), err=True)
    else:
        click.echo(f"{scenario} is sound.")
    if problems:
        raise SystemExit(BAD_INPUT)


@click.command("library")
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


@click.command("schema")
@click.argument("what", type=click.Choice(["scenario", "what-ifs"]), default="scenario")
def schema_command(what: str) -> None:
    """Print the JSON Schema of scenario files, or of files of what-ifs, for editors."""
    click.echo(console.as_json(scenarios.schema() if what == "scenario" else whatifs.schema()))


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "field": problem.field,
        "value": None if problem.value is None else str(problem.value),
        "allowed": problem.allowed,
        "cure": problem.cure,
        "file": problem.file,
        "line": problem.line,
    }
