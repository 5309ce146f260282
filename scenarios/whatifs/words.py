"""Numbers in the short phrases that describe a what-if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def per_cent(share: float) -> str:
    """A share in per cent, with decimals only where there are some.

    >>> per_cent(0.2), per_cent(0.125), per_cent(2 / 3)
    ('20%', '12.5%', '66.7%')
    """
    return f"{number(round(share * 100, 1))}%"


def number(value: float) -> str:
    """A number without a useless ``.0``: ``number(3.0)`` is ``"3"``."""
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def signed(value: float) -> str:
    """A number with its sign, a proper minus: ``signed(-3)`` is ``"−3"``."""
    return f"{'−' if value < 0 else '+'}{number(abs(value))}"


def points(value: float) -> str:
    """A change in percentage points with its sign: ``points(1)`` is ``"+1 point"``."""
    return f"{signed(value)} point{'' if abs(value) == 1 else 's'}"


def shares_text(value: float | Mapping[str, float]) -> str:
    """One share, or the shares by name; more than three names are summed up as a range.

    >>> shares_text(0.2), shares_text({"young": 0.3, "old": 0.1})
    ('20%', '30% (young), 10% (old)')
    """
    if not isinstance(value, Mapping):
        return per_cent(value)
    if len(value) > 3:
        return f"{per_cent(min(value.values()))} to {per_cent(max(value.values()))}"
    return ", ".join(f"{per_cent(share)} ({name})" for name, share in value.items())


def listed(names: Iterable[str]) -> str:
    """Names as in a sentence: ``"a, b and c"``."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
