"""Fields of a scenario by path (``channels.portal.success.default``): reading and changing them.

A step of a path is a field or a name; in a list it is an index (from 0) or, for incidents and next steps,
their own name (``incidents.portal outage.failure``, ``next_steps.phone abandoned.go.phone``). Values are in
written form, as in a file: ``"6 min"``, ``0.75``, ``{"lognormal": {"mean": "6 min"}}``.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from scenarios import tables
from scenarios.channels import Concurrent, Deferred, Front, Live, SelfService
from scenarios.distributions import COMPLETE, LAWS, names_law
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import is_by_intent
from scenarios.model import Scenario
from scenarios.wording import near


def written(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data, as a file has it: what was given, without the defaults."""
    data = scenario.model_dump(mode="json", exclude_unset=True)
    for name, channel in scenario.channels.items():
        data["channels"][name] = {"mode": channel.mode, **data["channels"][name]}
    return data


# -- scenarios as trees ------------------------------------------------------------------------------


class Tree(dict[str, Any]):
    """Parts by the step that leads to them."""


class Listed(Tree):
    """A list of incidents or next steps, by name (by index when two have the same name)."""


class EachIntent(Tree):
    """Values by intent; a value that holds for all intents stands at ``default``."""


class LawTree(Tree):
    """A law: one entry, its parameters by its name."""


def complete_tree(scenario: Scenario) -> Tree:
    """All fields of a scenario, defaults included."""
    return Tree(_tree(scenario.model_dump(mode="json", context=COMPLETE), ()))


def given_tree(scenario: Scenario) -> Tree:
    """Those fields of a scenario that were given."""
    return Tree(_tree(written(scenario), ()))


def _tree(value: Any, path: tuple[str, ...]) -> Any:
    if _takes_intents(path):
        each = isinstance(value, Mapping) and not names_law(value)
        entries = value if each else {"default": value}
        return EachIntent({key: _tree(item, (*path, key, "")) for key, item in entries.items()})
    if isinstance(value, Mapping):
        kind = LawTree if names_law(value) else Tree
        return kind({key: _tree(item, (*path, key)) for key, item in value.items()})
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        names = [_name(item) for item in value]
        steps = names if len(set(names)) == len(names) else [str(place) for place in range(len(names))]
        return Listed({step: _tree(item, (*path, step)) for step, item in zip(steps, value, strict=True)})
    return value


def plain(tree: Any) -> Any:
    """A tree, or a part of one, as plain data as a file has it."""
    if isinstance(tree, Listed):
        return [plain(item) for item in tree.values()]
    if isinstance(tree, EachIntent) and list(tree) == ["default"]:
        return plain(tree["default"])
    if isinstance(tree, Tree):
        return {key: plain(item) for key, item in tree.items()}
    return tree


def _name(entry: Mapping[str, Any]) -> str:
    """An incident's name; for a next step its channel, outcomes and whom it is for."""
    if "after" not in entry:
        return str(entry.get("name"))
    parts = [entry[key] for key in ("after", "outcome", "intents", "segments") if entry.get(key) is not None]
    return " ".join(part if isinstance(part, str) else "/".join(part) for part in parts)


_BY_INTENT = {
    name
    for model in (SelfService, Live, Concurrent, Deferred)
    for name, field in model.model_fields.items()
    if is_by_intent(field)
}
_FRONT_BY_INTENT = {name for name, field in Front.model_fields.items() if is_by_intent(field)}


def _takes_intents(path: tuple[str, ...]) -> bool:
    """Whether a path leads to a field of a channel that may be given by intent."""
    if len(path) == 4 and path[2] == "front":
        return path[0] == "channels" and path[3] in _FRONT_BY_INTENT
    return len(path) == 3 and path[0] == "channels" and path[2] in _BY_INTENT


# -- one field ---------------------------------------------------------------------------------------


def get(scenario: Scenario, path: str) -> Any:
    """The value at ``path``, in written form.

    A value that holds for all intents is also found under ``default`` and under any intent's name. Raises
    :class:`~scenarios.errors.ScenarioError` when there is no such field.
    """
    return plain(_walk(scenario, path)[-1])


def replace(scenario: Scenario, path: str, value: Any) -> Scenario:
    """The scenario with ``value`` at ``path``, validated; ``scenario`` itself stays as it is.

    Naming an intent where one value holds for all makes it a value by intent. Raises
    :class:`~scenarios.errors.ScenarioError` when there is no such field, or it does not take the value.
    """
    walked = _walk(scenario, path)
    *parents, last = path.split(".")
    tree: Any = given_tree(scenario)
    here = tree
    for step, whole in zip(parents, walked[1:], strict=False):
        here = _opened(here, step, whole)
    here = _entered(here, last)
    if isinstance(here, list):
        here[int(last)] = value
    else:
        here[_key(here, last)] = value
    return Scenario(**tables.name_files(plain(tree), None))


def _walk(scenario: Scenario, path: str) -> list[Any]:
    """What lies at each step of ``path``, from the scenario itself on; ``None`` where one may be added."""
    walked: list[Any] = [complete_tree(scenario)]
    steps = path.split(".")
    for depth, step in enumerate(steps):
        here = _entered(walked[-1], step)
        key = _key(here, step)
        if isinstance(here, Tree) and key in here:
            walked.append(here[key])
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            walked.append(here[int(step)])
        elif isinstance(here, EachIntent) and (step == "default" or step in scenario.intents):
            walked.append(here.get("default"))
        elif here is None or (isinstance(here, Tree) and depth and _may_be_added(steps[depth - 1], step)):
            walked.append(None)
        else:
            raise _no_such_field(here, step, ".".join(steps[:depth]), path)
    return walked


def _entered(here: Any, step: str) -> Any:
    """For a step into the one law of a value that holds for all intents: that law."""
    if isinstance(here, EachIntent) and step in LAWS:
        return here.get("default", here)
    return here


def _key(here: Any, step: str) -> str:
    """A step, or for an index into a list of named entries the name of that entry."""
    if isinstance(here, Listed) and step not in here and step.isdigit() and int(step) < len(here):
        return list(here)[int(step)]
    return step


def _opened(here: Any, step: str, whole: Any) -> Any:
    """The part of what was given that lies at ``step``; begun, from what holds, where nothing was given."""
    here = _entered(here, step)
    if isinstance(here, list):
        return here[int(step)]
    key = _key(here, step)
    if here.get(key) is None:
        # Lists, laws and values by intent only make sense as a whole; other parts take their defaults.
        keep = isinstance(whole, list | Listed | EachIntent | LawTree)
        here[key] = copy.deepcopy(whole) if keep else Tree()
    return here[key]


_MAY_GROW = {"first_channel", "adoption", "weekday_index", "go", "staff", "open", "holidays"}
"""Mappings whose entries may be added by naming them."""


def _may_be_added(parent: str, step: str) -> bool:
    return parent in _MAY_GROW or (parent in LAWS and step in LAWS[parent].model_fields)


def _no_such_field(here: Any, step: str, parent: str, path: str) -> ScenarioError:
    names = [str(name) for name in here] if isinstance(here, Tree) else []
    where = parent or "a scenario"
    allowed = f"a part of {where}: {', '.join(names)}" if names else f"no further step, {where} has no parts"
    return ScenarioError([Problem(path, step, allowed, near(step, names, "correct the path"))])
