"""The path of a planner through the app, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from scenarios.stories import all_stories
from tests.e2e.served import App, Visit

RESULT = re.compile(r"/results/[0-9a-f]+$")
STUDY = re.compile(r"/what-if/[0-9a-f]+$")


def open_scenario(page: Page, name: str) -> None:
    """From wherever the page is to a new study of a library scenario."""
    page.get_by_role("link", name="Scenarios", exact=True).click()
    card = page.get_by_role("article").filter(has=page.get_by_role("heading", name=name, exact=True))
    card.get_by_role("button").last.click()
    page.wait_for_url(STUDY)
    expect(page.get_by_role("heading", name="What-ifs")).to_be_visible()


def add(page: Page, title: str, **fields: str) -> None:
    """Add a what-if through its form."""
    before = page.locator(".step").count()
    page.get_by_role("button", name="Add what-if").click()
    page.get_by_role("menuitem", name=title).click()
    drawer = page.get_by_role("dialog", name=title)
    for label, value in fields.items():
        field = drawer.get_by_label(label.replace("_", " "), exact=True)
        field.fill(value)
        field.press("Tab")
    expect(drawer.locator(".preview")).to_be_visible()
    drawer.get_by_role("button", name="Add", exact=True).click()
    expect(drawer).to_be_hidden()
    expect(page.locator(".step")).to_have_count(before + 1)


def run(page: Page, replications: int) -> None:
    page.get_by_label("Replications", exact=True).fill(str(replications))
    page.get_by_role("button", name="Run", exact=True).click()


def test_from_the_first_page_to_an_answer_and_its_numbers_in_excel(visit: Visit, tmp_path: Path) -> None:
    page = visit("/")
    expect(page.get_by_role("article")).to_have_count(len(all_stories()))
    open_scenario(page, "Help desk")
    add(page, "Change staff", Agents="-2")
    add(page, "Scale volume", Per_cent="20")
    expect(page.locator(".step-text")).to_have_text(["−2 agents in each group", "+20% cases"])
    expect(page.locator("#saved")).to_contain_text("Saved")

    run(page, 6)
    page.wait_for_url(RESULT)
    answer = page.locator("#result-view .answer-text")
    expect(answer).to_contain_text("service level", ignore_case=True)
    cards = page.locator("#result-view .numbers")
    expect(cards).to_contain_text("Phone ASA")
    expect(cards).to_contain_text("worse")
    told = answer.inner_text()

    page.reload()
    expect(page.locator("#result-view .answer-text")).to_have_text(told)
    with page.expect_download() as file:
        page.get_by_role("button", name="Download for Excel").click()
    file.value.save_as(tmp_path / "result.xlsx")
    book = openpyxl.load_workbook(tmp_path / "result.xlsx", read_only=True)
    assert len(book.sheetnames) >= 3
    book.close()

    address = page.url
    page.get_by_role("link", name="Results", exact=True).click()
    row = page.get_by_role("row").filter(has_text="2")
    row.get_by_role("link", name="Help desk").first.click()
    page.wait_for_url(address)


def test_a_run_is_cancelled_and_keeps_what_was_finished(visit: Visit) -> None:
    page = visit("/")
    open_scenario(page, "Retail bank, Monday")
    run(page, 5000)
    page.get_by_text(re.compile(r"[1-9]\d* of 5000 replications finished")).wait_for()
    page.reload()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    page.get_by_text(re.compile(r"([2-9]|\d\d+) of 5000 replications finished")).wait_for()
    page.get_by_role("button", name="Cancel this run").click()
    page.get_by_text("The run was cancelled").wait_for()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    page.get_by_role("link", name="See the result").click()
    page.wait_for_url(RESULT)
    expect(page.locator(".numbers")).to_contain_text("Phone ASA")
    expect(page.locator("#page")).to_contain_text("ancelled")


def test_what_ifs_are_switched_moved_edited_removed_and_brought_back(visit: Visit) -> None:
    page = visit("/")
    open_scenario(page, "Help desk")
    expect(page.get_by_text("No what-ifs yet.")).to_be_visible()
    add(page, "Change staff", Agents="-2")
    add(page, "Scale volume", Per_cent="20")
    steps = page.locator(".step-text")
    changes = page.locator("#changes")
    expect(changes).to_contain_text("480")

    page.get_by_role("switch", name="On or off: +20% cases").click(force=True)
    expect(changes).not_to_contain_text("480")
    page.get_by_role("switch", name="On or off: +20% cases").click(force=True)
    expect(changes).to_contain_text("480")

    page.get_by_role("button", name="Move up: +20% cases").press("Enter")
    expect(steps).to_have_text(["+20% cases", "−2 agents in each group"])
    expect(page.get_by_role("button", name="Move down: +20% cases")).to_be_focused()

    page.get_by_role("button", name="Edit: +20% cases").click()
    drawer = page.get_by_role("dialog", name="Scale volume")
    drawer.get_by_label("Per cent", exact=True).fill("50")
    expect(drawer.locator(".preview")).to_contain_text("600")
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(steps).to_have_text(["+50% cases", "−2 agents in each group"])

    page.get_by_role("button", name="Remove: +50% cases").click()
    expect(steps).to_have_text(["−2 agents in each group"])
    page.get_by_role("button", name="Undo").click()
    expect(steps).to_have_text(["+50% cases", "−2 agents in each group"])
    page.reload()
    expect(steps).to_have_text(["+50% cases", "−2 agents in each group"])


def test_problems_stand_beside_the_field_and_nothing_is_lost(visit: Visit) -> None:
    page = visit("/")
    open_scenario(page, "Help desk")
    page.get_by_role("button", name="Add what-if").press("Enter")
    page.get_by_role("menuitem", name="Channel outage").press("Enter")
    drawer = page.get_by_role("dialog", name="Channel outage")
    until = drawer.get_by_label("Until", exact=True)
    until.fill("9")
    until.press("Tab")
    expect(drawer.get_by_text("after the start")).to_be_visible()
    expect(drawer.get_by_role("button", name="Add", exact=True)).to_be_disabled()
    expect(until).to_have_value("9")
    until.fill("12.30")
    until.press("Tab")
    expect(drawer.locator(".preview-text")).to_contain_text("10:00–12:30")
    drawer.get_by_role("button", name=re.compile("Where the default of")).first.press("Enter")
    expect(page.get_by_text("Grade").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Grade").first).to_be_hidden()
    drawer.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".step-text")).to_have_count(1)


def test_a_window_that_is_out_of_date_overwrites_nothing(visit: Visit) -> None:
    mine = visit("/")
    open_scenario(mine, "Help desk")
    theirs = visit(mine.url[mine.url.index("/what-if") :])
    add(theirs, "Scale volume", Per_cent="20")
    mine.get_by_role("button", name="Add what-if").click()
    mine.get_by_role("menuitem", name="Change staff").click()
    drawer = mine.get_by_role("dialog", name="Change staff")
    drawer.get_by_label("Agents", exact=True).fill("-3")
    expect(drawer.locator(".preview")).to_contain_text("−3 agents")
    drawer.get_by_role("button", name="Add", exact=True).click()
    expect(mine.get_by_text("changed in another window")).to_be_visible()
    expect(drawer.get_by_label("Agents", exact=True)).to_have_value(re.compile("^-3"))
    drawer.get_by_role("button", name="Add", exact=True).click()
    expect(mine.locator(".step-text")).to_have_text(["+20% cases", "−3 agents in each group"])


def test_studies_are_renamed_copied_taken_away_deleted_and_restored(visit: Visit, tmp_path: Path) -> None:
    page = visit("/")
    open_scenario(page, "Telecom, network fault")
    name = page.get_by_label("Name of the study")
    name.fill("Fault of May")
    name.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fault of May")
    page.get_by_role("link", name="Scenarios", exact=True).click()

    page.get_by_role("button", name="Rename: Fault of May").click()
    dialog = page.get_by_role("dialog", name="Rename the study")
    dialog.get_by_label("Name").fill("Fault of June")
    dialog.get_by_role("button", name="Rename").click()
    page.get_by_role("button", name="Duplicate: Fault of June", exact=True).click()
    expect(page.get_by_role("link", name="Fault of June (2)")).to_be_visible()

    page.get_by_role("button", name="Download: Fault of June", exact=True).click()
    with page.expect_download() as file:
        page.get_by_role("menuitem", name="The baseline", exact=True).click()
    file.value.save_as(tmp_path / "fault.yaml")
    assert "Telecom" in (tmp_path / "fault.yaml").read_text(encoding="utf-8")

    page.get_by_role("button", name="Delete: Fault of June (2)").click()
    expect(page.get_by_role("link", name="Fault of June (2)")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Fault of June (2)")).to_be_visible()


def test_a_file_with_problems_is_put_right_on_the_page(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: helpdesk\nname: Our desk\ncolour: red\nmax_attempts: 0\n", encoding="utf-8")
    page = visit("/scenarios")
    page.locator("#upload input[type=file]").set_input_files(file)
    expect(page.get_by_text("mine.yaml has 2 problems")).to_be_visible()
    text = page.get_by_label("Your file")
    expect(text).to_have_value(file.read_text(encoding="utf-8"))
    text.fill("extends: helpdesk\nname: Our desk\n")
    page.get_by_role("button", name="Check again").click()
    page.wait_for_url(STUDY)
    expect(page.get_by_role("heading", level=1)).to_have_text("Our desk")


def test_a_run_under_way_when_the_app_is_killed_is_finished_after_the_next_start(
    tmp_path: Path, visit: Visit
) -> None:
    app = App(tmp_path, stories=False)
    try:
        page = visit(app.url + "/scenarios")
        open_scenario(page, "Retail bank, Monday")
        add(page, "Change staff", Agents="-2")
        study = page.url[len(app.url) :]
        run(page, 600)
        page.get_by_text(re.compile(r"[1-9]\d* of 600 replications finished")).wait_for()
        page.close()
        app.kill()
        app.start()
        page = visit(app.url + study)
        expect(page.locator(".step-text")).to_have_text(["−2 agents in each group"])
        page.wait_for_url(RESULT)
        expect(page.locator(".numbers")).to_contain_text("Phone ASA")
        page.close()
    finally:
        app.stop()
