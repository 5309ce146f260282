"""Names: known ones, and ones that mean something else already."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from scenarios.distributions import LAWS
from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.wording import near

TOLERANCE = 1e-6
"""Shares that are to sum to 1 may miss it by this much, so that three thirds pass."""

_ENDINGS = ("resolved", "given_up", "unfinished")
_RESERVED: dict[str, tuple[Collection[str], str]] = {
    "segments": ((), ""),
    "intents": (("default",), "it stands for every intent where values are given by intent"),
    "channels": (("all", *_ENDINGS), "in results it stands for all channels, or for how a journey ends"),
    "groups": ((), ""),
}


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Names that would be read as something else."""
    for part, (taken, reason) in _RESERVED.items():
        for name in getattr(scenario, part):
            why = reason if name in taken else "it is the name of a law" if name in LAWS else ""
            if why:
                yield Problem(f"{part}.{name}", name, f"another name: {why}", "rename it")


def article(noun: str) -> str:
    """``a`` or ``an``."""
    return "an" if noun[0] in "aeiou" else "a"


def unknown(field: str, name: str, known: Collection[str], what: str) -> Problem:
    """``name`` is not one of the ``known`` names of a ``what`` (``"channel"``)."""
    names = ", ".join(known) if known else "none is defined"
    return Problem(
        field,
        name,
        f"{article(what)} {what} of this scenario: {names}",
        near(name, known, f"add the {what}, or remove it"),
    )


def unknown_keys(
    field: str, mapping: Mapping[str, object], known: Collection[str], what: str
) -> Iterator[Problem]:
    """A problem for every key of ``mapping`` that is not a known name."""
    for name in mapping:
        if name not in known:
            yield unknown(f"{field}.{name}", name, known, what)


def sum_to_one(field: str, shares: Mapping[str, float]) -> Iterator[Problem]:
    """A problem if shares do not sum to 1."""
    total = sum(shares.values())
    if abs(total - 1.0) > TOLERANCE:
        change = "raise" if total < 1 else "lower"
        cure = f"they sum to {total:g}; {change} some of them by {abs(1 - total):g} in all"
        yield Problem(field, dict(shares), "shares that sum to 1", cure)
