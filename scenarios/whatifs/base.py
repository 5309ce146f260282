"""What every what-if is: a frozen, declared change that turns one sound scenario into another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from scenarios.check import check
from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from scenarios.paths import written
from scenarios.whatifs.fields import FormField, choices, fields_of
from scenarios.wording import near

PlannersGroup = Literal["Channels", "Incidents", "Customers", "Agents", "People", "Targets", "Money"]
"""What planners think in; menus list what-ifs under these."""


class WhatIf(BaseModel, ABC):
    """A named change with declared parameters; subclasses say what changes and how it reads.

    A subclass gives ``kind`` (its name in files), ``title`` and ``group`` (for menus), fields declared
    with :func:`scenarios.whatifs.fields.asked`, and implements :meth:`describe` and :meth:`_changed`;
    :meth:`_misfits` where more than names can be wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    title: ClassVar[str]
    group: ClassVar[PlannersGroup]
    inbound: ClassVar[bool] = False
    """It makes sense only for channels that customers come to, not where a dialler calls them."""

    def apply(self, scenario: Scenario) -> Scenario:
        """The changed scenario; ``scenario`` itself stays as it is.

        At its neutral setting a what-if returns an equal scenario. Raises ``ScenarioError`` with
        every problem when it does not fit, or when it would make a sound scenario unsound.
        """
        misfits = self.problems(scenario)
        if misfits:
            raise ScenarioError(misfits)
        changed = self._changed(scenario)
        if changed == scenario:
            return scenario
        revalidated = Scenario(**written(changed))
        raised = _new_problems(before=scenario, after=revalidated)
        if raised:
            raise ScenarioError(raised)
        return revalidated

    def problems(self, scenario: Scenario) -> list[Problem]:
        """Why this what-if does not fit ``scenario``, one problem per field; [] when it does."""
        return [*self._unknown_names(scenario), *self._called(scenario), *self._misfits(scenario)]

    @abstractmethod
    def describe(self, scenario: Scenario) -> str:
        """One short phrase, as on a chip: ``"portal down 10:00–11:30"``."""

    @abstractmethod
    def _changed(self, scenario: Scenario) -> Scenario:
        """The changed scenario, given that there are no problems."""

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        """Problems beyond names that the scenario does not have (which may be there too)."""
        return ()

    def _called(self, scenario: Scenario) -> Iterable[Problem]:
        """Channels whose customers are called, where that makes no sense."""
        for field in fields_of(type(self)) if self.inbound else ():
            for name in _names_in(getattr(self, field.name)) if field.refers_to == "channels" else ():
                if getattr(scenario.channels.get(name), "dialler", None) is not None:
                    allowed = "a channel that customers come to"
                    yield Problem(field.name, name, allowed, "choose a channel without a dialler")

    def _unknown_names(self, scenario: Scenario) -> Iterable[Problem]:
        for field in fields_of(type(self)):
            if field.refers_to is None:
                continue
            known = choices(field, scenario)
            for name in _names_in(getattr(self, field.name)):
                if name not in known and not (field.kind == "shares" and name == "default"):
                    yield _unknown(field, name, known)


def _names_in(value: Any) -> tuple[str, ...]:
    if value is None or isinstance(value, float | int):
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(value)


def _unknown(field: FormField, name: str, known: tuple[str, ...]) -> Problem:
    modes = " or ".join(mode.replace("_", "-") for mode in field.modes)
    names = f"one of the scenario's {modes + ' ' if modes else ''}{field.refers_to}"
    if not known:
        return Problem(field.name, name, f"{names}, which has none", f"use a scenario with {field.refers_to}")
    cure = near(name, known, f"write {known[0]}")
    return Problem(field.name, name, f"{names}: {', '.join(known)}", cure)


def _new_problems(before: Scenario, after: Scenario) -> list[Problem]:
    """Problems that ``after`` has and ``before`` has not: those that a change brought about."""
    found = check(after)
    if not found:
        return []
    known = {(problem.field, str(problem.value)) for problem in check(before)}
    return [problem for problem in found if (problem.field, str(problem.value)) not in known]


def replaced(named: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``named`` with some entries changed or added, in the same order, new ones last."""
    return {**named, **changes}
