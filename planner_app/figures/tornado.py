"""A tornado: how far each assumption moves an answer, from the low to the high end of its range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from planner_app.answers.words import MINUS, Estimate, Kind, half_width, plain, shift, signed, title, value
from planner_app.assumed.rows import in_unit
from planner_app.figures.axes import blank, nothing
from planner_app.theme import COLOURS
from sim.tornado import NO_CLEAR_DIFFERENCE

MOST = 12
"""Bars that are drawn; the table has all."""

_ROW = 46
_STEPS = (1.0, 2.0, 5.0)
_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


def tornado(
    table: pd.DataFrame, kind: Kind, currency: str = "£", *, axis: str = "", difference: bool = False
) -> go.Figure:
    """Bars from the answer as things are to the answers at both ends, the widest swing on top.

    ``table`` is that of :func:`sim.tornado`; ``difference`` says that the answer is one that what-ifs make.
    Ends that make no clear difference are pale.
    """
    shown = table[table["swing"] > 0].head(MOST).reset_index(drop=True)
    figure = blank(height=96 + _ROW * max(len(shown), 2), barmode="overlay", hovermode="closest")
    if shown.empty:
        return nothing(figure, "None of these assumptions moves this answer")
    base = float(shown["at_base"].iloc[0])
    for name, side, colour in (
        ("Low end of its range", "low", COLOURS.spare),
        ("High end of its range", "high", COLOURS.schedule),
    ):
        _bars(figure, shown, name, side, colour, (kind, currency, difference))
    for place, bar in enumerate(shown.to_dict("records")):
        _labels(figure, place, bar, currency)
    ends = [base, *shown["at_low"].dropna(), *shown["at_high"].dropna()]
    room = 0.18 * (max(ends) - min(ends))
    span = (min(ends) - room, max(ends) + room)
    ticks = ticks_of(span, kind)
    for place in range(len(shown)):  # not one line: it would run through the names
        across = {"y0": place - 0.27, "y1": place + 0.27}
        figure.add_shape(x0=base, x1=base, **across, line={"color": COLOURS.baseline, "width": 2})
    figure.update_xaxes(
        range=list(span),
        tickmode="array",
        tickvals=ticks,
        ticktext=tick_labels(ticks, kind, currency, signs=difference),
        title_text=axis,
        fixedrange=True,
        showgrid=True,
        zeroline=False,
    )
    figure.update_yaxes(range=[len(shown) - 0.4, -0.75], visible=False, fixedrange=True)
    figure.update_layout(margin={"t": 4, "l": 10, "r": 10})
    return figure


def label(fields: str, name: str) -> str:
    """What a bar is called, from its fields and its title.

    >>> label("channels.phone.handle_time.loan", "Handle time")
    'Phone: handle time (loan)'
    >>> label("groups.a.shrinkage, groups.back_office.shrinkage", "Shrinkage")
    'Shrinkage (a, back office)'
    >>> label("what-if 1 (launch_channel).share", "Takes this share of customers")
    'What-if 1: takes this share of customers'
    """
    paths = [path.split(".") for path in fields.split(", ")]
    first = paths[0]
    if first[0].startswith("what-if"):
        return f"What-if {first[0].split()[1]}: {lowered(name)}"
    if first[0] not in ("channels", "groups", "intents", "segments") or len(first) < 3:
        return name
    things = list(dict.fromkeys(plain(path[1]) for path in paths))
    intents = [plain(path[3]) for path in paths if path[0] == "channels" and len(path) == 4]
    intents = [intent for intent in intents if intent not in ("default", "share", "within", "of")]
    if len(things) > 1:
        few = ", ".join(things) if len(things) == 2 else f"{len(things)} {first[0]}"
        return f"{name} ({few})"
    rest = f" ({', '.join(intents)})" if intents else ""
    return f"{title(things[0])}: {lowered(name)}{rest}"


def lowered(name: str) -> str:
    """The first letter lowered, unless the word is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def ticks_of(span: tuple[float, float], kind: Kind) -> list[float]:
    """About five round numbers within a span.

    >>> ticks_of((0.0, 200.0), "seconds"), ticks_of((-0.12, 0.31), "share")
    ([0.0, 60.0, 120.0, 180.0], [-0.1, 0.0, 0.1, 0.2, 0.3])
    """
    wanted = (span[1] - span[0]) / 4.5
    power = 10.0 ** math.floor(math.log10(wanted)) if wanted > 0 else 1.0
    steps = _SECONDS if kind == "seconds" else [power * step for step in (*_STEPS, 10.0)]
    step = next((step for step in steps if step >= 0.8 * wanted), steps[-1])
    first, last = math.ceil(span[0] / step), math.floor(span[1] / step)
    return [round(float(step) * place, 10) for place in range(first, last + 1)]


def tick_labels(ticks: Sequence[float], kind: Kind, currency: str, *, signs: bool) -> list[str]:
    """What stands at ticks, with as many digits as tell them apart; a difference has its sign.

    >>> tick_labels([0.0, 0.002, 0.004], "money", "£", signs=True)
    ['£0.000', '+£0.002', '+£0.004']
    >>> tick_labels([0.05, 0.1], "share", "£", signs=False), tick_labels([0, 60], "seconds", "£", signs=False)
    (['5%', '10%'], ['0 s', '1:00'])
    """
    if kind == "seconds":
        return [(signed if signs else value)(tick, kind) for tick in ticks]
    scale = 100 if kind == "share" else 1
    step = scale * (ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    money = f"{currency}{' ' if currency[-1:].isalpha() else ''}" if kind == "money" else ""
    after = {"share": " pts" if signs else "%", "hours": " h"}.get(kind, "")
    labels = []
    for tick in ticks:
        sign = MINUS if tick < 0 else "+" if signs and tick > 0 else ""
        labels.append(f"{sign}{money}{abs(scale * tick):,.{digits}f}{after}")
    return labels


def _bars(
    figure: go.Figure,
    shown: pd.DataFrame,
    name: str,
    side: str,
    colour: str,
    how: tuple[Kind, str, bool],
) -> None:
    deltas, widths = shown[f"delta_{side}"].fillna(0.0), shown[f"delta_{side}_half_width"]
    figure.add_bar(
        y=list(range(len(shown))),
        x=list(deltas),
        base=list(shown["at_base"]),
        width=0.42,
        orientation="h",
        name=name,
        marker={
            "color": colour,
            "opacity": [1.0 if abs(d) > w else 0.35 for d, w in zip(deltas, widths, strict=True)],
            "line": {"width": 0},
        },
        customdata=[_hover(bar, side, how) for bar in shown.to_dict("records")],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover(bar: dict[str, Any], side: str, how: tuple[Kind, str, bool]) -> str:
    kind, currency, difference = how
    delta = Estimate(bar[f"delta_{side}"], bar[f"delta_{side}_half_width"])
    told = signed if difference else value
    lines = [
        f"<b>{label(bar['field'], bar['title'])}: {in_unit(bar[side], bar['unit'], currency)}</b>",
        f"in use: {in_unit(bar['value'], bar['unit'], currency)}, grade {bar['grade']}",
        f"answer {told(bar[f'at_{side}'], kind, currency)} instead of {told(bar['at_base'], kind, currency)}",
        f"{shift(delta, kind, currency)}"
        if delta.clear
        else f"{NO_CLEAR_DIFFERENCE} ({half_width(delta, kind, currency)})",
    ]
    return "<br>".join(lines)


def _labels(figure: go.Figure, place: int, bar: dict[str, Any], currency: str) -> None:
    """What the bar is above it, and at its ends the values that they stand for."""
    name = f"<b>{label(bar['field'], bar['title'])}</b> · grade {bar['grade']}"
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", y=place - 0.5, yanchor="middle", text=name, showarrow=False
    )
    ends = {side: bar[f"at_{side}"] for side in ("low", "high") if abs(bar[f"delta_{side}"]) > 0}
    for side, at in ends.items():
        others = [other for name, other in ends.items() if name != side]
        same_way = [other for other in others if (other > bar["at_base"]) == (at > bar["at_base"])]
        if any(abs(other - bar["at_base"]) > abs(at - bar["at_base"]) for other in same_way):
            continue  # within the other bar: its number would lie on it
        right = at > bar["at_base"]
        figure.add_annotation(
            x=at,
            y=place,
            text=_end(bar[side], bar["unit"], currency),
            xanchor="left" if right else "right",
            xshift=4 if right else -4,
            showarrow=False,
        )


def _end(number: float, unit: str, currency: str) -> str:
    """What stands at the end of a bar: the unit only where the number alone could be misread."""
    if unit.startswith("money"):
        return in_unit(number, "money", currency)
    return in_unit(number, unit if unit in ("s", "share", "factor") else "", currency)
