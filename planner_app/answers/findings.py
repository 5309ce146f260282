"""Findings: sentences written from the numbers of a report, and nothing that they do not bear.

Only differences that are clear (zero outside the paired interval) are stated as differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner_app.answers import readings
from planner_app.answers.readings import BASELINE, WHAT_IF, Reading
from planner_app.answers.words import (
    Estimate,
    half_width,
    listing,
    per_cent,
    plain,
    simulated_days,
    spoken,
    the,
    value,
    whole,
)
from planner_app.services import Report, Step
from scenarios.whatifs import WHATIFS

_SURGE_SHARE = 0.15
"""An interval belongs to a surge when its difference is at least this share of the greatest one."""
_MATTERS_SHARE = 0.01
"""Spillover leads the answer when it moved by this share of all that the phone is offered."""
_CLAUSES = 2
_OVER_SHARE = 0.1
"""Waits are back to normal when no more than this share of the greatest difference is left."""
_BUSY_SHARE = 0.05
"""An interval is busy when it has at least this share of the busiest one's contacts."""
_LONGEST_SURGE_SHARE = 1 / 3
"""A rise that fills more than this share of the busy intervals is no window worth naming."""
_LEAST_SURGE_HOLDS = 0.75
"""A window must hold at least this share of all that spills over in addition."""
_MARKED_SECONDS = 15.0
_MARKED_TIMES = 1.5
"""The interval that moved most is named if it moved by this much, and this much more than the day."""


@dataclass(frozen=True)
class Peak:
    """The interval in which a measure moved most: where, from what, to what."""

    start_seconds: float
    before: float
    after: float


def answer(report: Report, steps: Sequence[Step] = ()) -> str:
    """One or two sentences that answer the question of a run.

    What spills over to the phone comes first, then waits where they moved most, then the day's service
    level; other measures fill in when these are not clear. Without a what-if it tells the day.
    """
    if not readings.has_what_if(report):
        return plain_answer(report)
    clauses = _clauses(report, money=any(step.enabled and step.kind == "change_staff" for step in steps))
    spill = _spill_sentence(report, steps)
    who, _ = subject(steps)
    if spill is not None:
        rest = _sentence("; ".join(clauses)) if clauses else "Waits show no clear difference."
        return f"{spill} {rest}"
    more = _offered_sentence(report)
    if clauses:
        if not any("wait" in clause or "service level" in clause for clause in clauses):
            more = f"{more} Waits show no clear difference.".strip()
        return f"With {who[:1].lower()}{who[1:]}, {'; '.join(clauses)}. {more}".strip()
    if more:
        return f"{more} Waits, service level and effort show no clear difference."
    return _nothing_clear(report)


def plain_answer(report: Report) -> str:
    """The sentence of a run without what-ifs: how the day goes on the phone."""
    line = readings.phone(report)
    asa = readings.reading(report, "channel", line, "asa_seconds")
    level = readings.reading(report, "channel", line, "service_level")
    lost = readings.reading(report, "channel", line, "abandonment")
    told = []
    if asa is not None and asa.baseline.known:
        told.append(f"customers wait {spoken(asa.baseline.mean)} on average")
    if level is not None and level.baseline.known:
        told.append(f"service level is {per_cent(level.baseline.mean)}")
    if lost is not None and lost.baseline.known:
        told.append(f"{per_cent(lost.baseline.mean)} give up waiting")
    if not told:
        return _without_waits(report)
    text = f"Over {trust(report)}, {listing(told)}."
    worst = worst_wait(report)
    if worst is not None and asa is not None and worst.after > 1.5 * asa.baseline.mean:
        at = readings.time_label(report, worst.start_seconds)
        text += f" The longest average wait is {spoken(worst.after)}, at {at}."
    return text


def _without_waits(report: Report) -> str:
    resolved = readings.reading(report, "all", "all", "resolved_share")
    if resolved is None or not resolved.baseline.known:
        return f"Nobody came in {trust(report)}."
    share = per_cent(resolved.baseline.mean)
    return f"Over {trust(report)}, nobody waits for an agent; {share} of cases are resolved."


def trust(report: Report) -> str:
    """How much was simulated: ``20 simulated Mondays``."""
    start = report.meta.get("start")
    return simulated_days(
        int(report.meta.get("replications") or 0),
        None if start is None else str(start),
        int(report.meta.get("days") or 1),
    )


def precision(report: Report) -> str:
    """How precise the result is, in words: what was simulated, and the 95% half-widths it gives."""
    line = readings.phone(report)
    told = []
    for measure, noun in (("service_level", "service level"), ("asa_seconds", "average wait")):
        found = readings.reading(report, "channel", line, measure)
        width = "" if found is None else half_width(found.current, found.kind)
        if width:
            told.append(f"{noun} to {width}")
    return f"{trust(report)}; {listing(told)} (95% intervals)" if told else trust(report)


def subject(steps: Sequence[Step]) -> tuple[str, bool]:
    """What the sentence is about, and whether it is plural.

    >>> subject([Step("channel_outage", {"channel": "portal"})]), subject([Step("launch_channel", {})])
    (('The portal outage', False), ('The new chat', False))
    >>> subject([Step("scale_volume", {}), Step("change_staff", {})])
    ('The 2 changes together', True)
    """
    active = [step for step in steps if step.enabled]
    if len(active) > 1:
        return f"The {len(active)} changes together", True
    if not active:
        return "This change", False
    step = active[0]
    named = _value(step, "channel") or _value(step, "name")
    channel = plain(named).removeprefix("new ") if isinstance(named, str) else ""
    spaced = f"{channel} " if channel else ""
    return {
        "channel_outage": f"The {spaced}outage",
        "launch_channel": f"The new {channel or 'channel'}",
        "channel_quality": f"The change of {spaced}quality",
        "change_staff": _staff_subject(step),
        "scale_volume": "The change of volume",
        "change_concurrency": f"The change of {spaced}concurrency",
        "first_contact_resolution": "The change of resolution",
        "remove_failure_demand": "The fix",
        "change_absence": "Absence",
        "overflow_rules": "The rules of overflow",
        "outbound_campaign": "The campaign",
        "customer_mix": "The other mix of customers",
        "first_choice": "The other first choice of channel",
        "cross_train": "The second skill",
        "pool_groups": "Pooling the groups",
        "unify_desktop": "The change of desktop",
        "carry_context": "The context carried along",
        "offer_callbacks": "The callback offer",
        "rework_front": "The new menu",
        "add_tier": "The second tier",
        "consult_colleague": "The consultation",
        "merge_tiers": "Merging the tiers",
        "who_notices_first": "The change of who notices first",
        "announce_incident": "The announcement",
        "unannounced_change": "The change that agents meet",
        "send_mailing": "The mailing",
        "train_agents": "The training",
    }.get(step.kind, "This change"), False


def _value(step: Step, name: str) -> object:
    """A value of a step, or the what-if's default where the step does not give it."""
    if name in step.values:
        return step.values[name]
    model = WHATIFS.get(step.kind)
    return model.model_fields[name].default if model is not None and name in model.model_fields else None


def _staff_subject(step: Step) -> str:
    sizes = [_value(step, "percent"), _value(step, "by")]
    size = next((number for number in sizes if isinstance(number, int | float) and number), 0)
    return "The change of staff" if size == 0 else "The extra staff" if size > 0 else "The cut in staff"


# -- the parts of the answer -----------------------------------------------------------------------


def _spill_sentence(report: Report, steps: Sequence[Step]) -> str | None:
    """What spills over to the phone, and whether the phone gets more or fewer contacts for all that."""
    line = the(readings.phone(report))
    who, many = subject(steps)
    spill = _size(readings.reading(report, "all", "all", "spillover_to_phone"))
    offered = _size(readings.reading(report, "channel", readings.phone(report), "offered"))
    if spill is None or not _matters(report):
        return None
    if offered is not None and offered.rise != spill.rise:
        verb = ("bring" if offered.rise else "take") if many else ("brings" if offered.rise else "takes")
        words = f"{offered.count} more contacts to" if offered.rise else f"{offered.count} contacts off"
        more = "more" if spill.rise else "fewer"
        return f"{who} {verb} {words} {line} in all, although {spill.count} {more} spill over to it."
    if spill.rise:
        window = surge_window(report)
        when = "" if window is None else f" between {window[0]} and {window[1]}"
        return f"{who} {'send' if many else 'sends'} {spill.count} extra contacts to {line}{when}."
    verb = "spare" if many else "spares"
    return f"{who} {verb} {line} {spill.count} contacts that spilled over from other channels."


def _matters(report: Report) -> bool:
    """Whether the difference of spillover is large enough, beside all calls, to be told first."""
    spill = readings.reading(report, "all", "all", "spillover_to_phone")
    offered = readings.reading(report, "channel", readings.phone(report), "offered")
    if spill is None or spill.delta is None or offered is None or not offered.baseline.known:
        return True
    return abs(spill.delta.mean) >= _MATTERS_SHARE * offered.baseline.mean


def _offered_sentence(report: Report) -> str:
    line = readings.phone(report)
    offered = _size(readings.reading(report, "channel", line, "offered"))
    if offered is None:
        return ""
    more = "more" if offered.rise else "fewer"
    return f"{_sentence(the(line))[:-1]} gets {offered.count} {more} contacts in all."


@dataclass(frozen=True)
class _Size:
    """A clear difference of contacts: whether it is a rise, and its size in words."""

    rise: bool
    count: str


def _size(found: Reading | None) -> _Size | None:
    if found is None or found.delta is None or not found.clear:
        return None
    size = Estimate(abs(found.delta.mean), found.delta.half_width)
    return _Size(found.delta.mean > 0, f"{whole(size.mean)} {half_width(size, 'count')}".strip())


def _clauses(report: Report, *, money: bool) -> list[str]:
    """The two most important things that clearly differ, as clauses; and the cost where it is asked for."""
    clauses = _wait_clause(report)
    nouns = {
        "service_level": "service level for the day",
        "abandonment": "abandonment",
        "ease_score": "the ease score",
        "contacts_per_case": "contacts per case",
        "cost_per_case": "cost per case",
    }
    for found in readings.key_readings(report):
        name = found.measure.name
        wanted = len(clauses) < _CLAUSES or (money and name == "cost_per_case")
        if name not in nouns or not wanted or not found.clear or found.what_if is None:
            continue
        before = value(found.baseline.mean, found.kind, readings.currency(report))
        after = value(found.what_if.mean, found.kind, readings.currency(report))
        if before != after:
            verb = "" if clauses else " go" if name == "contacts_per_case" else " goes"
            clauses.append(f"{nouns[name]}{verb} from {before} to {after}")
    return clauses


def _wait_clause(report: Report) -> list[str]:
    asa = readings.reading(report, "channel", readings.phone(report), "asa_seconds")
    if asa is None or not asa.clear or asa.what_if is None:
        return []
    peak = peak_wait(report)
    if peak is None or not _marked(peak, asa):
        before, after = spoken(asa.baseline.mean), spoken(asa.what_if.mean)
        return [f"average wait over the day goes from {before} to {after}"]
    at = readings.time_label(report, peak.start_seconds)
    clause = f"average wait goes from {spoken(peak.before)} to {spoken(peak.after)} at {at}"
    over = None if surge_window(report) is None else back_to_normal(report, peak)
    return [clause if over is None else f"{clause} and is back to normal by {over}"]


def _marked(peak: Peak, asa: Reading) -> bool:
    """Whether one interval says more than the day's average."""
    move = abs(peak.after - peak.before)
    day = abs(asa.delta.mean) if asa.delta is not None else math.inf
    return move >= _MARKED_SECONDS and move >= _MARKED_TIMES * day


def _nothing_clear(report: Report) -> str:
    return (
        "No clear difference in waits, service level, abandonment, spillover or effort after "
        f"{trust(report)}. A smaller difference may exist: more replications narrow the intervals."
    )


def surge_window(report: Report) -> tuple[str, str] | None:
    """Local times between which clearly more contacts spill over to the phone, if it is a window."""
    both = _paired(report, "spilled_in")
    if both.empty:
        return None
    rise = both["after"] - both["before"]
    noise = np.hypot(both["after_width"].fillna(0.0), both["before_width"].fillna(0.0))
    top = int(rise.to_numpy().argmax())
    if rise.iloc[top] <= noise.iloc[top]:
        return None
    part = ((rise > noise) & (rise >= _SURGE_SHARE * rise.iloc[top])).to_numpy()
    first = last = top
    # One interval within the noise does not end a surge, two do.
    while first > 0 and (part[first - 1] or (first > 1 and part[first - 2])):
        first -= 1
    while last < len(part) - 1 and (part[last + 1] or (last < len(part) - 2 and part[last + 2])):
        last += 1
    flow = both[["before", "after"]].max(axis=1)
    busy = int((flow > _BUSY_SHARE * flow.max()).sum())
    held = float(rise.iloc[first : last + 1].sum()) / max(float(rise.clip(lower=0).sum()), 1e-9)
    if last - first + 1 > _LONGEST_SURGE_SHARE * busy or held < _LEAST_SURGE_HOLDS:
        return None
    start = float(both["start_seconds"].iloc[first])
    end = float(both["start_seconds"].iloc[last]) + readings.interval_seconds(report)
    return readings.time_label(report, start), readings.time_label(report, end)


def peak_wait(report: Report, channel: str | None = None) -> Peak | None:
    """The interval in which the average wait moved most, among those that moved clearly."""
    both = _paired(report, "asa_seconds", channel).dropna(subset=["before", "after"])
    if both.empty:
        return None
    move = both["after"] - both["before"]
    noise = np.hypot(both["after_width"].fillna(math.inf), both["before_width"].fillna(math.inf))
    clear = move.abs() > noise
    if not clear.any():
        return None
    row = both.loc[move.abs().where(clear, -1.0).idxmax()]
    return Peak(float(row["start_seconds"]), float(row["before"]), float(row["after"]))


def back_to_normal(report: Report, peak: Peak) -> str | None:
    """Local time from which waits stay as in the baseline after the peak; None when they do not."""
    both = _paired(report, "asa_seconds").dropna(subset=["before", "after"])
    left = (both["after"] - both["before"]).abs() > _OVER_SHARE * abs(peak.after - peak.before)
    still = both.loc[left & (both["start_seconds"] >= peak.start_seconds), "start_seconds"]
    over = float(still.max()) + readings.interval_seconds(report)
    return readings.time_label(report, over) if (both["start_seconds"] >= over).any() else None


def worst_wait(report: Report, channel: str | None = None) -> Peak | None:
    """The interval in which the baseline's average wait is longest; None when nobody waited."""
    line = channel or readings.phone(report)
    waits = readings.series(report, BASELINE, line, "asa_seconds").dropna(subset=["mean"])
    if waits.empty:
        return None
    row = waits.loc[waits["mean"].idxmax()]
    return Peak(float(row["start_seconds"]), float(row["mean"]), float(row["mean"]))


def _paired(report: Report, measure: str, channel: str | None = None) -> pd.DataFrame:
    line = channel or readings.phone(report)
    before = readings.series(report, BASELINE, line, measure)
    after = readings.series(report, WHAT_IF, line, measure)
    both = before.merge(after, on=["interval", "start_seconds"], suffixes=("_b", "_a"))
    return both.rename(
        columns={
            "mean_b": "before",
            "half_width_b": "before_width",
            "mean_a": "after",
            "half_width_a": "after_width",
        }
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
