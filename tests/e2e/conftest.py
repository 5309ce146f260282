"""A served app with an empty data folder, and a browser that notices whatever goes wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.served import App, Scheme, Visit, Watched

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
"""For what the browser waits for, and for what is expected of a page: other tests keep the machine busy."""
expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str:
    """The browser: ``PLANNER_CHROMIUM``, else Debian's."""
    named = os.environ.get("PLANNER_CHROMIUM")
    found = named or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        pytest.fail(
            f"The browser tests need Chromium, and there is none at {found}. Install it, name one in "
            "PLANNER_CHROMIUM, or leave these tests out with PLANNER_SKIP_E2E=1."
        )
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)
            if os.environ.get("PLANNER_SKIP_E2E") == "1":
                item.add_marker(pytest.mark.skip(reason="PLANNER_SKIP_E2E=1"))


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    served = App(tmp_path_factory.mktemp("planner"))
    yield served
    served.stop()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def visit(app: App, chrome: Browser) -> Iterator[Visit]:
    """Open an address in a new window; in the end nothing may have gone wrong in any."""
    watched = Watched()
    contexts = []

    def open_page(address: str = "/", *, scheme: Scheme = "light", width: int = 1400) -> Page:
        context = chrome.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched.watch(page)
        page.goto(address if address.startswith("http") else app.url + address)
        page.get_by_role("heading", level=1).first.wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watched.faults == []
