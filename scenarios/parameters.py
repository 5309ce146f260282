"""The parameter library: every default figure with its range, unit, source and grade.

The figures stand in ``parameters.toml`` beside this module, read once when first asked for. No other
module repeats one: fields of the model name an entry (see :func:`scenarios.units.quantity`), and code
that needs a figure calls :func:`default_of`.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

GRADES: dict[str, str] = {
    "A": "peer-reviewed, or measured from data",
    "B": "a named study or survey by an analyst or trade body",
    "C": "a practitioner's or vendor's figure: a starting point, not evidence",
    "X": "an assumption: no usable source was found",
}
"""What each grade of a source means."""


@dataclass(frozen=True)
class Parameter:
    """One entry of the library.

    ``default``, ``low`` and ``high`` are in ``unit``; a ``default`` may also be a law of durations or a
    target in written form, or a table. ``low`` and ``high`` are the range worth exploring (``None``
    where none is known), ``grade`` a key of :data:`GRADES`.
    """

    name: str
    default: Any
    low: float | None
    high: float | None
    unit: str
    source: str
    grade: str
    note: str = ""

    @property
    def is_assumption(self) -> bool:
        """Whether no usable source stands behind the figure."""
        return self.grade == "X"


@cache
def _library() -> dict[str, Parameter]:
    text = resources.files("scenarios").joinpath("parameters.toml").read_text(encoding="utf-8")
    return {name: Parameter(name=name, **entry) for name, entry in _entries(tomllib.loads(text))}


def _entries(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and fields of all entries: the tables of the file that have a ``default``."""
    for key, value in table.items():
        if "default" in value:
            yield prefix + key, {"low": None, "high": None, "unit": "", **value}
        else:
            yield from _entries(value, f"{prefix}{key}.")


class _Parameters(Mapping[str, Parameter]):
    """The library as a mapping that reads its file when first looked into."""

    def __getitem__(self, name: str) -> Parameter:
        return _library()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_library())

    def __len__(self) -> int:
        return len(_library())


PARAMETERS: Mapping[str, Parameter] = _Parameters()
"""Every parameter by name, in the order of the file."""


def parameter(name: str) -> Parameter:
    """The entry called ``name``.

    >>> parameter("phone.target_within").default
    20
    """
    return PARAMETERS[name]


def default_of(name: str) -> Any:
    """The default of the entry called ``name``: the caller's own copy.

    >>> default_of("phone.handle_time")
    {'lognormal': {'mean': '6 min', 'cv': 1.0}}
    """
    return copy.deepcopy(PARAMETERS[name].default)
