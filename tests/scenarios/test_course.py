"""Courses: what may be asked of weeks, and their files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import ScenarioError, course_files
from scenarios.course import (
    Burnout,
    Course,
    HiringClass,
    Launch,
    Learning,
    People,
    Planned,
    Shock,
    Social,
    Training,
    problems,
)
from scenarios.parameters import PARAMETERS
from scenarios.whatifs import ChannelOutage, LaunchChannel
from scenarios.whatifs.fields import fields_of

FULL = """
name: a year of change
weeks: 20
days_per_week: 6
launches:
  - channel: {name: bot, share: {gen_z: 0.3, default: 0.1}, success: 0.7}
    week: 3
    weeks_to_half: {gen_z: 2, default: 8}
    pilot_share: 0.2
    pilot_weeks: 2
learning: {}
training:
  - {groups: [generalists], week: 2, weeks: 2, hours: 10, handle_time: 0.93, half_life_weeks: 26}
people:
  attrition_per_year: 0.4
  hires:
    - {group: generalists, size: 12, week: 2, training_days: 15}
  headcount: {specialists: 50}
burnout: {memory: 0.5}
social: {posting: 0.1, intents: [login, payment]}
shocks:
  - {week: 5, handle_time: 0.3, half_life_weeks: 2, announced: true}
planned:
  - what_if: {kind: channel_outage, channel: portal, start: "10:00", end: "12:00"}
    week: 4
    until: 4
"""


def said(error):
    return {one.field: one for one in error.value.problems}


# -- files -------------------------------------------------------------------------------------------


def test_a_file_says_all_of_it():
    found = course_files.loads(FULL)
    assert found.launches[0].channel == LaunchChannel(
        name="bot", share={"gen_z": 0.3, "default": 0.1}, success=0.7
    )
    assert found.planned[0].what_if == ChannelOutage(channel="portal", start="10:00", end="12:00")
    assert (found.people.hires[0].weeks_of_training, found.learning) == (3, Learning())
    assert problems(found, scenarios.load("retail_bank")) == []


def test_files_round_trip(tmp_path):
    full = course_files.loads(FULL)
    bare = Course(weeks=12, people={}, burnout={}, social={}, learning={})
    for course in (full, bare, Course(), Course(weeks=1)):
        path = tmp_path / "course.yaml"
        course_files.save(course, path)
        assert course_files.load(path) == course
        assert path.read_text() == course_files.dumps(course)
    assert "weeks: 12" in course_files.dumps(Course())
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=30, deadline=None)
@given(
    weeks=st.integers(1, 260),
    hires=st.lists(
        st.builds(HiringClass, group=st.just("agents"), size=st.floats(0, 99), week=st.integers(1, 9))
    ),
    shocks=st.lists(st.builds(Shock, week=st.integers(1, 9), announced=st.booleans())),
    burnout=st.none() | st.builds(Burnout, memory=st.floats(0, 0.99), absence=st.floats(0, 1)),
    social=st.none() | st.builds(Social, posting=st.floats(0, 1), intents=st.none() | st.just(("ask",))),
)
def test_any_course_round_trips(weeks, hires, shocks, burnout, social):
    course = Course(weeks=weeks, people={"hires": hires}, shocks=shocks, burnout=burnout, social=social)
    assert course_files.loads(course_files.dumps(course)) == course


def test_every_problem_of_a_file_is_told_with_its_line():
    text = (
        "weeks: 0\nlaunches:\n  - {channel: {name: bot, sharee: 0.2}, week: 3}\n"
        "planned:\n  - {what_if: {kind: nothing}}\nlearning: {months: -1}\nbogus: 1\n"
    )
    with pytest.raises(ScenarioError) as error:
        course_files.loads(text, "mine.yaml")
    found = said(error)
    assert {field: one.line for field, one in found.items()} == {
        "weeks": 1, "launches.0.channel": 3, "planned.0.what_if": 5, "learning.months": 6, "bogus": 7,
    }  # fmt: skip
    assert {one.file for one in found.values()} == {"mine.yaml"}
    assert "write share (the closest name)" in found["launches.0.channel"].cure


def test_a_file_that_is_not_there_and_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ScenarioError, match="no file"):
        course_files.load(tmp_path / "none.yaml")
    for path in (tmp_path / "none" / "course.yaml", tmp_path):
        with pytest.raises(ScenarioError, match="a file in a folder that exists"):
            course_files.save(Course(), path)


# -- fields ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part", [Launch, Learning, Training, HiringClass, People, Burnout, Social, Shock, Planned]
)
def test_every_number_has_a_title_bounds_and_a_source_or_is_called_an_assumption(part):
    asked = {
        name: one for name, one in part.model_fields.items() if (one.json_schema_extra or {}).get("kind")
    }
    for name, one in asked.items():
        hints = one.json_schema_extra
        assert one.title, name
        sourced = hints.get("parameter") or "grade" in one.description.lower()
        plain = hints["kind"] not in ("share", "number") or one.get_default(call_default_factory=True) in (
            None, 0, 0.0, 1, 1.0, 2
        )  # fmt: skip
        assert sourced or one.is_required() or plain, f"{part.__name__}.{name} gives no source"
        if hints["kind"] in ("share", "number") and not hints.get("parameter"):
            assert hints["low"] < hints["high"], name


def test_defaults_with_a_published_figure_are_the_librarys():
    assert Learning().new_handle_time == PARAMETERS["learning.new_handle_time"].default
    assert Learning().months == PARAMETERS["learning.months_to_proficiency"].default
    assert People().attrition_per_year == PARAMETERS["agents.attrition_per_year"].default
    assert Burnout().ceiling == PARAMETERS["agents.occupancy_ceiling"].default
    hiring = HiringClass(group="agents", size=3)
    assert hiring.training_days == PARAMETERS["agents.days_of_training"].default
    assert hiring.weeks_of_training == 6  # 40 days are not five weeks


def test_forms_can_be_drawn_from_the_fields():
    found = {one.name: one for one in fields_of(Burnout)}
    ceiling = PARAMETERS["agents.occupancy_ceiling"]
    assert (found["ceiling"].low, found["ceiling"].high) == (ceiling.low, ceiling.high)
    assert found["memory"].advanced


def test_one_entry_needs_no_list():
    hiring = {"group": "agents", "size": 3}
    assert Course(people={"hires": hiring}) == Course(people={"hires": [hiring]})
    assert Course(shocks={}) == Course(shocks=[Shock()])


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"burnout": {"ceiling": 1.2}}, "burnout.ceiling"),
        ({"burnout": {"memory": 1}}, "burnout.memory"),
        ({"learning": {"new_handle_time": 0.5}}, "learning.new_handle_time"),
        ({"people": {"headcount": {"agents": 0}}}, "people.headcount.agents"),
        ({"planned": {"what_if": {"kind": "scale_volume"}, "week": 3, "until": 2}}, "planned"),
        ({"training": {"half_life_weeks": 0}}, "training.0.half_life_weeks"),
        ({"weeks": 1000}, "weeks"),
    ],
)  # fmt: skip
def test_what_is_refused(fields, where):
    with pytest.raises(ScenarioError) as error:
        Course(**fields)
    assert [one.field for one in error.value.problems] == [where]


# -- does it fit? ------------------------------------------------------------------------------------


def test_every_name_that_the_scenario_does_not_have_is_told_at_once():
    course = Course(
        weeks=4,
        launches={"channel": {"name": "bot"}, "weeks_to_half": {"default": 3, "teen": 2}},
        training={"groups": "agentz"},
        shocks={"groups": "bgents"},
        social={"intents": "problm"},
        people={"hires": {"group": "nobody", "size": 1}, "headcount": {"someone": 3}},
    )
    found = {one.field: one for one in problems(course, scenarios.load("helpdesk"))}
    assert set(found) == {
        "launches.0.weeks_to_half", "training.0.groups", "shocks.0.groups", "social.intents",
        "people.hires.0.group", "people.headcount",
    }  # fmt: skip
    assert found["training.0.groups"].cure == "write agents (the closest name)"


def test_weeks_and_hours_that_cannot_be():
    launch = {"channel": {"name": "bot"}, "week": 2, "training_hours": 60, "training_weeks": 2}
    course = Course(
        weeks=4,
        launches=[launch, {"channel": {"name": "app"}, "week": 9}],
        training={"hours": 100, "weeks": 3},
        people={"hires": {"group": "agents", "size": 1, "week": 5}},
    )
    found = [(one.field, one.value) for one in problems(course, scenarios.load("helpdesk"))]
    assert found == [
        ("launches.0.week", 2),
        ("launches.0.training_hours", 60),
        ("launches.1.week", 9),
        ("training.0.hours", 100),
        ("launches.0.training_hours", 60),
        ("people.hires.0.week", 5),
    ]


def test_nobody_is_hired_into_a_group_that_is_never_at_work():
    base = scenarios.paths.replace(scenarios.load("helpdesk"), "groups.agents.staff", {"08:00": 0})
    course = Course(people={"hires": {"group": "agents", "size": 3}})
    assert [one.field for one in problems(course, base)] == ["people.hires.0.group"]


def test_agents_need_a_scenario_that_has_some():
    machine = scenarios.Scenario(
        name="Portal",
        calendar={"start": "2026-03-02"},
        intents={"ask": {"volume": {"per_day": 10}, "first_channel": {"portal": 1}}},
        channels={"portal": {"mode": "self_service"}},
    )
    assert problems(Course(launches={"channel": {"name": "bot"}}), machine) == []
    for part in ({"burnout": {}}, {"people": {}}, {"shocks": {}}, {"training": {}}):
        assert [one.field for one in problems(Course(**part), machine)] == ["people"]
