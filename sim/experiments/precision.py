"""Precision: how well a measure is to be known, and how many replications that may take.

Sequential stopping: replications are added in steps until every half-width asked for is small enough.
Chow & Robbins, "On the asymptotic theory of fixed-width sequential confidence intervals for the mean",
*Annals of Mathematical Statistics* 36 (1965) 457–462, show that coverage tends to 95% as the half-width asked
for tends to 0. With few replications the rule is slightly optimistic, for it is likelier to stop where the
spread happens to look small. Hence it starts from :data:`LEAST` replications (Law, *Simulation Modeling
and Analysis*, section 9.4, asks for ten or more) and looks seldom: simulated with this rule, intervals cover
93.5% or more of normal means, and 89% or more of means of exponential, very skewed, replications.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from scenarios.errors import Problem
from scenarios.wording import near
from sim.contract import Plan
from sim.measures import SCOPES, Scope, in_scope, measure
from sim.results import Comparison
from sim.summary import applies, scope_names

LEAST = 20
"""A stopping rule does not look before so many replications."""

MOST = 10_000
"""It gives up after so many, unless told otherwise."""


@dataclass(frozen=True)
class Precision:
    """The 95% half-width that a measure's mean, or its paired difference from the base, shall have at most.

    >>> Precision("asa_seconds", "phone", "channel", half_width=2.0)
    Precision(measure='asa_seconds', name='phone', scope='channel', half_width=2.0, relative=None)
    """

    measure: str
    name: str = "all"
    scope: Scope = "all"
    half_width: float | None = None
    """In the measure's unit (shares: 0.01 is one percentage point)."""
    relative: float | None = None
    """As a share of the mean (of the base's mean, in a comparison): 0.05 is 5% of it."""

    def ratio(self, found: Comparison) -> float:
        """The widest half-width over what it may be: at most 1 when reached; infinity when not known."""
        table = found.summary
        mine = (table["measure"] == self.measure) & (table["name"] == self.name)
        rows = table[mine & (table["scope"] == self.scope)]
        alone = len(found.results) == 1
        widths = rows["half_width"] if alone else rows["delta_half_width"][1:]  # the base comes first
        allowed = self.half_width
        if allowed is None:
            allowed = cast(float, self.relative) * abs(float(rows["mean"].to_numpy()[0]))
        return max(_quotient(width, allowed) for width in widths.to_numpy())

    def problems(self, plans: Sequence[Plan]) -> list[Problem]:
        """What is wrong with it for these scenarios."""
        if self.scope not in SCOPES:
            return [Problem("until scope", self.scope, f"one of {', '.join(SCOPES)}", "write one of these")]
        found = [*self._unknown(plans), *self._sizes()]
        return found or self._unfit(plans)

    def _unknown(self, plans: Sequence[Plan]) -> list[Problem]:
        found = []
        known = [item.name for item in in_scope(self.scope)]
        if self.measure not in known:
            cure = near(str(self.measure), known, "write one of these")
            found.append(Problem("until measure", self.measure, f"one of {', '.join(known)}", cure))
        for plan in plans:
            names = scope_names(plan)[self.scope]
            if self.name not in names:
                cure = near(str(self.name), names, "write one of these")
                allowed = f"a {self.scope} of every scenario: {', '.join(names)}"
                return [*found, Problem("until name", self.name, allowed, cure)]
        return found

    def _sizes(self) -> list[Problem]:
        given = [size for size in (self.half_width, self.relative) if size is not None]
        if len(given) != 1:
            sizes = f"half_width={self.half_width}, relative={self.relative}"
            return [Problem("until", sizes, "a half_width or a relative one", "give one of them")]
        if _is_number(given[0]) and 0.0 < given[0] < math.inf:
            return []
        name = "half_width" if self.relative is None else "relative"
        return [Problem(f"until {name}", given[0], "a number above 0", "change it")]

    def _unfit(self, plans: Sequence[Plan]) -> list[Problem]:
        for plan in plans:
            place = scope_names(plan)[self.scope].index(self.name)
            if not applies(plan, self.scope, place, measure(self.measure, self.scope)):
                allowed = "a channel with agents, for this measure"
                return [Problem("until name", self.name, allowed, "choose another channel, or measure")]
        return []


def precisions(until: Any) -> list[Precision]:
    """One precision or several, as a list; anything else is kept, for :func:`check_precisions` to refuse."""
    return list(until) if isinstance(until, Iterable) and not isinstance(until, str) else [until]


def check_precisions(until: Sequence[Any], plans: Sequence[Plan]) -> list[Problem]:
    """What is wrong with what a run shall reach."""
    cure = 'write sim.Precision("asa_seconds", "phone", "channel", half_width=2.0)'
    if not until:
        return [Problem("until", None, "one precision or more", cure)]
    problems = []
    for item in until:
        if isinstance(item, Precision):
            problems += item.problems(plans)
        else:
            problems.append(Problem("until", item, "a sim.Precision, or several", cure))
    return problems


def check_seconds(seconds: Any) -> list[Problem]:
    """What is wrong with a budget of time."""
    if seconds is None or (_is_number(seconds) and 0.0 < seconds < math.inf):
        return []
    return [Problem("seconds", seconds, "a number above 0, or None", "60 is a minute")]


def next_step(replications: int, ratio: float, most: int) -> int:
    """How many replications to look at next, when half-widths are still ``ratio`` times what they may be.

    As many as that ratio says are needed, but a tenth more at least, so that looks are few, and no more
    than twice as many, for the ratio is itself an estimate.

    >>> next_step(20, 1.2, 1000), next_step(100, 1.01, 1000), next_step(100, 8.0, 150)
    (29, 110, 150)
    """
    needed = replications * ratio**2 if ratio < 2 else math.inf
    least = replications + math.ceil(replications / 10)
    return min(max(math.ceil(min(needed, 2 * replications)), least), most)


def _quotient(width: float, allowed: float) -> float:
    if math.isnan(width):  # fewer than two replications, or nothing to average
        return math.inf
    return width / allowed if allowed > 0 else (math.inf if width > 0 else 0.0)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
