"""What commands are given: options that several share, and the scenarios that are meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import scenarios
from scenarios import Scenario, ScenarioError
from scenarios.errors import Problem
from scenarios.files import examine
from sim import engines

USUAL = 20
"""Replications unless told otherwise."""


def options(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Several options in one, listed in this order."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


how_to_simulate = options(
    click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same luck."),
    click.option("--engine", default=engines.DEFAULT, show_default=True, help="Which engine simulates."),
    click.option(
        "--workers", type=click.IntRange(1, 256),
        help="Threads (processes for the reference engine). Default: one per processor.",
    ),
)  # fmt: skip
how_to_run = options(
    click.option(
        "--replications", "-n", type=int, help=f"Simulated runs. Default: {USUAL}; with --until, the most."
    ),
    click.option(
        "--until", multiple=True, metavar="MEASURE:NAME:WIDTH",
        help="Add runs until the 95% half-width of this measure (compared: of its difference) is that small: "
        "asa_seconds:phone:2s, cost_total:1%. Several may be given.",
    ),
    click.option("--seconds", type=float, help="With --until: give up after so long."),
    how_to_simulate,
    click.option("--cases", is_flag=True, help="With --out: write every case (large)."),
    click.option("--contacts", is_flag=True, help="With --out: write every contact (large)."),
    click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables as CSV."),
    click.option("--json", "as_json", is_flag=True, help="Print every measure as JSON."),
)  # fmt: skip


def load(name: str) -> Scenario:
    """A sound scenario; whatever is wrong with its file is told at once, with lines."""
    if problems := examine(name):
        raise ScenarioError(problems)
    return scenarios.load(name)


def prepare(out: Path | None) -> None:
    """Make the folder before a long run, not after."""
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = Problem("--out", str(out), "a folder that can be written", "name another one")
            raise ScenarioError([problem]) from error
