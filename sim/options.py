"""Options: what the texts of ``--what-if``, ``--until``, ``--set`` and ``--goal`` mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from scenarios import whatifs
from scenarios.documents import parse_any
from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from scenarios.stories import all_stories, story
from scenarios.units import parse_duration
from scenarios.whatifs import WhatIf
from scenarios.whatifs.stack import located
from scenarios.wording import near
from sim.contract import Plan
from sim.experiments.precision import Precision
from sim.measures import MEASURES, SCOPES, Measure, Scope
from sim.summary import applies, scope_names

if TYPE_CHECKING:
    from sim.staffing.targets import Goal

UNTIL = "--until"
SET = "--set"
GOAL = "--goal"
EVERY = "every"
"""All channels, or all groups, in a goal."""


def read_what_if(scenario: Scenario, change: str) -> tuple[Scenario, list[str]]:
    """Apply what-ifs, and say in phrases what they do."""
    phrases = []
    for number, item in enumerate(read_stack(scenario, change), start=1):
        try:
            changed = item.apply(scenario)
        except ScenarioError as error:
            raise ScenarioError(located(error.problems, number, item.kind)) from None
        phrases.append(item.describe(scenario))
        scenario = changed
    return scenario, phrases


def holds_what_ifs(path: Path) -> bool:
    """Whether a file says what-ifs (a list, or one with its kind) rather than a scenario."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line in file:
            text = line.strip()
            if text and not text.startswith("#") and text != "---":
                return text.startswith(("-", "[", "{")) or text.startswith("kind:")
    return False


def read_until(texts: Sequence[str], plan: Plan) -> list[Precision]:
    """Read ``asa_seconds:phone:2s``: measure, whose it is, and the half-width that is wanted.

    ``cost_total:1%`` leaves out whose: all. A name that a channel and a group have is told apart as
    ``channel/phone``. ``1%`` is relative to the mean; ``1pp`` are percentage points of a share. Raises
    :class:`~scenarios.errors.ScenarioError` with everything that is wrong with all texts.
    """
    problems: list[Problem] = []
    found = []
    for text in texts:
        head, _, width = text.rpartition(":")
        word, _, name = head.partition(":")
        known = [item for item in MEASURES if item.name == word.strip()]
        if not head or not known:
            names = [item.name for item in MEASURES]
            cure = near(word.strip() or width.strip(), names, "--json prints every measure's name")
            problems.append(Problem(UNTIL, text, "MEASURE:NAME:HALF-WIDTH, like asa_seconds:phone:2s", cure))
        scopes = _scopes(name.strip() or "all", known, plan)
        if known and len(scopes) != 1:
            problems.append(_whose(text, word.strip(), known, scopes, plan))
        size = _width(width, known[0].unit if known else "")
        if size is None:
            problems.append(_how_wide(text, known[0] if known else None))
        elif len(scopes) == 1:
            found.append(Precision(word.strip(), scopes[0][1], scopes[0][0], **size))
    if problems:
        raise ScenarioError(problems)
    return found


def read_grid(texts: Sequence[str]) -> dict[str, list[Any]]:
    """Read ``channels.portal.success=0.6,0.7``: the path of a field, and values as a file writes them.

    Raises :class:`~scenarios.errors.ScenarioError` with everything that is wrong with all texts.
    """
    problems: list[Problem] = []
    grid: dict[str, list[Any]] = {}
    for text in texts:
        path, equals, values = text.partition("=")
        path = path.strip()
        if not equals or not path:
            allowed, cure = "PATH=VALUE,VALUE…", "write it like channels.portal.success=0.6,0.7"
            problems.append(Problem(SET, text, allowed, cure))
            continue
        if path in grid:
            problems.append(Problem(SET, text, "each path once", "give all its values in one --set"))
        try:
            grid[path] = parse_any(f"[{values}]")[0]
        except ScenarioError as error:
            problem = error.problems[0]
            allowed = "values in YAML, with commas between them"
            problems.append(Problem(SET, text, allowed, problem.cure))
            continue
        if not grid[path]:
            problems.append(Problem(SET, text, "one value or more", "write them after the ="))
    if problems:
        raise ScenarioError(problems)
    return grid


def read_goals(texts: Sequence[str], plan: Plan) -> list[Goal]:
    """Read ``service_level:phone:80%:interval:90%``: measure, whose, limit, per interval, on 90% of days.

    The last two may be left out: per day, on average. ``occupancy:every:85%`` is every group's; effort has no
    name: ``effort:4``. Raises :class:`~scenarios.errors.ScenarioError` with everything that is wrong with all
    texts.
    """
    problems: list[Problem] = []
    found = []
    for text in texts:
        goal = _goal(text)
        if isinstance(goal, Problem):
            problems.append(goal)
            continue
        wrong = goal.problems(plan)
        problems += [replace(problem, field=GOAL, value=text) for problem in wrong]
        found.append(goal)
    if problems:
        raise ScenarioError(problems)
    return found


def _goal(text: str) -> Goal | Problem:
    from sim.staffing.targets import KINDS, Goal  # brings a solver, for which only staffing waits

    words = [word.strip() for word in text.split(":")]
    kind = KINDS.get(words[0])
    if kind is None:
        allowed = f"MEASURE:NAME:LIMIT with a measure of {', '.join(KINDS)}"
        cure = near(words[0], KINDS, "write it like service_level:phone:80%")
        return Problem(GOAL, text, allowed, cure)
    name = None if kind.scope == "all" or len(words) < 2 else words.pop(1)
    limit = _limit(words[1], kind.unit) if len(words) > 1 else None
    usual = {"share": "80%", "s": "20s", "points": "4"}[kind.unit]
    example = ":".join(
        [words[0], *([] if kind.scope == "all" else ["phone" if kind.scope == "channel" else EVERY]), usual]
    )
    if limit is None:
        return Problem(GOAL, text, f"MEASURE:NAME:LIMIT, like {example}", f"write {example}")
    per: Literal["day", "interval"] = "day"
    probability = None
    for word in words[2:]:
        share = _limit(word, "share") if word.endswith("%") else None
        if word in ("day", "interval"):
            per = "interval" if word == "interval" else "day"
        elif share is not None:
            probability = share
        else:
            allowed = "day, interval or a share of days after the limit"
            return Problem(GOAL, text, allowed, f"write {example}:interval, {example}:90%, or both")
    named = None if name == EVERY else name
    return Goal(
        words[0],
        channel=named if kind.scope == "channel" else None,
        group=named if kind.scope == "group" else None,
        at_least=None if kind.ceiling else limit,
        at_most=limit if kind.ceiling else None,
        per=per,
        probability=probability,
    )


def _limit(text: str, unit: str) -> float | None:
    """A limit in a measure's unit; None when the text is none."""
    try:
        if unit == "share":
            return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        found = parse_duration(text) if unit == "s" else float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def read_stack(scenario: Scenario, change: str) -> list[WhatIf]:
    """The what-ifs of a file, a text, a story, or the one of a kind as its form opens."""
    if change in whatifs.WHATIFS:
        values = whatifs.starting_values(whatifs.WHATIFS[change], scenario)
        given = {name: value for name, value in values.items() if value is not None}
        return [whatifs.parse({"kind": change, **given})]
    if change in all_stories():
        return list(story(change).steps)
    if change.lstrip().startswith("{"):
        return whatifs.load_stack(change)
    if Path(change).is_file():
        return whatifs.load_stack(Path(change))
    known = ", ".join([*whatifs.WHATIFS, *all_stories()])
    allowed = f"a YAML file of what-ifs, or one of {known}"
    raise ScenarioError([Problem("--what-if", change, allowed, "check the path")])


def _scopes(name: str, known: Sequence[Measure], plan: Plan) -> list[tuple[Scope, str]]:
    """Every scope and name that a name may mean for a measure."""
    scope, slash, rest = name.partition("/")
    told = bool(slash) and scope in SCOPES
    found: list[tuple[Scope, str]] = []
    for each, names in scope_names(plan).items():
        mine = (rest if told else name).strip()
        if mine not in names or (told and each != scope):
            continue
        for item in known:
            if each in item.scopes and applies(plan, each, names.index(mine), item):
                found.append((each, mine))
    return found


def _whose(
    text: str, word: str, known: Sequence[Measure], scopes: Sequence[tuple[Scope, str]], plan: Plan
) -> Problem:
    if scopes:
        words = [f"{scope}/{name}" for scope, name in scopes]
        return Problem(UNTIL, text, "a name that only one has", f"write one of {', '.join(words)}")
    names = [
        name
        for scope, all_names in scope_names(plan).items()
        for item in known
        if scope in item.scopes
        for place, name in enumerate(all_names)
        if applies(plan, scope, place, item)
    ]
    given = text.partition(":")[2].rpartition(":")[0]
    return Problem(UNTIL, text, f"{word} of {', '.join(names)}", near(given, names, "name one of these"))


def _width(text: str, unit: str) -> dict[str, float] | None:
    """The half-width as an argument of Precision; None when the text is none."""
    text = text.strip()
    if text.endswith("%"):
        return _above_zero("relative", lambda: float(text[:-1]) / 100)
    if text.endswith("pp") and unit == "share":
        return _above_zero("half_width", lambda: float(text[:-2]) / 100)
    if unit in ("s", "h"):
        bare = text.replace(".", "", 1).isdigit() and unit == "h"
        scale = 1.0 if unit == "s" or bare else 3600.0
        return _above_zero("half_width", lambda: float(text) if bare else parse_duration(text) / scale)
    return _above_zero("half_width", lambda: float(text.removesuffix(unit)))


def _above_zero(name: str, read: Callable[[], float]) -> dict[str, float] | None:
    try:
        size = read()
    except ValueError:
        return None
    return {name: size} if 0.0 < size < math.inf else None


def _how_wide(text: str, item: Measure | None) -> Problem:
    unit = item.unit if item else ""
    example = {"s": "2s", "h": "30min", "share": "1pp", "money": "500"}.get(unit, "0.5")
    allowed = f"a half-width above 0: {example}, or 5% of the mean"
    return Problem(UNTIL, text, allowed, f"write …:{example} or …:5%")
