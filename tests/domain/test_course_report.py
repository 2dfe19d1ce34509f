"""What a course covers, and how it reads."""

import re

from tests.factories_course import LESSON, QUESTIONS, SOURCES, course_files
from training.domain import course_report
from training.domain.authoring import read_course
from training.domain.library import read_sources


def course(**changes: str) -> course_report.Course:
    files = course_files(**changes)
    read = read_course(files)
    assert read.errors == ()
    return course_report.Course([(one.document, one.key) for one in read.modules], read_sources(files))


def sentences(**changes: str) -> tuple[str, ...]:
    return course_report.shortfalls(course(**changes))


MORE_SOURCES = SOURCES + "- id: F56\n  kind: panel\n  speaker: Alison Giffen\n  quote: She asked for better training\n"


def test_a_finding_knows_its_lessons_its_scenarios_and_its_questions():
    [one] = course_report.coverage(course())
    assert one.finding.id == "F51"
    assert [lesson.slug for _module, lesson in one.lessons] == ["what-poc-is"]
    assert set(one.practice) | set(one.graded) == {
        item.id for module, key in course().modules for item in module.items if "F51" in key[item.id].sources
    }


def test_a_finding_that_no_lesson_names_is_reported():
    assert "Teach F56 in a lesson: nothing refers to it." in sentences(sources=MORE_SOURCES)
    assert not any("Teach F51" in sentence for sentence in sentences())


def test_a_recommendation_that_nothing_examines_is_reported():
    recommended = MORE_SOURCES + "  recommends: true\n"
    assert any("graded question on F56" in sentence for sentence in sentences(sources=recommended))
    assert not any("graded question on F56" in sentence for sentence in sentences(sources=MORE_SOURCES))


def test_an_objective_with_fewer_than_three_graded_questions_is_reported():
    reported = [sentence for sentence in sentences() if "write more graded questions" in sentence]
    pools = dict.fromkeys(("A1.1", "A1.2"), 0)
    for module, _key in course().modules:
        for item in module.items:
            pools[item.objective] += item.use == "graded"
    assert len(reported) == sum(count < 3 for count in pools.values())


def test_long_sentences_and_idioms_are_reported_with_their_lesson():
    long = " ".join(["The mission protects people and it writes down what it has seen on each of its patrols"] * 2)
    text = LESSON.replace("Her sentence is useful, and one part of it is not exact.", f"{long} as a rule of thumb.")
    [[module, _key]] = course(lesson=text).modules
    reading = course_report.reading(module.lessons[0])
    assert len(reading.too_long) == 1
    assert reading.idioms == ("rule of thumb",)
    assert any("say “rule of thumb” in plain words" in sentence for sentence in sentences(lesson=text))


def test_references_tables_and_drawings_are_not_read_as_sentences():
    [[module, _key]] = course().modules
    for sentence in course_report.sentences(module.lessons[0]):
        assert "[" not in sentence
        assert "<" not in sentence


def test_right_options_that_are_the_longest_too_often_are_reported():
    assert not any("right option is the longest" in sentence for sentence in sentences())
    long = re.sub(r"(- text: [^\n]+)(\n +correct: true)", r"\1, and so on for a long while\2", QUESTIONS)
    assert any("right option is the longest" in sentence for sentence in sentences(questions=long))
