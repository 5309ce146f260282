"""Intraday profiles by name: how the cases of a day spread over its intervals.

The profiles stand in ``profiles.toml`` beside this module, each with its source.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from scenarios.errors import Refused


@cache
def _profiles() -> dict[str, dict[str, Any]]:
    text = resources.files("scenarios").joinpath("profiles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def profile_names() -> tuple[str, ...]:
    """Names of the library's profiles."""
    return tuple(_profiles())


def profile_source(name: str) -> str:
    """Where a library profile comes from, in a sentence."""
    return str(_profiles()[name]["source"])


@cache
def profile_weights(name: str, intervals_per_day: int) -> tuple[float, ...]:
    """Shares of the day's cases in each of ``intervals_per_day`` equal intervals; they sum to 1.

    Within an hour (or half-hour) of the profile cases come evenly; longer intervals add up. Raises
    ``ValueError`` for an unknown name.

    >>> profile_weights("flat", 4)
    (0.25, 0.25, 0.25, 0.25)
    """
    if name not in _profiles():
        raise Refused(f"a profile: {', '.join(_profiles())}", "write one of these names, or a CSV file's")
    return rescaled(tuple(_profiles()[name]["weights"]), intervals_per_day)


def rescaled(weights: tuple[float, ...], intervals_per_day: int) -> tuple[float, ...]:
    """``weights`` of equal parts of a day, spread over ``intervals_per_day`` intervals; they sum to 1.

    >>> rescaled((1.0, 3.0), 4)
    (0.125, 0.125, 0.375, 0.375)
    """
    total, size = math.fsum(weights), len(weights)
    shares = []
    for interval in range(intervals_per_day):
        begins, ends = interval * size / intervals_per_day, (interval + 1) * size / intervals_per_day
        parts = range(int(begins), min(size, math.ceil(ends)))
        overlap = (weights[part] * (min(ends, part + 1) - max(begins, part)) for part in parts)
        shares.append(math.fsum(overlap) / total)
    return tuple(shares)
