"""Excel files of people: the first sheet of a workbook as rows of text, and a template to fill in."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree

import xlsxwriter

from scenarios import Problem, ScenarioError

LARGEST_BYTES = 60_000_000
"""Of a workbook unpacked; a larger one is refused."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DATES = {*range(14, 23), 45, 46, 47}
"""Numbers of the built-in formats that are dates or times (ECMA-376, part 1, 18.8.30)."""
_FIRST_DAY = dt.datetime(1899, 12, 30)
"""Day 0 of a workbook's dates, as it is counted from March 1900 on."""


def read_cells(body: bytes) -> list[tuple[int, list[str]]]:
    """Rows of the first sheet that have any text, each with its number; dates as ``2026-03-04``.

    Raises ``ScenarioError`` for a file that is no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_BYTES:
                raise _unreadable("a workbook that is too large")
            return list(_rows(archive))
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, IndexError, EOFError):
        raise _unreadable("a file that cannot be read") from None


def _unreadable(found: str) -> ScenarioError:
    allowed = "an Excel workbook (.xlsx) whose first sheet has the columns of the template, or CSV"
    return ScenarioError([Problem("", found, allowed, "save it again, or use the template")])


def _rows(archive: zipfile.ZipFile) -> Iterator[tuple[int, list[str]]]:
    names = set(archive.namelist())
    texts = _shared(archive) if "xl/sharedStrings.xml" in names else []
    dates = _date_styles(archive) if "xl/styles.xml" in names else set()
    for place, row in enumerate(_tree(archive, _first_sheet(archive)).iter(f"{_MAIN}row"), 1):
        cells: dict[int, str] = {}
        for number, cell in enumerate(row.iter(f"{_MAIN}c")):
            column = _column(cell.get("r", "")) if cell.get("r") else number
            cells[column] = _text(cell, texts, dates).strip()
        if any(cells.values()):
            yield int(row.get("r") or place), [cells.get(c, "") for c in range(max(cells) + 1)]


def _tree(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    body = archive.read(name)
    if b"<!DOCTYPE" in body:  # no workbook has one, and it could define texts that grow without end
        raise ValueError(name)
    return ElementTree.fromstring(body)


def _first_sheet(archive: zipfile.ZipFile) -> str:
    sheet = next(_tree(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"))
    for relation in _tree(archive, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == sheet.get(_RELATION):
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError("sheet")


def _shared(archive: zipfile.ZipFile) -> list[str]:
    items = _tree(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")
    return ["".join(part.text or "" for part in item.iter(f"{_MAIN}t")) for item in items]


def _date_styles(archive: zipfile.ZipFile) -> set[int]:
    """Numbers of the styles that show a number as a date."""
    tree = _tree(archive, "xl/styles.xml")
    known = set(_DATES)
    for made in tree.iter(f"{_MAIN}numFmt"):
        plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", made.get("formatCode", ""))
        if re.search(r"[ymdYMD]", plain):
            known.add(int(made.get("numFmtId", "0")))
    formats = tree.find(f"{_MAIN}cellXfs")
    styles = [] if formats is None else list(formats)
    return {place for place, style in enumerate(styles) if int(style.get("numFmtId", "0")) in known}


def _column(reference: str) -> int:
    """The number of a column, from 0.

    >>> _column("A1"), _column("AB12")
    (0, 27)
    """
    found = 0
    for letter in re.sub(r"[^A-Z]", "", reference):
        found = 26 * found + ord(letter) - 64
    if not 1 <= found <= 16_384:
        raise ValueError(reference)
    return found - 1


def _text(cell: ElementTree.Element, texts: Sequence[str], dates: set[int]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
    value = cell.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        return texts[int(value)]
    if kind == "n" and value and int(cell.get("s", "0")) in dates:
        moment = _FIRST_DAY + dt.timedelta(days=float(value))
        return f"{moment:%Y-%m-%d}" if moment.time() == dt.time() else f"{moment:%Y-%m-%d %H:%M}"
    return value.removesuffix(".0") if kind == "n" else value


def template(columns: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """A workbook with a header and example rows to replace; the second sheet says what each column means.

    All cells are text, so that nothing is turned into a date on the way.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("Agents")
    widths = [22, 26, 16, 44, 40]
    for place, name in enumerate(columns):
        sheet.set_column(place, place, widths[place % len(widths)], text)
        sheet.write_string(0, place, name, bold)
        for number, row in enumerate(rows, 1):
            sheet.write_string(number, place, row.get(name, ""), text)
    sheet.freeze_panes(1, 1)
    meanings = book.add_worksheet("Columns")
    meanings.set_column(0, 0, 16)
    meanings.set_column(1, 1, 90)
    for number, (name, meaning) in enumerate(columns.items()):
        meanings.write_string(number, 0, name, bold)
        meanings.write_string(number, 1, meaning)
    book.close()
    return stream.getvalue()
