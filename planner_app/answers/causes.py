"""Causes: what a difference in contacts, or in effort, is made of, in words and as parts of a picture.

The parts come from :func:`sim.explain` by way of the report, and sum to the whole. Reports stored before
there were causes have none, and say nothing of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner_app.answers import readings
from planner_app.answers.readings import Reading
from planner_app.answers.words import Estimate, Kind, half_width, listing, plain, signed, the, title, value
from planner_app.services import Report

_NAMED = 3
"""No more parts than this are named in a sentence."""
_ENOUGH = 0.95
"""Parts are named until they make up this share of the whole."""
_LEAST = 0.05
"""A part smaller than this share of the whole, or of the greatest part, is not named."""
_WIDE = 0.1
"""An interval is named when its half-width is at least this share of the number."""


@dataclass(frozen=True)
class Part:
    """One part of a difference."""

    label: str
    """Beside its bar: ``Portal failed``."""
    more: str
    """What this many more do: ``come after the portal failed``."""
    fewer: str
    """What this many, who are spared, did: ``came after the portal failed``."""
    noun: str
    """What there are more or fewer of: ``contacts after the portal failed``."""
    before: float
    after: float
    delta: Estimate


@dataclass(frozen=True)
class Split:
    """A difference and its parts, the greatest first."""

    name: str
    """What it is a difference of: a channel, or ``effort``."""
    whole: Reading
    parts: tuple[Part, ...]

    @property
    def moved(self) -> tuple[Part, ...]:
        """The parts that are not the same in every replication."""
        return tuple(part for part in self.parts if part.delta.mean or part.delta.half_width)

    @property
    def kind(self) -> Kind:
        """How its numbers are written."""
        return self.whole.kind

    @property
    def delta(self) -> Estimate:
        """The whole difference."""
        assert self.whole.delta is not None  # nothing else is split
        return self.whole.delta


def channels(report: Report) -> list[str]:
    """The channels whose contacts clearly differ and whose causes are known, the main phone first."""
    named = dict.fromkeys(str(row["channel"]) for row in _rows(report))
    return [name for name in named if contacts(report, name) is not None]


def contacts(report: Report, channel: str) -> Split | None:
    """Why a channel gets more contacts, or fewer; None where there is no clear difference, or no causes."""
    whole = readings.reading(report, "channel", channel, "offered")
    rows = [row for row in _rows(report) if row["channel"] == channel]
    if whole is None or not rows:
        return None
    if not whole.baseline.known:  # a channel that only the what-if has
        return None
    live = _mode(report, channel) == "live"
    return _split(channel, whole, [_contacts_part(row, live) for row in rows])


def effort(report: Report) -> Split | None:
    """Why effort per case rises or falls, by driver; None where there is no clear difference."""
    whole = readings.reading(report, "all", "all", "effort")
    if whole is None:
        return None
    parts = [
        Part(
            one.label,
            *[f"through {one.label.lower()}"] * 3,
            one.baseline.mean,
            one.current.mean,
            one.delta,
        )
        for one in readings.driver_readings(report)
        if one.delta is not None
    ]
    return _split("effort", whole, parts)


def _split(name: str, whole: Reading, parts: Sequence[Part]) -> Split | None:
    if not whole.clear or not parts:
        return None
    return Split(name, whole, tuple(sorted(parts, key=lambda part: -abs(part.delta.mean))))


# -- words -----------------------------------------------------------------------------------------


def heading(split: Split) -> str:
    """The title of its chart."""
    if split.name == "effort":
        return f"Why effort {'rises' if split.delta.mean > 0 else 'falls'}"
    return f"Why {the(split.name)} gets {'more' if split.delta.mean > 0 else 'fewer'} contacts"


def sentence(report: Report, split: Split) -> str:
    """What a difference is made of, in one sentence."""
    if split.name == "effort":
        return _effort_sentence(split)
    line, period = plain(split.name), period_words(report)
    rise = split.delta.mean > 0
    along, against = _along(split), _against(split)
    size = _size(split.delta, split.kind)
    if against:
        told = [
            f"{_size(part.delta, split.kind)} {'more' if rise else 'fewer'} {part.noun}" for part in along
        ]
        but = [
            f"{_size(part.delta, split.kind)} {'fewer' if rise else 'more'} {part.noun}" for part in against
        ]
        way = "more" if rise else "fewer"
        return f"The {line} gets {size} {way} contacts {period}: {listing(told)}, against {listing(but)}."
    told = [f"{_size(part.delta, split.kind)} {part.more if rise else part.fewer}" for part in along]
    if rise:
        return f"Of {size} extra {line} contacts {period}, {listing(told)}."
    return f"Of {size} {line} contacts {period} that are spared, {listing(told)}."


def _effort_sentence(split: Split) -> str:
    rise = split.delta.mean > 0
    told = [f"{_size(part.delta, split.kind)} {part.more}" for part in _along(split)]
    but = [
        f"{_size(part.delta, split.kind)} {'less' if rise else 'more'} {part.noun}"
        for part in _against(split)
    ]
    against = f", against {listing(but)}" if but else ""
    size = _size(split.delta, split.kind)
    return f"Effort {'rises' if rise else 'falls'} by {size} points per case: {listing(told)}{against}."


def period_words(report: Report) -> str:
    """What a replication is: ``a day`` or ``in 7 days``."""
    days = int(report.meta.get("days") or 1)
    return "a day" if days == 1 else f"in {days} days"


def heard(report: Report, split: Split) -> str:
    """What a screen reader hears in place of the picture."""
    parts = "; ".join(
        f"{part.label} {signed(part.delta.mean, split.kind)} {half_width(part.delta, split.kind)}".rstrip()
        for part in split.moved
    )
    return f"{heading(split)}. {sentence(report, split)} By cause: {parts}."


def table(split: Split) -> list[list[str]]:
    """Cause, baseline, what-if, difference: in words, the whole last."""
    kind = split.kind
    rows = [
        [part.label, value(part.before, kind), value(part.after, kind), changed(part.delta, kind)]
        for part in split.parts
    ]
    before, after = split.whole.baseline.mean, split.whole.current.mean
    return [*rows, ["All", value(before, kind), value(after, kind), changed(split.delta, kind)]]


def changed(delta: Estimate, kind: Kind) -> str:
    """A difference with sign and half-width, and whether it is one."""
    if delta.mean == delta.half_width == 0:
        return "no change"
    text = f"{signed(delta.mean, kind)} {half_width(delta, kind)}".rstrip()
    return text if delta.clear else f"{text} (not clear)"


def _along(split: Split) -> list[Part]:
    """The clear parts that go the way of the whole, until they nearly make up all that do."""
    told: list[Part] = []
    along = [part for part in split.parts if part.delta.clear and part.delta.mean * split.delta.mean > 0]
    enough = _ENOUGH * abs(sum(part.delta.mean for part in along))
    for part in along[:_NAMED]:
        if _matters(part, split) and abs(sum(one.delta.mean for one in told)) < enough:
            told.append(part)
    return told


def _against(split: Split) -> list[Part]:
    """The clear parts that go the other way."""
    other = [part for part in split.parts if part.delta.clear and part.delta.mean * split.delta.mean < 0]
    return [part for part in other if _matters(part, split)][:_NAMED]


def _matters(part: Part, split: Split) -> bool:
    most = max(abs(split.delta.mean), *(abs(one.delta.mean) for one in split.parts))
    return abs(part.delta.mean) >= _LEAST * most


def _size(delta: Estimate, kind: Kind) -> str:
    size = Estimate(abs(delta.mean), delta.half_width)
    text = value(size.mean, kind)
    return f"{text} {half_width(size, kind)}".rstrip() if size.half_width >= _WIDE * size.mean else text


# -- causes of contacts ----------------------------------------------------------------------------


def _rows(report: Report) -> Sequence[Mapping[str, Any]]:
    return report.meta.get("causes") or ()


def _mode(report: Report, channel: str) -> str:
    entries = report.meta.get("channels") or ()
    return next((str(entry.get("mode")) for entry in entries if entry.get("name") == channel), "")


def _contacts_part(row: Mapping[str, Any], live: bool) -> Part:
    width = row["half_width"]
    delta = Estimate(float(row["delta"]), float("nan") if width is None else float(width))
    words = _worded(str(row["cause"]), plain(str(row["from"])), "redials" if live else "new tries")
    return Part(*words, float(row["before"]), float(row["after"]), delta)


def _worded(cause: str, origin: str, again: str) -> tuple[str, str, str, str]:
    """Label, what more do, what fewer did, and the noun of a cause of contacts."""
    if cause == "failed_self_service":
        after = f"after {the(origin)} failed"
        return f"{title(origin)} failed", f"come {after}", f"came {after}", f"contacts {after}"
    if cause == "other_channel":
        from_ = f"from {origin}"
        return f"From {origin}", f"come on {from_}", f"came on {from_}", f"contacts {from_}"
    label, noun = {
        "first_contact": ("First contacts", "first contacts"),
        "repeat_unresolved": ("Again: not resolved", "repeats because nothing was resolved"),
        "redial_abandoned": ("Again: gave up waiting", f"{again} after giving up waiting"),
        "redial_not_reached": ("Again: not let through", f"{again} after not getting through"),
        "transfer": (f"Transferred from {origin}", f"transfers from {origin}"),
        "callback": ("Callbacks", "callbacks that customers asked for"),
        "called_in_vain": (
            f"After calls in vain from {origin}",
            f"contacts after calls from {origin} that reached nobody",
        ),
    }.get(cause, (title(cause), plain(cause)))
    return label, f"are {noun}", f"were {noun}", noun
