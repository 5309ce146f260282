"""What a planner shows to their boss: names as words, shares in per cent, tables that fit a phone."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import scenarios
from planner_app.answers import causes, changed, headlines, readings, telling
from planner_app.services import Step
from planner_app.studies import forms, stacks
from scenarios.differences import diff
from scenarios.whatifs import WHATIFS, fields_of
from tests.planner_app.reports import make_report, make_run
from tests.planner_app.test_pages_show import text_of

BANK = scenarios.load("retail_bank")


def test_shares_are_told_apart_from_factors() -> None:
    whatif = stacks.whatif_of("unify_desktop", {})
    told = {c.field: changed.shown(c.field, c.new) for c in diff(BANK, whatif.apply(BANK))}
    assert told["groups.generalists.skills.phone.handle_time"] == "0.875"
    whatif = stacks.whatif_of("first_contact_resolution", {"points": 1})
    told = {c.field: changed.shown(c.field, c.new) for c in diff(BANK, whatif.apply(BANK))}
    assert told["channels.phone.resolution"] == "71%"


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("intents.balance.volume.per_day", 8800, "8,800"),
        ("intents.balance.volume.profile", "office_hours", "office hours"),
        ("channels.phone.transfer.share", 0.25, "25%"),
        ("channels.phone.transfer.to", "tier_2", "tier 2"),
        ("groups.desk.skills.phone.transfer", 0.041, "4.1%"),
        ("incidents.x.detection.reports", "20", "20"),
        ("channels.phone.open", True, "yes"),
        ("channels.phone.callback", "nothing", "–"),
    ],
)
def test_a_changed_value_as_people_read_it(field: str, value: object, text: str) -> None:
    assert changed.shown(field, value) == text


def test_what_changed_has_no_marks_of_files() -> None:
    diffs = pd.DataFrame(
        {
            "field": [f"segments.gen_z.adoption.new_{n}" for n in range(20)],
            "old": ["nothing"] * 20,
            "new": ["0.25"] * 20,
        }
    )
    (card,) = telling._changes(dataclasses.replace(make_report(), diff=diffs))
    text = text_of(card)
    assert "Segments › gen z › adoption › new 0" in text
    assert "25%" in text
    assert "_" not in text
    assert "nothing" not in text
    assert "Show 8 more" in text


def test_names_in_phrases_are_words() -> None:
    launch = Step("launch_channel", {"name": "my_new_bot"})
    (entry,) = stacks.resolve(BANK, [launch]).entries
    assert entry.text.startswith("launch my new bot: ")


def test_help_calls_choices_what_the_menu_calls_them() -> None:
    for model in WHATIFS.values():
        for field in fields_of(model):
            offered = [name for name in forms.choices(field, BANK) if "_" in name]
            assert not [name for name in offered if name in forms._help(field, offered)], field.name


def test_empty_fields_say_their_unit() -> None:
    (field,) = (f for f in fields_of(WHATIFS["add_tier"]) if f.name == "share")
    assert forms._percent(field)["placeholder"] == "%"
    (cost,) = (f for f in fields_of(WHATIFS["launch_channel"]) if f.unit == "money")
    drawn = str(forms.form(WHATIFS["launch_channel"], BANK, {}, "form"))
    assert "money" not in drawn
    assert cost.default is None
    assert f"placeholder='{BANK.currency}'" in drawn


def test_a_numbered_channel_has_no_article() -> None:
    report = make_report()
    names = {"phone": "tier_1"}
    meta = {
        **report.meta,
        "phone": "tier_1",
        "channels": [{**one, "name": names.get(one["name"], one["name"])} for one in report.meta["channels"]],
    }
    parts = ("summary", "intervals", "spillover", "journeys")
    tables = {name: getattr(report, name).replace(names) for name in parts}
    tiered = dataclasses.replace(report, meta=meta, **tables)
    assert "Spillover to tier 1 " in headlines.spillover(tiered)
    whole = readings.reading(tiered, "all", "all", "contacts_per_case")
    assert whole is not None
    assert causes.heading(causes.Split("tier_1", whole, ())) == "Why tier 1 gets more contacts"


def test_one_channel_has_no_spillover() -> None:
    report = make_report()
    summary = report.summary
    other = (summary["scope"] == "channel") & (summary["name"] != "phone")
    alone = dataclasses.replace(report, summary=summary[~other], spillover=report.spillover.iloc[:0])
    assert "spillover_to_phone" in [one.measure.name for one in readings.key_readings(report)]
    assert "spillover_to_phone" not in [one.measure.name for one in readings.key_readings(alone)]
    text = text_of(telling.report_body(make_run(), alone))
    assert "Nobody moved on" not in text
    assert "Spillover to the phone" not in text


def test_a_phone_screen_gets_the_same_numbers() -> None:
    section = next(card for card in telling.tables(make_report()) if "By channel" in text_of(card))
    text = text_of(section)
    grid_rows = section.children[-2].children.rowData
    for row in grid_rows:
        assert row["what_if_text"].replace("\u00a0", " ") in text
        assert row["delta_text"].replace("\u00a0", " ") in text


def test_callbacks_say_whom_abandonment_speaks_of() -> None:
    run = make_run(steps=(Step("offer_callbacks", {"channel": "phone"}),))
    assert "they no longer give up" in text_of(telling.report_body(run, make_report()))
    assert "they no longer give up" not in text_of(telling.report_body(make_run(), make_report()))
