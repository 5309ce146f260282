"""Numbers for people: pure functions from a number to the text that a planner reads.

Waits are ``m:ss`` from a minute on and ``24 s`` below; shares are per cent and their differences
points; money has its currency; nothing shows more than one decimal. A minus is a real minus sign.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["seconds", "share", "count", "ratio", "score", "money", "hours"]
"""What a number measures, hence how it is written. ``ratio`` is a plain small number (1.38)."""
Better = Literal["higher", "lower", "neither"]
"""Which direction planners call better."""
Verdict = Literal["better", "worse", "more", "fewer", "higher", "lower", "no clear difference"]
"""What a difference means; where neither direction is better, counts are more or fewer and all else
higher or lower."""

MINUS = "−"
MISSING = "–"
ARROWS: dict[str, str] = {"up": "▲", "down": "▼", "flat": "≈"}


@dataclass(frozen=True)
class Estimate:
    """A mean over replications and the half-width of its 95% confidence interval."""

    mean: float
    half_width: float = math.nan

    @property
    def known(self) -> bool:
        """Whether there is a number at all (no phone call, no wait)."""
        return math.isfinite(self.mean)

    @property
    def clear(self) -> bool:
        """Whether zero lies outside the interval; without an interval nothing is clear.

        >>> Estimate(4.0, 1.5).clear, Estimate(-1.0, 1.5).clear, Estimate(4.0).clear
        (True, False, False)
        """
        return self.known and math.isfinite(self.half_width) and abs(self.mean) > self.half_width


# -- a number --------------------------------------------------------------------------------------


def whole(number: float) -> str:
    """A whole number with thousands separators; small ones keep a decimal.

    >>> whole(20318.4), whole(3.26), whole(-412)
    ('20,318', '3.3', '−412')
    """
    if not math.isfinite(number):
        return MISSING
    digits = 1 if abs(number) < 9.95 and abs(number - round(number)) >= 0.05 else 0
    return _signed_zero(f"{number:,.{digits}f}")


def clock(seconds: float) -> str:
    """A wait: ``24 s`` below a minute, ``3:10`` from a minute on, ``1:02:05`` from an hour on.

    >>> clock(24.3), clock(190), clock(59.7), clock(3725), clock(0.4)
    ('24 s', '3:10', '1:00', '1:02:05', '0.4 s')
    """
    if not math.isfinite(seconds):
        return MISSING
    sign, size = (MINUS if seconds < 0 else ""), abs(seconds)
    if size < 9.95 and round(size, 1) != round(size):
        return _signed_zero(f"{sign}{size:.1f} s")
    total = round(size)
    if total < 60:
        return _signed_zero(f"{sign}{total} s")
    hours, rest = divmod(total, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes}:{left:02d}"


def spoken(seconds: float) -> str:
    """A wait inside a sentence.

    >>> spoken(24), spoken(190), spoken(180), spoken(3725)
    ('24 s', '3 min 10 s', '3 min', '1 h 2 min')
    """
    if not math.isfinite(seconds) or round(abs(seconds)) < 60:
        return clock(seconds)
    sign, total = (MINUS if seconds < 0 else ""), round(abs(seconds))
    hours, rest = divmod(total, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{sign}{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{sign}{minutes} min" + (f" {left} s" if left else "")


def per_cent(share: float) -> str:
    """A share as per cent.

    >>> per_cent(0.8123), per_cent(0.034), per_cent(1.0), per_cent(0.9996), per_cent(0.0004)
    ('81%', '3.4%', '100%', '99.9%', '0.1%')
    """
    if not math.isfinite(share):
        return MISSING
    number = share * 100
    if number in (0.0, 100.0):
        return f"{number:.0f}%"
    if 0 < number < 0.1:
        return "0.1%" if number >= 0.03 else "under 0.1%"
    if 99.5 <= number < 100:
        return f"{math.floor(number * 10) / 10:.1f}%"
    return f"{number:.0f}%" if abs(number) >= 9.95 else _trim(f"{number:.1f}") + "%"


def points(share: float) -> str:
    """A difference of shares, in percentage points.

    >>> points(-0.171), points(0.004), points(0.01)
    ('−17 points', '0.4 points', '1 point')
    """
    if not math.isfinite(share):
        return MISSING
    number = share * 100
    text = f"{number:.0f}" if abs(number) >= 9.95 else _trim(f"{number:.1f}")
    text = _signed_zero(text)
    return f"{text} point" if text.lstrip(MINUS) == "1" else f"{text} points"


def money(amount: float, currency: str) -> str:
    """An amount of money: pence below a hundred, whole above.

    >>> money(4.018, "£"), money(12345.6, "£"), money(-0.5, "EUR")
    ('£4.02', '£12,346', '−EUR 0.50')
    """
    if not math.isfinite(amount):
        return MISSING
    sign, size = (MINUS if amount < 0 else ""), abs(amount)
    gap = " " if currency[-1:].isalpha() else ""
    number = f"{size:,.2f}" if size < 99.995 else f"{size:,.0f}"
    return f"{sign if float(number.replace(',', '')) else ''}{currency}{gap}{number}"


def value(number: float, kind: Kind, currency: str = "£") -> str:
    """A number of any kind as a planner reads it.

    >>> value(190, "seconds"), value(0.64, "share"), value(1.382, "ratio"), value(4.02, "money")
    ('3:10', '64%', '1.38', '£4.02')
    """
    if not math.isfinite(number):
        return MISSING
    if kind == "seconds":
        return clock(number)
    if kind == "share":
        return per_cent(number)
    if kind == "money":
        return money(number, currency)
    if kind == "ratio":
        return _signed_zero(f"{number:,.2f}")
    if kind == "score":
        return _signed_zero(f"{number:.1f}")
    if kind == "hours":
        return f"{whole(number)} h"
    return whole(number)


def half_width(estimate: Estimate, kind: Kind, currency: str = "£") -> str:
    """The half-width with its sign, in the precision of its kind; empty without one, or when it is 0.

    >>> half_width(Estimate(0.64, 0.021), "share"), half_width(Estimate(190, 12), "seconds")
    ('± 2.1 pts', '± 12 s')
    >>> half_width(Estimate(4.02, 0.001), "money")
    '± £0.001'
    """
    width = estimate.half_width
    if not math.isfinite(width) or width == 0:
        return ""
    return f"± {_size(width, kind, currency)}"


# -- a difference ----------------------------------------------------------------------------------


def signed(number: float, kind: Kind, currency: str = "£") -> str:
    """A difference with its sign.

    >>> signed(166, "seconds"), signed(-0.17, "share"), signed(412, "count"), signed(0.11, "ratio")
    ('+2:46', '−17 pts', '+412', '+0.11')
    >>> signed(0.002, "money")
    '+£0.002'
    """
    if not math.isfinite(number):
        return MISSING
    size = _size(abs(number), kind, currency)
    if size == "nearly 0" or not any(c in "123456789" for c in size):
        return size
    return f"{MINUS if number < 0 else '+'}{size}"


def _size(size: float, kind: Kind, currency: str) -> str:
    """A size that is not negative: what would round to nothing shows its first digit."""
    if not 0 < size < _ROUNDS_TO_NOTHING[kind]:
        return points(size).replace("point", "pt") if kind == "share" else value(size, kind, currency)
    digit = f"{size * 100:.1g}" if kind == "share" else f"{size:.1g}"
    if "e" in digit:
        return "nearly 0"
    if kind == "money":
        return f"{currency}{' ' if currency[-1:].isalpha() else ''}{digit}"
    return digit + {"share": " pts", "seconds": " s", "hours": " h"}.get(kind, "")


_ROUNDS_TO_NOTHING: dict[Kind, float] = {
    "seconds": 0.05,
    "share": 0.0005,
    "count": 0.05,
    "ratio": 0.005,
    "score": 0.05,
    "money": 0.005,
    "hours": 0.05,
}


def verdict(delta: Estimate, better: Better, kind: Kind = "ratio") -> Verdict:
    """What a paired difference means: better, worse, or not told apart from none.

    >>> verdict(Estimate(10, 2), "lower"), verdict(Estimate(1, 2), "lower")
    ('worse', 'no clear difference')
    >>> verdict(Estimate(10, 2), "neither", "count"), verdict(Estimate(-0.1, 0.02), "neither", "share")
    ('more', 'lower')
    """
    if not delta.clear:
        return "no clear difference"
    if better != "neither":
        return "better" if (delta.mean > 0) == (better == "higher") else "worse"
    if kind == "count":
        return "more" if delta.mean > 0 else "fewer"
    return "higher" if delta.mean > 0 else "lower"


def arrow(delta: Estimate) -> str:
    """An arrow for the direction of a difference; a wavy sign when there is no clear one."""
    if not delta.clear:
        return ARROWS["flat"]
    return ARROWS["up"] if delta.mean > 0 else ARROWS["down"]


def with_interval(estimate: Estimate, kind: Kind, currency: str = "£") -> str:
    """A value and its half-width in one piece: ``412 ± 18``.

    >>> with_interval(Estimate(412, 18), "count")
    '412 ± 18'
    """
    if not estimate.known:
        return MISSING
    return f"{value(estimate.mean, kind, currency)} {half_width(estimate, kind, currency)}".strip()


def shift(delta: Estimate, kind: Kind, currency: str = "£") -> str:
    """A difference with its sign and half-width, the unit once: ``−17 ± 0.8 pts``.

    >>> shift(Estimate(-0.171, 0.008), "share"), shift(Estimate(71, 3.1), "seconds")
    ('−17 ± 0.8 pts', '+1:11 ± 3.1 s')
    """
    size, width = signed(delta.mean, kind, currency), half_width(delta, kind, currency)
    if kind in ("share", "hours") and width:
        size = size.partition(" ")[0]
    return f"{size} {width}".strip()


def difference(delta: Estimate, kind: Kind, better: Better, currency: str = "£") -> str:
    """A paired difference in words: sign, half-width and verdict.

    >>> difference(Estimate(166, 8), "seconds", "lower")
    '+2:46 ± 8 s worse'
    >>> difference(Estimate(0.02, 0.06), "money", "lower")
    'no clear difference'
    """
    if not delta.known:
        return MISSING
    told = verdict(delta, better, kind)
    if told == "no clear difference":
        return told
    return f"{shift(delta, kind, currency)} {told}"


# -- time and counting -----------------------------------------------------------------------------


def local_time(start: str, timezone: str, seconds: float) -> dt.datetime:
    """Local wall time that is ``seconds`` after local midnight of ISO date ``start``.

    Elapsed time is counted, so a day on which clocks change has 23 or 25 hours.

    >>> local_time("2026-03-29", "Europe/London", 3 * 3600).strftime("%H:%M")
    '04:00'
    """
    midnight = dt.datetime.combine(dt.date.fromisoformat(start), dt.time(), ZoneInfo(timezone))
    elapsed = midnight.astimezone(dt.UTC) + dt.timedelta(seconds=seconds)
    return elapsed.astimezone(ZoneInfo(timezone))


def clock_time(moment: dt.datetime) -> str:
    """The time of day; where clocks go back and it comes twice, with the offset that tells which is meant.

    >>> [clock_time(local_time("2026-10-25", "Europe/London", hours * 3600)) for hours in (1, 2, 3)]
    ['01:00 (UTC+1)', '01:00 (UTC+0)', '02:00']
    """
    other = moment.replace(fold=1 - moment.fold).utcoffset()
    offset = moment.utcoffset()
    if offset is None or other is None or offset == other:
        return f"{moment:%H:%M}"
    hours, minutes = divmod(abs(offset) // dt.timedelta(minutes=1), 60)
    sign = MINUS if offset < dt.timedelta(0) else "+"
    return f"{moment:%H:%M} (UTC{sign}{hours}{f':{minutes:02d}' if minutes else ''})"


def simulated_days(replications: int, start: str | None, days: int = 1) -> str:
    """How much was simulated, in words.

    >>> simulated_days(20, "2026-03-02"), simulated_days(1, "2026-03-02"), simulated_days(8, "2026-03-02", 7)
    ('20 simulated Mondays', '1 simulated Monday', '8 simulated weeks')
    """
    one = replications == 1
    if days == 1:
        noun = f"{dt.date.fromisoformat(start):%A}" if start else "day"
    elif days == 7:
        noun = "week"
    else:
        return f"{replications:,} simulated {'run' if one else 'runs'} of {days} days"
    return f"{replications:,} simulated {noun}{'' if one else 's'}"


def about_seconds(seconds: float) -> str:
    """A time still to wait, without false precision.

    >>> about_seconds(6.4), about_seconds(47), about_seconds(400)
    ('about 6 s left', 'about 45 s left', 'about 7 min left')
    """
    if seconds < 1.5:
        return "nearly done"
    if seconds < 10:
        return f"about {round(seconds)} s left"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s left"
    return f"about {round(seconds / 60)} min left"


def listing(words: Sequence[str]) -> str:
    """Words in a sentence: ``a, b and c``.

    >>> listing(["waits", "service level", "cost"])
    'waits, service level and cost'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def unbroken(text: str) -> str:
    """The text with no-break spaces where a line must not end: within ``10 s`` and ``412 ± 18``.

    >>> unbroken("from 10 s to 412 ± 18") == "from 10\\u00a0s to 412\\u00a0±\\u00a018"
    True
    """
    return re.sub(r"(?<=\d) (?=(s|min|h|pts?|points?|±)\b|±)|(?<=±) (?=\d)", "\u00a0", text)


def plain(name: str) -> str:
    """A name from a file as words: ``failed_self_service`` -> ``failed self service``."""
    return name.replace("_", " ").replace("-", " ").strip()


def the(name: str) -> str:
    """A channel with its article, as in a sentence; one that is numbered has none.

    >>> the("phone"), the("tier_1")
    ('the phone', 'tier 1')
    """
    text = plain(name)
    return text if text[-1:].isdigit() else f"the {text}"


def title(name: str) -> str:
    """A name from a file as a label: first letter raised, the rest kept.

    >>> title("given up"), title("sms_bot")
    ('Given up', 'Sms bot')
    """
    text = plain(name)
    return text[:1].upper() + text[1:]


def _trim(text: str) -> str:
    return text[:-2] if text.endswith(".0") else text


def _signed_zero(text: str) -> str:
    """A real minus sign, and no minus before a zero."""
    if text.startswith(("-", MINUS)):
        rest = text[1:]
        return f"{MINUS}{rest}" if any(c in "123456789" for c in rest) else rest
    return text
