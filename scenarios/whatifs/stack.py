"""What-ifs as data: one or a stack of them, read and written as YAML, and applied in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from scenarios.whatifs.absence import ChangeAbsence
from scenarios.whatifs.add_tier import AddTier
from scenarios.whatifs.announce import AnnounceIncident
from scenarios.whatifs.base import WhatIf
from scenarios.whatifs.callbacks import OfferCallbacks
from scenarios.whatifs.campaign import OutboundCampaign
from scenarios.whatifs.change import UnannouncedChange
from scenarios.whatifs.concurrency import ChangeConcurrency
from scenarios.whatifs.consult import ConsultColleague
from scenarios.whatifs.context import CarryContext
from scenarios.whatifs.cross_train import CrossTrain
from scenarios.whatifs.desktop import UnifyDesktop
from scenarios.whatifs.failure import RemoveFailureDemand
from scenarios.whatifs.first_choice import FirstChoice
from scenarios.whatifs.front import ReworkFront
from scenarios.whatifs.launch import LaunchChannel
from scenarios.whatifs.mailing import SendMailing
from scenarios.whatifs.merge_tiers import MergeTiers
from scenarios.whatifs.mix import CustomerMix
from scenarios.whatifs.notice import WhoNoticesFirst
from scenarios.whatifs.outage import ChannelOutage
from scenarios.whatifs.overflow import OverflowRules
from scenarios.whatifs.pool import PoolGroups
from scenarios.whatifs.quality import ChannelQuality
from scenarios.whatifs.resolution import FirstContactResolution
from scenarios.whatifs.staff import ChangeStaff
from scenarios.whatifs.training import TrainAgents
from scenarios.whatifs.volume import ScaleVolume
from scenarios.wording import near, problems_of

WHATIFS: Mapping[str, type[WhatIf]] = MappingProxyType(
    {
        whatif.kind: whatif
        for whatif in (
            LaunchChannel, ChannelQuality, ReworkFront, OfferCallbacks, CarryContext,
            ChannelOutage, WhoNoticesFirst, AnnounceIncident, UnannouncedChange,
            ScaleVolume, SendMailing, RemoveFailureDemand, CustomerMix, FirstChoice, OutboundCampaign,
            ChangeStaff, ChangeAbsence, OverflowRules, ChangeConcurrency, FirstContactResolution,
            UnifyDesktop, AddTier, MergeTiers, ConsultColleague, CrossTrain, PoolGroups,
            TrainAgents,
        )
    }
)  # fmt: skip
"""Every what-if by its kind, in the order of menus."""

MOST_STEPS = 100
"""A longer stack is not a question that anybody asks."""


def parse(data: object) -> WhatIf:
    """The what-if that ``data``, ``{"kind": …, field: value, …}``, says.

    Raises ``ScenarioError`` with every problem: an unknown kind or field, a value that is refused.
    """
    if isinstance(data, WhatIf):
        return data
    if not isinstance(data, Mapping):
        raise ScenarioError([_not_a_whatif(data)])
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in WHATIFS:
        cure = near(str(kind), WHATIFS, f"write kind: {next(iter(WHATIFS))}, or another of these")
        raise ScenarioError([Problem("kind", kind, f"one of {', '.join(WHATIFS)}", cure)])
    values = {str(name): value for name, value in data.items() if name != "kind"}
    try:
        return WHATIFS[kind].model_validate(values)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, values, WHATIFS[kind])) from None


def dump(whatif: WhatIf) -> dict[str, Any]:
    """A what-if as data, without what is at its default: ``parse(dump(x)) == x``.

    >>> dump(ScaleVolume(percent=20))
    {'kind': 'scale_volume', 'percent': 20.0}
    """
    return {"kind": whatif.kind, **whatif.model_dump(mode="json", exclude_defaults=True)}


def apply_stack(scenario: Scenario, whatifs: Iterable[WhatIf]) -> Scenario:
    """Apply what-ifs in order, each to the result of those before it.

    Raises ``ScenarioError`` at the first that does not fit, with all its problems; each field says
    which what-if it is: ``what-if 2 (channel_outage): channel``.
    """
    for number, whatif in enumerate(whatifs, start=1):
        try:
            scenario = whatif.apply(scenario)
        except ScenarioError as error:
            raise ScenarioError(located(error.problems, number, whatif.kind)) from None
    return scenario


def located(problems: Iterable[Problem], number: int, kind: object) -> list[Problem]:
    """The problems of one what-if in a stack, each saying which (``number`` counts from 1)."""
    label = f"what-if {number} ({kind})" if isinstance(kind, str) and kind in WHATIFS else f"what-if {number}"
    return [
        replace(problem, field=f"{label}: {problem.field}" if problem.field else label)
        for problem in problems
    ]


def parse_stack(
    data: object, lines: Mapping[tuple[str, ...], int] = MappingProxyType({}), file: str | None = None
) -> list[WhatIf]:
    """A stack from data: a list of what-ifs, or one. Raises ``ScenarioError`` with every problem.

    ``lines`` and ``file`` say where the data was written: the line of each entry by its path.
    """
    one = isinstance(data, Mapping)
    entries = [data] if one else data
    if not isinstance(entries, list | tuple):
        raise ScenarioError([_not_a_whatif(data)])
    if len(entries) > MOST_STEPS:
        found = f"a stack of {len(entries)}"
        problem = Problem("", found, f"at most {MOST_STEPS} what-ifs", "leave some out")
        raise ScenarioError([problem])
    whatifs: list[WhatIf] = []
    problems: list[Problem] = []
    for number, entry in enumerate(entries, start=1):
        try:
            whatifs.append(parse(entry))
        except ScenarioError as error:
            within = () if one else (str(number - 1),)
            written = [_written_at(problem, within, lines, file) for problem in error.problems]
            problems += located(written, number, entry.get("kind") if isinstance(entry, Mapping) else None)
    if problems:
        raise ScenarioError(problems)
    return whatifs


def _written_at(
    problem: Problem, within: tuple[str, ...], lines: Mapping[tuple[str, ...], int], file: str | None
) -> Problem:
    """The problem with its file, and the line of its field or of what holds it."""
    path = (*within, *problem.field.split("."))
    line = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)
    return replace(problem, file=file, line=line)


def _not_a_whatif(data: object) -> Problem:
    return Problem(
        "",
        "nothing" if data is None else data,
        "a what-if, or a list of them",
        'write {kind: channel_outage, channel: portal, start: "10:00", end: "11:30"}',
    )
