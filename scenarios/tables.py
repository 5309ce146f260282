"""Side tables: the CSV files that a scenario names, read onto its own grid of intervals.

A file has a header and one or two columns. ``time, value`` gives volumes, profiles and staff, the time
being a time of day (``08:15``) or a local date and time (``2026-03-02 08:15``); a single column gives the
values in order. For observed durations the columns are ``seconds`` and, if wanted, ``weight``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from scenarios.calendar import Calendar
from scenarios.errors import Problem, Refused
from scenarios.times import clock_seconds
from scenarios.units import parse_duration

DAY_SECONDS = 86_400
LARGEST_BYTES = 20_000_000
"""A larger CSV file is refused unread."""
MOST_INTERVALS = 200_000
"""Most intervals of a whole scenario."""
_MOST_PROBLEMS = 20
_MOST_VALUE = 1e9

Meaning = Literal["counts", "levels"]
"""Counts add up over time (cases); levels hold for a while (staff)."""


@dataclass(frozen=True)
class FileName:
    """A CSV file named in a scenario, and the folder that it is relative to (``None``: not to be read)."""

    name: str
    folder: Path | None


@dataclass(frozen=True)
class Grid:
    """The intervals of a scenario: ``days`` days from ``start``, each of intervals of ``seconds``."""

    start: dt.date
    days: int
    seconds: float

    @property
    def per_day(self) -> int:
        """Intervals in a day."""
        return round(DAY_SECONDS / self.seconds)


class _TableError(Exception):
    """What is wrong with a file: (value, allowed, cure, row)."""

    def __init__(self, faults: list[tuple[Any, str, str, int | None]]) -> None:
        super().__init__(faults)
        self.faults = faults


def name_files(data: Any, folder: Path | None) -> Any:
    """``data`` of one scenario file with every CSV file it names tied to that file's ``folder``."""
    return _replace_files(data, lambda _, name: FileName(name, folder) if isinstance(name, str) else name)


def read_side_tables(data: Mapping[str, Any], folder: Path | None) -> tuple[dict[str, Any], list[Problem]]:
    """Scenario data with each CSV file that it names replaced by what the file holds, and the problems.

    Names not yet tied to a folder (:func:`name_files`) are relative to ``folder``. A file that cannot be
    read leaves a harmless value behind, so that checking can go on.
    """
    problems: list[Problem] = []
    grid = _grid(data)

    def read(place: tuple[str, ...], name: Any) -> Any:
        file = name if isinstance(name, FileName) else FileName(str(name), folder)
        try:
            return _read(file, place, grid)
        except _TableError as unreadable:
            for value, allowed, cure, row in unreadable.faults:
                where = file.name if row is not None else None
                problems.append(Problem(".".join(place), value, allowed, cure, file=where, line=row))
            return {"values": [0.0]} if place[-1] == "empirical" else [0.0]

    return _replace_files(data, read), problems


# -- where files are named ---------------------------------------------------------------------------


def _replace_files(data: Any, replace: Any) -> Any:
    """A copy of scenario data with ``replace(place, name)`` wherever a CSV file is named."""
    data = _replace_observations(data, (), replace)
    if not isinstance(data, Mapping):
        return data
    data = dict(data)
    for name, intent in _entries(data, "intents"):
        volume = intent.get("volume")
        if not isinstance(volume, Mapping):
            continue
        volume = dict(volume)
        for field in ("per_interval", "profile"):
            if _is_file(volume.get(field), any_text=field == "per_interval"):
                volume[field] = replace(("intents", name, "volume", field), volume[field])
        data["intents"] = {**data["intents"], name: {**intent, "volume": volume}}
    for name, group in _entries(data, "groups"):
        if _is_file(group.get("staff"), any_text=True):
            staff = replace(("groups", name, "staff"), group["staff"])
            data["groups"] = {**data["groups"], name: {**group, "staff": staff}}
    return data


def _entries(data: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    entries = data.get(key)
    if not isinstance(entries, Mapping):
        return []
    return [(str(name), entry) for name, entry in entries.items() if isinstance(entry, Mapping)]


def _is_file(value: object, any_text: bool) -> bool:
    return isinstance(value, FileName) or (
        isinstance(value, str) and (any_text or value.strip().lower().endswith(".csv"))
    )


def _replace_observations(data: Any, place: tuple[str, ...], replace: Any) -> Any:
    """Replace ``{empirical: {file: x.csv}}`` anywhere in plain data."""
    if isinstance(data, Mapping):
        copied = {
            key: _replace_observations(value, (*place, str(key)), replace) for key, value in data.items()
        }
        body = copied.get("empirical")
        if isinstance(body, Mapping) and isinstance(body.get("file"), str | FileName):
            rest = {key: value for key, value in body.items() if key != "file"}
            read = replace((*place, "empirical"), body["file"])
            copied["empirical"] = {**rest, **read} if isinstance(read, Mapping) else {**rest, "file": read}
        return copied
    if isinstance(data, list | tuple) and not all(isinstance(item, int | float | str) for item in data):
        return [_replace_observations(item, (*place, str(i)), replace) for i, item in enumerate(data)]
    return data


def _grid(data: Mapping[str, Any]) -> Grid | None:
    """The grid that the calendar asks for; ``None`` when the calendar itself is wrong."""
    try:
        calendar = Calendar.model_validate(data.get("calendar"))
    except ValidationError:
        return None
    per_day = DAY_SECONDS / calendar.interval if calendar.interval > 0 else math.inf
    if per_day * calendar.days > MOST_INTERVALS or abs(per_day - round(per_day)) > 1e-9:
        return None
    return Grid(calendar.start, calendar.days, calendar.interval)


# -- reading -----------------------------------------------------------------------------------------


def _read(file: FileName, place: tuple[str, ...], grid: Grid | None) -> Any:
    rows = _rows(file)
    if place[-1] == "empirical":
        return _observations(rows)
    if grid is None:
        # The calendar's own problem is reported; without a grid there is nothing to place values on.
        return [0.0]
    return placed(_series(rows), grid, "levels" if place[-1] == "staff" else "counts")


def _one(value: Any, allowed: str, cure: str, row: int | None = None) -> _TableError:
    return _TableError([(value, allowed, cure, row)])


def _rows(file: FileName) -> list[tuple[int, list[str]]]:
    """Header and rows of a CSV file with the numbers of their lines; blank rows are left out."""
    rows = _parsed(file)
    if len(rows) < 2:
        raise _one(file.name, "a header and at least one row", _HEADER)
    line, header = rows[0]
    shown = ", ".join(header)[:60]
    if any(_number(cell) is not None for cell in header):
        raise _one(shown, "a header in the first line", _HEADER, line)
    if len(header) > 2:
        raise _one(shown, "one or two columns: time, value", "keep these columns only", line)
    return rows


_HEADER = 'begin with a line like "time,value"'


def _parsed(file: FileName) -> list[tuple[int, list[str]]]:
    name, folder = file.name, file.folder
    if folder is None:
        allowed = "figures in the scenario itself, since it was not read from a folder"
        raise _one(name, allowed, "write the figures as a list in place of the file's name")
    path = folder / name
    if path.suffix.lower() != ".csv" or not os.path.isfile(path):
        cure = f"put the file beside the scenario, in {folder.name or folder}/"
        raise _one(name, "the name of a CSV file (.csv)", cure)
    if path.stat().st_size > LARGEST_BYTES:
        raise _one(name, f"a file of at most {LARGEST_BYTES // 1_000_000} MB", "leave out what is not needed")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        return [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _one(name, "a CSV file in UTF-8", f"save it again as CSV ({error})") from None


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


Moment = tuple[dt.date | None, float]
"""A local date (``None``: any day) and seconds after midnight."""


def _series(rows: list[tuple[int, list[str]]]) -> list[tuple[Moment | None, float]]:
    """(moment, value) of every row; moments are ``None`` when there is one column."""
    faults: list[tuple[Any, str, str, int | None]] = []
    series: list[tuple[Moment | None, float]] = []
    seen: dict[Moment, int] = {}
    width = len(rows[0][1])
    for line, cells in rows[1:]:
        if len(cells) != width:
            faults.append(
                (", ".join(cells)[:60], f"{width} cells, as in the header", "complete the row", line)
            )
            continue
        value = _number(cells[-1])
        if value is None or not 0 <= value <= _MOST_VALUE:
            faults.append((cells[-1] or None, "a number of at least 0", "correct the cell", line))
            continue
        moment = None
        if width == 2:
            moment = _moment(cells[0])
            if moment is None:
                faults.append(
                    (cells[0] or None, 'a time like 08:15 or "2026-03-02 08:15"', "correct the cell", line)
                )
                continue
            if moment in seen:
                faults.append((cells[0], "each time once", f"remove it, or line {seen[moment]}", line))
                continue
            seen[moment] = line
        series.append((moment, value))
    if len({moment is None or moment[0] is None for moment, _ in series}) > 1:
        faults.append(
            ("a mixture", "times of day only, or dates and times only", "write all alike", rows[1][0])
        )
    if faults:
        more = len(faults) - _MOST_PROBLEMS
        faults = faults[:_MOST_PROBLEMS]
        if more > 0:
            faults.append((f"{more} further rows", "as above", "correct them too", None))
        raise _TableError(faults)
    return series


def _moment(cell: str) -> Moment | None:
    try:
        return None, float(clock_seconds(cell))
    except Refused:
        pass
    try:
        moment = dt.datetime.fromisoformat(cell)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return None
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    return moment.date(), seconds


def _observations(rows: list[tuple[int, list[str]]]) -> dict[str, list[float]]:
    """Durations, and their weights if there is a second column."""
    faults: list[tuple[Any, str, str, int | None]] = []
    values: list[float] = []
    weights: list[float] = []
    for line, cells in rows[1:]:
        try:
            number = _number(cells[0])
            values.append(parse_duration(cells[0] if number is None else number))
        except Refused as refused:
            faults.append((cells[0] or None, refused.allowed, refused.cure, line))
        weight = _number(cells[1]) if len(cells) > 1 else 1.0
        if weight is None or not 0 <= weight <= _MOST_VALUE:
            faults.append((cells[1] or None, "a weight of at least 0", "correct the cell", line))
        else:
            weights.append(weight)
    if faults:
        raise _TableError(faults[:_MOST_PROBLEMS])
    return {"values": values, "weights": weights} if len(rows[0][1]) > 1 else {"values": values}


# -- onto the grid -----------------------------------------------------------------------------------


def placed(series: list[tuple[Moment | None, float]], grid: Grid, meaning: Meaning) -> list[float]:
    """Values by interval of the grid: one day's (repeated each day), or those of all its days.

    Each row holds from its time until the next is due. Counts of finer rows are added up, those of coarser
    rows spread evenly; levels are averaged over the interval. What is missing is 0.
    """
    if series[0][0] is None:
        values = [value for _, value in series]
        if len(values) not in (grid.per_day, grid.per_day * grid.days):
            allowed = f"{grid.per_day} rows, one for each interval of a day"
            raise _one(f"{len(values)} rows", allowed, "add the missing rows, or a column of times")
        return values
    days: dict[dt.date | None, list[tuple[float, float]]] = {}
    for moment, value in series:
        assert moment is not None
        days.setdefault(moment[0], []).append((moment[1], value))
    if None in days:
        return _day(days[None], grid, meaning)
    wanted = [grid.start + dt.timedelta(days=day) for day in range(grid.days)]
    missing = [day for day in wanted if day not in days]
    if missing:
        known = sorted(day for day in days if day is not None)
        raise _one(
            f"{known[0]} to {known[-1]}",
            f"rows for {missing[0]}, a day of the scenario's calendar",
            f"add the day, or begin the calendar on a day of the file, like {known[0]}",
        )
    step = min(_step([time for time, _ in sorted(days[day])]) for day in wanted)
    return [value for day in wanted for value in _day(days[day], grid, meaning, step)]


def _step(times: list[float]) -> float:
    """The shortest time from one row to the next; a day where there is one row."""
    return min((later - time for time, later in itertools.pairwise(times)), default=DAY_SECONDS)


def _day(
    rows: list[tuple[float, float]], grid: Grid, meaning: Meaning, step: float | None = None
) -> list[float]:
    rows = sorted(rows)
    times = [time for time, _ in rows]
    alone = grid.seconds if meaning == "counts" and len(times) == 1 else DAY_SECONDS
    step = min(_step(times), step or DAY_SECONDS, alone)
    gaps = {later - time for time, later in itertools.pairwise(times)}
    # Staff given at a few irregular times holds until the next of them, like {"08:00": 5, "20:00": 0}.
    holds = meaning == "levels" and step > grid.seconds and (len(gaps) > 1 or len(rows) < 4)
    ends = [*times[1:], DAY_SECONDS] if holds else [min(time + step, DAY_SECONDS) for time in times]
    values = [0.0] * grid.per_day
    for (begins, value), until in zip(rows, ends, strict=True):
        if until <= begins:
            continue
        first, last = int(begins // grid.seconds), math.ceil(until / grid.seconds)
        for interval in range(first, min(last, grid.per_day)):
            overlap = min(until, (interval + 1) * grid.seconds) - max(begins, interval * grid.seconds)
            whole = grid.seconds if meaning == "levels" else until - begins
            values[interval] += value * overlap / whole
    return values
