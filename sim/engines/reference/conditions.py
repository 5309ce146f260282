"""Conditions of skills: a group helps a queue only while it is long, or while there is little else to do."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf

from sim.contract import Plan
from sim.engines.reference.floor import Floor
from sim.engines.reference.queues import Queue

_HOWEVER_MANY = 2**62


@dataclass(frozen=True)
class Condition:
    """When a group may take a queue, besides what overflow and reserve ask for."""

    group: int
    queue: Queue
    queue_least: int
    own_queues: tuple[Queue, ...]
    """Those that the group takes with a better priority."""
    own_below: int
    busy_below: float

    @property
    def is_none(self) -> bool:
        """Whether it always holds."""
        return self.queue_least == 0 and self.own_below >= _HOWEVER_MANY and isinf(self.busy_below)

    def holds(self, floor: Floor) -> bool:
        """Whether it does now. Who arrives has no place in the queue yet."""
        return (
            self.queue.length >= self.queue_least
            and sum(queue.length for queue in self.own_queues) < self.own_below
            and self._is_idle_enough(floor)
        )

    def _is_idle_enough(self, floor: Floor) -> bool:
        if isinf(self.busy_below):
            return True
        return float(floor.at_work(self.group)) < self.busy_below * float(floor.here(self.group))


class Conditions:
    """The conditions of all skills; ``queues`` and ``floor`` are looked at to tell whether they hold."""

    def __init__(self, plan: Plan, floor: Floor, queues: list[Queue]) -> None:
        self._floor = floor
        self._of = [
            [_condition(plan, queues, group, queue) for queue in range(len(queues))]
            for group in range(len(plan.groups))
        ]
        self.watched = [
            queue for queue, asked in zip(queues, zip(*self._of, strict=True), strict=False) if any(asked)
        ]
        """The queues for which some skill has conditions, in their order."""

    def hold_for(self, group: int, queue: int) -> bool:
        """Whether all conditions of the skill hold now."""
        condition = self._of[group][queue]
        return condition is None or condition.holds(self._floor)


def _condition(plan: Plan, queues: list[Queue], group: int, queue: int) -> Condition | None:
    priority: list[int] = plan.skill_priority[group].tolist()
    better = (own for own, rank in zip(queues, priority, strict=True) if 0 < rank < priority[queue])
    condition = Condition(
        group,
        queues[queue],
        queue_least=int(plan.skill_queue_least[group, queue]),
        own_queues=tuple(better),
        own_below=int(plan.skill_own_below[group, queue]),
        busy_below=float(plan.skill_busy_below[group, queue]),
    )
    return None if priority[queue] == 0 or condition.is_none else condition
