"""A requirement, told: the sentence, required against staffed, three methods side by side, the "
"certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers.readings import span_label, time_label
from planner_app.answers.telling import plain_table
from planner_app.answers.words import Estimate, half_width, money, per_cent, plain, title, value, whole
from planner_app.figures import staffing as pictures
from planner_app.staffing import frontier_view
from planner_app.staffing.calendar import Days
from planner_app.staffing.questions import Needed
from scenarios import Scenario
from sim.staffing import Requirement
from sim.staffing.targets import KINDS, shown
from sim.staffing.telling import starts_of

ALL_GROUPS = "all groups"
BY_TIME, BY_DAY = "time", "weekday"
METHOD_NAMES = {"erlang_c": "Erlang C", "erlang_a": "Erlang A", "simulation": "Simulation"}
MOST_GOALS = 4
"""Columns of goals beside the methods."""
MOST_ROWS = 40
"""Of a certificate, on the page."""
_KIND: dict[str, Any] = {"share": "share", "s": "seconds", "points": "score"}

_COVERAGE_NOTE = (
    "Agents on the floor, after shrinkage. Required: the fewest that meet the goals, by simulation. "
    "Staffed: what the scenario has now."
)
_METHODS_NOTE = (
    "All three count agents on the floor for the same work. Erlang C lets nobody hang up; Erlang A lets "
    "callers hang up after an exponential patience; both take each interval by itself and each group as "
    "a queue of its own. The simulation knows shared skills, redials, real patience, and what one "
    "interval leaves to the next. Missed: clearly below the goal, or above a ceiling, on these days."
)
_PROOF_NOTE = (
    "Found on some simulated days, judged on others that the search has not seen. ± is half of the 95% "
    "interval."
)


def told(found: Needed, base: Scenario) -> list[Component]:
    """Everything that a requirement says."""
    need, days = found.need, Days.of(base)
    frame = agents_of(need, days)
    return [
        cards.answer(need.sentence, trust(need, days)),
        totals(need, frame, base, days),
        html.Div(
            [coverage_card(days, frame, list(base.groups)), methods_card(found, days, frame)],
            className="charts",
        ),
        certificate(need, days),
        html.Div([frontier_view.card(found)], className="charts"),
    ]


def agents_of(need: Requirement, days: Days) -> pd.DataFrame:
    """The table of agents, with seconds from the first midnight."""
    return need.agents.assign(start_seconds=need.agents["interval"] * days.interval)


def trust(need: Requirement, days: Days) -> str:
    """What the answer rests on, in words."""
    what = "simulated days" if days.number == 1 else f"simulated copies of the {days.noun}"
    return f"{need.simulations:,} {what}, seed {need.seed}."


def totals(need: Requirement, frame: pd.DataFrame, base: Scenario, days: Days) -> Component:
    """Hours and cost, and what they are against the staff of the scenario."""
    rows = []
    hours = days.interval / 3600.0
    for name, group in base.groups.items():
        mine = frame[frame["group"] == name]
        required, present = (float(mine[column].sum()) * hours for column in ("required", "present"))
        peak = mine.loc[mine["required"].idxmax()] if len(mine) else None
        scheduled = float(mine["scheduled"].sum()) * hours
        rows.append(
            [
                title(name),
                f"{whole(required)} h",
                f"{whole(present)} h",
                difference(required - present),
                f"{whole(scheduled)} h",
                money(scheduled * group.pay_per_hour, base.currency),
                "–" if peak is None else f"{int(peak['required'])} at {peak['start']:%H:%M}",
            ]
        )
    headings = [
        "Group",
        "Required",
        "Staffed now",
        "Difference",
        "To be scheduled",
        "Pay of these",
        "Most at once",
    ]
    table = plain_table(headings, rows, "Agent hours by group")
    note = (
        f"Agent hours of the {days.noun}, on the floor; to be scheduled: before shrinkage. Pay is that of "
        "the hours scheduled, without premiums."
    )
    return cards.section("Hours and cost", table, note=note)


def difference(hours: float) -> str:
    """A difference of hours in words."""
    if abs(hours) < 0.05:
        return "none"
    return f"{whole(abs(hours))} h {'more' if hours > 0 else 'fewer'}"


# -- charts ----------------------------------------------------------------------------------------


def coverage_card(days: Days, frame: pd.DataFrame, groups: Sequence[str]) -> Component:
    """Required against staffed."""
    heading, figure = coverage(days, frame, ALL_GROUPS, BY_TIME)
    return cards.chart(
        "need", heading, figure, _COVERAGE_NOTE, control=controls("need", groups, days), wide=True
    )


def controls(name: str, groups: Sequence[str], days: Days) -> Component:
    """Which group, and over time or by weekday."""
    parts: list[Component] = []
    if len(groups) > 1:
        options = [ALL_GROUPS, *groups]
        parts.append(
            dmc.Select(
                id=f"{name}-group",
                data=[{"value": one, "label": title(one)} for one in options],
                value=ALL_GROUPS,
                allowDeselect=False,
                w=180,
                **{"aria-label": "Group of agents"},
            )
        )
    else:
        parts.append(html.Div(dmc.Select(id=f"{name}-group", value=ALL_GROUPS), hidden=True))
    ways = [(BY_TIME, "Over time"), (BY_DAY, "By weekday")]
    views = dmc.Select(
        id=f"{name}-view-kind",
        data=[{"value": key, "label": label} for key, label in ways],
        value=BY_TIME,
        allowDeselect=False,
        w=140,
        **{"aria-label": "View"},
    )
    parts.append(views if days.number > 1 else html.Div(views, hidden=True))
    return html.Div(parts, className="chart-controls")


def coverage(days: Days, frame: pd.DataFrame, group: str, view: str) -> tuple[str, go.Figure]:
    """The finding as a heading, and the picture."""
    table = pictures.by_interval(frame, None if group == ALL_GROUPS else group)
    return picture_of(days, table, view, ("required", "present"), ("Required", "Staffed"), group)


def picture_of(
    days: Days,
    table: pd.DataFrame,
    view: str,
    columns: tuple[str, str],
    names: tuple[str, str],
    group: str,
) -> tuple[str, go.Figure]:
    """Required against what is there, over time or by weekday, with its finding."""
    missing = (table[columns[0]] - table[columns[1]]).clip(lower=0.0)
    hours = float(missing.sum()) * days.interval / 3600.0
    whose = "" if group == ALL_GROUPS else f"{title(group)}: "
    if hours < 0.05:
        heading = f"{whose}no agent hour is missing"
    else:
        worst = table.loc[missing.idxmax()]
        heading = f"{whose}{whole(hours)} agent hours are missing, most {_when(days, worst['start_seconds'])}"
    heading = heading[:1].upper() + heading[1:]
    if view == BY_DAY:
        return heading, pictures.heat(days, table, *columns)
    return heading, pictures.coverage(days, table, *columns, names)


def _when(days: Days, seconds: float) -> str:
    return (
        f"at {time_label(days, float(seconds))}"
        if days.number == 1
        else f"on {time_label(days, float(seconds))}"
    )


def methods_card(found: Needed, days: Days, frame: pd.DataFrame) -> Component:
    """Erlang C, Erlang A and the simulation: the sentence, the lines, and what each would give."""
    heading, figure = methods(days, frame, ALL_GROUPS)
    text = found.gap.sentence
    chart = cards.chart("methods", heading, figure, _METHODS_NOTE, summary=f"{heading}. {text}", wide=True)
    head, *rest = chart.children
    chart.children = [head, html.P(text, className="methods-sentence"), *rest, methods_table(found)]
    return chart


def methods_table(found: Needed) -> Component:
    """What each method asks for, what it costs, and what became of the goals with it."""
    results, currency = found.gap.results, found.need.base.currency
    measures = {str(goal): goal.measure for goal in found.need.goals}
    names = dict.fromkeys(zip(results["goal"], results["name"], results["day"], strict=True))
    shown_goals = list(names)[:MOST_GOALS]
    by_goal = {(r["method"], r["goal"], r["name"], r["day"]): r for r in results.to_dict("records")}
    rows = []
    for method, mine in results.groupby("method", sort=False):
        first = mine.iloc[0]
        cells = [_cell(by_goal[(method, *key)], measures[key[0]]) for key in shown_goals]
        title_ = METHOD_NAMES[str(method)]
        rows.append([title_, f"{whole(first['hours'])} h", money(first["cost"], currency), *cells])
    if not rows:
        return html.Div()
    headings = ["Method", "Scheduled hours", "Pay", *(_goal_heading(*key) for key in shown_goals)]
    return plain_table(headings, rows, "What each method asks for, and what it would give")


def _goal_heading(goal: str, name: str, _day: int) -> str:
    text = goal.removesuffix(" a day")
    text = text if text.startswith(name) else text.replace("every channel", name).replace("every group", name)
    return plain(text[:1].upper() + text[1:])


def _cell(row: dict[str, Any], measure: str) -> str:
    kind = _KIND[KINDS[measure].unit]
    estimate = Estimate(float(row["estimate"]), float(row["half_width"]))
    told = f"{value(estimate.mean, kind)} {half_width(estimate, kind)}".strip()
    clear = abs(estimate.mean - float(row["limit"])) > estimate.half_width
    return f"{told} (missed)" if clear and not row["holds"] else told


def methods(days: Days, frame: pd.DataFrame, group: str) -> tuple[str, go.Figure]:
    """The finding as a heading, and the picture."""
    table = pictures.by_interval(frame, None if group == ALL_GROUPS else group)
    hours = {name: float(table[name].sum()) * days.interval / 3600.0 for name in pictures.METHODS}
    parts = [f"{pictures.METHODS[name][0]} {whole(number)}" for name, number in hours.items()]
    return f"Agent hours: {', '.join(parts)}", pictures.methods(days, table)


# -- the certificate -------------------------------------------------------------------------------


def certificate(need: Requirement, days: Days) -> Component:
    """Each goal: what was found, how sure that is, and what one agent less would do."""
    table = need.certificate[need.certificate["estimate"].notna()]
    listed = table if len(table) <= MOST_ROWS else table.sort_values("confidence").head(MOST_ROWS)
    rows = [
        [row["goal"], when(row, days), found(row), per_cent(row["probability"]), sure(row), one_less(row)]
        for row in listed.to_dict("records")
    ]
    headings = ["Goal", "When", "Found", "Days on which it held", "Probability that it holds", fewer(need)]
    parts: list[Component] = [plain_table(headings, rows, "What was found for each goal")]
    if len(listed) < len(table):
        text = f"The {len(listed)} least sure of {len(table):,}; the download has all."
        parts.append(html.P(text, className="chart-note"))
    return cards.section("Does it hold?", parts, note=_PROOF_NOTE)


def fewer(need: Requirement) -> str:
    """Which agent is taken away in the last column."""
    group, interval = need.where_less
    if group < 0:
        return "With one agent less"
    start = starts_of(need.base, need.plan)[interval]
    return f"With one of {plain(need.plan.groups[group])} less at {start:%H:%M}"


def when(row: dict[str, Any], days: Days) -> str:
    """The interval or day that a row speaks of."""
    if not math.isnan(float(row["interval"])):
        return span_label(days, float(row["interval"]) * days.interval)
    return days.name(int(row["day"]))


def found(row: dict[str, Any]) -> str:
    """An estimate with its half-width."""
    kind = _KIND[KINDS[row["measure"]].unit]
    estimate = Estimate(float(row["estimate"]), float(row["half_width"]))
    return f"{value(estimate.mean, kind)} {half_width(estimate, kind)}".strip()


def sure(row: dict[str, Any]) -> str:
    """How sure it is that the goal holds in the long run."""
    chance = float(row["confidence"])
    told = "–" if math.isnan(chance) else per_cent(chance)
    return told if row["holds"] else f"{told} (missed)"


def one_less(row: dict[str, Any]) -> str:
    """What one agent less would do; the differences of paired days are small, so they get a digit more."""
    before, after = float(row["estimate"]), float(row["one_less"])
    if math.isnan(after):
        return "–"
    kind = KINDS[row["measure"]]
    text = f"{100 * after:.2f}%" if kind.unit == "share" else shown(after, kind)
    if not row["one_less_holds"]:
        return f"{text} (missed)"
    return "no change" if abs(after - before) < 1e-9 * max(1.0, abs(before)) else text
