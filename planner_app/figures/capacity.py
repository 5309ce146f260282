"""A year of agents: needed against productive by week, with the classes that start, and the service they "
"give."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from planner_app.answers.words import per_cent, title, whole
from planner_app.figures.axes import blank, nothing
from planner_app.theme import COLOURS

HEIGHT = 340


def headcount(weeks: pd.DataFrame, most_named: int = 14) -> go.Figure:
    """Agents needed on the floor against those who are productive there; bars are hires, in the week they "
    "start."""
    figure = blank(height=HEIGHT)
    if weeks.empty:
        return nothing(figure, "No week is planned")
    hires = weeks[weeks["hires"] > 0]
    figure.add_bar(
        x=hires["start"],
        y=hires["hires"],
        width=6 * 86_400_000,
        name="Hires, in the week they start training",
        marker={"color": COLOURS.schedule, "opacity": 0.55, "line": {"width": 0}},
        hoverinfo="skip",
    )
    for column, name, colour, dash in (
        ("needed", "Needed on the floor", COLOURS.what_if, "solid"),
        ("on_floor", "Productive, after shrinkage", COLOURS.target, "dash"),
    ):
        figure.add_scatter(
            x=weeks["start"],
            y=weeks[column],
            mode="lines",
            name=name,
            line={"color": colour, "width": 2.4, "dash": dash},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=weeks["start"],
        y=weeks["on_floor"],
        mode="markers",
        marker={"opacity": 0, "size": 1},
        showlegend=False,
        text=[_told(row) for row in weeks.to_dict("records")],
        hoverinfo="text",
    )
    if len(hires) <= most_named:
        for row in hires.to_dict("records"):
            figure.add_annotation(
                x=row["start"],
                y=row["hires"],
                yanchor="bottom",
                text=f"+{int(row['hires'])}",
                showarrow=False,
            )
    most = float(weeks[["needed", "on_floor", "hires"]].max().max())
    figure.update_yaxes(title_text="Agents", range=[0, most * 1.12 + 0.5], fixedrange=True)
    figure.update_xaxes(fixedrange=True, tickformat="%b %Y", nticks=7)
    return figure


def _told(row: dict[str, object]) -> str:
    gap = float(str(row["gap"]))
    state = "as needed" if abs(gap) < 0.05 else f"{whole(abs(gap))} {'to spare' if gap > 0 else 'missing'}"
    start = pd.Timestamp(str(row["start"]))
    lines = [
        f"<b>Week of {start.day} {start:%b %Y}</b>",
        f"needed {whole(float(str(row['needed'])))}, productive {whole(float(str(row['on_floor'])))}: "
        f"{state}",
        f"{whole(float(str(row['employed'])))} employed, {whole(float(str(row['in_training'])))} in training",
    ]
    return "<br>".join(lines)


def service(table: pd.DataFrame) -> go.Figure:
    """Service level of the weeks that were simulated, by channel, with each channel's target."""
    figure = blank(height=300)
    if table.empty:
        return nothing(figure, "No week was simulated")
    for place, (channel, rows) in enumerate(table.groupby("channel", sort=False)):
        colour = COLOURS.what_if if place == 0 else COLOURS.channels()[(place - 1) % len(COLOURS.channels())]
        told = [
            f"<b>{title(str(channel))}, week of {pd.Timestamp(row['start']).day} "
            f"{pd.Timestamp(row['start']):%b}</b>"
            f"<br>{per_cent(row['service_level'])} ± {100 * row['service_level_half_width']:.1f} pts, "
            f"target {per_cent(row['target'])}"
            for row in rows.to_dict("records")
        ]
        figure.add_scatter(
            x=rows["start"],
            y=rows["service_level"],
            error_y={"array": rows["service_level_half_width"], "thickness": 1, "width": 3},
            mode="lines+markers",
            name=title(str(channel)),
            line={"color": colour, "width": 2.2},
            marker={"size": 6},
            text=told,
            hoverinfo="text",
        )
    for target in sorted(set(table["target"])):
        figure.add_hline(y=target, line={"color": COLOURS.target, "width": 1.4, "dash": "dash"})
    figure.update_yaxes(title_text="Service level", range=[0, 1.06], tickformat=".0%", fixedrange=True)
    figure.update_xaxes(fixedrange=True, tickformat="%b %Y", nticks=7)
    figure.update_layout(hovermode="closest")
    return figure
