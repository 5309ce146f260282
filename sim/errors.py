"""Errors of the simulator."""

from __future__ import annotations

from collections.abc import Iterable

from scenarios.errors import PlannerError, Problem


class EngineError(PlannerError):
    """A sound scenario that this version cannot simulate; ``problems`` lists every reason with its cure."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        return f"{len(self.problems)} things that are not simulated in this version:\n{lines}"


def no_such_engine(name: str) -> EngineError:
    """The error for an engine that this version does not have."""
    allowed = "reference, the only engine of this version"
    return EngineError([Problem("engine", name, allowed, 'use engine="reference"')])


class RunError(EngineError):
    """A run that was asked for wrongly, could not be finished, or did not keep what is asked of it."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(problems)
        self.message = message
        self.args = (message, self.problems)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  - {problem}" for problem in self.problems)])


class RunCancelledError(RunError):
    """A run that was cancelled before its first replication was finished."""
