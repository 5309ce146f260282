"""One plain sentence for each part of a scenario."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

from scenarios.calendar import Calendar, Holiday
from scenarios.channels import (
    Callback,
    Concurrent,
    Consult,
    Deferred,
    Dialler,
    Live,
    SelfService,
    Target,
    Transfer,
)
from scenarios.clocks import changes
from scenarios.distributions import Deterministic, Law, Unlimited
from scenarios.fields import Part
from scenarios.model import Group, Incident, Intent, NextStep, OnlyIf, Scenario, Segment, Volume
from scenarios.schedules import scheduled
from scenarios.times import Windows, day_hours_text, hours_text


def describe(part: Part | Law, scenario: Scenario | None = None) -> str:
    """One sentence on a scenario, or on one of its parts, with its name if ``scenario`` holds it.

    >>> describe(Incident(name="outage", channel="portal", window=("2026-03-02 10:00", "2026-03-02 11:30")))
    'outage: portal is down from Mon 2 Mar 2026 10:00 to 11:30.'
    """
    name = _name(part, scenario) if scenario is not None else None
    text = _text(part, scenario)
    if name:
        return f"{name}: {text}."
    return f"{text if isinstance(part, Incident | Scenario) else _capital(text)}."


def summary(scenario: Scenario) -> str:
    """A sentence or two on a scenario, for lists: how much comes, through what, who is there, what fails.

    >>> summary(Scenario(name="desk", calendar={"start": "2026-03-02"},
    ...     intents={"help": {"volume": {"per_day": 300}}}, channels={"phone": {"mode": "live"}},
    ...     groups={"all": {"skills": {"phone": {}}, "staff": {"00:00": 5}}}))
    '300 cases on Mon 2 Mar 2026 through phone; up to 5 agents scheduled in 1 group.'
    """
    sentences = [f"{_volume_text(scenario)} through {_listed(scenario.channels)}"]
    if scenario.groups:
        agents = sum(
            max(scheduled(group, scenario.calendar), default=0.0) for group in scenario.groups.values()
        )
        count = len(scenario.groups)
        sentences.append(
            f"up to {_number(agents)} agents scheduled in {count} group{'s' if count > 1 else ''}"
        )
    text = "; ".join(sentences) + "."
    dated = scenario.calendar.days > 1
    special = [*_clock_changes(scenario.calendar), *_holidays(scenario.calendar)]
    special += [_incident(incident, dated) for incident in scenario.incidents]
    return " ".join([text, *(f"{_capital(phrase)}." for phrase in special)])


def _name(part: Part | Law, scenario: Scenario) -> str | None:
    for named in (scenario.segments, scenario.intents, scenario.channels, scenario.groups):
        for name, held in named.items():
            if held is part:
                return name
    return None


def _text(part: Part | Law, scenario: Scenario | None) -> str:
    match part:
        case Scenario():
            return f"{part.name}: {summary(part).rstrip('.')}"
        case Segment():
            return _segment(part)
        case Intent():
            return _intent(part)
        case SelfService() | Live() | Concurrent() | Deferred():
            return ", ".join(_channel(part))
        case NextStep():
            return _next_step(part)
        case Group():
            return _group(part, scenario)
        case Incident():
            return f"{part.name}: {_incident(part)}"
        case Volume():
            return _volume(part)
        case Calendar():
            return _calendar(part)
        case Holiday():
            return _holiday(part)
        case Target():
            return _target(part)
        case Law():
            return _law(part)
    return ", ".join(
        f"{key.replace('_', ' ')} {value}" for key, value in part.model_dump(mode="json").items()
    )


# -- customers ---------------------------------------------------------------------------------------


def _segment(segment: Segment) -> str:
    phrases = [f"{_percent(segment.share)} of customers"]
    if segment.first_channel is not None:
        phrases.append(f"who try {_shares(segment.first_channel)} first")
    phrases += [f"{_percent(share)} adopt {name}" for name, share in segment.adoption.items()]
    if segment.patience != 1:
        phrases.append(f"patience × {segment.patience:g}")
    if segment.self_service_success != 1:
        phrases.append(f"self-service success × {segment.self_service_success:g}")
    return ", ".join(phrases)


def _intent(intent: Intent) -> str:
    phrases = [f"{intent.demand} demand, {_volume(intent.volume)}"]
    if intent.first_channel:
        phrases.append(f"first to {_shares(intent.first_channel)}")
    return ", ".join(phrases)


def _volume(volume: Volume) -> str:
    if volume.per_interval is not None:
        total = math.fsum(volume.per_interval)
        return f"{_number(total)} cases given by interval"
    shape = f"spread as {volume.profile}" if isinstance(volume.profile, str) else "spread by its own profile"
    text = f"{_number(volume.per_day or 0.0)} cases a day, {shape}"
    if volume.day_factor_cv:
        text += f", days varying by {_percent(volume.day_factor_cv)}"
    return text


def _volume_text(scenario: Scenario) -> str:
    days = scenario.calendar.days
    total = math.fsum(_total(intent.volume, scenario) for intent in scenario.intents.values())
    start = _date(scenario.calendar.start)
    if days == 1:
        return f"{_number(total)} cases on {start}"
    return f"{_number(total)} cases in {days} days from {start}"


def _total(volume: Volume, scenario: Scenario) -> float:
    """Cases expected over all days, weekday index and changes of the clocks left aside."""
    factors = [holiday.volume for holiday in scenario.calendar.by_day()]
    if volume.per_interval is None:
        return (volume.per_day or 0.0) * math.fsum(factors)
    if len(volume.per_interval) * scenario.calendar.interval <= 86400:
        return math.fsum(volume.per_interval) * math.fsum(factors)
    per_day = -(-len(volume.per_interval) // len(factors))
    return math.fsum(cases * factors[k // per_day] for k, cases in enumerate(volume.per_interval))


# -- days --------------------------------------------------------------------------------------------


def _calendar(calendar: Calendar) -> str:
    days = "" if calendar.days == 1 else f"{calendar.days} days from "
    phrases = [f"{days}{_date(calendar.start)} in {calendar.timezone}"]
    phrases.append(f"intervals of {spoken(calendar.interval)}")
    if calendar.warm_up:
        phrases.append(f"counted after {spoken(calendar.warm_up)}")
    here = _holidays(calendar)
    others = len(calendar.holidays) - len(here)
    phrases += [*_clock_changes(calendar), *here]
    if others:
        phrases.append(f"{others} holiday{'s' if others > 1 else ''} on other days")
    return "; ".join(phrases)


def _clock_changes(calendar: Calendar) -> list[str]:
    found = changes(calendar.start, calendar.timezone, calendar.days)
    return [
        f"clocks go {'forward' if by > 0 else 'back'} by {spoken(abs(by))} on {_date(date)}"
        for date, by in found
    ]


def _holidays(calendar: Calendar) -> list[str]:
    """The holidays among the days simulated."""
    return [
        f"{holiday.name or 'holiday'} on {_date(dt.date.fromisoformat(date))}: {_holiday(holiday)}"
        for date, holiday in calendar.simulated().items()
    ]


def _holiday(holiday: Holiday) -> str:
    phrases = []
    if holiday.hours is not None:
        hours = day_hours_text(holiday.hours)
        whose = f"{_listed(holiday.channels)} " if holiday.channels else ""
        phrases.append(f"{whose}{'open ' if holiday.hours else ''}{hours}")
    if holiday.volume != 1:
        phrases.append(f"volume × {holiday.volume:g}")
    if holiday.staff != 1:
        phrases.append(f"agents scheduled × {holiday.staff:g}")
    return ", ".join(phrases) or "as usual"


# -- channels ----------------------------------------------------------------------------------------


def _channel(channel: SelfService | Live | Concurrent | Deferred) -> list[str]:
    phrases = {
        "self_service": ["self-service without agents"],
        "live": ["one contact at a time"],
        "concurrent": [],
        "deferred": ["answered later, from a backlog"],
    }[channel.mode]
    if isinstance(channel, Concurrent):
        phrases = [f"up to {channel.cap} at once per agent"]
        if channel.slowdown is not None and 1 < channel.cap <= len(channel.slowdown):
            factor = channel.slowdown[channel.cap - 1]
            phrases.append(f"each taking {factor:g} times as long with {channel.cap} open")
    phrases.append(_hours(channel.open))
    if channel.lines is not None:
        phrases.append(f"{channel.lines:,} lines")
    if isinstance(channel, SelfService):
        return [*phrases, f"{_by_intent(channel.duration)} long", f"{_by_intent(channel.success)} resolved"]
    if channel.front is not None:
        phrases.append(f"an automated front of {_by_intent(channel.front.duration)}")
    phrases.append(f"handle time {_by_intent(channel.handle_time)}")
    if channel.wrap is not None:
        phrases.append(f"wrap {_law(channel.wrap)}")
    if isinstance(channel, Live | Concurrent):
        phrases.append(_patience(channel))
    elif channel.interruptible:
        phrases.append("put aside for live contacts")
    if isinstance(channel, Live) and channel.callback is not None:
        phrases.append(_callback(channel.callback))
    if isinstance(channel, Live) and channel.dialler is not None:
        phrases.append(_dialler(channel.dialler))
    if getattr(channel, "backlog", 0):
        phrases.append(f"{channel.backlog:,} waiting at the start")
    if isinstance(channel, Live) and channel.consult is not None:
        phrases.append(_consult(channel.consult))
    if channel.transfer is not None:
        phrases.append(_transfer(channel.transfer))
    phrases += [f"{_by_intent(channel.resolution)} resolved", f"target {_target(channel.target)}"]
    return phrases


def _callback(callback: Callback) -> str:
    tries = "once" if callback.attempts == 1 else f"up to {callback.attempts} times"
    offered = f"a callback offered above a wait of {spoken(callback.offer_above)}"
    return f"{offered}, {_percent(callback.take_up)} take it, rung {tries}"


def _dialler(dialler: Dialler) -> str:
    tries = "once" if dialler.attempts == 1 else f"up to {dialler.attempts} times"
    pace = f"{_number(dialler.calls_per_agent)} at once for each idle agent"
    return f"customers are called, {pace}, {tries}, {_percent(dialler.reached)} reached"


def _consult(consult: Consult) -> str:
    idle = " if one is idle" if consult.when_busy == "skip" else ""
    helped = f"with an agent of {consult.group}{idle} for the last {_percent(consult.part)} of the time"
    return f"{_by_intent(consult.share)} handled {helped}"


def _transfer(transfer: Transfer) -> str:
    busy = {
        "queue": "",
        "skip": " if somebody there is free",
        "lose": " or cut off when nobody there is free",
    }[transfer.when_busy]
    return f"{_by_intent(transfer.share)} passed on to {transfer.to}{busy}"


def _patience(channel: Live | Concurrent) -> str:
    if isinstance(channel.patience, Unlimited):
        return "customers wait until they are served"
    leaving = "hanging up" if isinstance(channel, Live) else "leaving"
    return f"customers wait {_by_intent(channel.patience)} before {leaving}"


def _target(target: Target) -> str:
    of = {
        "offered": "offered",
        "answered": "answered",
        "abandons_good": "offered (quick abandons count as good)",
    }
    hours = " of opening hours" if target.clock == "open_hours" else ""
    return f"{_percent(target.share)} of {of[target.of]} within {spoken(target.within)}{hours}"


def _hours(week: Mapping[str, Windows] | None) -> str:
    if week is None:
        return "always open"
    if not week:
        return "always closed"
    days = []
    for day, hours in hours_text(week).items():
        named = day if day == "daily" else "–".join(end.capitalize() for end in day.split("-"))
        days.append(f"{named} {hours.replace('-', '–')}")
    return f"open {_listed(days)}"


def _by_intent(value: Any) -> str:
    """A law or share for all intents, or its default and the intents that differ."""
    if not isinstance(value, Mapping):
        return _law(value) if isinstance(value, Law) else _percent(value)
    others = [f"{intent} {_by_intent(item)}" for intent, item in value.items() if intent != "default"]
    if "default" not in value:
        return _listed(others)
    default = _by_intent(value["default"])
    return f"{default} ({', '.join(others)})" if others else default


def _law(law: Law) -> str:
    if isinstance(law, Unlimited):
        return "without end"
    if isinstance(law, Deterministic) and not law.zero:
        return spoken(law.value)
    return f"{spoken(law.mean_seconds)} on average"


# -- what happens next, and who is there -------------------------------------------------------------


def _next_step(step: NextStep) -> str:
    rest = 1.0 - math.fsum(step.go.values())
    parts = [f"{_percent(share)} go to {name}" for name, share in step.go.items() if share > 0]
    if rest > 1e-9:
        parts.append(f"{_percent(rest)} give up")
    outcomes = " or ".join(outcome.replace("_", " ") for outcome in step.outcome)
    whom = "".join(f" ({_listed(names)} only)" for names in (step.intents, step.segments) if names)
    delay = f", after {_law(step.delay)}" if step.delay is not None else ", at once"
    return f"after {step.after} {outcomes}{whom}, {_listed(parts)}{delay if step.go else ''}"


def _group(group: Group, scenario: Scenario | None) -> str:
    ordered = sorted(group.skills.items(), key=lambda item: item[1].priority)
    skills = []
    for channel, skill in ordered:
        notes = [_listed(skill.intents)] if skill.intents else []
        if skill.handle_time != 1:
            notes.append(f"handle time × {skill.handle_time:g}")
        if skill.resolution is not None:
            notes.append(f"{_percent(skill.resolution)} resolved")
        if skill.transfer is not None:
            notes.append(f"{_percent(skill.transfer)} passed on")
        if skill.only_if is not None:
            notes.append(_only_if(skill.only_if))
        skills.append(f"{channel} ({', '.join(notes)})" if notes else channel)
    numbers = _numbers(group) if scenario is None else scheduled(group, scenario.calendar)
    currency = scenario.currency if scenario is not None else ""
    fewest, most = min(numbers, default=0.0), max(numbers, default=0.0)
    return (
        f"take {', then '.join(skills)}; {_number(fewest)} to {_number(most)} scheduled, "
        + f"{_percent(group.absence)} absent, " * (group.absence > 0)
        + f"{_percent(group.shrinkage)} shrinkage, {currency}{_number(group.pay_per_hour)} an hour"
    )


def _only_if(only_if: OnlyIf) -> str:
    conditions = []
    if only_if.queue_at_least:
        conditions.append(f"{only_if.queue_at_least:,} or more wait")
    if only_if.own_queue_below is not None:
        conditions.append(f"fewer than {only_if.own_queue_below:,} wait for them elsewhere")
    if only_if.busy_below is not None:
        conditions.append(f"less than {_percent(only_if.busy_below)} of them are busy")
    return f"while {_listed(conditions)}" if conditions else "always"


def _numbers(group: Group) -> list[float]:
    return list(group.staff.values()) if isinstance(group.staff, dict) else list(group.staff)


def _incident(incident: Incident, dated: bool = True) -> str:
    begins, ends = incident.window
    since = f"{_date(begins.date())} {begins:%H:%M}" if dated else f"{begins:%H:%M}"
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{_date(ends.date())} {ends:%H:%M}"
    what = "is down" if incident.failure == 1 else f"fails {_percent(incident.failure)} of attempts"
    if incident.failure == 0:
        what = f"takes {incident.slow_down:g} times as long"
    return ", ".join([f"{incident.channel} {what} from {since} to {until}", *_detected(incident)])


def _detected(incident: Incident) -> list[str]:
    """Who notices an incident, and what follows."""
    detection, announcement = incident.detection, incident.announcement
    if detection is None:
        return []
    by = [] if detection.monitoring is None else [f"by monitoring after {spoken(detection.monitoring)}"]
    if detection.reports is not None:
        customers = "a customer tells" if detection.reports == 1 else f"{detection.reports:,} customers tell"
        by.append(f"when {customers} an agent")
    phrases = [f"detected {' or '.join(by)}"] if by else []
    if incident.fix is not None:
        phrases.append(f"fixed {_law(incident.fix)} later")
    if announcement is not None:
        phrases.append(f"announced, which {_percent(announcement.heeded)} heed")
    return phrases


# -- words -------------------------------------------------------------------------------------------


def spoken(seconds: float) -> str:
    """A duration as people say it, to the nearest second (or tenth, below ten seconds).

    >>> spoken(572), spoken(5400), spoken(86400), spoken(2.5), spoken(20)
    ('9 min 32 s', '1 h 30 min', '24 h', '2.5 s', '20 s')
    """
    if seconds < 10:
        return f"{round(seconds, 1):g} s"
    whole = round(seconds)
    if whole > 2 * 86400:
        return f"{round(whole / 86400, 1):g} days"
    sizes = ((3600, "h"), (60, "min"), (1, "s")) if whole < 3600 else ((3600, "h"), (60, "min"))
    words = []
    for size, unit in sizes:
        count, whole = divmod(whole, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words)


def _number(value: float) -> str:
    return f"{round(value):,}" if value >= 1000 or float(value).is_integer() else f"{value:.3g}"


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g}%"


def _shares(shares: Mapping[str, float]) -> str:
    return _listed(f"{name} ({_percent(share)})" for name, share in shares.items())


def _listed(words: Iterable[str]) -> str:
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _date(day: dt.date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
