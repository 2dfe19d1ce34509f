"""Tests that draw by difficulty, type and module, and what the checker says of them."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories_course import MODULE, QUESTIONS, SLUG, course_files, second_module
from training.domain.authoring import read_course
from training.domain.bank import Bank
from training.domain.content import Assessment, Draw, Item, Module, Option
from training.domain.grading import score
from training.domain.papers import draw_paper, fill, fits, pool_of

EXAM = """\
  - id: exam
    title: Final exam
    kind: exam
    pass_mark: 75
    attempts: 2
    wait_hours: 24
    minutes: 75
    review: after-due
    draw:
      - {objectives: [A1.1], count: 2, module: protection-of-civilians}
      - {objectives: [B1.2], count: 1}
"""


def problems(**changes: str) -> list[str]:
    found = read_course(course_files(**changes)).problems
    return [f"{problem.severity}: {problem.message}" for problem in found]


def test_an_exam_that_draws_from_two_modules_is_sound_and_its_rules_are_in_the_document() -> None:
    course = read_course(course_files(**second_module(EXAM)))
    assert course.problems == ()
    exam = course.modules[1].document.assessment_by_id["exam"]
    assert (exam.kind, exam.attempts, exam.wait_hours, exam.minutes) == ("exam", 2, 24, 75)
    assert (exam.review, exam.grace_seconds, exam.outage_minutes, exam.certainty) == ("after-due", 60, 0, False)
    assert exam.other_modules == (SLUG,)


def test_what_is_not_said_stays_out_of_the_document_so_that_old_digests_stay() -> None:
    document = read_course(course_files()).modules[0].document.model_dump(mode="json")
    assert document["assessments"][0].keys() == {"id", "title", "pass_mark", "attempts", "minutes", "draw"}
    assert document["assessments"][0]["draw"][0].keys() == {"objectives", "count"}
    assert not {"situation", "red_line"} & document["items"][0].keys()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: exam", "kind: oral", "Change `kind`: quiz, pre-test, post-test or exam."),
        ("review: after-due", "review: never", "Change `review`: feedback, marks or after-due."),
        ("wait_hours: 24", "wait_hours: 2400", "Make `wait_hours` at most 720"),
        ("    pass_mark: 75\n", "", "Add `pass_mark` to this assessment: the per cent"),
        ("module: protection-of-civilians", "module: nowhere", "There is no module nowhere in this course"),
        ("module: protection-of-civilians", "module: law", "There is no objective A1.1 in this module"),
        ("[B1.2], count: 1", "[B1.2], count: 1, module: protection-of-civilians", "no objective B1.2 in the module"),
        ("    minutes: 75", "    parallel_to: nothing\n    minutes: 75", "There is no assessment law/nothing"),
        ("    minutes: 75", "    parallel_to: exam\n    minutes: 75", "nothing is parallel to itself"),
        (
            "    minutes: 75",
            "    parallel_to: protection-of-civilians/quiz\n    minutes: 75",
            "Draw here what protection-of-civilians/quiz draws",
        ),
        ("count: 2, module", "count: 5, module", "for A1.1, or draw fewer: 5 are drawn from 4"),
        ("count: 2, module", "difficulty: [1], count: 2, module", "for A1.1 (difficulty 1), or draw fewer"),
        ("count: 2, module", "types: [true-false], count: 2, module", "A1.1 (true-false), or draw fewer"),
        ("count: 2, module", "situation: true, count: 2, module", "A1.1 (a situation), or draw fewer"),
        ("count: 2, module", "red_line: true, count: 2, module", "A1.1 (a red line), or draw fewer"),
        ("count: 2, module", "difficulty: [5], count: 2, module", "Make `difficulty` at most 4"),
        ("count: 2, module", "types: [essay], count: 2, module", "Change `types`"),
    ],
)
def test_what_is_wrong_with_a_blueprint_is_said_in_a_sentence(old: str, new: str, words: str) -> None:
    assert old in EXAM
    found = problems(**second_module(EXAM.replace(old, new, 1)))
    assert [one for one in found if one.startswith("error: ") and words in one], found


def test_a_test_that_only_measures_needs_no_pass_mark() -> None:
    pre_test = EXAM.replace("kind: exam", "kind: pre-test").replace("    pass_mark: 75\n", "")
    course = read_course(course_files(**second_module(pre_test)))
    assert course.problems == ()
    assert course.modules[1].document.assessments[0].only_measures


def test_a_module_that_is_checked_alone_draws_from_the_published_ones() -> None:
    first = read_course(course_files()).modules[0].document
    shared = {path: text for path, text in course_files().items() if "/" not in path}
    alone = second_module(EXAM) | shared
    assert [one for one in read_course(alone).problems if one.is_error]
    assert read_course(alone, [first]).errors == ()


def test_a_second_attempt_that_must_repeat_is_warned_of_and_a_single_attempt_is_not() -> None:
    three = EXAM.replace("count: 2, module", "count: 3, module")
    assert any("3 drawn from 4 means that a second attempt" in one for one in problems(**second_module(three)))
    assert problems(**second_module(three.replace("attempts: 2", "attempts: 1"))) == []


def test_groups_that_share_questions_must_be_able_to_draw_together() -> None:
    module = MODULE.replace(
        "- {objectives: [A1.1], count: 2}",
        "- {objectives: [A1.1], count: 3}\n      - {objectives: [A1.1], count: 2, difficulty: [2, 3]}",
    )
    [problem] = [one for one in problems(module=module) if one.startswith("error: ")]
    assert "its groups share questions, and of 6 only 5 can be drawn together" in problem


# Papers


def item(name: str, objective: str, difficulty: int, kind: str, situation: bool = False, red: bool = False) -> Item:
    return Item(
        id=name,
        digest=name,
        type=kind,
        use="graded",
        lesson="one",
        objective=objective,
        difficulty=difficulty,
        situation=situation,
        red_line=red,
        stem="?",
        options=(Option(id="a", text="a"),),
    )


def module_of(slug: str, items: list[Item]) -> Module:
    return Module(
        slug=slug,
        title=slug,
        position=1,
        aim="",
        relevance_html="",
        objectives=(),
        lessons=(),
        assessments=(),
        items=tuple(items),
        sources=(),
        terms=(),
    )


OBJECTIVES, TYPES = ("O1", "O2", "O3"), ("single-choice", "multiple-choice", "true-false")


@st.composite
def banks(draw: Any) -> Bank:
    modules = []
    for slug in ("home", "other"):
        made = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(OBJECTIVES), st.integers(1, 4), st.sampled_from(TYPES), st.booleans(), st.booleans()
                ),
                max_size=14,
            )
        )
        modules.append(module_of(slug, [item(f"{slug}-{n:02}", *parts) for n, parts in enumerate(made)]))
    return Bank(tuple(modules))


DRAWS = st.builds(
    Draw,
    objectives=st.lists(st.sampled_from(OBJECTIVES), min_size=1, max_size=3, unique=True).map(tuple),
    count=st.integers(1, 4),
    module=st.sampled_from([None, "other"]),
    difficulty=st.sampled_from([(), (3, 4), (1, 2)]),
    types=st.sampled_from([(), ("single-choice",)]),
    situation=st.booleans(),
    red_line=st.booleans(),
)


def assessment(draws: list[Draw]) -> Assessment:
    return Assessment(id="exam", title="Exam", pass_mark=75, draw=tuple(draws))


def most(bank: Bank, draws: list[Draw], among: set[str] | None = None) -> int:
    """How many items the draws can hold together, by trying every item of the pools one after the other."""
    owner: dict[str, int] = {}
    slots = [pool_of(bank, draw) & among if among is not None else pool_of(bank, draw) for draw in draws]
    places = [number for number, draw in enumerate(draws) for _ in range(draw.count)]
    held: list[str | None] = [None] * len(places)

    def seat(place: int, tried: set[str]) -> bool:
        for name in sorted(slots[places[place]]):
            if name not in tried:
                tried.add(name)
                if name not in owner or seat(owner[name], tried):
                    owner[name], held[place] = place, name
                    return True
        return False

    return sum(seat(place, set()) for place in range(len(places)))


@given(banks(), st.lists(DRAWS, min_size=1, max_size=4), st.integers(0, 2**64 - 1), st.data())
def test_a_paper_is_as_long_as_the_bank_allows_and_repeats_as_little_as_it_allows(
    bank: Bank, draws: list[Draw], seed: int, data: st.DataObject
) -> None:
    everything = sorted(bank.item_by_id)
    seen = set(data.draw(st.lists(st.sampled_from(everything), unique=True))) if everything else set()
    paper = draw_paper(bank, assessment(draws), seed=seed, seen=seen)
    assert paper == draw_paper(bank, assessment(draws), seed=seed, seen=seen)
    assert len(set(paper)) == len(paper) == most(bank, draws)
    assert all(any(name in pool_of(bank, draw) for draw in draws) for name in paper)
    assert len(set(paper) - seen) == most(bank, draws, set(everything) - seen)


@given(banks(), st.lists(DRAWS, min_size=1, max_size=4), st.integers(0, 2**32))
def test_each_group_gets_the_questions_that_it_asked_for(bank: Bank, draws: list[Draw], seed: int) -> None:
    paper = draw_paper(bank, assessment(draws), seed=seed)
    wanted = [(pool_of(bank, draw), draw.count) for draw in draws]
    groups = fill(wanted, paper)
    assert sorted(name for group in groups for name in group) == sorted(paper)
    for (pool, count), group in zip(wanted, groups, strict=True):
        assert len(group) <= count and set(group) <= pool


def test_a_broad_group_leaves_a_narrow_one_what_only_it_can_draw() -> None:
    bank = Bank((module_of("home", [item("hard", "O1", 4, TYPES[0]), item("easy", "O1", 1, TYPES[0])]),))
    draws = [Draw(objectives=("O1",), count=1), Draw(objectives=("O1",), count=1, difficulty=(3, 4))]
    for seed in range(20):
        assert sorted(draw_paper(bank, assessment(draws), seed=seed)) == ["easy", "hard"]


def test_practice_questions_are_never_drawn() -> None:
    document = read_course(course_files()).modules[0].document
    wish = Draw(objectives=("A1.1", "A1.2"), count=1)
    assert {one.use for one in document.items if fits(one, wish)} == {"graded"}


# Red lines


def test_a_red_line_that_is_not_answered_in_full_fails_a_paper_that_would_pass() -> None:
    questions = QUESTIONS.replace("use: graded\n", "use: graded\n  red_line: true\n", 1)
    assert questions.count("red_line") == 1
    document = read_course(course_files(questions=questions)).modules[0].document
    bank, quiz = Bank((document,)), document.assessments[0]
    [red] = [one.id for one in document.items if one.red_line]
    marks = {name: Fraction(1) for name in document.item_by_id}
    assert score(bank, quiz, marks).passed
    crossed = score(bank, quiz, marks | {red: Fraction(1, 2)})
    assert (crossed.passed, crossed.red_lines) == (False, (red,))
    assert crossed.share * 100 > 90
    measured = score(bank, quiz.model_copy(update={"pass_mark": None}), marks | {red: Fraction(0)})
    assert (measured.passed, measured.red_lines) == (True, ())
