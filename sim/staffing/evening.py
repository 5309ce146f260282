"""Evening: of the staffings that cost hardly more than the cheapest, the one whose worst interval is best.

A goal for the day lets good hours make up for bad ones, and the cheapest staffing does so wherever it pays.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor

from scenarios.channels import Deferred
from scenarios.errors import Problem
from sim.errors import InfeasibleStaffing
from sim.experiments.asking import refuse
from sim.experiments.replicate import Cancel
from sim.staffing.requirement import Requirement, requirement
from sim.staffing.targets import Goal

_HALVINGS = 4
"""The floor is found to a sixteenth of the limit."""


def evened(
    need: Requirement,
    within: float = 0.01,
    *,
    replications: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    cancel: Cancel | None = None,
) -> Requirement:
    """The staff whose worst interval is best, for at most a share ``within`` more than ``need`` costs.

    Every goal for the day of a channel that cannot wait gets a companion for each interval, with a limit that
    is a part of its own: at least 0.75 × 80%, say, or at most 20 s / 0.75. The greatest part that can be
    afforded is found by halving, to a sixteenth, with a search for each; the companions are among the goals
    of what is returned. It is ``need`` itself where none can be afforded, or no goal is for a day.

    Raises as :func:`~sim.staffing.requirement.requirement` does, but never ``InfeasibleStaffing``.
    """
    sound = isinstance(within, int | float) and not isinstance(within, bool) and 0.0 <= within <= 1.0
    refuse([] if sound else [Problem("within", within, "a share from 0 to 1", "0.01 is 1%")], "this search")
    best, low, high = need, 0.0, 1.0
    for _ in range(_HALVINGS):
        part = (low + high) / 2.0
        floors = tuple(_floors(need, part))
        if not floors:
            break
        try:
            found = requirement(
                need.base, (*need.goals, *floors), replications=replications, seed=need.seed,
                executor=executor, workers=workers, cancel=cancel,
            )  # fmt: skip
        except InfeasibleStaffing:
            high = part
            continue
        if found.cost <= (1.0 + within) * need.cost + 1e-9:
            best, low = found, part
        else:
            high = part
    return best


def _floors(need: Requirement, part: float) -> Iterator[Goal]:
    """What each goal for the day asks of every interval."""
    for goal in need.goals:
        if goal.per != "day" or goal.probability is not None or goal.kind.scope != "channel":
            continue
        for name, channel in need.base.channels.items():
            if goal.channel not in (None, name) or name not in _live(need) or isinstance(channel, Deferred):
                continue
            if not goal.kind.ceiling:
                yield Goal(goal.measure, name, at_least=part * goal.limit, per="interval")
            elif goal.kind.unit != "share" or goal.limit < part:
                yield Goal(goal.measure, name, at_most=goal.limit / part, per="interval")


def _live(need: Requirement) -> set[str]:
    """Channels of which something is judged."""
    return {item.condition.name for item in need.judged if item.counts}
