"""Packing: frozen values as compressed bytes, and back, every number to its last bit; free of pickles.

Only classes that are named beforehand are packed: dataclasses by their fields, models of pydantic as they are
written in files. What is shared within a value is written once. Arrays lie behind the text as they are in
memory, little end first.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

_LEVEL = 4
_KINDS = "biufM"


class NotPackable(ValueError):  # noqa: N818 - said of a value
    """A value of a class that was not named, or bytes of another shape of class."""


class Packing:
    """Packs values of the classes that it knows."""

    def __init__(
        self,
        classes: Mapping[str, type],
        remade: Mapping[type, Mapping[str, Callable[[Mapping[str, Any]], Any]]] | None = None,
    ) -> None:
        """``classes`` by the name under which they are written; ``remade`` are fields that are not written,
        and made again from the others."""
        self._classes = dict(classes)
        self._names = {kind: name for name, kind in classes.items()}
        self._remade = dict(remade or {})

    def knows(self, value: object) -> bool:
        """Whether values of this class are packed."""
        return type(value) in self._names

    def pack(self, value: Any) -> bytes:
        """The bytes of a value; raises :class:`NotPackable`."""
        writer = _Writer(self._names, self._remade)
        text = json.dumps(
            [writer.written(value), writer.shared], ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode()
        return zlib.compress(b"".join([len(text).to_bytes(8, "little"), text, *writer.arrays]), _LEVEL)

    def unpack(self, body: bytes) -> Any:
        """The value; raises :class:`NotPackable` where a class has changed since."""
        try:
            plain = zlib.decompress(body)
            length = int.from_bytes(plain[:8], "little")
            value, shared = json.loads(plain[8 : 8 + length])
            return _Reader(self._classes, self._remade, shared, plain, 8 + length).read(value)
        except (zlib.error, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise NotPackable(f"these bytes cannot be read: {error}") from error


class _Writer:
    def __init__(self, names: Mapping[type, str], remade: Mapping[type, Mapping[str, Any]]) -> None:
        self._names, self._remade = names, remade
        self._seen: dict[int, int] = {}
        self._held: list[Any] = []
        self._offset = 0
        self.shared: list[Any] = []
        self.arrays: list[bytes] = []

    def written(self, value: Any) -> Any:
        """JSON for a value."""
        if value is None or isinstance(value, bool | str):
            return value
        if isinstance(value, np.generic):
            return self.written(value.item())
        if isinstance(value, int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {"f": str(value)}
        if isinstance(value, pd.Timestamp):
            return {"ts": value.isoformat()}
        if isinstance(value, dt.datetime):
            return {"dt": value.isoformat()}
        if isinstance(value, dt.date):
            return {"d": value.isoformat()}
        if isinstance(value, list):
            return [self.written(item) for item in value]
        if isinstance(value, tuple):
            return {"t": [self.written(item) for item in value]}
        if isinstance(value, Mapping):
            return {"m": [[self.written(key), self.written(item)] for key, item in value.items()]}
        return {"s": self._shared(value)}

    def _shared(self, value: Any) -> int:
        """The number of something that may stand in several places."""
        if id(value) not in self._seen:
            found = self._object(value)
            self._held.append(value)  # so that its id is not given to another
            self._seen[id(value)] = len(self.shared)
            self.shared.append(found)
        return self._seen[id(value)]

    def _object(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return {"a": self._array(value)}
        if isinstance(value, pd.DataFrame):
            return {"df": [[str(name), self._column(value[name])] for name in value.columns]}
        name = self._names.get(type(value))
        if name is None:
            raise NotPackable(f"values of {type(value).__name__} are not packed")
        if isinstance(value, BaseModel):
            return {"p": name, "v": value.model_dump(mode="json", exclude_unset=True)}
        left_out = self._remade.get(type(value), {})
        fields = [one.name for one in dataclasses.fields(value) if one.init and one.name not in left_out]
        return {"o": name, "v": {field: self.written(getattr(value, field)) for field in fields}}

    def _array(self, value: np.ndarray[Any, Any]) -> list[Any]:
        if value.dtype.kind not in _KINDS:
            raise NotPackable(f"arrays of {value.dtype} are not packed")
        body = np.ascontiguousarray(value, value.dtype.newbyteorder("<")).tobytes()
        place = [value.dtype.newbyteorder("<").str, list(value.shape), self._offset, len(body)]
        self.arrays.append(body)
        self._offset += len(body)
        return place

    def _column(self, column: pd.Series[Any]) -> Any:
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in _KINDS:
            return {"a": self._array(column.to_numpy())}
        return {"l": [self.written(item) for item in column.tolist()], "dtype": str(column.dtype)}


class _Reader:
    def __init__(
        self,
        classes: Mapping[str, type],
        remade: Mapping[type, Mapping[str, Callable[[Mapping[str, Any]], Any]]],
        shared: list[Any],
        body: bytes,
        start: int,
    ) -> None:
        self._classes, self._remade = classes, remade
        self._body, self._start = body, start
        self._objects: list[Any] = []
        for one in shared:  # what it rests on stands before it
            self._objects.append(self._object(one))

    def read(self, value: Any) -> Any:
        """A value from its JSON."""
        if isinstance(value, list):
            return [self.read(item) for item in value]
        if not isinstance(value, dict):
            return value
        ((kind, what),) = value.items()
        match kind:
            case "s":
                return self._objects[what]
            case "f":
                return float(what)
            case "ts":
                return pd.Timestamp(what)
            case "dt":
                return dt.datetime.fromisoformat(what)
            case "d":
                return dt.date.fromisoformat(what)
            case "t":
                return tuple(self.read(item) for item in what)
            case "m":
                return {self.read(key): self.read(item) for key, item in what}
        raise ValueError(f"nothing is written as {kind!r}")

    def _object(self, value: dict[str, Any]) -> Any:
        if "a" in value:
            return self._array(value["a"])
        if "df" in value:
            return pd.DataFrame({name: self._column(column) for name, column in value["df"]})
        if "p" in value:
            return self._classes[value["p"]](**value["v"])
        kind = self._classes[value["o"]]
        fields = {name: self.read(item) for name, item in value["v"].items()}
        remade = self._remade.get(kind, {})
        fields |= {name: make(fields) for name, make in remade.items()}
        wanted = {one.name for one in dataclasses.fields(kind) if one.init}
        if set(fields) != wanted:
            raise ValueError(f"{kind.__name__} has other fields now")
        return kind(**fields)

    def _array(self, place: list[Any]) -> np.ndarray[Any, Any]:
        kind, shape, offset, length = place
        begin = self._start + offset
        if begin + length > len(self._body):
            raise ValueError("an array is cut off")
        found = np.frombuffer(self._body[begin : begin + length], np.dtype(kind)).reshape(shape)
        return found.astype(found.dtype.newbyteorder("="), copy=True)

    def _column(self, column: dict[str, Any]) -> Any:
        if "a" in column:
            return self._array(column["a"])
        return pd.Series([self.read(item) for item in column["l"]], dtype=column["dtype"])
