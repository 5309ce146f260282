"""The app as a process, and what its pages must not do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
Visit = Callable[..., Page]
"""``visit(address, scheme=…, width=…)`` opens an address in a new window."""


class App:
    """The app as people start it: a process of its own, on a free port."""

    def __init__(self, folder: Path, *, stories: bool = True) -> None:
        self.folder = folder
        self._environment = {**os.environ, "PLANNER_STORIES": "1" if stories else "0"}
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "planner_app.serve", "--port", "0", "--data", str(self.folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._environment)
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert "http://" in said, f"the app did not start: {said!r}"
        self.url = "http://127.0.0.1:" + said.strip().rsplit(":", 1)[1]

    def kill(self) -> None:
        self._process.kill()
        self._end()

    def stop(self) -> None:
        self._process.terminate()
        self._end()

    def _end(self) -> None:
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()


@dataclass
class Watched:
    """What a page did that it should not have done."""

    faults: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self._elsewhere(request.url))

    def _elsewhere(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.faults.append(f"a request to {url}")
