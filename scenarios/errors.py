"""The tree of errors, and the problem: what is wrong, where, what is allowed and the cure.

``PlannerError`` is the root of every error that this product raises on purpose; ``ScenarioError`` says
that a scenario cannot be used, and lists every problem at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar


class PlannerError(Exception):
    """Something that a planner can understand and put right; the root of all errors raised on purpose."""


class Refused(ValueError):  # noqa: N818 - said of a value
    """A value that a field does not take; validators raise it, and it becomes a :class:`Problem`.

    ``allowed`` says what the field takes and ``cure`` what to write instead.
    """

    def __init__(self, allowed: str, cure: str) -> None:
        super().__init__(allowed, cure)
        self.allowed = allowed
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.allowed}; {self.cure}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario.

    ``field`` is its path (``channels.phone.handle_time.lognormal.cv``; empty for a file as a whole),
    ``value`` what stands there (``None``: nothing), ``allowed`` what may stand there and ``cure`` what to
    do. ``file`` and ``line`` (from 1) are known when it was read from a file.

    >>> print(Problem("max_attempts", 0, "a whole number from 1 to 50", "write 8"))
    max_attempts is 0; allowed: a whole number from 1 to 50. Cure: write 8.
    """

    field: str
    value: Any
    allowed: str
    cure: str
    file: str | None = None
    line: int | None = None

    @property
    def place(self) -> str:
        """Where it stands, ``mine.yaml, line 12``; empty when it was not read from a file."""
        parts = [self.file] if self.file else []
        parts += [f"line {self.line}"] if self.line else []
        return ", ".join(parts)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        if not self.field:
            what = f"found {self.value}; allowed"
        elif self.value is None:
            what = f"{self.field} is missing; needed"
        else:
            what = f"{self.field} is {shown(self.value)}; allowed"
        return f"{where}{what}: {self.allowed}. Cure: {self.cure.rstrip('.')}."


def shown(value: object, most: int = 60) -> str:
    """A value as a message shows it: text in quotes, and never longer than ``most`` characters.

    >>> shown("portl"), shown(1.30), shown([1] * 100, 12)
    ("'portl'", '1.3', '[1, 1, 1, 1…')
    """
    if isinstance(value, str):
        text = repr(value[: most + 1])
    elif isinstance(value, dict | list | tuple) and len(value) > most:
        text = repr(type(value)(list(value)[:most])) if not isinstance(value, dict) else "{…}"
    elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        text = "a number of more than 77 digits"
    elif isinstance(value, float):
        text = f"{value:.12g}"
    else:
        text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


class ListedError(PlannerError):
    """An error that lists everything that is wrong: ``problems``, each with its cure."""

    heading: ClassVar[str]
    """What several of them are called, after their number."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        return f"{len(self.problems)} {self.heading}:\n{lines}"


class ScenarioError(ListedError):
    """A scenario that cannot be used; ``problems`` lists everything that is wrong with it."""

    heading: ClassVar[str] = "problems"
