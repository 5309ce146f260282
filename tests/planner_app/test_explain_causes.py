"""Why a number moved: causes in reports, in sentences, in a waterfall and on the result page."""

from __future__ import annotations

import dataclasses
import io
import math
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

import scenarios
import sim
from planner_app import figures
from planner_app.answers import causes, export, telling
from planner_app.answers.causes import Part, Split
from planner_app.answers.readings import reading
from planner_app.answers.words import Estimate
from planner_app.running.report import WHAT_IF, report_of
from planner_app.services import Report
from planner_app.store.reports import pack, unpack
from scenarios.whatifs import ChangeStaff
from sim.explain import CONTACT_CAUSES
from sim.results import BASELINE, Comparison
from tests.planner_app.reports import make_report, make_run
from tests.planner_app.test_pages_show import App, ids_of, text_of


def cause(
    cause: str, origin: str, before: float, delta: float, width: float | None, channel: str = "phone"
) -> dict[str, Any]:
    return {
        "channel": channel, "cause": cause, "from": origin, "before": before, "after": before + delta,
        "delta": delta, "half_width": width,
    }  # fmt: skip


PHONE = [
    cause("first_contact", "", 320.0, 0.0, 0.0),
    cause("failed_self_service", "portal", 990.0, 378.0, 12.0),
    cause("other_channel", "chat", 150.0, 1.0, 4.0),
    cause("redial_abandoned", "phone", 40.0, 23.0, 9.0),
]
CHAT = [cause("failed_self_service", "portal", 210.0, 61.0, 18.0, "chat")]
EMAIL = [cause("failed_self_service", "portal", 10.0, 1.0, 18.0, "email")]


def with_causes(report: Report, rows: list[dict[str, Any]]) -> Report:
    return dataclasses.replace(report, meta={**report.meta, "causes": rows})


def with_effort(report: Report) -> Report:
    """A report whose summary has effort as a whole, too."""
    rows = report.summary[report.summary["measure"] == "effort_waiting"].copy()
    drivers = report.summary[report.summary["measure"].str.startswith("effort_")]
    sums = drivers.groupby("scenario")[["mean", "delta"]].sum()
    rows["measure"] = "effort"
    for column in ("mean", "delta"):
        rows[column] = [sums.loc[scenario, column] for scenario in rows["scenario"]]
    rows["delta_half_width"] = 0.05
    return dataclasses.replace(report, summary=pd.concat([report.summary, rows], ignore_index=True))


@pytest.fixture(scope="module")
def report() -> Report:
    return with_effort(with_causes(make_report(), [*PHONE, *CHAT, *EMAIL]))


@pytest.fixture
def split(report: Report) -> Split:
    found = causes.contacts(report, "phone")
    assert found is not None
    return found


# -- reports ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def computed() -> tuple[Comparison, Report]:
    desk = scenarios.load("helpdesk")
    comparison = sim.compare(desk, {WHAT_IF: ChangeStaff(percent=-20).apply(desk)}, replications=4, seed=2)
    return comparison, report_of(comparison)


def test_a_report_carries_the_causes_that_sum_to_the_change(computed: tuple[Comparison, Report]) -> None:
    comparison, report = computed
    rows = report.meta["causes"]
    offered = reading(report, "channel", "phone", "offered")
    assert offered is not None
    assert offered.delta is not None
    assert sum(row["delta"] for row in rows) == pytest.approx(offered.delta.mean)
    assert {row["cause"] for row in rows} == {"first_contact", "repeat_unresolved", "redial_abandoned"}
    assert unpack(pack(report)).meta == report.meta
    split = causes.contacts(report, "phone")
    assert split is not None, "a fifth of the agents fewer: people ring again"
    assert split.parts[0].label == "Again: gave up waiting"
    assert comparison.results[WHAT_IF].value("offered", "phone", "channel") == pytest.approx(
        split.whole.current.mean
    )


def test_a_single_replication_is_stored_without_intervals() -> None:
    desk = scenarios.load("helpdesk")
    comparison = sim.compare(desk, {WHAT_IF: ChangeStaff(percent=-20).apply(desk)}, replications=1)
    rows = report_of(comparison).meta["causes"]
    assert {row["half_width"] for row in rows} == {None}


def test_a_baseline_alone_has_no_causes() -> None:
    report = report_of(Comparison({BASELINE: sim.run(scenarios.load("helpdesk"), replications=2)}))
    assert "causes" not in report.meta
    assert causes.channels(report) == []
    assert telling.causes_cards(report) == []


def test_a_report_of_an_older_version_opens_without_the_chart() -> None:
    old = unpack(pack(make_report()))
    assert "causes" not in old.meta
    assert telling.causes_cards(old) == []
    assert len(telling.report_body(make_run(), old)) == 3


# -- words -----------------------------------------------------------------------------------------


def test_channels_with_a_clear_difference_are_explained_the_phone_first(report: Report) -> None:
    assert causes.channels(report) == ["phone", "chat"]
    assert causes.contacts(report, "email") is None, "its difference is not clear"
    assert causes.contacts(report, "portal") is None, "it has no agents"


def test_the_sentence_names_the_causes_that_make_up_the_whole(report: Report, split: Split) -> None:
    assert causes.heading(split) == "Why the phone gets more contacts"
    assert causes.sentence(report, split) == (
        "Of 402 extra phone contacts a day, 378 come after the portal failed "
        "and 23 ± 9 are redials after giving up waiting."
    )


def test_parts_are_the_greatest_first_and_those_that_never_move_the_last(split: Split) -> None:
    order = ["Portal failed", "Again: gave up waiting", "From chat"]
    assert [part.label for part in split.moved] == order
    assert [part.label for part in split.parts] == [*order, "First contacts"]
    assert sum(part.delta.mean for part in split.parts) == split.delta.mean


def test_parts_that_go_the_other_way_are_told_apart(report: Report) -> None:
    rows = [*PHONE[:2], cause("first_contact", "", 900.0, 100.0, 5.0)]
    rows[1] = {**rows[1], "delta": 502.0}
    rows[2] = {**rows[2], "delta": -100.0}
    split = causes.contacts(with_causes(report, rows), "phone")
    assert split is not None
    assert causes.sentence(report, split) == (
        "The phone gets 402 more contacts a day: 502 more contacts after the portal failed, "
        "against 100 fewer first contacts."
    )


def test_contacts_that_are_spared(report: Report) -> None:
    summary = report.summary.assign(delta=-report.summary["delta"])
    better = with_causes(
        dataclasses.replace(report, summary=summary),
        [
            cause("failed_self_service", "portal", 990.0, -378.0, 12.0),
            cause("redial_not_reached", "phone", 60.0, -24.0, 2.0),
        ],
    )
    split = causes.contacts(better, "phone")
    assert split is not None
    assert causes.heading(split) == "Why the phone gets fewer contacts"
    assert causes.sentence(better, split) == (
        "Of 402 phone contacts a day that are spared, 378 came after the portal failed "
        "and 24 were redials after not getting through."
    )


def test_chats_are_tried_again_and_not_dialled(report: Report) -> None:
    rows = [cause("redial_abandoned", "chat", 5.0, 61.0, 2.0, "chat")]
    split = causes.contacts(with_causes(report, rows), "chat")
    assert split is not None
    assert split.parts[0].noun == "new tries after giving up waiting"


def test_several_days_are_not_called_a_day(report: Report, split: Split) -> None:
    week = dataclasses.replace(report, meta={**report.meta, "days": 7})
    assert causes.sentence(week, split).startswith("Of 402 extra phone contacts in 7 days, ")


@pytest.mark.parametrize("name", [*CONTACT_CAUSES, "something_newer"])
def test_every_cause_has_words(report: Report, name: str) -> None:
    split = causes.contacts(with_causes(report, [cause(name, "chat", 1.0, 402.0, 4.0)]), "phone")
    assert split is not None
    sentence = causes.sentence(report, split)
    assert "_" not in sentence
    assert sentence.startswith("Of 402 extra phone contacts a day, 402 ")


def test_effort_is_told_by_driver(report: Report) -> None:
    split = causes.effort(report)
    assert split is not None
    assert causes.heading(split) == "Why effort rises"
    assert causes.sentence(report, split) == (
        "Effort rises by 0.88 points per case: 0.41 through waiting, 0.16 through repeat contact "
        "and 0.12 ± 0.01 through channel switch."
    )
    assert causes.effort(with_effort(make_report(effect=0.0))) is None, "no clear difference"
    assert causes.effort(with_effort(make_report(what_if=False))) is None


def test_effort_that_falls_in_one_part_only(report: Report) -> None:
    split = causes.effort(report)
    assert split is not None
    whole = dataclasses.replace(split.whole, delta=Estimate(-0.2, 0.05))
    parts = (
        Part("Waiting", *["through waiting"] * 3, 0.5, 0.2, Estimate(-0.3, 0.01)),
        Part("Transfer", *["through transfer"] * 3, 0.1, 0.2, Estimate(0.1, 0.02)),
    )
    assert causes.sentence(report, Split("effort", whole, parts)) == (
        "Effort falls by 0.20 ± 0.05 points per case: 0.30 through waiting, "
        "against 0.10 ± 0.02 more through transfer."
    )


def test_the_table_ends_with_the_whole_and_says_what_is_not_clear(split: Split) -> None:
    assert causes.table(split) == [
        ["Portal failed", "990", "1,368", "+378 ± 12"],
        ["Again: gave up waiting", "40", "63", "+23 ± 9"],
        ["From chat", "150", "151", "+1 ± 4 (not clear)"],
        ["First contacts", "320", "320", "no change"],
        ["All", "1,500", "1,902", "+402 ± 19"],
    ]


# -- the waterfall ---------------------------------------------------------------------------------


def bars(figure: Any) -> dict[str, tuple[float, float]]:
    """Start and end of each bar, by its label."""
    return {
        label: (base, base + size)
        for trace in figure.data
        if trace.type == "bar"
        for label, base, size in zip(trace.y, trace.base, trace.x, strict=True)
    }


def test_each_bar_starts_where_the_one_above_ends(report: Report, split: Split) -> None:
    figure = figures.causes(report, split)
    drawn = bars(figure)
    order = list(figure.layout.yaxis.categoryarray)[::-1]
    assert order == ["Portal failed", "Again: gave up waiting", "From chat", "All together"]
    assert drawn["Portal failed"] == (0, 378)
    for above, below in pairwise(order[:-1]):
        assert drawn[below][0] == drawn[above][1]
    assert drawn["All together"] == (0, 402)
    assert drawn[order[-2]][1] == pytest.approx(402)
    low, high = figure.layout.xaxis.range
    assert low <= 0
    assert high > 402 * 1.4, "there is room for the numbers"


def test_what_is_not_clear_is_hatched_and_named_in_the_legend(report: Report, split: Split) -> None:
    keys = {key.name: key.look for key in figures.legend(figures.causes(report, split))}
    assert keys == {"More": "box", "No clear difference": "hatch", "All together": "box"}


def test_numbers_stand_beside_the_bars_and_the_axis_says_from_where(report: Report, split: Split) -> None:
    figure = figures.causes(report, split)
    assert [note.text for note in figure.layout.annotations] == [
        "+378 ± 12", "+23 ± 9", "+1 ± 4", "<b>+402 ± 19</b>",
    ]  # fmt: skip
    assert figure.layout.xaxis.title.text == "Contacts a day,<br>against 1,500 in the baseline"
    drivers = causes.effort(report)
    assert drivers is not None
    assert "Effort points per case" in figures.causes(report, drivers).layout.xaxis.title.text


def test_hovering_tells_both_scenarios_and_the_share(report: Report, split: Split) -> None:
    told = figures.causes(report, split).data[0].customdata[0]
    assert told == (
        "<b>Portal failed</b><br>baseline 990, what-if 1,368<br>difference +378 ± 12"
        "<br>94% of the whole difference"
    )


def test_bars_below_nothing_fit(report: Report) -> None:
    rows = [
        cause("failed_self_service", "portal", 990.0, -1.0e3, 12.0),
        cause("first_contact", "", 1, 1402.0, 9),
    ]
    split = causes.contacts(with_causes(report, rows), "phone")
    assert split is not None
    figure = figures.causes(report, split)
    low, high = figure.layout.xaxis.range
    for start, end in bars(figure).values():
        assert low <= min(start, end) <= max(start, end) <= high


# -- the page --------------------------------------------------------------------------------------


@pytest.fixture
def app(report: Report) -> App:
    found = App()
    found.runs.add("r-1", make_run(), report)
    return found


def test_the_result_page_says_why(app: App, report: Report) -> None:
    page = telling.report_body(make_run(), report)[-1]
    text = text_of(page)
    assert "Why the phone gets more contacts" in text
    assert "Why effort rises" in text
    assert "Of 402 extra phone contacts a day, 378 come after the portal failed" in text
    pictures = {
        getattr(one, "id", ""): getattr(one, "aria-label")
        for one in page._traverse()
        if getattr(one, "role", None) == "img"
    }
    assert "Portal failed +378 ± 12; Again: gave up waiting +23 ± 9" in pictures["causes-picture"]
    ids = [str(one) for one in ids_of(page)]
    assert len(ids) == len(set(ids))


def test_another_channel_is_explained_when_it_is_chosen(app: App) -> None:
    answer = app.call("causes-channel.value", {"causes-channel.value": "chat", "result-scheme.data": "dark"})
    assert answer is not None
    assert answer["causes-title"]["children"] == "Why the chat gets more contacts"
    assert "61" in answer["causes-sentence"]["children"]
    figure = next(value["figure"] for name, value in answer.items() if "figure" in name and "figure" in value)
    assert figure["layout"]["annotations"][0]["text"].startswith("+61")
    assert answer["causes-picture"]["aria-label"].startswith("Why the chat gets more contacts.")


def test_a_channel_that_is_not_explained_changes_nothing(app: App) -> None:
    assert app.call("causes-channel.value", {"causes-channel.value": "email"}) is None
    app.runs.reports.clear()
    assert app.call("causes-channel.value", {"causes-channel.value": "chat"}) is None


def test_the_workbook_has_the_causes(report: Report) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(export.workbook(report, make_run())))
    rows = list(book["Causes"].iter_rows(values_only=True))
    assert rows[0] == ("Channel", "Cause", "From", "Before", "After", "Delta", "Half width")
    assert rows[2] == ("phone", "failed_self_service", "portal", 990, 1368, 378, 12)
    without = openpyxl.load_workbook(io.BytesIO(export.workbook(make_report(), make_run())))
    assert "Causes" not in without.sheetnames


def test_an_interval_that_is_not_known_is_not_written() -> None:
    assert causes.changed(Estimate(3.0, math.nan), "count") == "+3 (not clear)"
