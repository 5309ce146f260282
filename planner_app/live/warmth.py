"""Making the simulator ready for this machine, once, while the app already answers."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

LOG = logging.getLogger(__name__)

COMPILE = (sys.executable, "-m", "sim.warm")
"""Compiles what is not on disk yet. In a process of its own: compiling is Python, and here it would take
turns with every page that somebody opens."""


class Warmth:
    """Has the simulator's machine code compiled where there is none, then loads it; all in the background."""

    def __init__(self, command: Sequence[str] = COMPILE) -> None:
        self._command = command
        self._ready = threading.Event()
        self._closing = False
        self._compiler: subprocess.Popen[bytes] | None = None
        self._then: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._warm, name="planner-warm", daemon=True)

    def start(self, then: Callable[[], None]) -> None:
        """Begin; ``then`` is called once everything is ready, unless the app is closed before."""
        self._then.append(then)
        self._thread.start()

    def is_ready(self) -> bool:
        """Whether simulating is as fast now as it gets."""
        return self._ready.is_set()

    def close(self) -> None:
        """Stop compiling; the next start begins anew."""
        self._closing = True
        compiler = self._compiler
        if compiler is not None and compiler.poll() is None:
            compiler.terminate()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _warm(self) -> None:
        started = time.monotonic()
        try:
            self._compile()
            if not self._closing:
                self._load()
        except Exception:  # without kept machine code everything works, only later
            LOG.exception("the simulator could not be made ready ahead")
        self._ready.set()
        LOG.info("the simulator was ready after %.1f s", time.monotonic() - started)
        if not self._closing:
            for then in self._then:
                then()

    def _compile(self) -> None:
        from sim import warm

        if warm.is_warm():
            return
        LOG.info("the simulator is compiled for this machine")
        with subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as compiler:
            self._compiler = compiler
            if self._closing:
                compiler.terminate()

    def _load(self) -> None:
        from sim import warm

        warm.warm_up()
