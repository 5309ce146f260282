"""Numbers from identities: the hash behind every random number.

``mix`` is the finaliser of splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
generators", 2014, with the constants of Stafford's variant 13): a bijection of 64-bit integers in which
each bit of the input moves every bit of the output. A sequence of integers is folded into one by
``h -> mix(h ^ mix(value + GOLDEN))``. All of it is unsigned 64-bit arithmetic that wraps around.

:func:`key_of`, :func:`mix` and :func:`chain` work on Python's integers; :func:`mixed`, :func:`folded` and
:func:`uniform` are their compiled twins on ``np.uint64`` and give the same bits.
"""

from __future__ import annotations

import hashlib

import numpy as np

from sim.compiling import compiled

GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB
_MASK = 2**64 - 1

# Mixing uint64 with int64 gives int64 in compiled code, so every constant is wrapped.
_GOLDEN, _FIRST, _SECOND = np.uint64(GOLDEN), np.uint64(FIRST), np.uint64(SECOND)
_12, _27, _30, _31 = np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31)
_ONE = np.uint64(0x3FF0000000000000)
"""The bits of 1.0."""
_BELOW_ONE = 1.0 - 2.0**-53


def key_of(name: str) -> int:
    """A 64-bit key of a name: blake2b's first eight bytes, read little-endian."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest(), "little")


def mix(x: int) -> int:
    """The finaliser of splitmix64.

    >>> hex(mix(GOLDEN))
    '0xe220a8397b1dcdaf'
    """
    x = (x ^ (x >> 30)) * FIRST & _MASK
    x = (x ^ (x >> 27)) * SECOND & _MASK
    return x ^ (x >> 31)


def chain(*values: int) -> int:
    """The hash of a sequence of integers, each taken modulo 2**64."""
    h = 0
    for value in values:
        h = mix(h ^ mix((value + GOLDEN) & _MASK))
    return h


@compiled
def mixed(x: np.uint64) -> np.uint64:
    """:func:`mix`, compiled."""
    x = (x ^ (x >> _30)) * _FIRST
    x = (x ^ (x >> _27)) * _SECOND
    return x ^ (x >> _31)


@compiled
def folded(h: np.uint64, value: np.uint64) -> np.uint64:
    """The next link of a :func:`chain`, compiled."""
    return mixed(h ^ mixed(value + _GOLDEN))


@compiled
def uniform(key: np.uint64, salt: np.uint64) -> float:
    """A number in (0, 1) for a key and what it is asked for, the ``salt``.

    The upper 52 bits of ``mix(mix(key ^ salt) + GOLDEN)`` choose one of 2**52 equal steps; the number is
    its middle, so that 0 and 1 never occur. The bits are put behind the leading one of a number in
    [1, 2); taking 1 - 2**-53 off it is exact.
    """
    x = mixed(mixed(key ^ salt) + _GOLDEN)
    return np.uint64((x >> _12) | _ONE).view(np.float64) - _BELOW_ONE
