"""When something was saved or asked, as people at this machine say it."""

from __future__ import annotations

import datetime as dt


def moment(when: dt.datetime, now: dt.datetime | None = None) -> str:
    """Local time of today; with the day when it was another one.

    >>> early = dt.datetime(2026, 3, 2, 9, 5, tzinfo=dt.UTC)
    >>> moment(early, early + dt.timedelta(days=9)).split()[:2]
    ['2', 'Mar,']
    """
    local = when.astimezone()
    today = (now or dt.datetime.now(dt.UTC)).astimezone().date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return clock
    if local.date() == today - dt.timedelta(days=1):
        return f"yesterday, {clock}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local.day} {local:%b}{year}, {clock}"
