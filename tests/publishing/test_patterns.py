"""What an author starts from is sound, for every type of question."""

from collections.abc import Callable
from typing import get_args

import pytest

from tests.factories_course import FIRST
from tests.factories_types import QUESTIONS
from tests.pages import Browser
from tests.people import World
from training.domain.authoring import read_course
from training.domain.content import ItemType
from training.publishing.patterns import EXAMPLES, module_pattern

HEAD = """\
- id: a1-{number}
  type: {type}
  use: practice
  objective: A1.1
  difficulty: 2
  sources: [SRC-01]
  stem: Write here question {number}?
"""


def test_there_is_an_example_for_each_type_but_the_one_of_the_pattern_itself() -> None:
    assert {"single-choice", *EXAMPLES} == set(get_args(ItemType))


@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_example_is_sound(kind: ItemType) -> None:
    files = module_pattern("new", "New", position=1, shared={}, taken=())
    questions = files["new/01-first-lesson/questions.yaml"]
    files["new/01-first-lesson/questions.yaml"] = questions + HEAD.format(type=kind, number=77) + EXAMPLES[kind]
    course = read_course(files)
    assert not [problem for problem in course.problems if problem.path.endswith("questions.yaml")]
    assert course.modules[0].document.item_by_id["a1-77"].type == kind


def test_the_editor_of_questions_shows_how_each_type_is_written(world: World, browse: Callable[..., Browser]) -> None:
    ada = browse(world.ada)
    home = f"/publishing/{world.module_slug}/edit"
    folder = FIRST.rpartition("/")[2]
    page = ada.open(f"{home}/{folder}/questions.yaml")
    for kind in EXAMPLES:
        assert f"type: {kind}" in page.text
    assert "How each type" not in ada.open(f"{home}/{folder}/lesson.md").text


def test_the_preview_shows_the_key_of_every_type(world: World, browse: Callable[..., Browser]) -> None:
    ada = browse(world.ada)
    folder = FIRST.rpartition("/")[2]
    page = ada.post(
        f"/publishing/{world.module_slug}/preview/{folder}/questions.yaml",
        text=QUESTIONS.replace("  stem: Put the", "  red_line: true\n  stem: Put the"),
    )
    for shown in (
        "A mine beside the road → The engineers",
        "Fits nothing: The driver of the water truck",
        "2. Write it down",
        "1250 litres (± 0.5)",
        "Taught about the need for water.",
        "Taught about a missing zero.",
        "An early report gives the mission time",
        "People can be warned",
        "a situation",
        "red line",
        "It counts how many of the right ones you find",
    ):
        assert shown in page.text, shown
