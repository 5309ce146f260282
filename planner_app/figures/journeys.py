"""Where customers went: a Sankey of journeys across channels, and spillover from channel to channel."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from planner_app.answers import readings
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.answers.words import per_cent, plain, title, whole
from planner_app.figures.axes import blank, nothing, tint
from planner_app.services import Report
from planner_app.theme import COLOURS

SHOWN_ATTEMPTS = 3
"""Attempts that have a column of their own; later ones share a node."""
_LATER = "later contacts"
_ENDS = {"resolved": "#3f8f5b", "given up": "#b4483c", "unfinished": "#8a93a0"}
_ORDINALS = {1: "first", 2: "second", 3: "third"}
_MOST_FLOWS = 8

Node = tuple[int, str]
"""Attempt (0: an end, or the later contacts) and name."""


def flows(report: Report, scenario: str) -> pd.DataFrame:
    """Links of the Sankey: source, target (nodes) and cases, balanced at every node.

    Attempts after the third are drawn as one node: what enters it is the third attempts that go on,
    what leaves it is how those cases end, whatever happens in between.
    """
    rows = readings.scenario_rows(report.journeys, scenario)
    channels = set(readings.names(report, "channel")) | set(rows["from"])
    links: dict[tuple[Node, Node], float] = {}
    first = int(rows["attempt"].min()) if len(rows) else 1
    for attempt, source, to, cases in zip(
        rows["attempt"] - first + 1, rows["from"], rows["to"], rows["cases"], strict=True
    ):
        ends = to not in channels
        if attempt > SHOWN_ATTEMPTS and not ends:
            continue
        start: Node = (int(attempt), str(source)) if attempt <= SHOWN_ATTEMPTS else (0, _LATER)
        stop: Node = (int(attempt) + 1, str(to))
        if ends:
            stop = (0, str(to))
        elif attempt == SHOWN_ATTEMPTS:
            stop = (0, _LATER)
        links[start, stop] = links.get((start, stop), 0.0) + float(cases)
    kept = [(a, b, cases) for (a, b), cases in links.items() if cases > 0]
    return pd.DataFrame(kept, columns=["source", "target", "cases"])


def journeys(report: Report, scenario: str | None = None) -> go.Figure:
    """The Sankey of a scenario (the what-if by default); flows from elsewhere to the phone stand out."""
    scenario = scenario or (WHAT_IF if readings.has_what_if(report) else BASELINE)
    figure = blank(height=420, margin={"l": 8, "r": 8, "t": 12, "b": 12}, hovermode="closest")
    links = flows(report, scenario)
    if links.empty:
        return nothing(figure, "No case arrived")
    nodes: list[Node] = sorted({*links["source"], *links["target"]}, key=_order)
    index = {node: i for i, node in enumerate(nodes)}
    line = readings.phone(report)
    colours = _colours(report, line)
    total = float(links.loc[[node[0] == 1 for node in links["source"]], "cases"].sum())
    spills = [_spills(a, b, line) for a, b in zip(links["source"], links["target"], strict=True)]
    figure.add_sankey(
        arrangement="snap",
        valueformat=",.0f",
        textfont={"size": 13},
        node={
            "label": [_label(node) for node in nodes],
            "color": [colours.get(node[1], COLOURS.baseline) for node in nodes],
            "pad": 16,
            "thickness": 14,
            "line": {"width": 0},
            "align": "justify",
            "hovertemplate": "%{label}: %{value:,.0f} cases<extra></extra>",
        },
        link={
            "source": [index[a] for a in links["source"]],
            "target": [index[b] for b in links["target"]],
            "value": links["cases"].tolist(),
            "color": [
                tint(COLOURS.incident, 0.6) if spill else tint(colours.get(source[1], COLOURS.baseline), 0.26)
                for source, spill in zip(links["source"], spills, strict=True)
            ],
            "customdata": [
                f"{title(a[1])} → {plain(b[1])}: {whole(cases)} cases ({per_cent(cases / total)} of all)"
                for a, b, cases in zip(links["source"], links["target"], links["cases"], strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    return figure


def spillover(report: Report) -> go.Figure:
    """Contacts that moved on from channel to channel, the largest first: baseline and what-if."""
    table = spillover_rows(report).head(_MOST_FLOWS).iloc[::-1]
    figure = blank(height=max(70 + 36 * len(table), 200), barmode="group", hovermode="closest", bargap=0.3)
    if table.empty:
        return nothing(figure, "Nobody moved on to another channel")
    looks = {BASELINE: (COLOURS.baseline, "Baseline"), WHAT_IF: (COLOURS.what_if, "What-if")}
    # Bars of a group stand from below, and the baseline is to be on top.
    for scenario in reversed(readings.scenarios(report)):
        colour, name = looks[scenario]
        mean, width = table[f"{scenario}_cases"], table[f"{scenario}_half_width"]
        figure.add_bar(
            y=table["label"],
            x=mean,
            orientation="h",
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            error_x={"array": width.fillna(0.0), "color": COLOURS.schedule, "thickness": 1.4, "width": 3},
            customdata=[f"{whole(m)} ± {whole(w)} contacts" for m, w in zip(mean, width, strict=True)],
            legendrank=1 if scenario == BASELINE else 2,
            hovertemplate="%{y}<br>" + name + ": %{customdata}<extra></extra>",
        )
    figure.update_layout(margin={"t": 8})
    figure.update_xaxes(title_text=_unit(report), rangemode="tozero", fixedrange=True, showgrid=True)
    figure.update_yaxes(fixedrange=True, automargin=True, ticks="", showline=False)
    return figure


def spillover_rows(report: Report) -> pd.DataFrame:
    """One row per flow (from, to, outcome), the largest first; both scenarios' cases beside each other."""
    keys = ["from", "to", "outcome"]
    table = report.spillover[report.spillover["from"] != report.spillover["to"]]
    wide: pd.DataFrame | None = None
    for scenario in readings.scenarios(report):
        part = readings.scenario_rows(table, scenario)[[*keys, "cases", "cases_half_width"]]
        part = part.rename(
            columns={"cases": f"{scenario}_cases", "cases_half_width": f"{scenario}_half_width"}
        )
        wide = part if wide is None else wide.merge(part, on=keys, how="outer")
    assert wide is not None
    cases = [c for c in wide.columns if c.endswith("_cases")]
    wide[cases] = wide[cases].fillna(0.0)
    wide = wide.assign(
        label=[
            f"{title(a)} → {plain(b)} ({plain(o)})"
            for a, b, o in zip(wide["from"], wide["to"], wide["outcome"], strict=True)
        ],
        most=wide[cases].max(axis=1),
    )
    return wide.sort_values("most", ascending=False).reset_index(drop=True)


def _unit(report: Report) -> str:
    return "Contacts per day" if int(report.meta.get("days") or 1) == 1 else "Contacts per run"


def _order(node: Node) -> tuple[int, int, str]:
    ends = [*_ENDS]
    return (node[0] or 99, ends.index(node[1]) if node[1] in _ENDS else -1, node[1])


def _label(node: Node) -> str:
    attempt, name = node
    if attempt <= 1:
        return title(name)
    return f"{title(name)}, {_ORDINALS[attempt]}"


def _colours(report: Report, line: str) -> Mapping[str, str]:
    others = [name for name in readings.names(report, "channel") if name != line]
    palette = COLOURS.channels()
    colours = {name: palette[i % len(palette)] for i, name in enumerate(others)}
    return {**colours, line: COLOURS.what_if, _LATER: COLOURS.baseline, **_ENDS}


def _spills(source: Node, target: Node, line: str) -> bool:
    return target[1] == line and source[1] != line
