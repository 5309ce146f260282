"""Team sheets: agents as rows of a table, the way planners keep them in a spreadsheet.

A row is an agent. ``name`` and ``groups`` are needed; ``contract``, ``available`` and ``days_off`` may be
empty. Several groups, times or days stand in one cell, separated by semicolons::

    name,groups,contract,available,days_off
    Ada,phone; chat,full_time,mon-fri 08:00-17:00; sat 09:00-13:00,2026-03-04; 2026-03-09 to 2026-03-13
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios import wording
from scenarios.errors import Problem, Refused, ScenarioError
from scenarios.files import read_text
from scenarios.team import Agent, Team, load_team
from scenarios.times import WEEKDAYS, Windows, hours_text, parse_hours
from scenarios.wording import near

COLUMNS: dict[str, str] = {
    "name": "Name of the agent, each once.",
    "groups": "Groups whose shifts they may work, separated by semicolons.",
    "contract": "Contract of the shift rules; empty: they may work shifts of any.",
    "available": 'When they can work: "mon-fri 08:00-17:00; sat 09:00-13:00"; empty: always.',
    "days_off": 'Days on which they do not work: "2026-03-04; 2026-03-09 to 2026-03-13".',
}
"""Columns of a sheet, and what stands in them."""
NEEDED = ("name", "groups")
_OTHER_NAMES = {
    "agent": "name",
    "group": "groups",
    "skill": "groups",
    "skills": "groups",
    "availability": "available",
    "day_off": "days_off",
    "off": "days_off",
}
MOST_PROBLEMS = 50
MOST_AGENTS = 50_000
LONGEST_LEAVE = 366
_DAYS_LONG = {
    "monday": "mon", "tuesday": "tue", "wednesday": "wed", "thursday": "thu", "friday": "fri",
    "saturday": "sat", "sunday": "sun",
}  # fmt: skip
_TIMES = re.compile(r"^(?P<days>[A-Za-z][A-Za-z,\s-]*?)?[:\s]*(?P<hours>closed|off|[0-9].*)$")
_NOT_TIMES = Refused(
    "days and times, separated by semicolons", 'write "mon-fri 08:00-17:00; sat 09:00-13:00"'
)
_NOT_DAYS = Refused(
    "dates from 1970 to 2199, separated by semicolons", 'write "2026-03-04; 2026-03-09 to 2026-03-13"'
)

Row = Mapping[str, str]
"""Cells by column; what is missing is empty."""


@dataclass(frozen=True)
class Sheet:
    """Rows of agents as they were written, and where they stand."""

    rows: tuple[Row, ...]
    file: str | None = None
    """Name of the file; without one, rows are named by their number, from 1."""
    lines: tuple[int, ...] = field(default=())
    """Of each row in the file, from 1."""

    def problem(self, row: int, column: str, value: object, allowed: str, cure: str) -> Problem:
        """What is wrong with a cell."""
        if self.file is None:
            return Problem(f"row {row + 1} {column}", value, allowed, cure)
        return Problem(column, value, allowed, cure, file=self.file, line=self.lines[row])


# -- reading text ------------------------------------------------------------------------------------


def read_sheet(text: str, file: str | None = None) -> Sheet:
    """Rows of a CSV text, or of cells copied from a spreadsheet; commas, semicolons or tabs separate them.

    Columns may stand in any order and be called as people do (``Skills``, ``Days off``). Cells are not read
    yet. Raises ``ScenarioError`` for a header that lacks a column, or has one that nobody knows.

    >>> read_sheet("Agent;Skills\\nAda;desk").rows
    ({'name': 'Ada', 'groups': 'desk'},)
    """
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_separator(text))
    try:
        found = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        value = f"a file that cannot be read ({error})"
        raise ScenarioError([_whole(value, "CSV in UTF-8 with a header", "save it again", file)]) from None
    return sheet_of_cells(found, file)


def has_header(text: str) -> bool:
    """Whether the first line of a text says which columns follow."""
    head = next(csv.reader([_first_line(text)], delimiter=_separator(text)), [])
    return "name" in map(_column, head)


def _separator(text: str) -> str:
    return max("\t;,", key=_first_line(text).count)


def _first_line(text: str) -> str:
    return text.lstrip("\ufeff\r\n").split("\n", 1)[0].rstrip("\r")


def sheet_of_cells(found: Sequence[tuple[int, Sequence[str]]], file: str | None = None) -> Sheet:
    """Rows of cells, each with its number in the file, the header first; raises ``ScenarioError``."""
    if not found:
        raise ScenarioError([_whole("no rows", "a header and a row per agent", "use the template", file)])
    (line, head), *body = found
    names = [_column(cell) for cell in head]
    if problems := list(_head_problems(head, names, file, line)):
        raise ScenarioError(problems)
    rows = tuple(_cells(names, cells) for _, cells in body)
    return Sheet(rows, file, tuple(number for number, _ in body))


def _cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}


def _column(cell: str) -> str:
    plain = re.sub(r"[\s_-]+", "_", cell.strip().lower()).strip("_")
    return _OTHER_NAMES.get(plain, plain)


def _head_problems(
    head: Sequence[str], names: Sequence[str], file: str | None, line: int
) -> Iterator[Problem]:
    place: dict[str, Any] = {"file": file, "line": line} if file else {}
    for number, (cell, name) in enumerate(zip(head, names, strict=True)):
        if name and name not in COLUMNS:
            allowed = f"the columns {', '.join(COLUMNS)}"
            cure = near(name, COLUMNS, "rename the column, or leave it out")
            yield Problem("header", cell.strip(), allowed, cure, **place)
        elif name and name in names[:number]:
            yield Problem("header", cell.strip(), "each column once", "leave one of them out", **place)
    for name in NEEDED:
        if name not in names:
            yield Problem(f"header {name}", None, "a column of the table", f"add a column {name}", **place)


def _whole(value: str, allowed: str, cure: str, file: str | None) -> Problem:
    return Problem("", value, allowed, cure, file=file)


# -- reading cells -----------------------------------------------------------------------------------


def team_of_sheet(
    sheet: Sheet, groups: Collection[str] | None = None, contracts: Collection[str] | None = None
) -> Team:
    """The agents of a sheet; rows that are empty are left out.

    ``groups`` and ``contracts`` are those that exist, where that is known. Raises ``ScenarioError`` with
    everything that is wrong (the first 50), each with its row, column, value, what is allowed and the cure.
    """
    agents: list[Agent] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for place, row in enumerate(sheet.rows):
        if not any(row.get(name, "").strip() for name in COLUMNS):
            continue
        wrong = list(_row_problems(sheet, place, row, groups, contracts, seen))
        try:
            fields = _fields(sheet, place, row)
            if not wrong:
                agents.append(Agent(**fields))
        except ScenarioError as error:
            wrong += error.problems
        except ValidationError as error:
            wrong += _refused(sheet, place, row, wording.problems_of(error, fields, Agent))
        problems += wrong
    if not agents and not problems:
        problems.append(_whole("no agents", "a row per agent", "fill in a row", sheet.file))
    if len(agents) > MOST_AGENTS:
        allowed = f"at most {MOST_AGENTS:,} agents"
        problems.append(_whole(f"{len(agents):,} agents", allowed, "split the file", sheet.file))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return Team(agents=tuple(agents))


def _row_problems(
    sheet: Sheet,
    place: int,
    row: Row,
    groups: Collection[str] | None,
    contracts: Collection[str] | None,
    seen: dict[str, int],
) -> Iterator[Problem]:
    name = row.get("name", "").strip()
    if not name:
        yield sheet.problem(place, "name", None, "the name of the agent", "fill it in, or empty the row")
    elif name in seen:
        yield sheet.problem(place, "name", name, "a name that no other agent has", "add an initial")
    seen.setdefault(name, place)
    names = _parts(row.get("groups", ""))
    if not names:
        known = f": {', '.join(groups)}" if groups else ""
        yield sheet.problem(place, "groups", None, f"one group or more{known}", "fill it in")
    for one in names:
        if groups is not None and one not in groups:
            allowed = f"a group of the scenario: {', '.join(groups)}"
            yield sheet.problem(place, "groups", one, allowed, near(one, groups, "write one of these"))
    contract = row.get("contract", "").strip()
    if contract and contracts is not None and contract not in contracts:
        allowed = f"a contract of the shift rules: {', '.join(contracts)}"
        cure = near(contract, contracts, "write one of these, or leave the cell empty")
        yield sheet.problem(place, "contract", contract, allowed, cure)


def _fields(sheet: Sheet, place: int, row: Row) -> dict[str, Any]:
    """Fields of an agent; raises ``ScenarioError`` with each cell that cannot be read."""
    found: dict[str, Any] = {
        "name": row.get("name", "").strip() or "?",
        "groups": tuple(_parts(row.get("groups", ""))) or ("missing",),
    }
    if contract := row.get("contract", "").strip():
        found["contract"] = contract
    problems = []
    readers: dict[str, Callable[[str], Any]] = {
        "available": _week,
        "days_off": read_days,
    }
    for column, read in readers.items():
        text = row.get(column, "").strip()
        try:
            if text:
                found[column] = read(text)
        except Refused as error:
            problems.append(sheet.problem(place, column, text, error.allowed, error.cure))
    if problems:
        raise ScenarioError(problems)
    return found


def _refused(sheet: Sheet, place: int, row: Row, found: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of an agent as those of its cells."""
    for problem in found:
        column = problem.field.partition(".")[0]
        value = problem.value if isinstance(problem.value, str) else row.get(column, "")
        yield sheet.problem(place, column, value, problem.allowed, problem.cure)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,|\n]", text) if part.strip()]


def read_times(text: str) -> dict[str, str]:
    """When somebody can work, by days, as :data:`scenarios.times.Hours` takes it; raises ``Refused``.

    >>> read_times("Mon-Fri 08:00-12:00, 13:00–17:00; sat closed")
    {'mon-fri': '08:00-12:00, 13:00-17:00', 'sat': 'closed'}
    """
    found: dict[str, str] = {}
    if text.strip().lower() == "always":
        return {"daily": "00:00-24:00"}
    for part in re.split(r"[;\n]", text.replace("–", "-")):
        if not part.strip():
            continue
        match = _TIMES.match(part.strip())
        if match is None:
            raise _NOT_TIMES
        days = re.sub(r"\s", "", (match["days"] or "daily").lower()).strip(",")
        days = re.sub(r"[a-z]+", lambda word: _DAYS_LONG.get(word[0], word[0]), days)
        found[days] = "closed" if match["hours"] == "off" else match["hours"].strip()
    return found


def _week(text: str) -> dict[str, Windows]:
    """Times as a week; a cure shows how a cell is written, not a file."""
    try:
        return parse_hours(read_times(text))
    except Refused as error:
        raise _NOT_TIMES if "{" in error.cure else error from None


def read_days(text: str) -> tuple[dt.date, ...]:
    """Days, and stretches of days with both ends; raises ``Refused``.

    >>> [str(day) for day in read_days("2026-03-04; 2026-03-06 to 2026-03-07")]
    ['2026-03-04', '2026-03-06', '2026-03-07']
    """
    found: list[dt.date] = []
    for part in _parts(text):
        ends = [end.strip() for end in re.split(r"\s+to\s+|\.\.|/|–", part)]
        try:
            first, last = (dt.datetime.fromisoformat(end).date() for end in (ends[0], ends[-1]))
        except ValueError:
            raise _NOT_DAYS from None
        length = (last - first).days + 1
        if len(ends) > 2 or not 1 <= length <= LONGEST_LEAVE:
            raise _NOT_DAYS
        found += [first + dt.timedelta(days=more) for more in range(length)]
    return tuple(dict.fromkeys(found))


# -- files -------------------------------------------------------------------------------------------


def load_agents(
    path: str | os.PathLike[str],
    groups: Collection[str] | None = None,
    contracts: Collection[str] | None = None,
) -> Team:
    """Agents of a file: YAML as :func:`scenarios.team.load_team` reads it, else a sheet as CSV.

    Raises ``ScenarioError`` with everything that is wrong, each with file and line.
    """
    place = Path(path)
    if place.suffix.lower() not in (".yaml", ".yml"):
        if not place.is_file():
            found = f"no file {os.fspath(path)!r}"
            raise ScenarioError([Problem("", found, "a CSV file of agents", "check the path")])
        return team_of_sheet(read_sheet(read_text(place), place.name), groups, contracts)
    team = load_team(place)
    rows = Sheet(tuple(rows_of(team)))
    problems = [
        replace(problem, field=f"agents.{number}.{column}", file=place.name)
        for number, row in enumerate(rows.rows)
        for problem in _row_problems(rows, number, row, groups, contracts, {})
        for column in [problem.field.rpartition(" ")[2]]
    ]
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return team


def rows_of(team: Team) -> list[dict[str, str]]:
    """A team as rows of a sheet: ``team_of_sheet(Sheet(tuple(rows_of(team)))) == team``."""
    return [
        {
            "name": agent.name,
            "groups": "; ".join(agent.groups),
            "contract": agent.contract or "",
            "available": _times_text(agent),
            "days_off": "; ".join(day.isoformat() for day in agent.days_off),
        }
        for agent in team.agents
    ]


def _times_text(agent: Agent) -> str:
    week = hours_text(agent.available)
    if week == {"daily": "00:00-24:00"}:
        return ""
    return "; ".join(f"{days} {hours}" for days, hours in week.items()) or "daily closed"


def template_rows(groups: Sequence[str], contracts: Sequence[str], start: dt.date) -> list[dict[str, str]]:
    """Two agents as an example, in groups and contracts that exist."""
    later = start + dt.timedelta(days=1)
    hours = f"{WEEKDAYS[0]}-{WEEKDAYS[4]} 08:00-18:00; {WEEKDAYS[5]} 09:00-13:00"
    first = {"name": "Ada Example", "groups": "; ".join(groups[:2]), "available": hours}
    second = {"name": "Ben Example", "groups": groups[0], "days_off": later.isoformat()}
    named = [contracts[0], contracts[-1]] if contracts else ["", ""]
    blank = dict.fromkeys(COLUMNS, "")
    return [{**blank, **row, "contract": named[place]} for place, row in enumerate((first, second))]
