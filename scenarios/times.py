"""Local times in scenario files: clock times, moments, opening hours, time zones."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from scenarios.errors import Refused

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"^([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?$")


def clock_seconds(text: str) -> int:
    """Seconds after local midnight of ``"08:30"``; ``"24:00"`` is the end of the day.

    >>> clock_seconds("08:30"), clock_seconds("24:00")
    (30600, 86400)
    """
    match = _CLOCK.match(text.strip()) if isinstance(text, str) else None
    if match is not None:
        hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
        total = hours * 3600 + minutes * 60 + seconds
        if total <= 86400:
            return total
    raise Refused("a time of day", 'write it in quotes, like "08:30" ("24:00" is the end of the day)')


def clock_text(seconds: float) -> str:
    """``"08:30"`` for 30,600 s after midnight (seconds are shown only when there are some)."""
    whole = int(seconds)
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}"
    return text if whole % 60 == 0 else f"{text}:{whole % 60:02d}"


def _parse_clock(value: object) -> str:
    return clock_text(clock_seconds(value if isinstance(value, str) else ""))


Clock = Annotated[str, BeforeValidator(_parse_clock)]
"""A local time of day, ``"08:30"``."""


Windows = tuple[tuple[int, int], ...]
"""Times of opening in one day: (opens, closes) in seconds after midnight, in order."""

ALL_DAY: Windows = ((0, 86400),)


def _not_hours() -> Refused:
    return Refused(
        "opening hours by weekday",
        'write {mon-fri: "08:00-20:00", sat: "09:00-12:00, 13:00-17:00", sun: closed}',
    )


def parse_hours(value: object) -> dict[str, Windows]:
    """Read opening hours as {weekday: ((opens, closes), …)} in seconds after midnight.

    Keys are ``daily``, a weekday (``sat``), a range (``mon-fri``) or a list (``"sat,sun"``); values
    are ``"08:00-20:00"``, several joined by commas, or ``closed``. Later keys replace earlier ones.

    >>> parse_hours({"sat,sun": "09:00-17:00", "sun": "closed"})
    {'sat': ((32400, 61200),)}
    """
    if not isinstance(value, Mapping):
        raise _not_hours()
    week: dict[str, Windows] = {}
    for key, hours in value.items():
        windows = _parse_windows(hours)
        for day in _parse_days(key):
            week[day] = windows
    return {day: week[day] for day in WEEKDAYS if week.get(day)}


def _parse_days(key: object) -> list[str]:
    days: list[str] = []
    for part in str(key).lower().replace(" ", "").split(","):
        ends = part.split("-")
        if part == "daily":
            days += WEEKDAYS
        elif part in WEEKDAYS:
            days.append(part)
        elif len(ends) == 2 and all(end in WEEKDAYS for end in ends):
            first, last = (WEEKDAYS.index(end) for end in ends)
            days += [WEEKDAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)]
        else:
            raise Refused(
                f"days: daily, one of {', '.join(WEEKDAYS)}, a range like mon-fri, or several with commas",
                f"replace {str(key)[:40]!r}",
            )
    return days


def _parse_windows(hours: object, otherwise: Callable[[], Refused] = _not_hours) -> Windows:
    """Windows of one day from text, a list of texts, or pairs of seconds as the model holds them.

    ``otherwise`` makes the error for what is none of these.
    """
    if isinstance(hours, str):
        parts: list[Any] = [] if hours.strip().lower() in ("closed", "") else hours.split(",")
    elif isinstance(hours, list | tuple):
        parts = list(hours)
    else:
        raise otherwise()
    windows = sorted(_parse_window(part, otherwise) for part in parts)
    for (_, closes), (opens, _) in itertools.pairwise(windows):
        if opens < closes:
            raise Refused("opening hours that do not overlap", "join the windows that overlap into one")
    return tuple(windows)


def _parse_window(part: object, otherwise: Callable[[], Refused]) -> tuple[int, int]:
    if isinstance(part, str):
        ends = part.replace("–", "-").split("-")
        if len(ends) != 2:
            raise otherwise()
        opens, closes = clock_seconds(ends[0]), clock_seconds(ends[1])
    elif isinstance(part, list | tuple) and len(part) == 2 and all(type(end) is int for end in part):
        opens, closes = part
    else:
        raise otherwise()
    if not 0 <= opens < closes <= 86400:
        raise Refused(
            "hours that close after they open, on the same day",
            'split hours that run past midnight: "20:00-24:00" on one day and "00:00-02:00" on the next',
        )
    return opens, closes


def _windows_text(windows: Windows) -> str:
    return ", ".join(f"{clock_text(opens)}-{clock_text(closes)}" for opens, closes in windows)


def hours_text(week: Mapping[str, Windows]) -> dict[str, str]:
    """Opening hours as written, days alike joined: ``{"mon-fri": "08:00-20:00"}``."""
    text = {day: _windows_text(windows) for day, windows in week.items()}
    if len(text) == 7 and len(set(text.values())) == 1:
        return {"daily": text["mon"]}
    runs: dict[str, str] = {}
    position = 0
    while position < 7:
        day = WEEKDAYS[position]
        last = position
        while last + 1 < 7 and day in text and text.get(WEEKDAYS[last + 1]) == text[day]:
            last += 1
        if day in text:
            runs[day if last == position else f"{day}-{WEEKDAYS[last]}"] = text[day]
        position = last + 1
    return runs


Hours = Annotated[
    dict[str, Windows],
    BeforeValidator(parse_hours),
    PlainSerializer(hours_text),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"},
                    "examples": [{"mon-fri": "08:00-20:00", "sat": "09:00-17:00"}]}),
]  # fmt: skip
"""Opening hours by weekday."""


def _parse_weekdays(value: object) -> tuple[str, ...]:
    text = ",".join(value) if isinstance(value, list | tuple) else value
    if not isinstance(text, str):
        raise Refused("days of the week", "write daily, mon-fri, or mon,wed,sat")
    found = parse_hours({text: "00:00-24:00"})
    return tuple(day for day in WEEKDAYS if day in found)


def _days_text(days: tuple[str, ...]) -> str:
    week = hours_text(dict.fromkeys(days, ((0, 86400),)))
    return ",".join(week)


Days = Annotated[
    tuple[str, ...],
    BeforeValidator(_parse_weekdays),
    PlainSerializer(_days_text),
    WithJsonSchema({"type": "string", "examples": ["daily", "mon-fri", "sat,sun"]}),
]
"""Days of the week, written ``daily``, ``mon-fri`` or ``mon,wed,sat``."""


def parse_day_hours(value: object) -> Windows:
    """Read the opening hours of one day: ``closed``, ``"10:00-16:00"``, or several joined by commas.

    >>> parse_day_hours("closed"), parse_day_hours("10:00-12:00, 14:00-16:00")
    ((), ((36000, 43200), (50400, 57600)))
    """
    return _parse_windows(
        value, lambda: Refused("closed, or the opening hours of one day", 'write closed, or "10:00-16:00"')
    )


def day_hours_text(windows: Windows) -> str:
    """The opening hours of one day as written: ``"10:00-16:00"``, or ``closed``."""
    return _windows_text(windows) or "closed"


DayHours = Annotated[
    Windows,
    BeforeValidator(parse_day_hours),
    PlainSerializer(day_hours_text),
    WithJsonSchema({"type": "string", "examples": ["closed", "10:00-16:00"]}),
]
"""Opening hours of one day; empty: closed."""


def _parse_day(value: object) -> dt.date:
    day = value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None
    if isinstance(value, str):
        try:
            day = dt.date.fromisoformat(value.strip())
        except ValueError:
            day = None
    if day is None or not 1970 <= day.year <= 2199:
        raise Refused("a date from 1970 to 2199", "write it like 2026-03-02")
    return day


Day = Annotated[dt.date, BeforeValidator(_parse_day)]
"""A local date, ``2026-03-02``."""

Date = Annotated[str, BeforeValidator(lambda value: _parse_day(value).isoformat())]
"""The same as a key of a mapping: ISO text."""


def _parse_moment(value: object) -> dt.datetime:
    moment: dt.datetime | None = None
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
    elif isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
    if moment is None:
        raise Refused("a local date and time", 'write it in quotes, like "2026-03-02 10:00"')
    if moment.tzinfo is not None:
        raise Refused("a time local to calendar.timezone", "leave out the offset from UTC")
    return moment


def moment_text(moment: dt.datetime) -> str:
    """``"2026-03-02 10:00"``; seconds are shown only when there are some."""
    whole = moment.second == 0 and moment.microsecond == 0
    return moment.isoformat(sep=" ", timespec="minutes" if whole else "auto")


Moment = Annotated[dt.datetime, BeforeValidator(_parse_moment), PlainSerializer(moment_text)]
"""A local date and time, ``"2026-03-02 10:00"``."""


def _parse_timezone(value: Any) -> str:
    if isinstance(value, str) and len(value) < 60:
        try:
            zoneinfo.ZoneInfo(value)
            return value
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise Refused("a time zone's IANA name", 'write one like "Europe/London"')


Timezone = Annotated[str, BeforeValidator(_parse_timezone)]
"""An IANA time zone name."""
