"""What the command line shows: tables for people, progress on a terminal, JSON and CSV for machines."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from sim.experiments.replicate import Progress as Tell
from sim.measures import Scope, measure
from sim.results import BASELINE, Comparison, Result

HEADLINES: tuple[tuple[Scope, tuple[str, ...]], ...] = (
    (
        "all",
        (
            "cases", "contacts_per_case", "resolved_share", "spillover_to_phone", "effort", "ease_score",
            "csat", "churn_share", "cost_total", "cost_per_case",
        ),
    ),
    ("channel", ("offered", "answered", "asa_seconds", "service_level", "abandonment", "spillover_in")),
    ("group", ("staffed_hours", "occupancy", "overtime_hours")),
)  # fmt: skip
"""What people are shown; files and JSON hold every measure."""

SWEPT = ("spillover_to_phone", "ease_score", "cost_per_case")
"""What a line of a sweep shows of all cases; for each channel it adds the average speed of answer."""

_TITLES = {"all": "All cases", "channel": "Channels", "group": "Groups"}
_PLAIN_WIDTH = 120
"""Columns where output goes to a file or a pipe."""


def console() -> Console:
    """Standard output, wide enough for a table when it is no terminal."""
    # Names are people's own text: what looks like markup in them is not.
    out = Console(highlight=False, markup=False)
    return out if out.is_terminal else Console(highlight=False, markup=False, width=_PLAIN_WIDTH)


@contextmanager
def progress_bar(what: str, total: int | None, unit: str = "replications") -> Iterator[Tell | None]:
    """A bar on standard error that counts replications (or another unit), on a terminal only; else ``None``.

    How many there are may change on the way.
    """
    err = Console(stderr=True)
    if not err.is_terminal:
        yield None
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, of: bar.update(task, completed=done, total=of)


# -- for people ------------------------------------------------------------------------------------


def number(value: float, unit: str, *, sign: bool = False) -> str:
    """A value with as many digits as it deserves, and its unit.

    With ``sign`` it is a difference; one of shares is in percentage points (pp), not in per cent of either.

    >>> number(0.8123, "share"), number(95.0, "s"), number(-4.256, "£", sign=True)
    ('81.2%', '95.0 s', '−4.26 £')
    >>> number(-0.0312, "share", sign=True)
    '−3.1 pp'
    """
    if math.isnan(value):
        return "–"
    share = unit == "share"
    value *= 100.0 if share else 1.0
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 20 or share else 2
    text = f"{value:{'+' if sign else ''},.{digits}f}".replace("-", "−")
    if share:
        return f"{text} pp" if sign else f"{text}%"
    return text if unit == "1–7" else f"{text} {unit}"


def estimate(mean: float, half_width: float, unit: str, *, sign: bool = False) -> str:
    """A mean and its half-width in the same digits.

    >>> estimate(0.8123, 0.0212, "share"), estimate(95.0, 12.0, "s")
    ('81.2% ± 2.1', '95.0 ± 12.0 s')
    """
    text = number(mean, unit, sign=sign)
    if math.isnan(mean) or math.isnan(half_width):
        return text
    value, _, label = text.partition(" ")
    scale = 100.0 if unit == "share" else 1.0
    digits = len(value.rstrip("%").partition(".")[2])
    width = f"{half_width * scale:,.{digits}f}"
    return f"{value} ± {width} {label}".rstrip()


def show_result(result: Result, out: Console) -> None:
    """The main measures of a run."""
    out.print(heading_of(result.scenario.name, f": {_provenance(result)}"))
    rows = _index(result.summary)
    for scope, names in HEADLINES:
        items = _names(result.summary, scope)
        if not items:
            continue
        table = table_of(_TITLES[scope], [] if scope == "all" else items)
        for name in names:
            found = [rows.get((scope, item, name)) for item in items]
            if any(row is not None for row in found):
                cells = ["" if row is None else estimate(row[0], row[1], row[2]) for row in found]
                table.add_row(measure(name, scope).title, *cells)
        out.print(table)


def show_comparison(comparison: Comparison, phrases: Mapping[str, Sequence[str]], out: Console) -> None:
    """The main measures of the base, and each variant's paired differences, with its ``phrases``."""
    base = comparison.base
    out.print(heading_of(base.scenario.name, f": {_provenance(base)}"))
    for scenario in comparison.results:
        if scenario == BASELINE:
            continue
        summary = comparison.summary
        old = _index(summary[summary["scenario"] == BASELINE])
        mine = summary[summary["scenario"] == scenario]
        new = _index(mine)
        out.print()
        out.print(heading_of(scenario, "".join(f"\n  {phrase}" for phrase in phrases.get(scenario, ()))))
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("")
        for heading in (BASELINE, scenario, "difference"):
            table.add_column(heading, justify="right")
        table.add_column("")
        for scope, names in HEADLINES:
            for item in _names(mine, scope):
                for name in names:
                    row = new.get((scope, item, name))
                    if row is None:
                        continue
                    before = old.get((scope, item, name))
                    title = measure(name, scope).title
                    table.add_row(
                        title if scope == "all" else f"{item}: {title}",
                        "" if before is None else number(before[0], before[2]),
                        number(row[0], row[2]),
                        estimate(row[3], row[4], row[2], sign=True),
                        str(row[5]),
                    )
        out.print(table)


def show_sweep(table: pd.DataFrame, paths: Sequence[str], out: Console) -> None:
    """A few measures of each combination of a sweep."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    measures: list[tuple[Scope, str, str]] = [("all", "all", name) for name in SWEPT]
    measures += [("channel", name, "asa_seconds") for name in _names(table, "channel")]
    # A combination begins where its summary does.
    first = (table["scope"] == "all") & (table["measure"] == table["measure"].iloc[0])
    found = [(rows, _index(rows)) for _, rows in table.groupby(first.cumsum())]
    measures = [key for key in measures if any(key in index for _, index in found)]
    for path in paths:
        shown.add_column(path.rpartition(".")[2])
    for scope, name, item in measures:
        title = measure(item, scope).title
        shown.add_column(title if scope == "all" else f"{name}: {title}", justify="right")
    for rows, index in found:
        values = [str(rows[path].iloc[0]) for path in paths]
        cells = [index.get(key) for key in measures]
        shown.add_row(*values, *("" if cell is None else estimate(*cell[:3]) for cell in cells))
    out.print(shown)


def heading_of(name: str, rest: str) -> Text:
    """A name in bold, and what is said of it."""
    return Text.assemble((name, "bold"), rest)


def _provenance(result: Result) -> str:
    done = f"{result.replications} replication{'' if result.replications == 1 else 's'}"
    if not result.complete:
        done += f" of {result.replications_asked} (cancelled)"
    elif result.reached is not None:
        done += " (as precise as asked)" if result.reached else " (not as precise as asked)"
    return (
        f"{done}, seed {result.seed}, {result.engine} engine, {result.duration_seconds:.1f} s; "
        "± is the half-width of a 95% confidence interval"
    )


def _names(summary: pd.DataFrame, scope: Scope) -> list[str]:
    return list(dict.fromkeys(summary.loc[summary["scope"] == scope, "name"]))


def _index(summary: pd.DataFrame) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    columns = ["mean", "half_width", "unit"]
    columns += [name for name in ("delta", "delta_half_width", "verdict") if name in summary]
    keys = summary[["scope", "name", "measure"]].itertuples(index=False, name=None)
    return dict(zip(keys, summary[columns].itertuples(index=False, name=None), strict=True))


def table_of(title: str, headings: Sequence[str]) -> Table:
    """An empty table: a column of names, then figures below ``headings``."""
    table = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    for text in headings or [""]:
        table.add_column(text, justify="right")
    table.show_header = bool(headings)
    return table


# -- for machines ----------------------------------------------------------------------------------


def provenance(result: Result) -> dict[str, Any]:
    """What was asked and how it was computed."""
    return {
        "scenario": result.scenario.name,
        "seed": result.seed,
        "engine": result.engine,
        "version": result.version,
        "replications": result.replications,
        "replications_asked": result.replications_asked,
        "complete": result.complete,
        "reached": result.reached,
        "duration_seconds": round(result.duration_seconds, 3),
    }


def as_json(value: Any) -> str:
    """JSON text; NaN becomes null, for JSON has none, and dates are text."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> list[str]:
    """Write each table as CSV, and ``about.json``; returns the names of the files."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    (folder / "about.json").write_text(as_json(about) + "\n", encoding="utf-8")
    return [*(f"{name}.csv" for name in tables), "about.json"]
