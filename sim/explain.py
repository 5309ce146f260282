"""Explaining: what a difference between a base and a variant is made of, in parts that sum to the whole.

Contacts are told apart by what led to them: a first attempt, or how and where the attempt before it ended.
Effort is told apart by driver. Waits are told apart by changing one thing after another
(:func:`explain_waits`), which needs scenarios between the two that are simulated for it.

>>> import scenarios, sim
>>> from scenarios.whatifs import ChangeStaff
>>> desk = scenarios.load("helpdesk")
>>> fewer = sim.compare(desk, [ChangeStaff(percent=-15).apply(desk)], 3, engine="reference", workers=1)
>>> told = explain(fewer).query("part == 'contacts'")
>>> sorted(told["cause"])
['first_contact', 'redial_abandoned', 'repeat_unresolved']
>>> bool(abs(told["delta"].sum() - fewer.summary.query("measure == 'offered'")["delta"].sum()) < 1e-9)
True
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scenarios.channels import Channel, SelfService
from scenarios.errors import Problem
from scenarios.model import Group, Scenario, Skill
from sim import engines
from sim.columns import Column
from sim.contract import OUTCOMES, Floats, Mode, Outcome, Plan
from sim.counting.layout import ENDINGS
from sim.counting.totals import OFFERED, Totals
from sim.effort import DRIVERS
from sim.errors import RunError
from sim.estimates import half_width
from sim.experiments import compare
from sim.experiments.tasks import Model, Models, Task, perform
from sim.results import BASELINE, Comparison, Result
from sim.summary import delta_columns

MOST_REPEATED = 200
"""So many replications at most are simulated again, to see how causes of contacts differ between them."""

FIRST, TRANSFER, CALLBACK = "first_contact", "transfer", "callback"
CALLED_IN_VAIN = "called_in_vain"
SELF_SERVICE, OTHER_CHANNEL = "failed_self_service", "other_channel"
UNRESOLVED, ABANDONED, NOT_REACHED = "repeat_unresolved", "redial_abandoned", "redial_not_reached"

CONTACT_CAUSES: Mapping[str, str] = {
    FIRST: "The first attempt of a case.",
    SELF_SERVICE: "After an attempt in self-service that failed, or did not get through.",
    OTHER_CHANNEL: "After an attempt in another channel with agents that did not resolve the case.",
    UNRESOLVED: "After a contact in the same channel that ended without resolving the case.",
    ABANDONED: "After giving up waiting in the same channel.",
    NOT_REACHED: "After the same channel was blocked or closed, or dropped the contact at closing.",
    TRANSFER: "Passed on by an agent.",
    CALLBACK: "A callback that the customer had asked for.",
    CALLED_IN_VAIN: "After a dialler reached nobody, or its channel closed first.",
}
"""What leads to a contact, in the order of the table. Every contact has exactly one."""

WAIT_CAUSES: Mapping[str, str] = {
    "contacts": "All but the next two: volumes, channels, patience, what customers do next, incidents.",
    "handling": "Agents' time on a contact: handle times, skills' factors, contacts at once, frustration.",
    "agents": "Who is on the floor: groups, staff, shrinkage, and what they may take.",
}
"""What is changed one after the other to explain waits, in this order."""

EXPLAINED: Mapping[str, Column] = {
    "part": Column("", "What is explained: contacts, effort or wait."),
    "channel": Column("", "Channel; `all` for effort."),
    "cause": Column("", "Cause of contacts, driver of effort, or what was changed."),
    "from": Column("", "Channel of the attempt before; empty for first contacts, effort and waits."),
    "before": Column("as `unit` says", "In the base; for waits, before this change."),
    "after": Column("as `unit` says", "In the variant; for waits, after this change."),
    "delta": Column("as `unit` says", "Their difference. Those of a part and channel sum to the whole."),
    "half_width": Column("as `unit` says", "Of the 95% confidence interval of delta, paired."),
    "unit": Column("", "contacts (per replication), points per case, or s."),
    "share_of_whole": Column(
        "share", "Of the whole difference; parts of the other sign are negative; NaN where it is 0."
    ),
}
"""The columns of :func:`explain` and :func:`explain_waits`."""

_NUMBERS = ("staff", "shifts", "absence", "shrinkage")
_HANDLING = ("handle_time", "wrap", "cap", "slowdown")
"""Fields of channels with agents that are handling."""

Key = tuple[str, str, str]
"""Channel, cause, and the channel of the attempt before."""


# -- contacts and effort ---------------------------------------------------------------------------


def explain(comparison: Comparison, scenario: str | None = None) -> pd.DataFrame:
    """What the difference between the base and one variant (None: the first) is made of.

    A tidy table with the columns of :data:`EXPLAINED`:

    * ``contacts``: the contacts offered to each channel that has agents, the main phone first, by cause
      (:data:`CONTACT_CAUSES`), and by the channel that they come from. Causes that occur in neither scenario
      are left out. Deltas of a channel sum to the difference of its ``offered``, contact by contact.
    * ``effort``: mean effort points per case by driver. Deltas sum to the difference of ``effort``.

    Means rest on all replications. Half-widths are paired, replication by replication: those of effort
    rest on all of them too; those of contacts on the first 200 at most, which are simulated again for it
    (their spread, taken to the number of all replications). NaN with one replication.

    Raises :class:`~sim.errors.RunError` when there is no variant, or none of this name.
    """
    variant = _variant(comparison, scenario)
    rows = [*_contacts(comparison.base, variant), *_effort(comparison.base, variant)]
    return _table(rows)


def _variant(comparison: Comparison, scenario: str | None) -> Result:
    if not isinstance(comparison, Comparison):
        allowed = "a sim.Comparison"
        raise _refused(Problem("comparison", comparison, allowed, "give what sim.compare returns"))
    names = [name for name in comparison.results if name != BASELINE]
    if not names:
        cure = "compare with at least one: sim.compare(base, [variant])"
        raise _refused(Problem("comparison", "without a variant", "a base and a variant", cure))
    if scenario is not None and scenario not in names:
        raise _refused(Problem("scenario", scenario, f"one of {', '.join(names)}", f"write {names[0]!r}"))
    return comparison.results[names[0] if scenario is None else scenario]


def _refused(*problems: Problem) -> RunError:
    return RunError("this cannot be explained", problems)


def _contacts(base: Result, variant: Result) -> Iterator[tuple[Any, ...]]:
    results = (base, variant)
    keys = _keys(base.plan, variant.plan)
    before, after = (_by_cause(r.plan, r.counted.totals, keys) / r.replications for r in results)
    width = _widths(base, variant, keys)
    for place, (channel, cause, origin) in enumerate(keys):
        if before[place] or after[place]:
            numbers = before[place], after[place], after[place] - before[place], width[place]
            yield ("contacts", channel, cause, origin, *numbers, "contacts")


def _keys(base: Plan, variant: Plan) -> list[Key]:
    """Every cause of contacts in every channel with agents of either scenario, in the order of the table."""
    names = list(dict.fromkeys([*base.channels, *variant.channels]))
    served = [name for name in names if _has_agents(variant, name) or _has_agents(base, name)]
    own = (UNRESOLVED, ABANDONED, NOT_REACHED, CALLBACK)
    keys = []
    for channel in sorted(served, key=lambda name: _standing(base, variant, name)):
        others = [name for name in names if name != channel]
        for cause in CONTACT_CAUSES:
            froms = [""] if cause == FIRST else [channel] if cause in own else others
            keys += [
                (channel, cause, origin)
                for origin in ([channel, *others] if cause in (TRANSFER, CALLED_IN_VAIN) else froms)
            ]
    return keys


def _standing(base: Plan, variant: Plan, channel: str) -> int:
    """0 for the main phone, 1 for the other channels."""
    for plan in (base, variant):
        live = [name for name, mode in zip(plan.channels, plan.mode, strict=True) if mode == Mode.LIVE]
        if live:
            return int(channel != ("phone" if "phone" in live else live[0]))
    return 1


def _has_agents(plan: Plan, channel: str) -> bool:
    return channel in plan.channels and plan.mode[plan.channels.index(channel)] != Mode.SELF_SERVICE


def _by_cause(plan: Plan, totals: Totals, keys: Sequence[Key]) -> Floats:
    """Contacts ``[n]`` of each key, from the totals of one replication or many."""
    channels = len(plan.channels)
    shape = plan.max_attempts, channels, channels + len(ENDINGS), len(OUTCOMES)
    moves = totals.steps.reshape(shape).sum(axis=0)
    # A step tells how an attempt ended and where the case went: contacts to which no step led are first ones.
    offered = totals.sums[:, OFFERED].reshape(channels, plan.intervals).sum(axis=1)
    first = offered - moves[:, :channels].sum(axis=(0, 2))
    places = {name: place for place, name in enumerate(plan.channels)}
    found: dict[Key, int] = {(name, FIRST, ""): int(first[place]) for name, place in places.items()}
    for origin, channel, outcome in np.argwhere(moves[:, :channels] > 0):
        cause = _cause(plan, int(origin), int(channel), int(outcome))
        key = (plan.channels[channel], cause, plan.channels[origin])
        found[key] = found.get(key, 0) + int(moves[origin, channel, outcome])
    return np.array([found.get(key, 0) for key in keys], np.float64)


def _cause(plan: Plan, origin: int, channel: int, outcome: int) -> str:
    """Why a customer whose attempt in ``origin`` ended with ``outcome`` comes to ``channel``."""
    if outcome == Outcome.TRANSFERRED:
        return TRANSFER
    if outcome == Outcome.CALLED_BACK:
        return CALLBACK
    dropped = outcome == Outcome.DISCONNECTED and plan.dialler_tries[origin] > 0
    if outcome == Outcome.UNREACHED or dropped:
        return CALLED_IN_VAIN
    if origin != channel:
        return SELF_SERVICE if plan.mode[origin] == Mode.SELF_SERVICE else OTHER_CHANNEL
    if outcome == Outcome.ABANDONED:
        return ABANDONED
    return NOT_REACHED if outcome in (Outcome.BLOCKED, Outcome.CLOSED, Outcome.DISCONNECTED) else UNRESOLVED


def _widths(base: Result, variant: Result, keys: Sequence[Key]) -> Floats:
    """Half-widths ``[n]`` of the paired differences of contacts by cause."""
    repeated = base.counted.numbers[:MOST_REPEATED]
    if len(repeated) < 2:
        return np.full(len(keys), math.nan)
    models = Models((Model(base.plan, base.terms), Model(variant.plan, variant.terms)))
    differences = np.empty((len(repeated), len(keys)))
    for row, replication in enumerate(repeated):
        policies = base.policy, variant.policy
        task = Task(models, base.seed, base.engine, int(replication), 1, policies=policies)
        old, new = perform(task)
        differences[row] = _by_cause(variant.plan, new.totals, keys)
        differences[row] -= _by_cause(base.plan, old.totals, keys)
    spread = half_width(differences - differences.mean(axis=0))
    return np.asarray(spread * math.sqrt(len(repeated) / base.replications))


def _effort(base: Result, variant: Result) -> Iterator[tuple[Any, ...]]:
    for driver in DRIVERS:
        measure = f"effort_{driver}"
        before, after, delta, width = _change(base, variant, "all", "all", measure)
        yield "effort", "all", driver, "", before, after, delta, width, "points per case"


def _change(base: Result, variant: Result, scope: Any, name: str, measure: str) -> tuple[float, ...]:
    """Before, after, delta and its paired half-width of a measure that both have."""
    paired = delta_columns(
        base.plan, base.estimates, variant.plan, variant.estimates, [(scope, name, measure)]
    )
    means = base.value(measure, name, scope), variant.value(measure, name, scope)
    return (*means, float(paired["delta"].iloc[0]), float(paired["delta_half_width"].iloc[0]))


def _table(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    columns = [name for name in EXPLAINED if name != "share_of_whole"]
    table = pd.DataFrame(list(rows), columns=columns)
    whole = table.groupby(["part", "channel"], sort=False)["delta"].transform("sum")
    table["share_of_whole"] = table["delta"] / whole.where(whole != 0)
    return table


# -- waits -----------------------------------------------------------------------------------------


def explain_waits(
    base: Scenario,
    variant: Scenario,
    replications: int | None = None,
    seed: int = 1,
    engine: str = engines.DEFAULT,
    workers: int | None = None,
) -> pd.DataFrame:
    """What the difference of ASA (seconds, mean wait of the answered) between two scenarios is made of.

    The base is turned into the variant in three steps, always in the order of :data:`WAIT_CAUSES`: first
    contacts (all that is neither handling nor agents), then handling, then agents. All scenarios on the
    way live through the same customers with the same luck (:func:`sim.compare`, with its ``replications``,
    ``seed``, ``engine`` and ``workers``), so each step has a paired half-width, and the steps sum to the
    whole because each starts where the one before ended.

    **The order matters.** Queues are not additive: twenty more contacts cost more after agents were cut
    than before. A step says what its change does *on top of those before it*; in another order the parts
    would be others, and the whole the same. A channel that only the variant has brings along its agents'
    right to take it, in the first step.

    Returns the columns of :data:`EXPLAINED`, three rows for each channel with agents that both have, the
    main phone first. Raises what :func:`sim.compare` raises.
    """
    _check_scenarios(base, variant)
    ways = _ways(base, variant)
    comparison = compare(base, ways, replications, seed, engine, workers=workers)
    # A step that changes nothing was not simulated: it is the scenario before.
    stages = [comparison.base]
    for cause, scenario in zip(WAIT_CAUSES, _stages(base, variant), strict=True):
        stages.append(stages[-1] if scenario == stages[-1].scenario else comparison.results[cause])
    return _table(_waits(stages))


def _check_scenarios(base: Scenario, variant: Scenario) -> None:
    allowed, cure = "a scenarios.Scenario", "load one, or apply the what-if first: what_if.apply(base)"
    named = (("base", base), ("variant", variant))
    problems = [Problem(name, one, allowed, cure) for name, one in named if not isinstance(one, Scenario)]
    if problems:
        raise _refused(*problems)


def _ways(base: Scenario, variant: Scenario) -> dict[str, Scenario]:
    """The scenarios to simulate beside the base, by the cause that leads to them."""
    ways, last = {}, base
    for cause, scenario in zip(WAIT_CAUSES, _stages(base, variant), strict=True):
        if scenario != last:
            ways[cause] = last = scenario
    return ways or {"agents": variant}


def _stages(base: Scenario, variant: Scenario) -> tuple[Scenario, Scenario, Scenario]:
    """The variant with the base's agents and handling; with the base's agents; the variant."""
    manned = with_agents_of(variant, base)
    return with_handling_of(manned, base), manned, variant


def _waits(stages: Sequence[Result]) -> Iterator[tuple[Any, ...]]:
    first, last = stages[0].plan, stages[-1].plan
    shared = [name for name in first.channels if _has_agents(first, name) and _has_agents(last, name)]
    for channel in sorted(shared, key=lambda name: _standing(first, last, name)):
        for cause, old, new in zip(WAIT_CAUSES, stages, stages[1:], strict=False):
            numbers = _change(old, new, "channel", channel, "asa_seconds")
            yield ("wait", channel, cause, "", *numbers, "s")


def with_agents_of(scenario: Scenario, other: Scenario) -> Scenario:
    """``scenario`` worked by the agents of ``other``: their numbers, and what they may take.

    A channel that ``other`` does not have keeps the skills, and the groups of its own, that it came with.
    """
    groups: dict[str, Group] = {}
    for name, group in scenario.groups.items():
        before = other.groups.get(name)
        skills = {c: skill for c, skill in group.skills.items() if c not in other.channels}
        if before is not None:
            skills = {**_kept_skills(before, scenario), **skills}
            group = group.model_copy(update={field: getattr(before, field) for field in _NUMBERS})
        skills = {c: _at_pace_of(skill, scenario.groups[name].skills.get(c)) for c, skill in skills.items()}
        if skills:
            groups[name] = group if skills == group.skills else group.model_copy(update={"skills": skills})
    for name, before in other.groups.items():
        if name not in scenario.groups and (skills := _kept_skills(before, scenario)):
            groups[name] = before.model_copy(update={"skills": skills})
    factors = {date: holiday.staff for date, holiday in other.calendar.holidays.items()}
    calendar = scenario.calendar.with_staff(factors)
    return scenario.model_copy(update={"groups": groups, "calendar": calendar})


def with_handling_of(scenario: Scenario, other: Scenario) -> Scenario:
    """``scenario`` with the handling of ``other``, in channels and skills that both have."""
    channels = {
        name: _handled_as(channel, other.channels[name]) if name in other.channels else channel
        for name, channel in scenario.channels.items()
    }
    groups = {
        name: group.model_copy(
            update={"skills": {c: _at_pace_of(s, _skill(other, name, c)) for c, s in group.skills.items()}}
        )
        for name, group in scenario.groups.items()
    }
    frustration = scenario.frustration.model_copy(update={"handle_time": other.frustration.handle_time})
    return scenario.model_copy(update={"channels": channels, "groups": groups, "frustration": frustration})


def _kept_skills(group: Group, scenario: Scenario) -> dict[str, Skill]:
    return {channel: skill for channel, skill in group.skills.items() if channel in scenario.channels}


def _at_pace_of(skill: Skill, other: Skill | None) -> Skill:
    return skill if other is None else skill.model_copy(update={"handle_time": other.handle_time})


def _skill(scenario: Scenario, group: str, channel: str) -> Skill | None:
    return scenario.groups[group].skills.get(channel) if group in scenario.groups else None


def _handled_as(channel: Channel, other: Channel) -> Channel:
    if isinstance(channel, SelfService) or channel.mode != other.mode:
        return channel
    fields = [name for name in _HANDLING if name in type(channel).model_fields]
    return channel.model_copy(update={name: getattr(other, name) for name in fields})
