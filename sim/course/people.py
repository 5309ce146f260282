"""People: who is employed, who is on the floor, and how fast they are together.

Numbers are expectations, so headcounts are fractions: 31% attrition takes 0.6% of a group each week.
Everybody leaves at the same rate, trainees too; who leaves at the end of a week is missing from the next on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scenarios.course import Course, HiringClass, Learning
from sim.course.curves import learnt, staying


@dataclass(frozen=True)
class Crew:
    """The agents of a group in one week."""

    employed: float
    """On the payroll, in training or not."""
    on_floor: float
    """Of these, trained."""
    share: float
    """On the floor, as a share of those whom the scenario has."""
    slowness: float
    """Handle time of all on the floor together, against experienced agents'."""
    hired: float
    """Who began this week."""

    @property
    def in_class(self) -> float:
        """Paid, and in training."""
        return self.employed - self.on_floor


def crews(course: Course, headcount: Mapping[str, float], week: int) -> dict[str, Crew]:
    """The crew of every group in a week (from 1), given whom the scenario has."""
    people = course.people
    if people is None:
        return {name: Crew(number, number, 1.0, 1.0, 0.0) for name, number in headcount.items()}
    found = {}
    for name, number in headcount.items():
        stayed = number * staying(week - 1, people.attrition_per_year)
        classes = [one for one in people.hires if one.group == name and one.week <= week]
        sizes = [one.size * staying(week - one.week, people.attrition_per_year) for one in classes]
        trained = [
            (size, _factor(one, course.learning, week))
            for size, one in zip(sizes, classes, strict=True)
            if week >= one.week + one.weeks_of_training
        ]
        on_floor = stayed + sum(size for size, _ in trained)
        found[name] = Crew(
            employed=stayed + sum(sizes),
            on_floor=on_floor,
            share=on_floor / number if number > 0 else 1.0,
            slowness=together([(stayed, 1.0), *trained]),
            hired=sum(one.size for one in classes if one.week == week),
        )
    return found


def together(parts: Sequence[tuple[float, float]]) -> float:
    """Handle time of agents together: (number, handle time) of each part of them.

    Who is faster takes more contacts: while all are busy, contacts are shared out as 1 / handle time, and the
    mean handle time is the harmonic one, agents over Σ agents / handle time. With idle time the slow
    take relatively more, so it is a lower bound then.

    >>> together([(1, 1.0), (1, 2.0)]), together([(5, 1.0)]), together([])
    (1.3333333333333333, 1.0, 1.0)
    """
    if all(factor == 1.0 for number, factor in parts if number > 0):
        return 1.0
    return sum(number for number, _ in parts) / sum(number / factor for number, factor in parts)


def _factor(hiring: HiringClass, learning: Learning | None, week: int) -> float:
    """Of a class that is on the floor."""
    since = week - hiring.week - hiring.weeks_of_training
    if hiring.ramp is not None:
        return 1 / hiring.ramp[since] if since < len(hiring.ramp) else 1.0
    if learning is None:
        return 1.0
    return learnt(since + 0.5, learning.new_handle_time, learning.months)
