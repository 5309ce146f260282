"""Whole processes: from the start of Python to a first result, and the memory of a long run."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from benchmarks.sides import Race, Side
from sim.warm import warm_up

FIRST_RESULT = """
import scenarios, sim
sim.run(scenarios.load("helpdesk"), replications=2, engine="compiled").summary
"""
LIBRARIES = "import numba, pandas, pydantic"
"""What cannot be done without, loaded and nothing done with it."""

MEMORY = """
import sys
import scenarios, sim
sim.run(scenarios.load("retail_bank"), replications=int(sys.argv[1]), engine="compiled", workers=2).summary
try:  # not inherited from whoever started this process, as ru_maxrss is
    lines = open("/proc/self/status").read().splitlines()
    print(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024)
except FileNotFoundError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def _python(code: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.benchmark(group="process")
def bench_first_result(race: Race) -> None:
    """Start to first result, machine code on disk."""
    warm_up()
    race.run(
        {
            "loading the libraries": Side(lambda: _python(LIBRARIES), 1, time.perf_counter),
            "start to first result": Side(lambda: _python(FIRST_RESULT), 1, time.perf_counter),
        }
    )
    race.figure("process: seconds from start to first result", race.cost("start to first result"))
    race.figure(
        "process: start to first result over loading numba, pandas and pydantic",
        race.times("start to first result", "loading the libraries"),
    )


@pytest.mark.benchmark(group="process")
def bench_memory(race: Race) -> None:
    """Peak memory of 1,000 days of the bank over that of 10."""
    peaks: dict[int, int] = {}

    def run(days: int) -> None:
        peaks[days] = int(_python(MEMORY, str(days)))

    race.once(lambda: run(1000))
    run(10)
    race.figure("process: peak memory of 1,000 replications over that of 10", peaks[1000] / peaks[10])
    race.figure("process: peak memory of 1,000 replications, MiB", peaks[1000] / 2**20)
