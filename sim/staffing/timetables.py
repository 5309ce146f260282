"""Timetables: schedules that exist already, from a table or a CSV file, as plans that can be simulated."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator

import pandas as pd

from scenarios.errors import Problem, Refused, ScenarioError
from scenarios.model import Scenario
from scenarios.shifts import ShiftRules, ShiftTemplate
from scenarios.times import clock_seconds
from scenarios.wording import near
from sim.clock import SECONDS_PER_DAY
from sim.staffing.demand import Demand, demand_of
from sim.staffing.patterns import HOUR, Pattern, Wages, Window
from sim.staffing.plans import Pause, Shift, ShiftPlan

NEEDED = ("group", "start", "end", "agents")
"""Columns that a timetable must have; ``breaks``, ``template`` and ``contract`` are optional."""
_MOST_ROWS = 200_000
_BREAK = re.compile(r"^\s*([0-9:]+)\s*[-–]\s*([0-9:]+)\s*(paid|unpaid)?\s*$")


def shifts_from_table(
    table: pd.DataFrame | str | os.PathLike[str],
    scenario: Scenario,
    rules: ShiftRules | None = None,
    need: Demand | None = None,
) -> ShiftPlan:
    """A plan from shifts that exist: a table, or the path of a CSV file, with a row per shift.

    Columns are those of ``plan.shifts``: ``group``, ``start`` and ``end`` (local date and time), ``agents``,
    and if known ``breaks`` (``"10:00-10:15, 12:30-13:00 unpaid"``), ``template`` and ``contract``; others are
    ignored. ``rules`` say what premiums and contracts cost (without them: the groups' pay) and which part of
    shrinkage the breaks are; ``need`` is what coverage is compared with (the scenario's own staff if left
    out).

    Raises ``ScenarioError`` with every row that cannot be read (the first 50).
    """
    rows = table if isinstance(table, pd.DataFrame) else _read(table)
    missing = [name for name in NEEDED if name not in rows.columns]
    if missing:
        cure = f"columns are {', '.join(NEEDED)}, and if known breaks, template, contract"
        raise ScenarioError(Problem(name, None, "a column of the table", cure) for name in missing)
    if len(rows) > _MOST_ROWS:
        allowed = f"at most {_MOST_ROWS:,} rows"
        raise ScenarioError([Problem("", f"{len(rows):,} rows", allowed, "leave out other weeks")])
    kept = rules or bare_rules()
    demand = need or demand_of(scenario)
    reader = _Reader(demand, kept)
    lines = [
        line
        for number, row in enumerate(rows.itertuples(index=False, name=None), 1)
        for line in reader.line(number, dict(zip(rows.columns, row, strict=True)))
    ]
    if reader.problems:
        raise ScenarioError(reader.problems[:50])
    lines.sort(key=lambda one: (demand.groups.index(one.group), one.start, one.end))
    return ShiftPlan(demand, kept, tuple(lines), gap=None)


def bare_rules() -> ShiftRules:
    """Rules that say nothing: any shift at the groups' pay."""
    whole_day = ShiftTemplate(earliest="00:00", length=("24 h",))
    return ShiftRules(name="As in the table", shifts={"any": whole_day})


def _read(path: str | os.PathLike[str]) -> pd.DataFrame:
    name = os.fspath(path)
    if not os.path.isfile(name):
        raise ScenarioError([Problem("", f"no file {name!r}", "a CSV file of shifts", "check the path")])
    try:
        return pd.read_csv(name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())[:120]
        problem = Problem(
            "", f"a file that cannot be read ({said})", "CSV in UTF-8 with a header", "save it again"
        )
        raise ScenarioError([problem]) from None


def _text(value: object) -> str:
    """A name in a table; empty where there is none."""
    return value.strip() if isinstance(value, str) else ""


class _Reader:
    """Reads rows, and keeps what is wrong with them."""

    def __init__(self, demand: Demand, rules: ShiftRules) -> None:
        self.demand = demand
        self.rules = rules
        self.wages = Wages(demand.scenario, rules)
        self.problems: list[Problem] = []
        self._midnight = dt.datetime.combine(demand.scenario.calendar.start, dt.time())

    def line(self, number: int, row: dict[str, object]) -> Iterator[Shift]:
        """The shift of a row; none when it cannot be read."""
        before = len(self.problems)
        group = self._group(number, row)
        start, end = self._moment(number, row, "start"), self._moment(number, row, "end")
        agents = self._agents(number, row)
        if len(self.problems) > before:
            return
        horizon = self.demand.days * SECONDS_PER_DAY
        if not 0 <= start < horizon:
            self._wrong(number, "start", row["start"], "a time within the calendar", "leave the shift out")
        elif not start < end <= start + SECONDS_PER_DAY:
            self._wrong(number, "end", row["end"], "after its start, within 24 h", "write its date too")
        else:
            breaks = tuple(self._breaks(number, row, start, end))
            if len(self.problems) == before and agents:
                yield self._priced(group, row, start, end, breaks, agents)

    def _priced(
        self,
        group: str,
        row: dict[str, object],
        start: float,
        end: float,
        breaks: tuple[Pause, ...],
        agents: int,
    ) -> Shift:
        contract, template = (_text(row.get(name)) for name in ("contract", "template"))
        factor = self.rules.contracts[contract].pay_factor if contract in self.rules.contracts else 1.0
        factor *= self.rules.shifts[template].pay_factor if template in self.rules.shifts else 1.0
        rate = self.demand.scenario.groups[group].pay_per_hour * factor
        windows = tuple(Window(one.length, one.paid, (one.start,)) for one in breaks)
        day = int(start // SECONDS_PER_DAY)
        pattern = Pattern(self.demand.groups.index(group), template, contract, day, start, end, windows, rate)
        cost = self.wages.cost(pattern, tuple(one.start for one in breaks))
        return Shift(group, template, contract, day, start, end, breaks, agents, cost)

    def _group(self, number: int, row: dict[str, object]) -> str:
        name, known = str(row["group"]), self.demand.groups
        if name not in known:
            allowed = f"a group of the scenario: {', '.join(known)}"
            self._wrong(number, "group", name, allowed, near(name, known, "write one of these"))
        return name

    def _moment(self, number: int, row: dict[str, object], column: str) -> float:
        value = row[column]
        try:
            found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
            return (found.replace(tzinfo=None) - self._midnight).total_seconds()
        except (ValueError, TypeError):
            cure = "write it like 2026-03-02 08:00"
            self._wrong(number, column, value, "a local date and time", cure)
            return 0.0

    def _agents(self, number: int, row: dict[str, object]) -> int:
        try:
            agents = float(str(row["agents"]))
        except ValueError:
            agents = -1.0
        if not (0 <= agents <= 50_000 and agents == int(agents)):
            self._wrong(number, "agents", row["agents"], "a whole number from 0 to 50,000", "correct it")
            return 0
        return int(agents)

    def _breaks(self, number: int, row: dict[str, object], start: float, end: float) -> Iterator[Pause]:
        text = row.get("breaks")
        earliest = start
        for part in text.split(",") if isinstance(text, str) and text.strip() else ():
            pause = self._break(part, start)
            if pause is None or pause.start < earliest or pause.start + pause.length > end:
                allowed = "breaks within the shift, in order, that do not overlap"
                self._wrong(number, "breaks", part.strip(), allowed, "write 10:00-10:15, 12:30-13:00 unpaid")
                return
            earliest = pause.start + pause.length
            yield pause

    def _break(self, text: str, start: float) -> Pause | None:
        """A break from clock times, the first of them at or after the start of the shift."""
        match = _BREAK.match(text)
        if match is None:
            return None
        try:
            begins, ends = (clock_seconds(clock) for clock in match.groups()[:2])
        except Refused:
            return None
        midnight = start - start % SECONDS_PER_DAY
        first = midnight + begins + (SECONDS_PER_DAY if midnight + begins < start else 0)
        length = (ends - begins) % SECONDS_PER_DAY
        return Pause(first, float(length), match[3] != "unpaid") if 0 < length <= 8 * HOUR else None

    def _wrong(self, number: int, column: str, value: object, allowed: str, cure: str) -> None:
        self.problems.append(Problem(f"row {number} {column}", value, allowed, cure))
