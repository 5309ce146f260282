"""The live answer, in a real browser: it follows sliders, fields and switches by itself."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.live import lines, measure_updates, settle, users_over_http
from tests.e2e.served import App, Visit
from tests.e2e.test_path import add, open_scenario

RESTS_ON = re.compile(r"Rests on [\d,]+ simulated Mondays?")


def days(page: Page) -> int:
    return int(page.locator("#live").get_attribute("data-days") or 0)


def desk(visit: Visit) -> Page:
    """The help desk with two agents fewer, its live answer shown."""
    page = visit("/")
    open_scenario(page, "Help desk")
    add(page, "Change staff", Agents="-2")
    settle(page)
    return page


def test_moving_a_slider_changes_the_charts_by_itself_and_days_grow(visit: Visit) -> None:
    page = desk(visit)
    sentence, drawn = page.locator("#live-sentence"), lines(page)
    told = sentence.inner_text()
    seconds = measure_updates(page, 2, key="ArrowLeft")
    assert all(0 < second < 30 for second in seconds)
    expect(sentence).not_to_have_text(told)
    assert lines(page) != drawn
    expect(page.locator(".dial-number")).to_have_text("−4 agents")
    expect(page.locator("#live-status")).to_contain_text(RESTS_ON)
    if (first := days(page)) < 100:  # on a quick machine all have come by now
        settle(page, first + 1)
        assert days(page) > first
    settle(page, 100)
    expect(page.locator("#live-status")).to_have_text("Rests on 100 simulated Mondays")
    expect(page.locator("#live")).to_have_attribute("data-state", "done")


def test_bands_narrow_as_days_arrive(visit: Visit) -> None:
    page = desk(visit)

    def width() -> float:
        text = page.locator("#live-numbers .number-width").first.inner_text()
        return float(re.findall(r"[\d.]+", text)[0])

    held: list[Route] | None = []

    def hold(route: Route) -> None:
        if held is None:
            route.continue_()
        else:
            held.append(route)

    page.route("**/_live/look", hold)  # the first answer comes with the question; more are looked for
    page.get_by_role("slider").press("ArrowLeft")
    settle(page)
    assert days(page) < 100
    early = width()
    kept, held = held, None
    for request in kept:
        request.continue_()
    settle(page, 100)
    assert width() < early


def test_dragging_is_answered_on_the_way_and_saved_when_let_go(visit: Visit) -> None:
    page = desk(visit)
    saved = page.locator(".step-text")
    thumb = page.get_by_role("slider")
    box = thumb.bounding_box()
    assert box is not None
    revision = int(page.locator("#live").get_attribute("data-revision") or 0)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 6, y, steps=3)
    page.wait_for_function(
        "(before) => Number(document.getElementById('live').dataset.drawn) > before", arg=revision
    )
    page.mouse.move(x - 12, y, steps=3)
    page.mouse.up()
    number = page.locator(".dial-number").inner_text()
    assert number != "−2 agents"
    expect(saved).to_have_text(f"{number} in each group")
    page.reload()
    expect(saved).to_have_text(f"{number} in each group")
    expect(page.locator(".dial-number")).to_have_text(number)


def test_a_field_of_the_form_is_answered_before_it_is_saved_and_forgotten_on_cancel(visit: Visit) -> None:
    page = desk(visit)
    settle(page, 100)
    told = page.locator("#live-sentence").inner_text()
    page.get_by_role("button", name="Edit: −2 agents in each group").click()
    drawer = page.get_by_role("dialog", name="Change staff")
    field = drawer.get_by_label("Agents", exact=True)
    field.fill("-4")
    expect(page.locator("#live-sentence")).not_to_have_text(told)
    expect(drawer.locator("#live-brief")).to_contain_text("Phone ASA")
    settle(page, 100)
    shown, share = page.locator("#live-sentence").inner_text(), drawer.get_by_label("Per cent", exact=True)
    share.fill("-150")
    expect(page.locator("#live-problem")).to_contain_text("does not fit yet")
    expect(page.locator("#live")).to_have_attribute("data-state", "problem")
    expect(page.locator("#live-sentence")).to_have_text(shown)
    expect(share).to_have_value(re.compile("^-150"))
    share.fill("0")
    expect(page.locator("#live-problem")).to_be_hidden()
    drawer.get_by_role("button", name="Cancel").click()
    expect(drawer).to_be_hidden()
    settle(page, 100)
    expect(page.locator("#live-sentence")).to_have_text(told)
    expect(page.locator(".step-text")).to_have_text("−2 agents in each group")


def test_a_switch_moves_the_picture_back(visit: Visit) -> None:
    page = desk(visit)
    expect(page.locator("#live-waits-legend")).to_contain_text("What-if")
    page.get_by_role("switch").click(force=True)
    expect(page.locator("#live-waits-legend")).not_to_contain_text("What-if")
    expect(page.get_by_role("slider")).to_have_count(0)
    page.get_by_role("switch").click(force=True)
    expect(page.locator("#live-waits-legend")).to_contain_text("What-if")


def test_a_late_answer_to_an_older_question_is_not_shown(visit: Visit) -> None:
    page = desk(visit)
    settle(page, 100)
    held: list[object] = []

    def hold(route: object) -> None:
        held.append(route)

    page.route("**/_live/ask", hold, times=1)
    thumb = page.get_by_role("slider")
    thumb.press("ArrowLeft")
    page.wait_for_function("() => document.getElementById('live').dataset.state === 'pending'")
    page.wait_for_timeout(300)
    thumb.press("ArrowLeft")
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].fulfill(  # type: ignore[attr-defined]
        json={
            "revision": int(page.locator("#live").get_attribute("data-revision") or 0) + 1,
            "state": "shown",
            "days": 7,
            "share": 1,
            "refining": False,
            "tops": [None, None],
            "words": {"live-sentence": "An older answer."},
            "props": [],
        }
    )
    settle(page)
    expect(page.locator("#live-sentence")).not_to_have_text("An older answer.")
    expect(page.locator(".dial-number")).to_have_text("−4 agents")


def test_an_app_that_was_started_anew_is_asked_again(visit: Visit) -> None:
    page = desk(visit)
    settle(page, 100)
    # What a new process knows of this page: nothing.
    page.route("**/_live/ask", lambda route: route.fulfill(json={"revision": 0, "state": "old"}), times=1)
    page.get_by_role("slider").press("ArrowLeft")
    settle(page, 4)
    expect(page.locator(".dial-number")).to_have_text("−3 agents")


def test_ten_users_at_once_freeze_nothing(app: App, visit: Visit) -> None:
    page = visit("/")
    open_scenario(page, "Help desk")
    add(page, "Scale volume", Per_cent="20")
    study = page.url.rsplit("/", 1)[1]
    dial = (0, "scale_volume", "percent")
    felt = users_over_http(app.url, study, dial, [5, 15, 30, 45], users=10, rounds=3)
    assert felt.faults == []
    assert len(felt.answers) == 30
    assert len(felt.refined) == 10
    assert max(felt.pages) < 5, "another page waited"
    assert max(felt.answers) < 20
