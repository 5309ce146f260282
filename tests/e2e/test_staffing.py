"""From a study to the staff that puts it right, its shifts, and a changed schedule."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.served import Visit


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def test_a_desk_is_staffed_and_its_shifts_are_changed(visit: Visit) -> None:
    page = visit("/scenarios")
    named = page.get_by_role("heading", name="Help desk", exact=True)
    page.get_by_role("article").filter(has=named).get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/what-if/\w"))
    page.get_by_role("link", name="Put it right").click()
    page.wait_for_url(re.compile(r"/staffing/study/\w+\?now"))
    expect(page.locator("#need-view .answer-text")).to_contain_text("scheduled hours", timeout=180_000)
    expect(page.locator("#methods-title")).to_contain_text("Erlang C")
    page.reload()  # what was found is found again
    expect(page.locator("#need-view .answer-text")).to_contain_text("scheduled hours")

    page.get_by_role("button", name="Find the shifts").click()
    expect(page.locator("#gantt-title")).to_contain_text("shifts", timeout=180_000)
    grid = page.locator("#shift-grid")
    grid.scroll_into_view_if_needed()
    cell = grid.locator('[row-index="0"] [col-id="agents"]')
    expect(cell).to_be_visible()
    page.wait_for_timeout(500)  # the grid lays itself out once it is seen
    assert serious(page) == []
    before = page.locator("#shift-view > .answer-text").inner_text()
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator("#shift-edited")).to_contain_text("Changed")
    page.get_by_role("button", name="Simulate the changed shifts").click()
    expect(page.locator("#shift-view > .answer-text")).not_to_have_text(before, timeout=120_000)


def test_erlang_answers_while_one_types(visit: Visit) -> None:
    page = visit("/staffing", scheme="dark", width=400)
    told = page.locator("#erlang-answer")
    expect(told).to_contain_text("Erlang C asks for 25 agents")
    page.get_by_label("Contacts in the interval").fill("200")
    expect(told).to_contain_text("Erlang C asks for 48 agents")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
