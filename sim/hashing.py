"""Numbers from identities: the hash behind every random number.

``mix`` is the finaliser of splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
generators", 2014, with the constants of Stafford's variant 13): a bijection of 64-bit integers in which
each bit of the input moves every bit of the output. A sequence of integers is folded into one by
``h -> mix(h ^ mix(value + GOLDEN))``. All of it is unsigned 64-bit arithmetic that wraps around; the
functions on single integers and those on arrays (``..._each``) give the same bits.
"""

from __future__ import annotations

import hashlib

import numpy as np

from sim.contract import Floats, Keys

GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB
_MASK = 2**64 - 1


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


def mix_each(x: Keys) -> Keys:
    """:func:`mix` of each."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(FIRST)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(SECOND)
    return x ^ (x >> np.uint64(31))


def fold_each(h: int | Keys, values: Keys) -> Keys:
    """Fold each value into ``h``, one hash or one for each value: the next link of :func:`chain`."""
    left = np.uint64(h) if isinstance(h, int) else h
    return mix_each(left ^ mix_each(values + np.uint64(GOLDEN)))


def uniform_each(keys: Keys, salt: int) -> Floats:
    """A number in (0, 1) for each key and what it is asked for, the ``salt``.

    The upper 52 bits of ``mix(mix(key ^ salt) + GOLDEN)`` choose one of 2**52 equal steps; the number is
    its middle, so that 0 and 1 never occur.
    """
    x = mix_each(mix_each(keys ^ np.uint64(salt)) + np.uint64(GOLDEN))
    return ((x >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
