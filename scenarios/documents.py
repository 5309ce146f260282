"""YAML 1.2 text and plain data: reading that cannot be abused, and writing that people can read.

Reading keeps the line of every entry, so that an error can name it, and refuses what a scenario has no use
for: tags, duplicate keys, several documents, and texts or aliases that unfold into more than a bounded
number of values. Plain scalars mean what the YAML 1.2 core schema says (``no`` is text, dates are text).
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from scenarios.errors import Problem, ScenarioError

LARGEST_BYTES = 2_000_000
"""A larger scenario file is refused unread; long series belong in CSV files."""
MOST_VALUES = 300_000
"""Most values in a document, aliases unfolded."""
DEEPEST = 16
"""Deepest nesting; scenarios need eight levels."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """Plain data, and the line (from 1) at which each of its entries begins, by path."""

    data: dict[str, Any]
    lines: Mapping[Path, int] = field(default_factory=dict)


class _DocumentError(Exception):
    """What reading refuses: (line, what it is, allowed, cure)."""

    def __init__(self, line: int | None, what: str, allowed: str, cure: str) -> None:
        super().__init__(line, what, allowed, cure)
        self.line, self.what, self.allowed, self.cure = line, what, allowed, cure


_KINDS = {type(None): "nothing", list: "a list"}

# -- reading -----------------------------------------------------------------------------------------


def parse(text: str, file: str | None = None) -> Document:
    """Read one YAML document that is a mapping. Raises :class:`~scenarios.errors.ScenarioError`."""
    data, lines = parse_any(text, file)
    if not isinstance(data, dict):
        what = _KINDS.get(type(data), "a single value")
        cure = "begin with name: My scenario"
        raise ScenarioError([Problem("", what, "a mapping of fields", cure, file=file, line=1)])
    return Document(data, lines)


def parse_any(text: str, file: str | None = None) -> tuple[Any, dict[Path, int]]:
    """Read one YAML document of any form: its data, and lines by path as in :class:`Document`.

    Raises :class:`~scenarios.errors.ScenarioError`.
    """
    try:
        return _Builder().build(_events(text))
    except _DocumentError as refusal:
        problem = Problem("", refusal.what, refusal.allowed, refusal.cure, file=file, line=refusal.line)
        raise ScenarioError([problem]) from None


def _events(text: str) -> Iterator[Any]:
    # Parsing costs far more than counting, so what is bound to be refused is refused first.
    for size, most, unit in (
        (len(text), LARGEST_BYTES, "characters"),
        (max(text.count(","), text.count("\n")), MOST_VALUES, "values"),
    ):
        if size > most:
            cure = "move long lists into CSV files"
            raise _DocumentError(None, f"{size:,} {unit}", f"at most {most:,}", cure)
    try:
        yield from YAML(typ="safe", pure=True).parse(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        said = " ".join(str(error.problem or error.context or "not YAML").split())
        lines = text.splitlines()
        shown = lines[line - 1].strip()[:50] if line and line <= len(lines) else ""
        raise _DocumentError(line, repr(shown), "YAML 1.2", f"correct the text ({said[:120]})") from None
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        # Hostile text makes the parser raise more than its own errors.
        reason = " ".join(str(error).split())[:120]
        raise _DocumentError(
            None, "something that is not YAML", "YAML 1.2", f"correct the text ({reason})"
        ) from None


class _Builder:
    """Builds plain data from parsing events, counting what it costs before it is built."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.values = 0
        self.anchors: dict[str, tuple[Any, int, int]] = {}

    def build(self, events: Iterator[Any]) -> tuple[Any, dict[Path, int]]:
        data, documents = None, 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _DocumentError(
                        _line(event), "a second document", "one scenario", "keep one per file"
                    )
            elif isinstance(event, ScalarEvent | AliasEvent | MappingStartEvent | SequenceStartEvent):
                data, _ = self._node(event, events, ())
        return data, self.lines

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> tuple[Any, int]:
        """The value that begins with ``event``, and the levels of nesting in it."""
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise _DocumentError(
                    _line(event), f"*{event.anchor}", "an anchor given before", "write it out"
                )
            value, cost, levels = self.anchors[event.anchor]
            self._count(cost, event)
            self._nested(len(path) + levels, event)
            return value, levels
        if event.tag is not None:
            raise _DocumentError(_line(event), f"{event.tag}", "values without tags", "leave the tag out")
        before = self.values
        self._count(1, event)
        self._nested(len(path), event)
        if isinstance(event, ScalarEvent):
            value, levels = _scalar(event), 0
        elif isinstance(event, SequenceStartEvent):
            value, levels = self._sequence(events, path)
        else:
            value, levels = self._mapping(events, path)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.values - before, levels)
        return value, levels

    def _sequence(self, events: Iterator[Any], path: Path) -> tuple[list[Any], int]:
        items: list[Any] = []
        deepest = 0
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            place = (*path, str(len(items)))
            self.lines[place] = _line(event)
            item, levels = self._node(event, events, place)
            items.append(item)
            deepest = max(deepest, levels)
        return items, deepest + 1

    def _mapping(self, events: Iterator[Any], path: Path) -> tuple[dict[str, Any], int]:
        entries: dict[str, Any] = {}
        deepest = 0
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent) or event.tag is not None:
                raise _DocumentError(
                    _line(event), "a key that is not text", "plain text as keys", "write a name"
                )
            key = str(event.value)
            if key in entries:
                raise _DocumentError(
                    _line(event), f"a second {key[:50]!r}", "each key once", "remove one, or rename it"
                )
            place = (*path, key)
            self.lines[place] = _line(event)
            entries[key], levels = self._node(next(events), events, place)
            deepest = max(deepest, levels)
        return entries, deepest + 1

    def _count(self, values: int, event: Any) -> None:
        self.values += values
        if self.values > MOST_VALUES:
            raise _DocumentError(
                _line(event),
                f"more than {MOST_VALUES:,} values",
                f"at most {MOST_VALUES:,}, aliases unfolded",
                "move long lists into CSV files",
            )

    def _nested(self, depth: int, event: Any) -> None:
        if depth > DEEPEST:
            raise _DocumentError(_line(event), "nested too deeply", f"at most {DEEPEST} levels", "flatten it")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


_INTEGER = re.compile(r"[-+]?[0-9]{1,400}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


def _scalar(event: Any) -> Any:
    """What a scalar means by the YAML 1.2 core schema (without octal and hexadecimal numbers)."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


# -- writing -----------------------------------------------------------------------------------------

_WIDTH = 110
_CLOCKLIKE = re.compile(r"[0-9]{1,4}[-:0-9 ,.]*[0-9]")
"""Times and dates, which older YAML would take for numbers: they are written in quotes."""


def write(data: Mapping[str, Any]) -> str:
    """YAML text of plain data: short mappings and lists on one line, a blank line between sections."""
    document = CommentedMap()
    for key, value in data.items():
        document[key] = styled(value)
        if isinstance(value, dict | list) and value:
            document.yaml_set_comment_before_after_key(key, before="\n")
    return emit(document).lstrip("\n")


def styled(value: Any, indent: int = 2) -> Any:
    """Plain data as nodes: written on one line where that is short, else in block style."""
    if isinstance(value, Mapping):
        node: Any = CommentedMap((_quoted(key), styled(item, indent + 2)) for key, item in value.items())
    elif isinstance(value, list | tuple):
        node = CommentedSeq(styled(item, indent + 2) for item in value)
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    else:
        return _quoted(value)
    long_series = isinstance(value, list | tuple) and not any(isinstance(item, dict | list) for item in value)
    if not value or long_series or len(repr(value)) + indent + 20 < _WIDTH:
        node.fa.set_flow_style()
    return node


def _quoted(value: Any) -> Any:
    return (
        DoubleQuotedScalarString(value) if isinstance(value, str) and _CLOCKLIKE.fullmatch(value) else value
    )


def one_line(value: Any, most: int = 80) -> str:
    """A value in written form on one line, as YAML, cut off after ``most`` characters.

    >>> one_line({"lognormal": {"mean": "6 min"}}), one_line(0.75), one_line(None)
    ('{lognormal: {mean: 6 min}}', '0.75', 'nothing')
    """
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        text = "{" + ", ".join(f"{key}: {one_line(item, most)}" for key, item in value.items()) + "}"
    elif (
        isinstance(value, list | tuple)
        and len(value) > 12
        and all(type(item) in (int, float) for item in value)
    ):
        text = f"{len(value)} numbers adding up to {math.fsum(value):.6g}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(one_line(item, most) for item in value[:most]) + "]"
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def _round_trip(width: int) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.width = width
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def emit(document: Any, width: int = _WIDTH) -> str:
    """Text of a document of nodes."""
    stream = io.StringIO()
    _round_trip(width).dump(document, stream)
    return stream.getvalue()


def nodes(text: str) -> Any:
    """Nodes of a document, comments included; only for text that :func:`parse` has accepted."""
    return _round_trip(_WIDTH).load(text)
