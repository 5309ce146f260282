"""Run the benchmarks, print a table of medians, write JSON, and fail when a ratio is below its floor.

Machines are noisy and differ, so no absolute time is ever judged: a floor is on the ratio of two
medians that were measured in the same run.
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
    """Exit status 0 when all benchmarks ran and every ratio keeps its floor."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="few rounds: enough for the floors")
    parser.add_argument("--out", type=Path, default=Path("bench-results"), help="folder for the JSON")
    parser.add_argument("-k", dest="select", default="", help="only benchmarks that match, as in pytest")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    report = arguments.out / ("short.json" if arguments.short else "full.json")
    rounds = ["--benchmark-min-rounds=3", "--benchmark-max-time=0.5"] if arguments.short else []
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
    benchmarks = {entry["name"]: entry for entry in json.loads(report.read_text())["benchmarks"]}
    console = Console(width=120, markup=False)
    console.print(_table(benchmarks))
    console.print(f"Written to {report}")
    return 0 if arguments.select else _check_floors(benchmarks, console)


def _table(benchmarks: dict[str, Any]) -> Table:
    table = Table(title="Medians")
    for heading in ("group", "benchmark", "median", "per contact", "contacts per second", "rounds"):
        table.add_column(heading, justify="left" if heading in ("group", "benchmark") else "right")
    for name, entry in benchmarks.items():
        median, contacts = entry["stats"]["median"], entry["extra_info"].get("contacts")
        table.add_row(
            entry["group"],
            name,
            f"{median * 1e3:,.2f} ms",
            f"{median / contacts * 1e6:,.2f} µs" if contacts else "",
            f"{contacts / median:,.0f}" if contacts else "",
            str(entry["stats"]["rounds"]),
        )
    return table


def _per_contact(entry: dict[str, Any]) -> float:
    return float(entry["stats"]["median"]) / float(entry["extra_info"]["contacts"])


def _check_floors(benchmarks: dict[str, Any], console: Console) -> int:
    floors = tomllib.loads((HERE / "floors.toml").read_text())
    table = Table(title="Ratios, measured in this run")
    for heading in ("ratio", "measured", "floor", ""):
        table.add_column(heading, justify="left" if heading == "ratio" else "right")
    below = 0
    for name, floor in floors.items():
        measured = _per_contact(benchmarks[floor["slow"]]) / _per_contact(benchmarks[floor["fast"]])
        sound = measured >= floor["at_least"]
        below += not sound
        table.add_row(name, f"{measured:.2f}", f"{floor['at_least']:.2f}", "" if sound else "BELOW ITS FLOOR")
    console.print(table)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
