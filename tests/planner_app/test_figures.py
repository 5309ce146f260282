"""Figures tell what the tables hold: lines, bands, shadings and flows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from planner_app import figures
from planner_app.answers import readings
from planner_app.figures.axes import busy_span
from planner_app.figures.journeys import flows, spillover_rows
from planner_app.services import Report
from planner_app.theme import COLOURS, GROUNDS, template, templates
from tests.planner_app.reports import DRIVERS, INTERVAL, OUTAGE, make_report


@pytest.fixture(scope="module")
def report() -> Report:
    return make_report()


def named(figure: go.Figure, name: str) -> go.Scatter | go.Bar:
    found = [trace for trace in figure.data if trace.name == name]
    assert len(found) == 1, [trace.name for trace in figure.data]
    return found[0]


def test_waits_draws_means_between_their_bands(report: Report) -> None:
    figure = figures.waits(report)
    line = named(figure, "What-if")
    rows = readings.series(report, "what-if", "phone", "asa_seconds")
    np.testing.assert_allclose(line.x, rows["start_seconds"] + INTERVAL / 2)
    np.testing.assert_allclose(line.y, rows["mean"])
    band = named(figure, "What-if band")
    known = rows.dropna(subset=["mean"])
    upper, lower = np.split(np.asarray(band.y, dtype=float), 2)
    np.testing.assert_allclose(upper, known["mean"] + known["half_width"])
    np.testing.assert_allclose(lower[::-1], (known["mean"] - known["half_width"]).clip(lower=0))


def test_waits_shows_target_and_incident_in_open_hours(report: Report) -> None:
    figure = figures.waits(report)
    target = named(figure, "Target: 80% within 20 s")
    assert set(target.y) == {20.0}
    (shape,) = figure.layout.shapes
    assert (shape.x0, shape.x1) == OUTAGE
    assert figure.layout.xaxis.range == (8 * 3600.0, 20 * 3600.0)
    assert "10:00" in figure.layout.xaxis.ticktext
    assert [note.text for note in figure.layout.annotations] == ["portal outage"]


def test_hover_tells_interval_offered_answered_wait_and_staff(report: Report) -> None:
    texts = next(trace.text for trace in figures.waits(report).data if trace.hoverinfo == "text")
    text = next(text for text in texts if text.startswith("<b>10:15–10:30</b>"))
    assert all(
        word in text for word in ("Baseline: wait", "What-if: wait", "offered", "answered", "staff 30")
    )


def test_a_plain_run_has_one_line_and_no_incident() -> None:
    figure = figures.waits(make_report(what_if=False))
    assert [key.name for key in figures.legend(figure)] == ["Baseline", "Target: 80% within 20 s"]
    assert not figure.layout.shapes


def test_waits_of_a_channel_without_a_queue_says_so(report: Report) -> None:
    figure = figures.waits(report, "portal")
    assert [note.text for note in figure.layout.annotations] == ["Nobody was answered"]


def test_coverage_shades_the_gap_between_required_and_staffed(report: Report) -> None:
    figure = figures.coverage(report, "generalists")
    rows = figures.coverage_rows(report, "what-if", "generalists")
    gap = (rows["required"] - rows["scheduled"]).set_axis(rows["start_seconds"] + INTERVAL / 2)
    short, spare = named(figure, "Short of staff"), named(figure, "Spare")
    assert len(short.x) > 0
    assert set(short.x) == set(gap[gap > 0].index)
    assert set(spare.x) == set(gap[gap < 0].index)
    np.testing.assert_allclose(np.asarray(short.y, dtype=float), gap[gap > 0])
    tops = np.asarray(short.base, dtype=float) + np.asarray(short.y, dtype=float)
    np.testing.assert_allclose(tops, rows.loc[(gap > 0).to_numpy(), "required"])
    assert short.marker.pattern.shape == "/", "told apart by more than colour"


def test_all_groups_together_are_their_sum(report: Report) -> None:
    whole = figures.coverage_rows(report, "baseline")
    parts = [figures.coverage_rows(report, "baseline", g) for g in ("generalists", "specialists")]
    for column in ("scheduled", "required", "busy"):
        np.testing.assert_allclose(whole[column], parts[0][column] + parts[1][column])


def test_unchanged_staff_is_drawn_once(report: Report) -> None:
    names = [key.name for key in figures.legend(figures.coverage(report))]
    assert "Staffed, baseline" not in names
    more = report.coverage.copy()
    more.loc[more["scenario"] == "what-if", "scheduled"] += 2
    changed = dataclasses.replace(report, coverage=more)
    assert "Staffed, baseline" in [key.name for key in figures.legend(figures.coverage(changed))]


def test_occupancy_is_busy_over_staffed(report: Report) -> None:
    line = named(figures.occupancy(report, "generalists"), "Baseline")
    rows = figures.coverage_rows(report, "baseline", "generalists")
    staffed = rows[rows["scheduled"] > 0]
    np.testing.assert_allclose(line.y, (staffed["busy"] / staffed["scheduled"]).clip(upper=1))


def test_effort_stacks_every_driver_before_and_after(report: Report) -> None:
    figure = figures.effort(report)
    drawn = {trace.name: dict(zip(trace.y, trace.x, strict=True)) for trace in figure.data}
    assert drawn["Repeat contact"] == {"What-if": pytest.approx(0.71), "Baseline": pytest.approx(0.55)}
    assert "Transfer" not in drawn, "nobody was transferred"
    assert sum(bar["Baseline"] for bar in drawn.values()) == pytest.approx(
        sum(b for b, _ in DRIVERS.values())
    )
    assert figure.layout.barmode == "stack"
    assert {note.text for note in figure.layout.annotations} == {"<b>1.69</b>", "<b>2.57</b>"}


def test_flows_balance_at_every_node(report: Report) -> None:
    links = flows(report, "what-if")
    first = [node for node in links["source"] if node[0] == 1]
    into = links.groupby("target")["cases"].sum()
    out = links.groupby("source")["cases"].sum()
    for node in set(into.index) & set(out.index):
        assert into[node] == pytest.approx(out[node]), node
    ends = into[[node for node in into.index if node not in out.index]].sum()
    assert ends == pytest.approx(out[list(dict.fromkeys(first))].sum())


def test_attempts_may_count_from_0_or_1(report: Report) -> None:
    shifted = dataclasses.replace(
        report, journeys=report.journeys.assign(attempt=report.journeys["attempt"] - 1)
    )
    pd.testing.assert_frame_equal(flows(report, "what-if"), flows(shifted, "what-if"))


def test_moves_to_the_phone_from_elsewhere_stand_out(report: Report) -> None:
    (sankey,) = figures.journeys(report).data
    labels = sankey.node.label
    marked = {
        (labels[source], labels[target])
        for source, target, colour in zip(
            sankey.link.source, sankey.link.target, sankey.link.color, strict=True
        )
        if colour.startswith("rgba(224,138,30")
    }
    assert marked == {
        ("Portal", "Phone, second"),
        ("Chat", "Phone, second"),
        ("Chat, second", "Phone, third"),
    }


def test_spillover_lists_flows_by_size_with_whiskers(report: Report) -> None:
    table = spillover_rows(report)
    assert table["label"].iloc[0] == "Portal → phone (failed)"
    assert table["most"].is_monotonic_decreasing
    bar = named(figures.spillover(report), "What-if")
    np.testing.assert_allclose(sorted(bar.x), sorted(table["what-if_cases"]))
    assert min(bar.error_x.array) > 0
    assert [key.name for key in figures.legend(figures.spillover(report))] == ["Baseline", "What-if"]


def test_a_flow_that_only_the_what_if_has_is_0_before(report: Report) -> None:
    new = pd.DataFrame([{**report.spillover.iloc[-1], "from": "new_chat", "to": "phone", "cases": 300.0}])
    more = dataclasses.replace(report, spillover=pd.concat([report.spillover, new], ignore_index=True))
    row = spillover_rows(more).set_index("label").loc["New chat → phone (abandoned)"]
    assert (row["baseline_cases"], row["what-if_cases"]) == (0.0, 300.0)


def test_empty_tables_give_figures_that_say_so(report: Report) -> None:
    bare = dataclasses.replace(
        report,
        intervals=report.intervals.iloc[:0],
        coverage=report.coverage.iloc[:0],
        spillover=report.spillover.iloc[:0],
        journeys=report.journeys.iloc[:0],
        summary=report.summary.iloc[:0],
        incidents=report.incidents.iloc[:0],
    )
    for draw in (
        figures.waits,
        figures.coverage,
        figures.occupancy,
        figures.effort,
        figures.journeys,
        figures.spillover,
    ):
        assert len(draw(bare).layout.annotations) == 1, draw
    assert not figures.sparkline(bare).data


def test_sparkline_is_small_and_keeps_the_baseline_on_top(report: Report) -> None:
    figure = figures.sparkline(report)
    assert figure.layout.height < 120
    assert figure.data[-1].line.color == COLOURS.baseline


def test_quiet_hours_are_cut_off() -> None:
    table = pd.DataFrame({"start_seconds": [0.0, 900.0, 1800.0, 2700.0], "offered": [0.01, 50.0, 40.0, 0.0]})
    assert busy_span(table, ["offered"], 900.0) == (900.0, 2700.0)
    assert busy_span(table.assign(offered=0.0), ["offered"], 900.0) is None


# -- colours ---------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_data_colours_hold_against_both_grounds(scheme: str) -> None:
    ground = GROUNDS[scheme]  # type: ignore[index]
    drawn = [COLOURS.baseline, COLOURS.what_if, COLOURS.target, COLOURS.schedule, COLOURS.short]
    for colour in [*drawn, *COLOURS.drivers().values(), *COLOURS.channels()]:
        assert contrast(colour, ground.card) >= 3.0, colour
    for text in (ground.text, ground.muted):
        for under in (ground.card, ground.page):
            assert contrast(text, under) >= 4.5


def test_effort_numbers_are_legible_on_their_bars() -> None:
    for colour in COLOURS.drivers().values():
        assert contrast("#ffffff", colour) >= 3.0, colour


def test_templates_differ_in_text_and_not_in_layout() -> None:
    both = templates()
    assert both["light"]["layout"].keys() == both["dark"]["layout"].keys()
    assert template("light").layout.font.color != template("dark").layout.font.color
