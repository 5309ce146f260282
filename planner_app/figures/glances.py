"""The two pictures of a glance: waits, and staff against work.

They show what the pictures of a result show, but are plain dictionaries made from arrays: checking each
property of a figure takes plotly a hundred times as long as drawing up these, and they are drawn anew
several times for every move of a slider. The browser puts the template of its colour scheme in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner_app.answers import readings
from planner_app.answers.glance import Floats, Glance, Line
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.answers.words import Estimate, clock, half_width, per_cent, whole
from planner_app.figures.axes import Key, time_ticks, tint, wait_ticks
from planner_app.theme import COLOURS

Picture = dict[str, Any]
"""A figure as plotly.js takes it."""

HEIGHT = 262
_NAMES = {BASELINE: "Baseline", WHAT_IF: "What-if"}
_LOOKS = {BASELINE: (COLOURS.baseline, 2.0), WHAT_IF: (COLOURS.what_if, 2.6)}
_TOPS = (
    10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200,
    10800, 14400, 21600, 43200, 86400,
)  # fmt: skip
_KEEP_ABOVE = 0.45
"""A scale is kept while what is drawn fills more than this share of it, so that lines move and not axes."""
_SAME = 1e-6


def waits(glance: Glance, top: float | None = None) -> tuple[Picture, float]:
    """Average wait by interval with its band, and the end of its scale; ``top`` is the end shown so far."""
    most = max(float(np.nanmax(line.wait, initial=0.0)) for line in glance.lines.values())
    bands = max(float(np.nanmax(line.wait + line.half_width, initial=0.0)) for line in glance.lines.values())
    end = scale(max(most, min(bands, 1.25 * most)), top)
    span = _span(glance)
    middle = glance.starts() + readings.interval_seconds(glance) / 2
    data = [_band(name, line, middle) for name, line in glance.lines.items()]
    data += [_wait(name, line, middle) for name, line in glance.lines.items()]
    data.append(_told(glance, middle, glance.now.wait, [_wait_words(glance, i) for i in range(len(middle))]))
    goal = readings.goal(glance, readings.phone(glance))
    if goal is not None:
        data.append(_trace(list(span), [goal.within_seconds] * 2, COLOURS.target, 1.5, "dash"))
    ticks, labels = wait_ticks(end)
    axis = {"range": [0, end], "tickmode": "array", "tickvals": ticks, "ticktext": labels}
    return _picture(glance, span, data, {**axis, "title": {"text": "Average wait (min:s)"}}), end


def coverage(glance: Glance, top: float | None = None) -> tuple[Picture, float]:
    """Agents that the work needs against agents on the floor, and the end of the scale."""
    span, length = _span(glance), readings.interval_seconds(glance)
    starts, now, before = glance.starts(), glance.now, glance.lines[BASELINE]
    data = _gaps(now, starts + length / 2, length)
    if glance.compared:
        data.append(_stairs(starts, before.required, length, COLOURS.baseline, 2.0, "dot"))
        if _is_restaffed(glance):
            data.append(_stairs(starts, before.scheduled, length, COLOURS.schedule, 1.6, "dot"))
    colour = COLOURS.what_if if glance.compared else COLOURS.baseline
    data.append(_stairs(starts, now.required, length, colour, 2.4))
    data.append(_stairs(starts, now.scheduled, length, COLOURS.schedule, 2.4))
    data.append(
        _told(glance, starts + length / 2, now.scheduled, [_agents_words(now, i) for i in range(len(starts))])
    )
    most = max(float(max(line.required.max(), line.scheduled.max())) for line in glance.lines.values())
    end = top if top is not None and 0.7 * top <= 1.02 * most <= top else most * 1.14 + 0.5
    return _picture(glance, span, data, {"range": [0, end], "title": {"text": "Agents"}}), end


def keys(glance: Glance) -> tuple[list[Key], list[Key]]:
    """What the lines of both pictures mean."""
    first = [Key(_NAMES[name], _LOOKS[name][0], "line") for name in glance.lines]
    goal = readings.goal(glance, readings.phone(glance))
    if goal is not None:
        text = f"Target: {per_cent(goal.share)} within {clock(goal.within_seconds)}"
        first.append(Key(text, COLOURS.target, "dash"))
    colour = COLOURS.what_if if glance.compared else COLOURS.baseline
    second = [Key("Required", colour, "line"), Key("Staffed", COLOURS.schedule, "line")]
    if glance.compared:
        second.append(Key("Required, baseline", COLOURS.baseline, "dot"))
        if _is_restaffed(glance):
            second.append(Key("Staffed, baseline", COLOURS.schedule, "dot"))
    return first, [*second, Key("Short of staff", COLOURS.short, "hatch")]


def scale(most: float, shown: float | None = None) -> float:
    """The end of an axis of waits: the one shown so far while it fits, else a round one above ``most``.

    >>> scale(50), scale(65, shown=90), scale(30, shown=90), scale(95, shown=90)
    (60.0, 90.0, 45.0, 120.0)
    """
    if shown is not None and _KEEP_ABOVE * shown <= most <= 0.98 * shown:
        return float(shown)
    return float(next((top for top in _TOPS if most * 1.08 <= top), most * 1.1))


# -- parts ---------------------------------------------------------------------------------------------


def _picture(glance: Glance, span: tuple[float, float], data: list[Any], y: dict[str, Any]) -> Picture:
    ticks, labels = time_ticks(glance, span)
    x = {
        "range": list(span), "tickmode": "array", "tickvals": ticks, "ticktext": labels, "fixedrange": True,
        "showspikes": True, "spikemode": "across", "spikethickness": 1, "spikedash": "dot",
        "spikecolor": COLOURS.baseline,
    }  # fmt: skip
    shapes, notes = _incidents(glance, span)
    return {
        "data": data,
        "layout": {
            "height": HEIGHT,
            "showlegend": False,
            "uirevision": "live",
            "margin": {"l": 60, "r": 14, "t": 26 if notes else 10, "b": 40},
            "xaxis": x,
            "yaxis": {**y, "fixedrange": True},
            "shapes": shapes,
            "annotations": notes,
        },
    }


def _span(glance: Glance) -> tuple[float, float]:
    """Where something happens: staff, or more than a hundredth of the busiest interval's answers."""
    busy = np.zeros(len(glance.now.wait), dtype=bool)
    for line in glance.lines.values():
        for flow in (line.answered, line.scheduled):
            known = np.nan_to_num(flow)
            busy |= known > 0.01 * known.max(initial=0.0)
    places = np.flatnonzero(busy)
    length = readings.interval_seconds(glance)
    if not len(places):
        return 0.0, len(busy) * length
    return float(places[0]) * length, float(places[-1] + 1) * length


def _is_restaffed(glance: Glance) -> bool:
    return bool((glance.lines[BASELINE].scheduled != glance.now.scheduled).any())


def _trace(x: Any, y: Any, colour: str, width: float, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": _listed(x), "y": _listed(y), "hoverinfo": "skip",
        "line": {"color": colour, "width": width, "dash": dash},
    }  # fmt: skip


def _wait(scenario: str, line: Line, middle: Floats) -> dict[str, Any]:
    colour, width = _LOOKS[scenario]
    return {**_trace(middle, line.wait, colour, width), "name": _NAMES[scenario]}


def _band(scenario: str, line: Line, middle: Floats) -> dict[str, Any]:
    known = ~np.isnan(line.wait)
    wait, width = line.wait[known], np.nan_to_num(line.half_width[known])
    x = np.concatenate([middle[known], middle[known][::-1]])
    y = np.concatenate([wait + width, np.maximum(wait - width, 0.0)[::-1]])
    colour = _LOOKS[scenario][0]
    look = {"fill": "toself", "fillcolor": tint(colour, 0.2), "name": f"{_NAMES[scenario]} band"}
    return {**_trace(x, y, colour, 0.0), **look}


def _stairs(
    starts: Floats, heights: Floats, length: float, colour: str, width: float, dash: str = "solid"
) -> dict[str, Any]:
    x = np.column_stack([starts, starts + length]).ravel()
    return _trace(x, np.repeat(heights, 2), colour, width, dash)


def _gaps(now: Line, middle: Floats, length: float) -> list[dict[str, Any]]:
    """Bars between the two lines; hatched where staff is short, so colour is not needed."""
    low = np.minimum(now.required, now.scheduled)
    bars = []
    for chosen, colour, alpha, hatch in (
        (now.short > _SAME, COLOURS.short, 0.42, "/"),
        (now.short < -_SAME, COLOURS.spare, 0.2, ""),
    ):
        pattern = {"shape": hatch, "size": 7, "solidity": 0.25, "fgcolor": colour, "fillmode": "overlay"}
        bars.append(
            {
                "type": "bar",
                "x": _listed(middle[chosen]),
                "y": _listed(np.abs(now.short[chosen])),
                "base": _listed(low[chosen]),
                "width": length,
                "hoverinfo": "skip",
                "marker": {"color": tint(colour, alpha), "line": {"width": 0}, "pattern": pattern},
            }
        )
    return bars


def _told(glance: Glance, middle: Floats, heights: Floats, lines: list[str]) -> dict[str, Any]:
    """What hovering tells, one invisible point per interval."""
    shown = [i for i, line in enumerate(lines) if line]
    starts = glance.starts()
    return {
        "type": "scatter", "mode": "markers", "marker": {"opacity": 0, "size": 1}, "hoverinfo": "text",
        "x": [float(middle[i]) for i in shown],
        "y": [0.0 if np.isnan(heights[i]) else float(heights[i]) for i in shown],
        "text": [f"<b>{readings.span_label(glance, float(starts[i]))}</b><br>{lines[i]}" for i in shown],
    }  # fmt: skip


def _wait_words(glance: Glance, place: int) -> str:
    told = []
    for name, line in glance.lines.items():
        if line.offered[place] > 0:
            wait = Estimate(float(line.wait[place]), float(line.half_width[place]))
            told.append(
                f"{_NAMES[name]}: wait {clock(wait.mean)} {half_width(wait, 'seconds')}".strip()
                + f"<br>    offered {whole(float(line.offered[place]))}, "
                f"answered {whole(float(line.answered[place]))}, staff {whole(float(line.scheduled[place]))}"
            )
    return "<br>".join(told)


def _agents_words(line: Line, place: int) -> str:
    required, scheduled = float(line.required[place]), float(line.scheduled[place])
    if required <= 0 and scheduled <= 0:
        return ""
    gap = scheduled - required
    state = "balanced" if abs(gap) < 0.05 else f"{whole(abs(gap))} {'spare' if gap > 0 else 'short'}"
    return f"required {whole(required)}, staffed {whole(scheduled)}: {state}"


def _incidents(glance: Glance, span: tuple[float, float]) -> tuple[list[Any], list[Any]]:
    shapes, notes = [], []
    for window in glance.incidents:
        left, right = max(window.from_seconds, span[0]), min(window.until_seconds, span[1])
        if right <= left:
            continue
        line = {"color": tint(COLOURS.incident, 0.75), "width": 1, "dash": "dot"}
        shapes.append(
            {
                "type": "rect",
                "x0": left,
                "x1": right,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "layer": "below",
                "fillcolor": tint(COLOURS.incident, 0.2),
                "line": line,
            }
        )
        notes.append(
            {
                "x": (left + right) / 2,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": window.name,
                "showarrow": False,
                "font": {"size": 12},
            }
        )
    return shapes, notes


def _listed(numbers: Any) -> list[float | None]:
    """Numbers as JSON has them: rounded to a thousandth, none where there is no number."""
    return [None if n != n else n for n in np.round(np.asarray(numbers, np.float64), 3).tolist()]
