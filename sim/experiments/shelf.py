"""Shelf: the folder in which a sweep keeps each finished combination, and finds it again after a kill.

One Parquet file per combination, ``00000.parquet`` onwards, together one data set: ``pandas.read_parquet``,
Polars, DuckDB or Dask read the folder as a whole. ``_sweep.json`` says which sweep it is.
"""

from __future__ import annotations

import importlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.errors import Problem
from sim.errors import RunError

ABOUT = "_sweep.json"
"""Readers of Parquet folders pass over names that begin with an underscore or a full stop."""


class Shelf:
    """The finished combinations of one sweep, by their number.

    ``about`` says all that the sweep's table depends on, and ``grid`` has the values by path. Raises
    :class:`~sim.errors.RunError` when pyarrow is missing, or the folder cannot be used or is another sweep's.
    """

    def __init__(
        self, folder: str | os.PathLike[str], about: Mapping[str, Any], grid: Mapping[str, Iterable[Any]]
    ) -> None:
        self._arrow, self._parquet = _pyarrow()
        self._folder = Path(folder)
        self._types = {path: self._type_of(values) for path, values in grid.items()}
        self._open({name: _plain(value) for name, value in about.items()})

    def _open(self, about: dict[str, Any]) -> None:
        told = self._folder / ABOUT
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not any(not path.name.startswith(".") for path in self._folder.iterdir()):
                self._write(ABOUT, (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode())
            before = json.loads(told.read_text("utf-8")) if told.exists() else None
        except (OSError, ValueError) as error:
            raise self._refusal("a folder that can be written", f"name another ({error})") from error
        if not isinstance(before, dict):
            raise self._refusal("a new or empty folder, or that of this sweep", "name another")
        if differ := [name for name in about if before.get(name) != about[name]]:
            allowed = f"the folder of this very sweep; this one is of another {', '.join(differ)}"
            raise self._refusal(allowed, "name another, or remove it to start afresh")

    def __contains__(self, number: int) -> bool:
        return self._path(number).exists()

    def put(self, number: int, values: Sequence[Any], summary: pd.DataFrame) -> None:
        """Keep the summary of a combination: wholly or, after a kill, not at all."""
        table = self._arrow.Table.from_pandas(summary, preserve_index=False)
        for place, (path, kind) in enumerate(self._types.items()):
            value = _plain(values[place])
            if kind == self._arrow.string() and not isinstance(value, str):
                value = json.dumps(value, ensure_ascii=False)
            table = table.add_column(place, path, self._arrow.array([value] * len(summary), kind))
        content = io.BytesIO()
        self._parquet.write_table(table, content)
        try:
            self._write(self._path(number).name, content.getvalue())
        except OSError as error:
            raise RunError(f"the sweep cannot go on: {error}") from error

    def take(self, number: int) -> pd.DataFrame:
        """The summary that was put."""
        frame: pd.DataFrame = self._parquet.ParquetFile(self._path(number)).read().to_pandas()
        return frame.iloc[:, len(self._types) :]

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:05}.parquet"

    def _write(self, name: str, content: bytes) -> None:
        """Write a file that exists only when it is whole, even after a power cut."""
        hidden = self._folder / f".{name}"
        with hidden.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(self._folder / name)

    def _type_of(self, values: Iterable[Any]) -> Any:
        """The type of a column: that of its values if they share one, else text (JSON)."""
        kinds = {type(_plain(value)) for value in values}
        if kinds == {bool}:
            return self._arrow.bool_()
        if kinds == {int}:
            return self._arrow.int64()
        return self._arrow.float64() if kinds <= {int, float} else self._arrow.string()

    def _refusal(self, allowed: str, cure: str) -> RunError:
        return RunError("this sweep cannot start", [Problem("out", str(self._folder), allowed, cure)])


def _plain(value: Any) -> Any:
    """A value as JSON would give it back."""
    if hasattr(value, "item"):  # numpy's own numbers
        value = value.item()
    return json.loads(json.dumps(value, default=str))


def _pyarrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        cure = "pip install 'contact-centre-planner[parquet]', or leave it out"
        problem = Problem("out", None, "a folder, with pyarrow installed, which writes Parquet", cure)
        raise RunError("this sweep cannot start", [problem]) from error
