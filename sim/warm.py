"""Machine code, made before anybody waits for it: ``python -m sim.warm``.

Compiling takes a minute or two, once for every version of the sources it is made of; reading what
was compiled takes a moment. ``make`` warms up after it has installed, and a program can ask
:func:`is_warm` first, to say why it is slow to answer.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from importlib import metadata
from pathlib import Path

import llvmlite.binding as llvm

from sim import compiling

OLD_SECONDS = 3600.0
"""Machine code of other sources is cleared when it is older than this; what is younger may be in use."""

_PREFIX = "machine-code-"


def is_warm() -> bool:
    """Whether all that is compiled is on disk for these sources, this Python and this processor."""
    return _mark().exists()


def warm_up() -> float:
    """Compile what is not on disk, load it, clear what earlier sources left; return the seconds it took.

    Raises OSError where machine code cannot be kept.
    """
    started = time.perf_counter()
    _simulate()
    mark = _mark()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    _clear(mark.parent)
    return time.perf_counter() - started


def _simulate() -> None:
    """Use every entry once, in every way: both engines, with and without the table of contacts."""
    import scenarios
    from sim import plan
    from sim.experiments import run
    from sim.luck.streams import draw

    scenario = scenarios.load("telecom_outage")  # it has an incident, so nothing of luck is left out
    for engine in ("reference", "compiled"):
        for contacts in (False, True):
            result = run(scenario, replications=2, engine=engine, contacts=contacts, workers=1)
            _ = result.intervals  # simulated again, one at a time
    # What the reference engine asks where channels have more stages.
    draws = draw(plan.build(scenario), 1, 0)
    _ = draws.front(0, 0), draws.front_ends(0, 0), draws.balks(0, 0), draws.leaves_silently(0, 0)
    _ = draws.resolution_luck(0, 0), draws.chance(0, 0)


def _mark() -> Path:
    """The empty file that says that the machine code in its folder is complete for this machine."""
    folder = compiling.FOLDER
    features = llvm.get_host_cpu_features().flatten()
    target = "\n".join([metadata.version("numba"), llvm.get_host_cpu_name(), features])
    digest = hashlib.blake2b(target.encode(), digest_size=6).hexdigest()
    return folder / f"complete-{sys.implementation.cache_tag}-{digest}"


def _clear(folder: Path) -> None:
    """Remove what other sources left beside ``folder``, unless it was written to of late."""
    if not folder.name.startswith(_PREFIX):
        return
    for other in folder.parent.glob(f"{_PREFIX}*"):
        if other != folder and other.is_dir() and time.time() - other.stat().st_mtime > OLD_SECONDS:
            shutil.rmtree(other, ignore_errors=True)


def main() -> None:
    """Warm up unless it is done, and say so in one line."""
    if is_warm():
        print("Machine code is ready.")
        return
    print("Compiling to machine code (once for this version) ...", end=" ", flush=True)
    print(f"{warm_up():.0f} s.")


if __name__ == "__main__":
    main()
