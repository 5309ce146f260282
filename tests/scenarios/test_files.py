"""Files: everything loads, round-trips and keeps what planners wrote; errors name file and line."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings

import scenarios
from scenarios import Scenario, ScenarioError
from scenarios.channels import Concurrent, Deferred, Live, SelfService
from tests.scenarios.examples import FULL_TEXT, small, small_scenario
from tests.strategies import scenarios_strategy


def problem_fields(error: ScenarioError) -> set[str]:
    return {problem.field for problem in error.problems}


def test_a_file_that_uses_every_field_loads_and_is_sound(clinic: Scenario) -> None:
    assert scenarios.check(clinic) == []
    website, phone, chat, letters = clinic.channels.values()
    assert isinstance(website, SelfService)
    assert isinstance(phone, Live)
    assert isinstance(chat, Concurrent)
    assert isinstance(letters, Deferred)
    assert phone.open is not None
    assert phone.open["mon"] == ((28800, 43200), (46800, 64800))
    assert clinic.groups["office"].staff[16] == 4.0  # type: ignore[index]
    assert sum(clinic.intents["complaint"].volume.per_interval or ()) == 14.0


def test_a_target_given_in_part_takes_the_rest_from_its_own_channels_default(clinic: Scenario) -> None:
    chat, letters = clinic.channels["chat"], clinic.channels["letters"]
    assert isinstance(chat, Concurrent)
    assert isinstance(letters, Deferred)
    assert (chat.target.share, chat.target.within) == (0.9, 60.0)
    assert (letters.target.share, letters.target.within) == (0.9, 172800.0)


def test_load_of_save_is_the_same_scenario(clinic: Scenario, tmp_path: Path) -> None:
    scenarios.save(clinic, tmp_path / "copy.yaml")
    assert scenarios.load(tmp_path / "copy.yaml") == clinic
    assert scenarios.loads(scenarios.dumps(clinic)) == clinic


@settings(max_examples=60, deadline=None)
@given(scenario=scenarios_strategy())
def test_any_scenario_round_trips(scenario: Scenario) -> None:
    assert scenarios.loads(scenarios.dumps(scenario)) == scenario
    assert Scenario(**scenario.model_dump()) == scenario
    assert Scenario.model_validate(json.loads(scenario.model_dump_json())) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario


@settings(max_examples=20, deadline=None)
@given(old=scenarios_strategy(), new=scenarios_strategy())
def test_saving_over_another_scenario_gives_the_new_one(
    tmp_path_factory: pytest.TempPathFactory, old: Scenario, new: Scenario
) -> None:
    path = tmp_path_factory.getbasetemp() / "over.yaml"
    scenarios.save(old, path)
    path.write_text(path.read_text().replace("\nintents:", "  # kept\n\n# whom\nintents:"))
    scenarios.save(new, path)
    assert scenarios.load(path) == new
    scenarios.save(old, path)
    assert scenarios.load(path) == old


@pytest.mark.parametrize("name", scenarios.library())
def test_the_library_loads_is_sound_and_round_trips(name: str) -> None:
    scenario = scenarios.load(name)
    assert scenarios.check(scenario) == []
    assert scenario.description
    assert scenarios.loads(scenarios.dumps(scenario)) == scenario


def test_what_was_left_out_stays_left_out(tmp_path: Path) -> None:
    text = scenarios.dumps(small_scenario())
    assert text.count("\n") < 20
    assert "shrinkage" not in text
    assert "mode: live" in text


def test_a_scenario_built_from_python_objects_can_be_saved() -> None:
    scenario = small_scenario(channels={"phone": Live(lines=3)})
    assert scenarios.loads(scenarios.dumps(scenario)) == scenario


# -- keeping what planners wrote ---------------------------------------------------------------------


def test_saving_an_unchanged_scenario_leaves_the_file_alone(clinic: Scenario, clinic_path: Path) -> None:
    scenarios.save(clinic, clinic_path)
    assert clinic_path.read_text() == FULL_TEXT


def test_saving_a_change_keeps_comments_order_and_file_names(clinic: Scenario, clinic_path: Path) -> None:
    scenarios.save(scenarios.paths.replace(clinic, "channels.phone.lines", 60), clinic_path)
    old, new = FULL_TEXT.splitlines(), clinic_path.read_text().splitlines()
    assert "    lines: 60" in new
    changed = [line for line in new if line not in old]
    assert all(line.split("#")[0].split() != [] for line in changed)
    assert any("# most of them" in line for line in new)
    assert "# A clinic with every kind of channel." in new
    assert any("per_interval: complaints.csv" in line for line in new)
    assert any("staff: staff.csv" in line for line in new)
    assert [line.split(":")[0] for line in new if line[:1].isalpha()] == [
        line.split(":")[0] for line in old if line[:1].isalpha()
    ]


def test_adding_and_removing_entries_keeps_the_others_comments(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(
        scenarios.dumps(small_scenario())
        + "\nincidents:\n"
        + '  - {name: one, channel: phone, window: ["2026-03-02 09:00", "2026-03-02 10:00"]} # first\n'
        + '  - {name: two, channel: phone, window: ["2026-03-02 12:00", "2026-03-02 13:00"]} # second\n'
    )
    loaded = scenarios.load(path)
    shorter = loaded.model_copy(update={"incidents": loaded.incidents[1:]})
    scenarios.save(shorter, path)
    text = path.read_text()
    assert "# second" in text
    assert "name: one" not in text
    longer = shorter.model_copy(update={"incidents": (loaded.incidents[0], *shorter.incidents)})
    scenarios.save(longer, path)
    assert scenarios.load(path) == loaded
    assert "# second" in path.read_text()


def test_a_file_that_is_no_scenario_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("- nothing [ of use")
    scenarios.save(small_scenario(), path)
    assert scenarios.load(path) == small_scenario()


def test_a_save_that_fails_leaves_the_old_file(
    clinic: Scenario, clinic_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full_disk)
    before = sorted(clinic_path.parent.iterdir())
    with pytest.raises(OSError, match="no space"):
        scenarios.save(scenarios.paths.replace(clinic, "max_attempts", 3), clinic_path)
    assert clinic_path.read_text() == FULL_TEXT
    assert sorted(clinic_path.parent.iterdir()) == before


# -- errors with file and line -----------------------------------------------------------------------


def test_what_can_be_no_file_is_not_written_to(tmp_path: Path) -> None:
    for path, cure in ((tmp_path / "none" / "x.yaml", "make the folder"), (tmp_path, "name a file")):
        with pytest.raises(ScenarioError, match=cure):
            scenarios.save(small_scenario(), path)
    assert list(tmp_path.iterdir()) == []


def test_every_problem_is_named_with_its_file_and_line(clinic_path: Path) -> None:
    text = (
        FULL_TEXT.replace("shape: 1.4", "shape: -1")
        .replace("cap: 2", "cap: two")
        .replace("lines: 40", "lnes: 40")
    )
    clinic_path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        scenarios.load(clinic_path)
    found = {problem.field: problem for problem in caught.value.problems}
    assert set(found) == {
        "channels.phone.handle_time.complaint.weibull.shape",
        "channels.chat.cap",
        "channels.phone.lnes",
    }
    lines = text.splitlines()
    for field, word in zip(found, ("shape: -1", "lnes", "cap: two"), strict=True):
        assert found[field].file == "clinic.yaml"
        assert word in lines[(found[field].line or 0) - 1]
    assert "lines" in found["channels.phone.lnes"].cure
    assert "clinic.yaml, line" in str(caught.value)


def test_problems_with_how_parts_fit_have_lines_too(clinic_path: Path) -> None:
    clinic_path.write_text(FULL_TEXT.replace("go: {phone: 0.9}", "go: {phne: 0.9}"))
    (problem,) = scenarios.examine(clinic_path)
    assert problem.field == "next_steps.1.go.phne"
    assert problem.line == 1 + FULL_TEXT[: FULL_TEXT.index("go: {phone: 0.9}")].count("\n")
    assert "phone" in problem.cure


def test_examine_reports_a_bad_form_as_well(clinic_path: Path) -> None:
    clinic_path.write_text(FULL_TEXT.replace("share: 0.8,", "share: 8,"))
    assert [problem.field for problem in scenarios.examine(clinic_path)] == ["segments.regular.share"]
    clinic_path.write_text(FULL_TEXT)
    assert scenarios.examine(clinic_path) == []


@pytest.mark.parametrize("name", ["retail_bnk", "nowhere.yaml", "", "/", "a\0b", "/dev/null"])
def test_a_name_that_is_nothing_is_a_scenario_error(name: str) -> None:
    with pytest.raises(ScenarioError):
        scenarios.load(name)


def test_a_misspelt_library_name_is_cured() -> None:
    with pytest.raises(ScenarioError, match="write retail_bank"):
        scenarios.load("retail_bnk")


# -- extends -----------------------------------------------------------------------------------------


def test_a_file_may_say_only_what_differs_from_another(clinic: Scenario, clinic_path: Path) -> None:
    variant = clinic_path.parent / "variant.yaml"
    variant.write_text(
        "extends: clinic.yaml\n"
        "name: Variant\n"
        "channels:\n"
        "  phone:\n"
        "    {lines: 12, open: {daily: '00:00-24:00'}, wrap: {exponential: {mean: 1 min}}, callback: null}\n"
        "  chat: {handle_time: {uniform: {high: 20 min}}}\n"
    )
    loaded = scenarios.load(variant)
    phone, chat = loaded.channels["phone"], loaded.channels["chat"]
    assert isinstance(phone, Live)
    assert isinstance(chat, Concurrent)
    assert phone.lines == 12
    assert phone.open is not None
    assert set(phone.open.values()) == {((0, 86400),)}
    assert phone.callback is None
    assert phone.resolution == clinic.channels["phone"].resolution  # type: ignore[union-attr]
    assert chat.handle_time.low == 120.0  # type: ignore[union-attr]
    assert chat.handle_time.high == 1200.0  # type: ignore[union-attr]
    assert {change.field.split(".")[0] for change in scenarios.diff(clinic, loaded)} == {"name", "channels"}


def test_saving_over_a_file_that_extends_keeps_it_right(clinic_path: Path) -> None:
    variant = clinic_path.parent / "variant.yaml"
    variant.write_text("extends: clinic.yaml\nname: Variant # mine\n")
    changed = scenarios.paths.replace(scenarios.load(variant), "max_attempts", 2)
    scenarios.save(changed, variant)
    assert scenarios.load(variant) == changed
    assert "extends: clinic.yaml" in variant.read_text()
    assert "# mine" in variant.read_text()
    without = changed.model_copy(update={"incidents": (), "currency": "$"})
    scenarios.save(without, variant)
    assert scenarios.load(variant) == without


def test_a_file_may_extend_the_library() -> None:
    name = scenarios.library()[0]
    loaded = scenarios.loads(f"extends: {name}\nname: Mine\n")
    assert loaded == scenarios.load(name).model_copy(update={"name": "Mine"})


def test_problems_of_what_is_extended_name_its_file(clinic_path: Path) -> None:
    clinic_path.write_text(FULL_TEXT.replace("lines: 40", "lines: -40"))
    variant = clinic_path.parent / "variant.yaml"
    variant.write_text("extends: clinic.yaml\nmax_attempts: 0\n")
    with pytest.raises(ScenarioError) as caught:
        scenarios.load(variant)
    files = {problem.field: problem.file for problem in caught.value.problems}
    assert files == {"channels.phone.lines": "clinic.yaml", "max_attempts": "variant.yaml"}


@pytest.mark.parametrize(
    "text",
    ["extends: a.yaml\n", "extends: 3\n", "extends: [a]\n", "extends: gone.yaml\n", "extends: 'x\\0y'\n"],
)
def test_a_circle_or_nonsense_in_extends_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\n")
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        scenarios.load(path)
    assert caught.value.problems[0].field == "extends"
    assert caught.value.problems[0].line == 1


# -- text from strangers -----------------------------------------------------------------------------


def test_text_without_a_folder_reads_no_file(clinic_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clinic_path.parent)
    with pytest.raises(ScenarioError) as caught:
        scenarios.loads(FULL_TEXT)
    assert problem_fields(caught.value) == {"intents.complaint.volume.per_interval", "groups.office.staff"}
    with pytest.raises(ScenarioError, match="library scenario"):
        scenarios.loads("extends: clinic.yaml")
    assert scenarios.loads(FULL_TEXT, clinic_path.parent) == scenarios.load(clinic_path)


def test_plain_data_names_files_in_the_working_directory(
    clinic_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clinic_path.parent)
    data = small()
    data["groups"]["team"]["staff"] = "staff.csv"
    assert Scenario(**data).groups["team"].staff[32] == 4.0  # type: ignore[index]


def test_the_schema_describes_every_field_of_a_file() -> None:
    schema = scenarios.schema()
    assert set(schema["properties"]) == {"extends", *Scenario.model_fields}
    json.dumps(schema)
    schema["properties"].clear()
    assert scenarios.schema()["properties"]
