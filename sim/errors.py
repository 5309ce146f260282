"""Errors of the simulator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from scenarios.errors import ListedError, Problem


class EngineError(ListedError):
    """A sound scenario that this version cannot simulate; ``problems`` lists every reason with its cure."""

    heading: ClassVar[str] = "things that are not simulated in this version"


def no_such_engine(name: str) -> EngineError:
    """The error for an engine that this version does not have."""
    return EngineError([Problem("engine", name, "compiled or reference", 'use engine="compiled"')])


def no_policies(policy: object) -> EngineError:
    """The error for a policy that the compiled engine is to follow."""
    allowed = 'None, with engine="compiled": a policy is Python'
    return EngineError([Problem("policy", policy, allowed, 'use engine="reference", or leave policy out')])


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


class InfeasibleStaffing(RunError):  # noqa: N818 - said of what was asked
    """Goals that no staffing meets; ``problems`` name what binds, where and when, and the cure."""
