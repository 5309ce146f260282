"""From a study to the staff that puts it right, its shifts, a changed schedule, and who works it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.served import App, Visit


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def test_a_desk_is_staffed_its_shifts_are_changed_and_given_to_people(visit: Visit, app: App) -> None:
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

    page.get_by_role("button", name="As many as needed, numbered").click()
    expect(page.locator("#team-count")).to_contain_text("agents. Contracts of these rules")
    _type(page, "team-grid", 0, "name", "Ada Lovelace")
    _type(page, "team-grid", 0, "groups", "agent")
    page.get_by_role("button", name="Give out the shifts").click()
    expect(page.locator("#team-problems")).to_contain_text("row 1 groups")
    expect(page.locator("#team-problems")).to_contain_text("Write agents (the closest name)")
    _type(page, "team-grid", 0, "groups", "agents")
    page.get_by_role("button", name="Give out the shifts").click()
    expect(page.locator("#roster-view > .answer-text")).to_contain_text("paid hours", timeout=60_000)
    expect(page.locator("#turns-title")).to_contain_text("agents work")
    for grid in ("team-grid", "roster-grid"):
        page.locator(f"#{grid}").scroll_into_view_if_needed()
        page.wait_for_timeout(500)
    assert serious(page) == []

    told = page.locator("#roster-view > .answer-text").inner_text()
    address = urlsplit(page.url).path
    page.goto("about:blank")  # a page that looks for a server that is gone would be a fault
    app.stop()
    app.start()
    again = visit(address, width=400)
    expect(again.locator("#roster-view > .answer-text")).to_have_text(told)
    expect(again.locator("#need-view .found-when")).to_contain_text("Found")
    expect(again.locator("#team-count")).to_contain_text("agents. Contracts of these rules")
    assert again.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _type(page: Page, grid: str, row: int, column: str, text: str) -> None:
    cell = page.locator(f'#{grid} [row-index="{row}"] [col-id="{column}"]')
    cell.scroll_into_view_if_needed()
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(cell).to_have_text(text)


def test_erlang_answers_while_one_types(visit: Visit) -> None:
    page = visit("/staffing", scheme="dark", width=400)
    told = page.locator("#erlang-answer")
    expect(told).to_contain_text("Erlang C asks for 25 agents")
    page.get_by_label("Contacts in the interval").fill("200")
    expect(told).to_contain_text("Erlang C asks for 48 agents")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
