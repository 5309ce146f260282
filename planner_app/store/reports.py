"""Reports of runs as compressed JSON: small, readable by any later version, and free of pickles."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from planner_app.services import Report
from planner_app.store.database import Database
from planner_app.store.schema import reports

FORMAT = 1
"""Of the JSON; a report of another format is treated as not there, and its run can be made again."""

TABLES = ("summary", "intervals", "coverage", "spillover", "journeys", "diff", "incidents")


class Reports:
    """Reports by the id of their run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, run_id: str) -> Report | None:
        """The report of a run, or None when there is none."""
        query = select(reports.c.body).where(reports.c.run_id == run_id, reports.c.format == FORMAT)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        return None if body is None else unpack(body)


def keep_report(connection: Connection, run_id: str, body: bytes) -> None:
    """Store the packed report of a run, in place of an earlier one, within a transaction."""
    connection.execute(delete(reports).where(reports.c.run_id == run_id))
    connection.execute(insert(reports).values(run_id=run_id, format=FORMAT, body=body))


def pack(report: Report) -> bytes:
    """The bytes of a report; :func:`unpack` gives it back, every number to the last bit."""
    document = {name: _dump_table(getattr(report, name)) for name in TABLES}
    document["meta"] = _plain(dict(report.meta))
    return zlib.compress(json.dumps(document, allow_nan=False, ensure_ascii=False).encode(), 6)


def unpack(body: bytes) -> Report:
    """The report from its bytes."""
    document = json.loads(zlib.decompress(body))
    tables = {name: _load_table(document[name]) for name in TABLES}
    return Report(**tables, meta=document["meta"])


def _dump_table(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [_dump_column(str(name), table[name]) for name in table.columns]


def _dump_column(name: str, column: pd.Series[Any]) -> dict[str, Any]:
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else "O"
    if kind in "iub":
        return {"name": name, "kind": "bool" if kind == "b" else "int", "values": column.tolist()}
    if kind == "f":
        return {"name": name, "kind": "float", "values": [_finite(value) for value in column.tolist()]}
    return {
        "name": name,
        "kind": "text",
        "values": [None if pd.isna(value) else str(value) for value in column.tolist()],
    }


def _finite(value: float) -> float | str | None:
    # JSON has neither NaN nor infinity.
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)


def _load_table(columns: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame({column["name"]: _load_column(column) for column in columns})


def _load_column(column: dict[str, Any]) -> Any:
    values = column["values"]
    if column["kind"] == "float":
        return np.array([math.nan if v is None else float(v) for v in values], dtype=np.float64)
    if column["kind"] in ("int", "bool"):
        return np.array(values, dtype=np.int64 if column["kind"] == "int" else np.bool_)
    return pd.array(values, dtype="str")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
