"""Every page: its stories answered, free of serious barriers, narrow and wide, light and dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.served import Scheme, Visit
from tests.e2e.test_path import RESULT, add, open_scenario, run

SERIOUS = ("serious", "critical")


def barriers(page: Page) -> list[str]:
    """Serious findings of axe, each with its first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:200]})"
        for one in found
        if one["impact"] in SERIOUS
    ]


def overflows(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    )


def test_the_first_page_answers_three_questions_by_itself(visit: Visit) -> None:
    page = visit("/")
    expect(page.locator(".story-answer")).to_have_count(3, timeout=180_000)
    for answer in page.locator(".story-answer").all_inner_texts():
        assert any(sign.isdigit() for sign in answer)
    page.get_by_role("link", name="Open the answer").first.click()
    page.wait_for_url(RESULT)
    expect(page.locator(".answer-text")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_serious_barriers(scheme: Scheme, visit: Visit) -> None:
    page = visit("/scenarios", scheme=scheme)
    found = {"scenarios": barriers(page)}
    open_scenario(page, "Help desk")
    found["empty study"] = barriers(page)
    page.get_by_role("button", name="Add what-if").click()
    page.get_by_role("menuitem", name="Launch a digital channel").click()
    drawer = page.get_by_role("dialog", name="Launch a digital channel")
    expect(drawer.locator(".preview")).to_be_visible()
    page.wait_for_timeout(400)  # the drawer slides in; half-transparent text has no contrast
    found["form"] = barriers(page)
    drawer.get_by_role("button", name="Cancel").click()
    expect(drawer).to_be_hidden()
    add(page, "Change staff", Agents="-1")
    found["study"] = barriers(page)
    run(page, 3)
    page.wait_for_url(RESULT)
    page.locator(".numbers").wait_for()
    found["result"] = barriers(page)
    for name, address in (("stories", "/"), ("results", "/results"), ("nothing", "/nowhere")):
        page = visit(address, scheme=scheme)
        found[name] = barriers(page)
    assert {name: findings for name, findings in found.items() if findings} == {}


def test_a_narrow_screen_shows_everything_without_scrolling_sideways(visit: Visit) -> None:
    page = visit("/scenarios", width=390)
    assert not overflows(page)
    page.get_by_role("article").get_by_role("button").first.click()
    page.get_by_role("heading", name="What-ifs").wait_for()
    add(page, "Change staff", Agents="-1")
    assert not overflows(page)
    run(page, 3)
    page.wait_for_url(RESULT)
    page.locator(".numbers").wait_for()
    assert not overflows(page)
    for address in ("/", "/results", "/nowhere"):
        assert not overflows(visit(address, width=390)), address


def test_the_colour_scheme_is_switched_and_remembered(visit: Visit) -> None:
    page = visit("/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-mantine-color-scheme", "light")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(root).to_have_attribute("data-mantine-color-scheme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-mantine-color-scheme", "dark")
