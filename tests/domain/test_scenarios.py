"""Scenarios: their files are checked, and each way through them ends as its decisions deserve."""

from collections import Counter
from fractions import Fraction

import pytest

from tests.factories_course import PATHS, SCENARIO, course_files
from training.domain.authoring import read_course
from training.domain.content import Module, Scenario
from training.domain.scenarios import all_walks, best, walk


def module() -> Module:
    course = read_course(course_files())
    assert course.problems == ()
    return course.modules[0].document


STORY = module().scenarios[0]


def decide(story: Scenario, *beginnings: str) -> list[str]:
    """The ids of the choices whose texts begin like this."""
    choices = [choice for point in story.points for choice in point.choices]
    return [next(choice.id for choice in choices if choice.text.startswith(words)) for words in beginnings]


def test_the_best_way_protects_the_people():
    done = walk(STORY, decide(STORY, "Stop", "Write"))
    assert (done.now, done.share, done.ending) == (None, 1, "protected")
    assert best(STORY) == 4


def test_who_drives_on_can_still_mend_something():
    done = walk(STORY, decide(STORY, "Drive", "Report", "Write"))
    assert (done.share, done.ending) == (Fraction(1, 4), "partly-protected")


def test_the_worst_way_does_harm_and_is_never_below_zero():
    done = walk(STORY, decide(STORY, "Drive", "Say nothing"))
    assert (done.share, done.ending) == (0, "harm-done")


def test_a_red_line_stops_the_story_and_leads_back_to_its_point():
    stopped = walk(STORY, decide(STORY, "Take money"))
    assert stopped.now is STORY.points[0]
    assert stopped.ending is None
    done = walk(STORY, decide(STORY, "Take money", "Stop", "Write"))
    assert [stop.choice.text for stop in done.red_lines] == ["Take money for your help."]
    assert done.ending == "partly-protected"


def test_a_decision_is_taken_where_it_is_offered():
    with pytest.raises(KeyError):
        walk(STORY, decide(STORY, "Write"))
    with pytest.raises(ValueError, match="has ended"):
        walk(STORY, decide(STORY, "Stop", "Write", "Write"))


def test_every_way_comes_to_an_end():
    endings = Counter(done.ending for done in all_walks(STORY))
    assert endings == {"protected": 1, "partly-protected": 2, "harm-done": 2}


def test_the_order_of_choices_tells_nothing_about_their_worth():
    for point in STORY.points:
        assert [choice.id for choice in point.choices] == sorted(choice.id for choice in point.choices)


def test_a_module_shows_the_sources_that_only_a_scenario_names():
    with_story, without = module(), read_course(course_files(scenario=None)).modules[0].document
    assert with_story.scenarios[0].sources == ("IHL-04", "POC-02")
    assert without.scenarios == ()
    assert "scenarios" not in without.model_dump(mode="json")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("next: dp3", "next: dp9", "There is no point dp9"),
        ("        next: dp3\n", "", "Lead to dp3 from another point"),
        ("        then: Your report can be used.\n", "        then: Good.\n        next: dp1\n", "again and again"),
        (
            "worth: good\n        then: Your",
            "worth: weak\n        then: Your",
            "Add a choice that is good or acceptable",
        ),
        ("worth: red-line", "worth: best", "good, acceptable, weak, harmful or red-line"),
        ("The story stops here.\n", "The story stops here.\n        next: dp2\n", "Take out `next`"),
        ("Drive on.", "Stop and listen to several of them.", "it says the same"),
        ("id: dp2", "id: dp1", "is taken"),
        ("[A1.2]", "[Z9.9]", "There is no objective Z9.9"),
        ("sources: [IHL-04]", "sources: [XX-99]", "There is no source XX-99"),
        ("wave [POC-02]", "wave [POC-99]", "There is no source POC-99"),
        ("monday: Learn whom to call.\n", "", "Add `monday`"),
        ("harm_done:", "harmdone:", "harm_done"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_told_with_its_file(before: str, after: str, message: str):
    course = read_course(course_files(scenario=SCENARIO.replace(before, after, 1)))
    assert any(message in problem.message and problem.path == PATHS["scenario"] for problem in course.errors)
    assert course.modules == ()
