"""Staffing shown on a terminal: who is needed, whether it holds, the shifts, and who works them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.console import Console

from scenarios import Scenario
from sim.console import heading_of, number, table_of
from sim.staffing.plans import ShiftPlan
from sim.staffing.requirement import Requirement
from sim.staffing.rostered import sentence
from sim.staffing.rosters import Roster


def show(need: Requirement, plan: ShiftPlan | None, given: Roster | None, out: Console) -> None:
    """Who is needed, whether it holds, the shifts that were chosen, and who works them."""
    base = need.base
    out.print(heading_of(base.name, f": {need.sentence}"))
    hours = base.calendar.interval / 3600.0
    agents = need.agents
    table = table_of("Agent hours", ["required", "present", "to schedule", "most at once"])
    for group, rows in agents.groupby("group", sort=False):
        sums = [float(rows[name].sum()) * hours for name in ("required", "present", "scheduled")]
        table.add_row(str(group), *(number(value, "h") for value in sums), str(int(rows["required"].max())))
    out.print(table)
    _show_goals("Goals", need.certificate, base, out)
    if plan is None:
        return
    out.print(f"\n{plan.sentence}")
    found = table_of("Shifts", ["shifts", "agents", "paid hours", "cost"])
    for row in plan.headcount.to_dict("records"):
        name = " ".join(
            filter(None, [row["group"], row["contract"], f"week {row['week'] + 1}" if row["week"] else ""])
        )
        cost = number(float(row["cost"]), base.currency)
        found.add_row(
            name, str(row["shifts"]), str(row["agents"]), number(float(row["paid_hours"]), "h"), cost
        )
    out.print(found)
    _show_goals("Goals with these shifts", plan.checks, base, out)
    if given is not None:
        _show_roster(given, out)


def _show_roster(given: Roster, out: Console) -> None:
    """Hours of each agent, and what nobody works."""
    out.print(f"\n{sentence(given)}")
    found = table_of("Agents", ["contract", "shifts", "days", "paid hours", "hours short"])
    rows = given.agents.to_dict("records")
    for row in rows[:_AGENTS]:
        short = number(float(row["short_hours"]), "h") if row["short_hours"] > 0 else ""
        hours = number(float(row["paid_hours"]), "h")
        found.add_row(row["agent"], row["contract"], str(row["shifts"]), str(row["days"]), hours, short)
    out.print(found)
    if len(rows) > _AGENTS:
        out.print(f"The first {_AGENTS} of {len(rows):,}; --json and --out have them all.")
    if given.complete:
        return
    left = table_of("Shifts that nobody works", ["missing", "why"])
    missing = given.unassigned.to_dict("records")
    for row in missing[:_SHOWN]:
        name = " ".join(filter(None, [row["group"], row["template"], f"{row['start']:%a %d %b %H:%M}"]))
        left.add_row(f"{name}–{row['end']:%H:%M}", str(row["agents"]), row["reason"])
    out.print(left)
    if len(missing) > _SHOWN:
        out.print(f"The first {_SHOWN} of {len(missing):,}; --json and --out have them all.")


_SHOWN = 12
"""Rows of goals that people are shown, the least sure ones, and of missing shifts; files hold all."""
_AGENTS = 40
"""Rows of agents that people are shown."""


def _show_goals(title: str, table: pd.DataFrame, base: Scenario, out: Console) -> None:
    sure = "confidence" if "confidence" in table else "probability"
    judged = table[table["estimate"].notna()] if len(table) else table
    if judged.empty:
        return
    shown = table_of(title, ["estimate", "probability that it holds", ""])
    for row in judged.sort_values(sure, kind="stable").head(_SHOWN).to_dict("records"):
        shown.add_row(
            _goal_text(row, base),
            f"{row['estimate']:.4g} ± {row['half_width']:.2g}",
            number(float(row[sure]), "share"),
            "holds" if row["holds"] else "missed",
        )
    out.print(shown)
    if len(judged) > _SHOWN:
        out.print(f"The {_SHOWN} least sure of {len(judged)}; --json and --out have them all.")


def _goal_text(row: Mapping[Any, Any], base: Scenario) -> str:
    """A goal, with its local time where it is about an interval."""
    if "in each interval" not in row["goal"] or pd.isna(row["interval"]):
        return str(row["goal"])
    seconds = float(row["interval"]) * base.calendar.interval
    start = dt.datetime.combine(base.calendar.start, dt.time()) + dt.timedelta(seconds=seconds)
    return f"{row['goal']}, {start:{'%a %H:%M' if base.calendar.days > 1 else '%H:%M'}}"


def provenance(need: Requirement, plan: ShiftPlan | None, given: Roster | None, seed: int) -> dict[str, Any]:
    """What was asked of the staff, and the main figures."""
    found: dict[str, Any] = {
        "scenario": need.base.name,
        "seed": seed,
        "goals": [str(goal) for goal in need.goals],
        "sentence": need.sentence,
        "hours": need.hours,
        "cost": need.cost,
        "currency": need.base.currency,
        "simulations": need.simulations,
    }
    if plan is not None:
        found["schedule"] = {
            "rules": plan.rules.name,
            "sentence": plan.sentence,
            "hours": plan.hours,
            "cost": plan.cost,
            "gap": plan.gap,
            "rounds": plan.rounds,
            "holds": plan.holds,
        }
    if given is not None:
        found["roster"] = {"sentence": sentence(given), "complete": given.complete}
    return found
