"""The questions below the three stories are answered when somebody asks them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.served import Visit

RESULT = re.compile(r"/results/\w")


def test_a_question_is_answered_when_it_is_asked(visit: Visit) -> None:
    page = visit("/")
    asked = page.get_by_role("article").filter(has_text="Fix what locks customers out")
    asked.get_by_role("button", name="Show the answer").click()
    expect(asked.locator(".story-answer")).to_contain_text("phone", timeout=180_000)
    expect(asked.get_by_role("button", name="Show the answer")).to_have_count(0)
    asked.get_by_role("link", name="Open the answer").click()
    page.wait_for_url(RESULT)
    expect(page.locator(".answer-text")).to_be_visible()
