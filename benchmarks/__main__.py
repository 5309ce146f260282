"""Run the benchmarks, print tables of medians and figures, write JSON, and fail at a figure beyond its limit.

Machines are noisy and differ, so no absolute time is ever judged: limits are on ratios of what was
measured in turn, in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent


def main() -> int:
    """Exit status 0 when all benchmarks ran and every figure keeps its limits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="few rounds: enough for the limits")
    parser.add_argument("--out", type=Path, default=Path("bench-results"), help="folder for the JSON")
    parser.add_argument("-k", dest="select", default="", help="only benchmarks that match, as in pytest")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    report = arguments.out / ("short.json" if arguments.short else "full.json")
    rounds = (
        ["--benchmark-min-rounds=3", "--benchmark-max-time=0.5"]
        if arguments.short
        else ["--benchmark-min-rounds=9"]
    )
    status = pytest.main(
        [
            str(HERE), "-q", "-p", "no:cacheprovider", "-p", "no:dash", "-o", "python_files=bench_*.py",
            "-o", "python_functions=bench_*", "-o", "addopts=", "--import-mode=importlib",
            "--benchmark-disable-gc", "--benchmark-quiet", f"--benchmark-json={report}", *rounds,
            *(["-k", arguments.select] if arguments.select else []),
        ]
    )  # fmt: skip
    if status != 0:
        return int(status)
    benchmarks = json.loads(report.read_text())["benchmarks"]
    console = Console(width=130, markup=False)
    console.print(_medians(benchmarks))
    beyond = _figures(benchmarks, console, everything=not arguments.select)
    console.print(f"Written to {report}")
    return 1 if beyond else 0


def _medians(benchmarks: list[dict[str, Any]]) -> Table:
    table = Table(title="Medians")
    for heading in ("group", "benchmark", "median", "per contact", "contacts per second", "rounds"):
        table.add_column(heading, justify="left" if heading in ("group", "benchmark") else "right")
    for entry in benchmarks:
        sides = entry["extra_info"].get("sides", {entry["name"].removeprefix("bench_"): None})
        for name, cost in sides.items():
            compared = cost is not None and cost < MOST_PER_CONTACT
            table.add_row(
                entry["group"],
                name,
                "" if compared else f"{1e3 * (cost or entry['stats']['median']):,.1f} ms",
                f"{cost * 1e9:,.1f} ns" if compared else "",
                f"{1 / cost:,.0f}" if compared else "",
                str(entry["stats"]["rounds"]),
            )
    return table


MOST_PER_CONTACT = 1e-3
"""Seconds; what costs more was not measured per contact."""


def _figures(benchmarks: list[dict[str, Any]], console: Console, everything: bool) -> int:
    """Print the figures with their limits; return how many are beyond them, or missing."""
    limits = tomllib.loads((HERE / "floors.toml").read_text())
    figures = {
        name: value for entry in benchmarks for name, value in entry["extra_info"].get("figures", {}).items()
    }
    table = Table(title="Figures of this run")
    for heading in ("figure", "measured", "limit", ""):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    beyond = 0
    for name, measured in figures.items():
        limit = limits.pop(name, {})
        low, high = limit.get("at_least", 0.0), limit.get("at_most", float("inf"))
        sound = low <= measured <= high
        beyond += not sound
        asked = f">= {low:g}" if "at_least" in limit else f"<= {high:g}" if "at_most" in limit else ""
        table.add_row(name, f"{measured:,.2f}", asked, "" if sound else "BEYOND ITS LIMIT")
    if everything:
        beyond += len(limits)
        for name in limits:
            table.add_row(name, "", "", "NOT MEASURED")
    console.print(table)
    return beyond


if __name__ == "__main__":
    sys.exit(main())
