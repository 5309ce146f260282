"""Why a number moved: a waterfall of its causes, from the baseline to the what-if."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from planner_app.answers.causes import Part, Split, changed, period_words
from planner_app.answers.words import per_cent, value
from planner_app.figures.axes import blank
from planner_app.services import Report
from planner_app.theme import COLOURS

TOGETHER = "All together"
_ROW = 34
_ROOM = 0.7
"""Right of the bars there is this much room, as a share of their reach, for the numbers beside them."""

_LONG = 0.75
"""A bar of this share of their reach has room for its own number."""


@dataclass(frozen=True)
class _Bar:
    label: str
    base: float
    delta: float
    look: str
    text: str
    hover: str

    @property
    def end(self) -> float:
        return self.base + self.delta

    @property
    def right(self) -> float:
        return max(self.base, self.end)


def causes(report: Report, split: Split) -> go.Figure:
    """Causes of a difference, the greatest first: each bar starts where the one above ends.

    The axis counts from the baseline, so that no bar has to be cut off.
    """
    bars = _bars(split)
    figure = blank(height=100 + _ROW * len(bars), barmode="overlay", hovermode="closest", bargap=0.32)
    for name, colour, hatched in (
        ("More", COLOURS.short, False),
        ("Fewer" if split.kind == "count" else "Less", COLOURS.spare, False),
        ("No clear difference", COLOURS.baseline, True),
        (TOGETHER, COLOURS.what_if, False),
    ):
        _add_bars(figure, name, [bar for bar in bars if bar.look == name], colour, hatched)
    _connect(figure, bars)
    low, high = min(0.0, *(min(bar.base, bar.end) for bar in bars)), max(0.0, *(bar.right for bar in bars))
    reach = high - low
    _write_numbers(figure, bars, reach)
    figure.update_xaxes(
        title_text=_axis(report, split),
        range=[low - 0.02 * reach, high + _ROOM * reach],
        showgrid=True,
        zeroline=True,
        zerolinewidth=1.5,
        nticks=5,
        tickformat=",~g",
        fixedrange=True,
    )
    figure.update_yaxes(
        categoryorder="array", categoryarray=[bar.label for bar in bars][::-1],
        fixedrange=True, automargin=True, ticks="", showline=False, showgrid=False,
    )  # fmt: skip
    figure.update_layout(margin={"t": 8, "l": 8, "r": 8, "b": 62})
    return figure


def _bars(split: Split) -> list[_Bar]:
    bars, at = [], 0.0
    less = "Fewer" if split.kind == "count" else "Less"
    for part in split.moved:
        look = ("More" if part.delta.mean > 0 else less) if part.delta.clear else "No clear difference"
        text = changed(part.delta, split.kind).removesuffix(" (not clear)")
        bars.append(_Bar(part.label, at, part.delta.mean, look, text, _hover(part, split)))
        at += part.delta.mean
    whole = split.whole
    before, after = value(whole.baseline.mean, split.kind), value(whole.current.mean, split.kind)
    text = changed(split.delta, split.kind)
    hover = f"<b>{TOGETHER}</b><br>baseline {before}, what-if {after}<br>difference {text}"
    return [*bars, _Bar(TOGETHER, 0.0, split.delta.mean, TOGETHER, text, hover)]


def _hover(part: Part, split: Split) -> str:
    before, after = value(part.before, split.kind), value(part.after, split.kind)
    lines = [
        f"<b>{part.label}</b>",
        f"baseline {before}, what-if {after}",
        f"difference {changed(part.delta, split.kind)}",
    ]
    share = part.delta.mean / split.delta.mean
    if part.delta.clear and share > 0:
        lines.append(f"{per_cent(share)} of the whole difference")
    return "<br>".join(lines)


def _add_bars(figure: go.Figure, name: str, bars: list[_Bar], colour: str, hatched: bool) -> None:
    if not bars:
        return
    pattern = {"shape": "/", "fgcolor": colour, "bgcolor": "rgba(0,0,0,0)", "size": 6} if hatched else None
    figure.add_bar(
        y=[bar.label for bar in bars],
        x=[bar.delta for bar in bars],
        base=[bar.base for bar in bars],
        orientation="h",
        name=name,
        marker={"color": colour, "line": {"width": 0}, "pattern": pattern},
        customdata=[bar.hover for bar in bars],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _connect(figure: go.Figure, bars: list[_Bar]) -> None:
    """A thin line from the end of each bar to the start of the next."""
    for above, below in pairwise(bars):
        figure.add_scatter(
            x=[above.end, above.end],
            y=[above.label, below.label],
            mode="lines",
            line={"color": COLOURS.baseline, "width": 1, "dash": "dot"},
            showlegend=False,
            hoverinfo="skip",
        )


def _write_numbers(figure: go.Figure, bars: list[_Bar], reach: float) -> None:
    for bar in bars:
        # Beside its bar; the whole, where its bar is long, within it, for it reaches farthest.
        inside = bar.look == TOGETHER and abs(bar.delta) >= _LONG * reach
        figure.add_annotation(
            x=bar.right,
            y=bar.label,
            text=f"<b>{bar.text}</b>" if bar.look == TOGETHER else bar.text,
            xanchor="right" if inside else "left",
            xshift=-5 if inside else 5,
            showarrow=False,
            **({"font": {"color": "#ffffff"}} if inside else {}),
        )


def _axis(report: Report, split: Split) -> str:
    unit = "Effort points per case" if split.name == "effort" else f"Contacts {period_words(report)}"
    return f"{unit},<br>against {value(split.whole.baseline.mean, split.kind)} in the baseline"
