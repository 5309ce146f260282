"""Customers' effort by driver, stacked: before and after."""

from __future__ import annotations

import plotly.graph_objects as go

from planner_app.answers import readings
from planner_app.answers.readings import DRIVER, driver_readings
from planner_app.answers.words import Estimate, half_width, signed, value
from planner_app.figures.axes import blank, nothing
from planner_app.services import Report
from planner_app.theme import COLOURS

_LABEL_SHARE = 0.09
"""A part narrower than this share of the longer bar carries no number of its own."""


def effort(report: Report) -> go.Figure:
    """Effort points per case by driver: one bar for the baseline, one for the what-if."""
    compared = readings.has_what_if(report)
    figure = blank(height=270 if compared else 170, barmode="stack", hovermode="closest", bargap=0.35)
    drivers = [r for r in driver_readings(report) if max(r.baseline.mean, r.current.mean) > 1e-9]
    if not drivers:
        return nothing(figure, "No effort: every case was resolved at once")
    rows = ["What-if", "Baseline"] if compared else ["Baseline"]
    totals = {
        "Baseline": sum(r.baseline.mean for r in drivers),
        "What-if": sum(r.current.mean for r in drivers),
    }
    longest = max(totals.values())
    colours = COLOURS.drivers()
    for found in drivers:
        estimates = {"Baseline": found.baseline, "What-if": found.current}
        numbers = [estimates[row].mean for row in rows]
        figure.add_bar(
            y=rows,
            x=numbers,
            orientation="h",
            name=found.label,
            marker={
                "color": colours.get(found.measure.name.removeprefix(DRIVER), COLOURS.baseline),
                "line": {"width": 0},
            },
            text=[value(n, "ratio") if n >= _LABEL_SHARE * longest else "" for n in numbers],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": "#ffffff", "size": 13},
            textangle=0,
            customdata=[_hover(found.label, estimates[row], found.delta) for row in rows],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for row in rows:
        figure.add_annotation(
            x=totals[row],
            y=row,
            text=f"<b>{value(totals[row], 'ratio')}</b>",
            xanchor="left",
            xshift=6,
            showarrow=False,
        )
    figure.update_xaxes(
        title_text="Effort points per case", range=[0, longest * 1.1], fixedrange=True, rangemode="tozero"
    )
    figure.update_yaxes(fixedrange=True, ticks="", showline=False)
    figure.update_layout(margin={"t": 8, "l": 74})
    return figure


def _hover(label: str, estimate: Estimate, delta: Estimate | None) -> str:
    text = (
        f"<b>{label}</b><br>{value(estimate.mean, 'ratio')} {half_width(estimate, 'ratio')} points per case"
    )
    if delta is None or not delta.known:
        return text
    if not delta.clear:
        return f"{text}<br>no clear difference"
    return f"{text}<br>difference {signed(delta.mean, 'ratio')} {half_width(delta, 'ratio')}"
