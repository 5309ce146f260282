"""The work of every case's first contact, at once.

It is what :func:`sim.luck.asked.work` says of attempt 0 in the case's first channel, to the last bit; nearly
every first contact needs it, and for lognormal laws a loop over cases becomes vector code, at a fraction
of the cost of asking one by one.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.contract import Ints
from sim.luck.arithmetic import FAR_TAIL, MIDDLE, exp, normal_middle, normal_tail
from sim.luck.cases import CaseArrays, Scratch
from sim.luck.hashing import uniform
from sim.luck.laws import LOGNORMAL, duration, ticks
from sim.luck.prepared import Luck

_0, _1 = np.uint64(0), np.uint64(1)
_BLOCK = np.uint64(512)


@compiled
def first_work(luck: Luck, cases: CaseArrays, n: int, work: Ints, scratch: Scratch) -> None:
    """Fill ``work`` [n], in ticks; ``scratch`` as for :func:`sim.luck.cases.draw_cases`."""
    size = np.uint64(n)
    at = _0
    while at < size:
        end = min(at + _BLOCK, size)
        _block(luck, cases, at, end - at, work, scratch)
        at = end


@compiled
def _block(luck: Luck, cases: CaseArrays, at: np.uint64, n: np.uint64, work: Ints, scratch: Scratch) -> None:
    salt, law, u, a, b = scratch.chain, scratch.bucket, scratch.soonest, scratch.mean, scratch.second
    for j in range(n):
        channel = np.uint64(cases.first_channel[at + j])
        row = luck.laws[np.uint64(luck.work_law[channel, np.uint64(cases.intent[at + j])])]
        salt[j] = luck.work_salt[_0, channel]
        law[j] = row.plain
        a[j] = row.a
        b[j] = row.b
    # As if all were lognormal and in the middle …
    for j in range(n):
        u[j] = uniform(cases.key[at + j], salt[j])
        work[at + j] = ticks(exp(a[j] + b[j] * normal_middle(u[j] - 0.5)) * 1.0)
    # … then the others, which move up in front, as if all were lognormal and in the tails …
    rest, found = scratch.tick, scratch.intent
    m = _0
    for j in range(n):
        other = law[j] != LOGNORMAL or abs(u[j] - 0.5) > MIDDLE
        rest[m] = np.int64(j)
        law[m], u[m], a[m], b[m] = law[j], u[j], a[j], b[j]
        m += _1 if other else _0
    for i in range(m):
        found[i] = ticks(exp(a[i] + b[i] * normal_tail(u[i])) * 1.0)
    # … and then those that are neither.
    for i in range(m):
        case = at + np.uint64(rest[i])
        if law[i] != LOGNORMAL or min(u[i], 1.0 - u[i]) <= FAR_TAIL:
            row = luck.work_law[np.uint64(cases.first_channel[case]), np.uint64(cases.intent[case])]
            work[case] = duration(luck.laws, luck.table, row, u[i], 1.0)
        else:
            work[case] = found[i]
