"""Processes that simulate, apart from the web server so that pages answer while they work."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import Connection


class Pool:
    """A process pool that can be rebuilt when a process dies, and that leaves nobody behind.

    Processes are spawned, not forked: a fork of a program with threads may copy a lock that is held.
    Each reads from a pipe to which nothing is ever written; it ends when this process closes the
    other end, or dies.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._leash_end, self._leash = context.Pipe(duplex=False)
        self.executor = ProcessPoolExecutor(
            self._workers, mp_context=context, initializer=_begin, initargs=(self._leash_end,)
        )

    def warm(self) -> list[Future[None]]:
        """Let every process load the simulator now rather than when somebody waits for it."""
        return [self.executor.submit(_load) for _ in range(self._workers)]

    def takes_work(self) -> bool:
        """Whether there is still a pool: Python closes it when the program ends, before anything else."""
        try:
            self.executor.submit(int)
        except RuntimeError:
            return False
        return True

    def rebuild(self) -> None:
        """Replace all processes, after one has died."""
        self.close()
        self._open()

    def close(self) -> None:
        """End all processes at once; what they were doing is lost."""
        with self._lock:
            if not self._leash.closed:
                self._leash.close()
                self.executor.shutdown(wait=True, cancel_futures=True)
                self._leash_end.close()


def _begin(leash: Connection) -> None:
    # Ctrl-C reaches every process of a terminal, but only the app decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, args=(leash,), daemon=True).start()


def _leave_with_parent(leash: Connection) -> None:
    try:
        leash.poll(None)
    finally:  # some systems say that the other end is gone by an error
        os._exit(0)


def _load() -> None:
    import sim

    _ = sim.compare
