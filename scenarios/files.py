"""Scenario files: YAML and CSV to scenarios and back.

``load(save(scenario)) == scenario``. A file may begin with ``extends: retail_bank`` (a library scenario) or
``extends: other.yaml`` and then says only what differs. Whatever is wrong with a file is reported at once,
with file and line.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from scenarios import comments, documents, tables
from scenarios.check import check
from scenarios.distributions import law_schema, names_law
from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from scenarios.paths import written
from scenarios.wording import near

_SUFFIXES = (".yaml", ".yml")
_MOST_EXTENDS = 10


# -- reading -----------------------------------------------------------------------------------------


def load(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Load a scenario of the library by its name, or a file by its path.

    Raises :class:`~scenarios.errors.ScenarioError`, listing every field that is wrong. How fields fit
    together is a separate question: see :func:`scenarios.check`.
    """
    return _build(_find(name_or_path))


def loads(text: str, folder: str | os.PathLike[str] | None = None) -> Scenario:
    """Read a scenario from YAML text; files that it names are relative to ``folder``.

    Without a folder the text may extend a scenario of the library, but names no file: so text from a
    stranger reads nothing.
    """
    return _build(_layer(text, None if folder is None else Path(folder), None))


def examine(name_or_path: str | os.PathLike[str]) -> list[Problem]:
    """Everything that is wrong with a scenario file, form and sense, with lines; ``[]`` when sound."""
    try:
        layer = _find(name_or_path)
        return [_located(problem, layer) for problem in check(_build(layer))]
    except ScenarioError as error:
        return list(error.problems)


def library() -> list[str]:
    """Names of the scenarios that come with the product."""
    entries = resources.files("scenarios").joinpath("library").iterdir()
    return sorted(entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml"))


class _Layer:
    """The data of a scenario file, with what it extends, and where each entry was written."""

    def __init__(self, data: dict[str, Any], where: dict[documents.Path, tuple[str | None, int]]) -> None:
        self.data = data
        self.where = where


def _find(name_or_path: str | os.PathLike[str], seen: tuple[str, ...] = ()) -> _Layer:
    name = os.fspath(name_or_path)
    known = library()
    if name in known:
        place = Path(str(resources.files("scenarios").joinpath("library", f"{name}.yaml")))
    else:
        place = Path(name)
    if not os.path.isfile(place):
        written = os.sep in name or name.endswith(_SUFFIXES)
        cure = "check the path" if written else near(name, known, f"use one of {', '.join(known)}")
        raise ScenarioError([Problem("", f"no file or library scenario {name!r}", "one that exists", cure)])
    return _layer(read_text(place), place.parent, place.name, (*seen, _same(place)))


def _same(path: Path) -> str:
    """One name for a file, however it is reached."""
    return os.path.realpath(path)


def read_text(path: Path) -> str:
    """The text of a file, if it is small enough and UTF-8."""
    most = documents.LARGEST_BYTES
    try:
        if path.stat().st_size > most:
            allowed, cure = f"at most {most // 1_000_000} MB", "move long lists into CSV files"
            found = f"{path.stat().st_size / 1e6:.0f} MB"
            raise ScenarioError([Problem("", found, allowed, cure, file=path.name)])
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = f"a file that cannot be read ({error})"
        problem = Problem("", found, "a text file in UTF-8", "save it again as UTF-8 text", file=path.name)
        raise ScenarioError([problem]) from None


def _layer(text: str, folder: Path | None, file: str | None, seen: tuple[str, ...] = ()) -> _Layer:
    document = documents.parse(text, file)
    data = tables.name_files(document.data, folder)
    where = {path: (file, line) for path, line in document.lines.items()}
    if "extends" not in data:
        return _Layer(data, where)
    parent = _parent(
        data.pop("extends"), folder, seen, Problem("extends", None, "", "", file, where[("extends",)][1])
    )
    return _Layer(_merged(parent.data, data), {**parent.where, **where})


def _parent(name: object, folder: Path | None, seen: tuple[str, ...], blank: Problem) -> _Layer:
    """The layer that another extends; ``blank`` says where a problem with it would be."""

    def refuse(allowed: str, cure: str) -> ScenarioError:
        return ScenarioError([replace(blank, value=name, allowed=allowed, cure=cure)])

    if not isinstance(name, str):
        raise refuse("the name of a library scenario or a file", "write extends: retail_bank")
    if name in library():
        return _find(name, seen)
    if folder is None:
        raise refuse(f"a library scenario: {', '.join(library())}", "extend one of these, or write it out")
    path = folder / name
    if _same(path) in seen or len(seen) >= _MOST_EXTENDS:
        raise refuse("a file that does not, in the end, extend itself", "break the circle")
    if not os.path.isfile(path):
        raise refuse("a library scenario or a file beside this one", near(name, library(), "check the name"))
    return _find(path, seen)


_REPLACED_WHOLE = {"open", "staff", "go", "first_channel", "weekday_index"}
"""Mappings that mean something only as a whole: a file that extends another gives them anew."""


def _merged(base: Any, change: Any, key: str = "") -> Any:
    """``base`` with ``change`` over it: mappings entry by entry, everything else replaced.

    ``null`` takes an entry of a mapping away.
    """
    if not isinstance(base, Mapping) or not isinstance(change, Mapping) or key in _REPLACED_WHOLE:
        return change
    laws = names_law(base) or names_law(change)
    if (laws and set(base) != set(change)) or base.get("mode") != change.get("mode", base.get("mode")):
        return change
    merged = dict(base)
    for name, value in change.items():
        if value is None and isinstance(base.get(name), Mapping):
            del merged[name]
        else:
            merged[name] = _merged(base[name], value, name) if name in base else value
    return merged


def _build(layer: _Layer) -> Scenario:
    try:
        return Scenario(**layer.data)
    except ScenarioError as error:
        raise ScenarioError(_located(problem, layer) for problem in error.problems) from None


def _located(problem: Problem, layer: _Layer) -> Problem:
    """The problem with the file and line at which its field, or what holds it, was written."""
    if problem.line is not None:
        return problem
    path = tuple(problem.field.split("."))
    for length in range(len(path), 0, -1):
        if path[:length] in layer.where:
            file, line = layer.where[path[:length]]
            return replace(problem, file=file, line=line)
    return problem


# -- writing -----------------------------------------------------------------------------------------


def dumps(scenario: Scenario) -> str:
    """The scenario as YAML text; :func:`loads` reads the same scenario back."""
    data = written(scenario)
    data["calendar"] = {**data["calendar"], "start": scenario.calendar.start}
    return documents.write(data)


def save(scenario: Scenario, path: str | os.PathLike[str]) -> None:
    """Write the scenario to a file, which then holds either its old text or the new, whatever happens.

    If the file already holds a scenario its comments and order of keys are kept where they still apply.
    Raises :class:`~scenarios.errors.ScenarioError` for a path that can be no file (its folder does not exist,
    or it is a folder or a device), and ``OSError`` when writing fails.
    """
    target = writable(path)
    replace_text(target, _amended(scenario, target) or dumps(scenario))


def writable(path: str | os.PathLike[str]) -> Path:
    """Where a path leads; raises :class:`~scenarios.errors.ScenarioError` if that can be no file."""
    target = Path(path).resolve()
    if not target.parent.is_dir() or (target.exists() and not target.is_file()):
        cure = "name a file" if target.exists() else "make the folder first"
        raise ScenarioError([Problem("", repr(str(path)), "a file in a folder that exists", cure)])
    return target


def replace_text(target: Path, text: str) -> None:
    """Write a file, which then holds either its old text or the new; raises ``OSError`` when that fails."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _amended(scenario: Scenario, target: Path) -> str | None:
    """The text of the file at ``target`` with the new values written into it, if that is possible."""
    if not target.is_file():
        return None
    try:
        text = read_text(target)
        old = _build(_layer(text, target.parent, target.name, (_same(target),)))
    except ScenarioError:
        return None
    if old == scenario:
        return text
    nodes = documents.nodes(text)
    comments.amend(nodes, _complete(old), _complete(scenario), written(scenario))
    # Planners' own lines may be long: they are not folded.
    amended = documents.emit(nodes, width=400)
    try:
        same = loads(amended, target.parent) == scenario
    except ScenarioError:
        return None
    return amended if same else None


def _complete(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(mode="json")


# -- for editors -------------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors that complete and check as one writes."""
    return copy.deepcopy(_schema())


@cache
def _schema() -> dict[str, Any]:
    law = law_schema()
    described: dict[str, Any] = _with_references(Scenario.model_json_schema(mode="validation"), law)
    # What files may say beyond the model: observations in a CSV file, and a scenario to start from.
    empirical = next(form for form in law["anyOf"] if "empirical" in form.get("properties", ()))
    body = empirical["properties"]["empirical"]
    body["properties"]["file"] = {"type": "string", "description": "A CSV file: seconds, weight."}
    body["required"] = []
    described["$defs"]["Law"] = law
    extends = {"type": "string", "description": "A library scenario or a file that this one changes."}
    return {
        **described,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario",
        "properties": {"extends": extends, **described["properties"]},
        "required": [],
    }


def _with_references(schema: Any, law: dict[str, Any]) -> Any:
    """The schema with each copy of the law's own replaced by a reference to one definition."""
    if isinstance(schema, dict):
        forms = schema.get("anyOf", [])
        if all(form in forms for form in law["anyOf"]):
            others = [form for form in forms if form not in law["anyOf"]]
            schema = {**schema, "anyOf": [{"$ref": "#/$defs/Law"}, *others]}
        return {key: _with_references(value, law) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_with_references(item, law) for item in schema]
    return schema
