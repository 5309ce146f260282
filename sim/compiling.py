"""Compiling: the only module that knows numba.

``@compiled`` makes a function part of the machine code of whoever calls it; ``@entry`` makes one that
Python calls. Both release the GIL and keep IEEE arithmetic as written (no ``fastmath``), so that the same
numbers give the same bits on any machine.

An entry's machine code is kept on disk. Numba looks only at the entry's own file to see whether
that is stale; our entries are built from many files, so the folder is named after all their sources.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.core.cpu import CPUTargetOptions
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array
from numpy.typing import DTypeLike

F = TypeVar("F", bound=Callable[..., Any])

Int: TypeAlias = Any
"""A whole number in compiled functions: of what width, numba infers; type checkers cannot follow it."""

SOURCES = (
    "compiling.py",
    "contract.py",
    "luck",
    "engines/compiled",
    "counting",
    "effort.py",
    "experiments/batch.py",
)
"""What machine code is made of, relative to this package."""

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
if hasattr(CPUTargetOptions, "_nrt"):
    # Private, hence the guard: no counting of references to arrays, which would cost at every call of a
    # helper that is not inlined. Nothing here owns an array: workspaces come from outside.
    _OPTIONS["_nrt"] = False


def compiled(function: F) -> F:
    """Make ``function`` callable from compiled functions; it may not create arrays."""
    return cast(F, numba.njit(**_OPTIONS)(function))


def inlined(function: F) -> F:
    """Like :func:`compiled`, and always part of its caller: for what happens at every event."""
    return cast(F, numba.njit(forceinline=True, **_OPTIONS)(function))


def entry(function: F) -> F:
    """Make ``function`` callable from Python too, its machine code kept on disk; it may not create arrays."""
    return cast(F, numba.njit(cache=True, **_OPTIONS)(function))


@intrinsic
def _lowest_bit(typing: Any, word: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(numba.types.boolean, True))

    return numba.types.uint64(numba.types.uint64), emit


lowest_bit: Callable[[np.unsignedinteger[Any]], Int] = cast(Any, _lowest_bit)
"""The place of the lowest bit that is set in a uint64 other than 0 (one instruction)."""


# -- desks -----------------------------------------------------------------------------------------
#
# Handing forty arrays from function to function costs more than what the functions do: each is seven words,
# copied at every call. So what they share lies on a desk, a record with the address and the shape of
# each array, and one pointer is handed on. The arrays are read from it where they are used, which costs
# nothing once compiled.


class Desk:
    """A record that compiled functions take as their one argument, and the arrays it points to.

    ``tables`` names the arrays by dtype and number of axes, ``scalars`` the numbers that lie beside them.
    """

    def __init__(self, layout: np.dtype[np.void], tables: Mapping[str, tuple[DTypeLike, int]]) -> None:
        self.record = np.zeros(1, layout)
        """[1] what compiled functions get."""
        self.arrays: dict[str, np.ndarray[Any, Any]] = {}
        self._tables = tables

    def put(self, **arrays: np.ndarray[Any, Any]) -> None:
        """Put arrays on the desk, in place of those of the same name."""
        for name, array in arrays.items():
            dtype, axes = self._tables[name]
            if array.dtype != np.dtype(dtype) or array.ndim != axes or not array.flags.c_contiguous:
                raise TypeError(f"{name} must be a contiguous {np.dtype(dtype)} with {axes} axes")
            self.arrays[name] = array
            self.record[name][0] = (array.ctypes.data, *array.shape)


def desk_layout(
    scalars: Sequence[tuple[str, DTypeLike]], tables: Mapping[str, tuple[DTypeLike, int]]
) -> np.dtype[np.void]:
    """The dtype of a desk's record."""
    pointers = [(name, np.int64, (1 + axes,)) for name, (_, axes) in tables.items()]
    return np.dtype([*scalars, *pointers], align=True)


def on_desk(name: str, tables: Mapping[str, tuple[DTypeLike, int]]) -> Any:
    """The function that reads the array called ``name`` from a desk's record, in compiled functions only."""
    array = _array_type(*tables[name])

    @intrinsic
    def read(typing: Any, desk: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return _read(context, builder, arguments[0], desk.offset(name), array)

        return array(desk), emit

    return read


def tuple_on_desk(
    kind: type[tuple[Any, ...]], names: Sequence[str], tables: Mapping[str, tuple[DTypeLike, int]]
) -> Any:
    """The function that reads the arrays called ``names`` as a named tuple of class ``kind``."""
    arrays = [_array_type(*tables[name]) for name in names]
    whole = cast(Any, numba.types.NamedTuple)(arrays, kind)

    @intrinsic
    def read(typing: Any, desk: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            parts = [
                _read(context, builder, arguments[0], desk.offset(name), array)
                for name, array in zip(names, arrays, strict=True)
            ]
            return context.make_tuple(builder, whole, parts)

        return whole(desk), emit

    return read


# -- apart -----------------------------------------------------------------------------------------
#
# Whatever a compiled function calls becomes part of its machine code and is optimised again with it, and so
# on for its callers. What is long, and called from many places, is compiled apart: its address lies on the
# desk, and it is called by that.


class Apart:
    """A function ``(desk, whole numbers …) -> whole number`` that is compiled once, and called by address."""

    def __init__(self, function: Callable[..., Any], layout: np.dtype[np.void], numbers: int) -> None:
        self._function = function
        self._numbers = numbers
        self._compiled: Any = None
        self._record = numba.from_dtype(layout)

    @property
    def address(self) -> int:
        """Where its machine code is; compiled, or read from disk, when first asked for."""
        if self._compiled is None:
            signature = numba.types.int64(self._record, *[numba.types.int64] * self._numbers)
            self._compiled = numba.cfunc(signature, cache=True, error_model="numpy")(self._function)
        return int(self._compiled.address)

    def caller(self, name: str) -> Any:
        """The function that calls it by the address that the scalar ``name`` of the desk holds."""
        whole = numba.types.int64
        numbers = self._numbers

        @intrinsic
        def call(typing: Any, desk: Any, given: Any) -> Any:
            def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
                desk_value, packed = arguments
                values = cast(Any, cgutils).unpack_tuple(builder, packed, numbers)
                word = ir.IntType(64)
                words = builder.bitcast(desk_value, word.as_pointer())
                address = builder.load(builder.gep(words, [word(desk.offset(name) // 8)]))
                address.set_metadata("invariant.load", builder.module.add_metadata([]))
                kind = ir.FunctionType(word, [desk_value.type] + [word] * numbers)
                return builder.call(builder.inttoptr(address, kind.as_pointer()), [desk_value, *values])

            return whole(desk, cast(Any, numba.types).UniTuple(whole, numbers)), emit

        return call


def _array_type(dtype: DTypeLike, axes: int) -> Any:
    return numba.types.Array(numba.from_dtype(np.dtype(dtype)), axes, "C")


def _read(context: Any, builder: Any, desk: Any, offset: int, array: Any) -> Any:
    """Emit an array from the address and the shape that stand at ``offset``."""
    word = ir.IntType(64)
    words = builder.bitcast(desk, word.as_pointer())
    places = [word(offset // 8 + place) for place in range(1 + array.ndim)]
    loads = [builder.load(builder.gep(words, [place])) for place in places]
    for load in loads:  # nothing moves while compiled code runs, whatever it writes: read once, not again
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
    address, *shape = loads
    size = word(context.get_abi_sizeof(context.get_data_type(array.dtype)))
    strides = [size]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    made = context.make_array(array)(context, builder)
    data = builder.inttoptr(address, made.data.type)
    cast(Any, populate_array)(made, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
    return made._getvalue()


def _digest(package: Path) -> str:
    found = hashlib.blake2b(digest_size=8)
    # Checked machine code is other machine code, and numba does not tell them apart.
    found.update(str(cast(Any, numba.config).BOUNDSCHECK).encode())
    for source in SOURCES:
        path = package / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.exists():
                found.update(file.read_bytes())
    return found.hexdigest()


def _keep_code() -> Path:
    """Name the folder of machine code: under the one that the user named (``NUMBA_CACHE_DIR``), beside the
    sources, or in the user's cache where those cannot be written to."""
    package = Path(__file__).parent
    beside = package / "__pycache__"
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        base = Path(named)
    elif os.access(beside if beside.exists() else package, os.W_OK):
        base = beside
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        base = cache / "contact-centre-planner"
    folder = base / f"machine-code-{_digest(package)}"
    cast(Any, numba.config).CACHE_DIR = str(folder)
    return folder


FOLDER = _keep_code()
"""Where machine code is kept."""
