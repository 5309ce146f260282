"""A closer look at an answer: one day replayed, one customer followed, the figures that it rests on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.served import App, Visit
from tests.e2e.test_looks import barriers
from tests.e2e.test_path import RESULT, add, open_scenario, run


@pytest.fixture(scope="module")
def address(app: App, chrome: Browser) -> str:
    """Where the result of three channels is whose portal fails, just computed."""
    page = chrome.new_page()
    page.set_default_timeout(60_000)
    page.goto(app.url)
    open_scenario(page, "Three channels for one case")
    add(page, "Channel outage")
    run(page, 3)
    page.wait_for_url(RESULT)
    found = page.url[len(app.url) :]
    page.close()
    return found


def test_a_day_is_replayed_without_asking_the_server(address: str, visit: Visit) -> None:
    page = visit(address)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Show the replay").click()
    play, clock, slider = (
        page.locator("#replay-play"),
        page.locator("#replay-clock"),
        page.locator("#replay-slider"),
    )
    expect(play).to_have_text("Play")  # whoever wants less motion starts it
    expect(play).to_be_focused()
    expect(page.get_by_text(re.compile(r"A typical day: number \d of 3 that were simulated"))).to_be_visible()
    told = page.locator("#replay-told")
    expect(told).to_have_attribute("aria-live", "polite")
    first = clock.inner_text()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    slider.press("ArrowRight")
    expect(clock).not_to_have_text(first)
    place = (
        page.evaluate("Array.from({length: 289}, (_, i) => i)") and int(slider.get_attribute("max") or 0) // 3
    )
    slider.fill(str(place))
    expect(told).to_contain_text(clock.inner_text())
    phone = page.locator(".replay-lane[data-channel=phone]")
    waiting = phone.locator(".replay-count").inner_text()
    expected = "nobody" if waiting == "0" else waiting
    assert f"Phone: {expected} waiting" in told.inner_text().replace("\u00a0", " ")
    before = told.inner_text()
    play.press("Enter")
    expect(play).to_have_text("Pause")
    expect(told).not_to_have_text(before)
    play.press("Enter")
    expect(play).to_have_text("Play")
    assert asked == []

    incident = page.locator(".replay-trouble")
    slider.press("Home")
    expect(incident).to_have_attribute("data-stage", "before")
    slider.press("End")
    expect(incident).to_have_attribute("data-stage", "after")
    page.locator("#replay-scenario").get_by_text("Baseline").click()
    expect(incident).to_have_count(0)
    expect(page.locator("#replay-stage")).not_to_contain_text("(baseline")
    assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth + 1")  # charts follow


def test_a_customer_is_followed_through_both_scenarios(address: str, visit: Visit) -> None:
    page = visit(address)
    page.get_by_role("textbox", name="Find a customer").click()
    page.get_by_role("option", name="Hit hardest by the what-if").click()
    view = page.locator("#customer-view")
    who = view.get_by_role("heading", name=re.compile(r"^Case [\d,]+: "))
    expect(who).to_be_visible()
    expect(view).to_contain_text("In the baseline, the case is")
    expect(view.locator("#customer-picture .bars path").first).to_be_attached()
    expect(view.get_by_role("heading", name="What-if, contact by contact")).to_be_visible()
    expect(view.locator(".customer-table").last).to_contain_text("Website")
    first = who.inner_text()
    page.get_by_role("button", name="Another one").click()
    expect(who).not_to_have_text(first)
    page.get_by_label("Case number").fill("17")
    expect(who).to_have_text(re.compile("^Case 17: "))


def test_figures_their_sources_and_which_of_them_matters(visit: Visit) -> None:
    page = visit("/")
    open_scenario(page, "Help desk")
    add(page, "Scale volume", Per_cent="20")
    page.get_by_role("link", name="Assumptions").click()
    page.wait_for_url(re.compile(r"/assumptions$"))
    grid = page.locator("#assumed-grid")
    expect(grid).to_contain_text("Grade")
    expect(page.locator(".grades")).to_contain_text(re.compile(r"\d"))
    page.get_by_role("radio", name=re.compile(r"Changed only \(1\)")).check()
    expect(grid.get_by_role("row")).to_have_count(2)
    expect(grid).to_contain_text("480")
    page.get_by_role("radio", name=re.compile(r"^All \(")).check()
    page.get_by_label("Search the figures").fill("patience")
    row = grid.get_by_role("row").filter(has_text="atience").first
    expect(row).to_be_visible()

    page.get_by_role("textbox", name="Answer").click()
    page.get_by_role("option", name="Contacts per case").click()
    page.get_by_role("button", name="Which assumption moves the answer most?").click()
    chart = page.locator("#tornado-picture")
    expect(chart.locator(".bars path").first).to_be_attached(timeout=120_000)
    expect(page.locator(".tornado-sentence")).to_contain_text("contacts per case", ignore_case=True)
    page.get_by_text(re.compile(r"The numbers of all \d+ figures")).click()
    expect(page.locator(".tornado-numbers")).to_contain_text("Answer at the low end")
