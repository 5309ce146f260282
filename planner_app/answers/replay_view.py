"""The replay on the page: how a day is chosen, and a film in the words and numbers that the browser plays.

The browser gets one small package and draws every moment itself (``assets/replay.js``): nothing is asked of
the server while it plays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import dcc, html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers import readings
from planner_app.answers.readings import BASELINE, WHAT_IF, Told
from planner_app.answers.replay import AGAIN, NEW, PASSED_ON, Crew, Film, Lane, Trouble
from planner_app.answers.replay_days import MOST_RANKED, Showing
from planner_app.answers.words import listing, local_time, spoken, the, title, unbroken, whole
from planner_app.figures.axes import time_ticks
from planner_app.services import Report, RunRow
from planner_app.theme import COLOURS
from sim.contract import TICKS_PER_SECOND, Mode

Package = dict[str, Any]
"""What the browser plays; plain JSON."""

NAMES = {BASELINE: "Baseline", WHAT_IF: "What-if"}

_NOTE = (
    "One simulated day, moment by moment: who waits, who works, what has failed. It is one sample of many, "
    "not the average; the charts above show that."
)
_UNITS = {
    Mode.LIVE: ("waiting", "Longest wait"),
    Mode.CONCURRENT: ("waiting", "Longest wait"),
    Mode.DEFERRED: ("waiting for a reply", "Longest wait"),
    Mode.SELF_SERVICE: ("using it", ""),
}
_LOOKS = {Mode.SELF_SERVICE: COLOURS.spare, Mode.DEFERRED: COLOURS.baseline}
_SOURCES = {NEW: "new", AGAIN: "trying again", PASSED_ON: "passed on by agents"}
_SOURCE_LOOKS = {NEW: COLOURS.baseline, AGAIN: COLOURS.schedule, PASSED_ON: COLOURS.spare}


# -- the card --------------------------------------------------------------------------------------


def card(report: Report) -> Component:
    """The card from which a replay is started; nothing is simulated before somebody asks."""
    days = int(report.meta.get("days") or 1)
    noun = _noun(report)
    kinds = {"typical": f"A typical {noun}", "first": f"The first {noun}", "worst": f"The worst {noun}"}
    compared = readings.has_what_if(report)
    controls = [
        _select("replay-kind", "Which sample", "typical", kinds, 190),
        _select("replay-day", "Day", "0", _days(report), 190, hidden=days == 1),
        dmc.SegmentedControl(
            id="replay-scenario",
            data=[{"value": name, "label": shown} for name, shown in NAMES.items()],
            value=WHAT_IF if compared else BASELINE,
            size="xs",
            display=None if compared else "none",
            **{"aria-label": "Scenario"},
        ),
        dmc.Button("Show the replay", id="replay-show", size="xs", leftSection=cards.icon("play")),
    ]
    return cards.section(
        "Replay of one day",
        [
            dmc.Group(controls, gap="xs"),
            dcc.Store(id="replay-data"),
            dcc.Loading(html.Div(id="replay-view"), type="dot", delay_show=300),
            html.Div(id="replay-stage", className="replay"),
        ],
        note=_NOTE,
    )


def shown(run: RunRow, report: Report, showing: Showing) -> list[Component]:
    """Which day it is, and how it compares with the others."""
    parts: list[Component] = [html.P(unbroken(which(report, showing)), className="chart-sentence")]
    if run.version != showing.ranked.version:
        parts.append(
            cards.notice(
                "This result was made by another version",
                "The day is simulated by today's, so it may differ from the one that the result rests on.",
                tone="warning",
            )
        )
    return parts


def which(report: Report, showing: Showing) -> str:
    """The sample that is shown, in a sentence, and what the others are like."""
    ranked, noun = showing.ranked, _noun(report)
    waits = ranked.waits[np.isfinite(ranked.waits)]
    many = len(ranked.waits)
    asked = int(report.meta.get("replications") or many)
    of = f"{asked:,}" if asked == many else f"the first {many:,}"
    head = {
        "typical": f"A typical {noun}",
        "first": f"The first {noun}",
        "worst": f"The worst {noun}",
    }[showing.kind]
    day = f" ({_day_name(report, showing.day)})" if int(report.meta.get("days") or 1) > 1 else ""
    told = f"{head}{day}: number {showing.number + 1} of {of} that were simulated."
    if not len(waits):
        return told
    where = the(ranked.channel)
    if many == 1:
        return f"{told} The mean wait on {where} is {spoken(showing.wait)}."
    middle = float(np.median(waits))
    return (
        f"{told} The mean wait on {where} is {spoken(showing.wait)}; over all of them it ranges from "
        f"{spoken(float(waits.min()))} to {spoken(float(waits.max()))}, half of them below {spoken(middle)}."
    )


def asked_for(report: Report) -> int:
    """How many replications a sample is chosen from: fewer where each is of many days."""
    days = int(report.meta.get("days") or 1)
    return max(1, min(int(report.meta.get("replications") or 1), max(10, MOST_RANKED // days)))


def _noun(report: Told) -> str:
    days = int(report.meta.get("days") or 1)
    return {1: "day", 7: "week"}.get(days, f"run of {days} days")


def _days(report: Report) -> dict[str, str]:
    return {str(day): _day_name(report, day) for day in range(int(report.meta.get("days") or 1))}


def _day_name(report: Told, day: int) -> str:
    start = report.meta.get("start")
    if start is None:
        return f"Day {day + 1}"
    moment = local_time(str(start), str(report.meta.get("timezone") or "UTC"), 86_400.0 * day)
    return f"{moment:%A} {moment.day} {moment:%B}"


def _select(
    name: str, label: str, chosen: str, options: Mapping[str, str], width: int, *, hidden: bool = False
) -> Component:
    return dmc.Select(
        id=name,
        data=[{"value": key, "label": text} for key, text in options.items()],
        value=chosen,
        allowDeselect=False,
        size="xs",
        w=width,
        display="none" if hidden else None,
        **{"aria-label": label},
    )


# -- the package -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Clock:
    """Moments of films as local times and as places on the axis."""

    report: Report
    first: int
    step: int

    def time(self, tick: int) -> str:
        """Local time without the weekday; the midnight that ends a day is 24:00."""
        text = readings.time_label(self.report, tick / TICKS_PER_SECOND).rpartition(" ")[2]
        return "24:00" if text == "00:00" and tick > self.first else text

    def place(self, tick: float) -> float:
        """Where a tick is, counted in moments from the first."""
        return round((tick - self.first) / self.step, 3)


def package(report: Report, showing: Showing) -> Package:
    """A day for the browser: a list of numbers per thing and moment, and a sentence per moment."""
    moments = next(iter(showing.films.values())).moments
    clock = _Clock(report, int(moments[0]), int(moments[1] - moments[0]))
    span = float(moments[0] / TICKS_PER_SECOND), float(moments[-1] / TICKS_PER_SECOND)
    ticks, _ = time_ticks(report, span)
    window = readings.interval_seconds(report)
    frames = max(1, round(window * TICKS_PER_SECOND / clock.step))
    return {
        "labels": [clock.time(int(moment)) for moment in moments],
        "ticks": [
            [clock.place(tick * TICKS_PER_SECOND), clock.time(int(tick * TICKS_PER_SECOND))] for tick in ticks
        ],
        "perHour": 3600 * TICKS_PER_SECOND / clock.step,
        "window": frames,
        "windowWords": spoken(window),
        "names": {name: NAMES[name] for name in showing.films},
        "looks": {"busy": COLOURS.what_if, "idle": COLOURS.baseline, "overtime": COLOURS.short},
        "films": {name: _film(one, clock, frames, spoken(window)) for name, one in showing.films.items()},
    }


def _film(film: Film, clock: _Clock, frames: int, window: str) -> Package:
    lanes = [lane for lane in film.lanes if lane.total[-1] or lane.there.any()]
    crews = [crew for crew in film.crews if (crew.busy + crew.idle + crew.overtime).any()]
    return {
        "lanes": [_lane(lane) for lane in lanes],
        "crews": [_crew(crew) for crew in crews],
        "interval": film.interval.tolist(),
        "troubles": [_trouble(trouble, clock) for trouble in film.troubles],
        "told": [
            unbroken(sentence(film, lanes, crews, place, clock, frames, window))
            for place in range(len(film.moments))
        ],
    }


def _lane(lane: Lane) -> Package:
    unit, longest = _UNITS[lane.mode]
    return {
        "name": lane.channel,
        "title": title(lane.channel),
        "unit": unit,
        "longestName": longest,
        "colour": _LOOKS.get(lane.mode, COLOURS.short),
        "there": lane.there.tolist(),
        "longest": np.rint(lane.longest).astype(int).tolist(),
        "sources": [
            {
                "title": _SOURCES.get(source, f"from {the(source)}"),
                "from": None if source in _SOURCES else source,
                "colour": _SOURCE_LOOKS.get(source, COLOURS.incident),
                "counts": counts.tolist(),
            }
            for source, counts in lane.came.items()
        ],
        "lost": lane.lost.tolist() if lane.lost[-1] else [],
        "lostName": "failed" if lane.mode is Mode.SELF_SERVICE else "gave up or did not get through",
        "callbacks": lane.callbacks.tolist() if lane.callbacks.any() else [],
    }


def _crew(crew: Crew) -> Package:
    return {
        "title": title(crew.group),
        "scheduled": crew.scheduled.tolist(),
        "busy": crew.busy.tolist(),
        "idle": crew.idle.tolist(),
        "overtime": crew.overtime.tolist(),
    }


def _trouble(trouble: Trouble, clock: _Clock) -> Package:
    changes = [trouble.start, *([trouble.noticed] if trouble.noticed is not None else []), trouble.end]
    return {
        "title": title(trouble.name),
        "channel": trouble.channel,
        "from": clock.place(trouble.start),
        "until": clock.place(trouble.end),
        "noticed": None if trouble.noticed is None else clock.place(trouble.noticed),
        "states": [
            [None, f"from {clock.time(trouble.start)}"],
            *([clock.place(tick), state(trouble, tick, clock)] for tick in sorted(changes)),
        ],
    }


# -- words -----------------------------------------------------------------------------------------


def state(trouble: Trouble, now: int, clock: _Clock) -> str:
    """How an incident stands at a tick at or after its start."""
    since = f"since {clock.time(trouble.start)}"
    noticed = trouble.noticed if trouble.noticed is not None and trouble.noticed <= now else None
    told = "" if noticed is None else f"noticed at {clock.time(noticed)}"
    if now >= trouble.end:
        ended = "fixed at" if trouble.end < trouble.planned else "over at"
        return ", ".join(part for part in (told, f"{ended} {clock.time(trouble.end)}") if part)
    return f"{since}, {told or 'not noticed yet'}" if trouble.watched else since


def sentence(
    film: Film, lanes: list[Lane], crews: list[Crew], place: int, clock: _Clock, frames: int, window: str
) -> str:
    """A moment in words: waits by channel, what came from elsewhere, agents, incidents."""
    parts = [f"{title(lane.channel)}: {_lane_words(lane, place)}." for lane in lanes]
    moved = [text for lane in lanes if (text := _moved_words(lane, place, frames))]
    if moved:
        parts.append(f"In the last {window}, {listing(moved)}.")
    parts += [f"{title(crew.group)}: {_crew_words(crew, int(film.interval[place]))}." for crew in crews]
    now = int(film.moments[place])
    parts += [f"{title(one.name)}: {state(one, now, clock)}." for one in film.troubles if one.start <= now]
    return f"{clock.time(now)}. {' '.join(parts)}"


def _lane_words(lane: Lane, place: int) -> str:
    count = int(lane.there[place])
    text = f"{whole(count) if count else 'nobody'} {_UNITS[lane.mode][0]}"
    if lane.longest[place] >= 1:
        text += f", the first for {spoken(float(lane.longest[place]))}"
    if lane.callbacks[place]:
        text += f", {whole(int(lane.callbacks[place]))} to be rung back"
    return text


def _moved_words(lane: Lane, place: int, frames: int) -> str:
    before = max(0, place - frames)
    found = {
        source: int(counts[place] - (counts[before] if place >= frames else 0))
        for source, counts in lane.came.items()
        if source not in _SOURCES
    }
    told = [f"{whole(count)} from {the(source)}" for source, count in found.items() if count]
    return f"{listing(told)} came to {the(lane.channel)}" if told else ""


def _crew_words(crew: Crew, row: int) -> str:
    late = f", {whole(int(crew.overtime[row]))} in overtime" if crew.overtime[row] else ""
    return f"{whole(int(crew.busy[row]))} busy, {whole(int(crew.idle[row]))} idle{late}"
