"""How soon the page answers: measured in the browser, and for many users over HTTP."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page

WATCH = """
() => {
  const live = document.getElementById("live");
  const before = Number(live.dataset.drawn || 0);
  const watch = (window.watched = { moved: null, drawn: null });
  const note = (event) => (watch.moved = watch.moved || event.timeStamp);
  document.addEventListener("keydown", note, { capture: true, once: true });
  new MutationObserver((_, observer) => {
    if (watch.moved === null || Number(live.dataset.drawn) <= before) return;
    watch.drawn = performance.now();
    observer.disconnect();
  }).observe(live, { attributes: true });
}
"""
LINES = """
() => Array.from(
  document.querySelectorAll("#live-waits-picture .scatterlayer path"), (path) => path.getAttribute("d")
)
"""


def settle(page: Page, days: int = 4) -> None:
    """Wait until the newest question has an answer that rests on so many days, or on all."""
    page.wait_for_function(
        """(days) => {
          const live = document.getElementById("live");
          if (!live) return false;
          const shown = ["refining", "done"].includes(live.dataset.state);
          return shown && live.dataset.drawn === live.dataset.revision && Number(live.dataset.days) >= days;
        }""",
        arg=days,
    )


def lines(page: Page) -> list[str]:
    """The paths that the chart of waits draws."""
    return list(page.evaluate(LINES))


def measure_updates(
    page: Page, times: int = 20, *, slider: Locator | None = None, pause_seconds: float = 0.7, key: str = ""
) -> list[float]:
    """Move a slider ``times`` times; seconds from each key to the chart that answers it, in the browser.

    The page shows a study with a slider (the first one is taken, unless another is given). The clock is the
    browser's: it starts with the key's event and stops when plotly has drawn the answer to the question of
    that key. Raises ``AssertionError`` when the lines are the same as before.
    """
    thumb = slider or page.get_by_role("slider").first
    thumb.focus()
    low, now, high = (float(thumb.get_attribute(f"aria-value{end}") or 0) for end in ("min", "now", "max"))
    down = now - low > high - now
    seconds = []
    for _ in range(times):
        settle(page)
        before = lines(page)
        page.evaluate(WATCH)
        thumb.press(key or ("ArrowLeft" if down else "ArrowRight"))
        page.wait_for_function("window.watched.drawn !== null")
        watched = page.evaluate("window.watched")
        seconds.append((watched["drawn"] - watched["moved"]) / 1000)
        assert lines(page) != before, "another value, but the same lines"
        page.wait_for_timeout(1000 * pause_seconds)
    return seconds


def percentile(numbers: Sequence[float], share: float) -> float:
    """The least of ``numbers`` that this share of them does not exceed.

    >>> percentile([3.0, 1.0, 2.0, 4.0], 0.5)
    2.0
    """
    ranked = sorted(numbers)
    return ranked[max(0, -(-len(ranked) * round(1000 * share) // 1000) - 1)]


@dataclass
class Felt:
    """What users over HTTP felt, in seconds."""

    answers: list[float] = field(default_factory=list)
    """From each question to its first answer."""
    pages: list[float] = field(default_factory=list)
    """For another page, asked for all the while."""
    refined: list[int] = field(default_factory=list)
    """Days that each user's last answer rests on."""
    faults: list[str] = field(default_factory=list)


def users_over_http(
    url: str,
    study: str,
    dial: tuple[int, str, str],
    values: Sequence[float],
    users: int = 10,
    rounds: int = 5,
) -> Felt:
    """So many users move the same dial (index, kind, field) of a study, each at a pace of its own.

    Each asks as the page does, follows its answer for about a second, and asks again.
    """
    felt = Felt()
    done = threading.Event()

    def user(number: int) -> None:
        chance = random.Random(number)
        session = f"user-{number}-{chance.random()}"
        days = 0
        for revision in range(1, rounds + 1):
            time.sleep(chance.uniform(0, 0.4))
            body: dict[str, Any] = {"session": session, "revision": revision, "tops": [None, None]}
            moved = [[*dial, chance.choice(values)]]
            begun, days, address = time.monotonic(), 0, "/_live/ask"
            last = revision == rounds
            while time.monotonic() - begun < (4.0 if last else 1.0) or not days:
                if time.monotonic() - begun > 60:
                    felt.faults.append(f"user {number} had no answer")
                    return
                told = _post(url + address, {**body, "study": study, "dials": moved, "seen": days})
                address = "/_live/look"
                if told["revision"] != revision or told["state"] not in ("shown", "waiting"):
                    felt.faults.append(f"user {number}: {told}")
                    return
                if told["state"] == "shown":
                    if not days:
                        felt.answers.append(time.monotonic() - begun)
                    days = told["days"]
                if not told["refining"]:
                    break
        felt.refined.append(days)

    def visitor() -> None:
        while not done.is_set():
            begun = time.monotonic()
            with urllib.request.urlopen(f"{url}/_dash-layout", timeout=60) as response:
                response.read()
            felt.pages.append(time.monotonic() - begun)
            time.sleep(0.1)

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    watching = threading.Thread(target=visitor)
    for thread in (*threads, watching):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watching.join()
    return felt


def _post(address: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        found: dict[str, Any] = json.load(response)
    return found
