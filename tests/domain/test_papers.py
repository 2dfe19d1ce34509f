from collections import Counter
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from tests.factories_course import course_files
from training.domain.authoring import read_course
from training.domain.bank import Bank
from training.domain.papers import draw_paper, option_order

READ = read_course(course_files()).modules[0]
MODULE, QUIZ = READ.document, READ.document.assessments[0]
BANK = Bank((MODULE,))


@given(st.integers(0, 2**64 - 1))
def test_a_paper_follows_the_blueprint_and_holds_graded_items_only(seed: int) -> None:
    paper = draw_paper(BANK, QUIZ, seed=seed)
    items = [MODULE.item_by_id[item] for item in paper]
    assert len(set(paper)) == len(paper) == QUIZ.length
    assert {item.use for item in items} == {"graded"}
    assert Counter(item.objective for item in items) == {"A1.1": 2, "A1.2": 1}


def test_the_same_seed_draws_the_same_paper_and_seeds_draw_every_item() -> None:
    assert draw_paper(BANK, QUIZ, seed=7) == draw_paper(BANK, QUIZ, seed=7)
    drawn = {item for seed in range(60) for item in draw_paper(BANK, QUIZ, seed=seed)}
    assert drawn == {item.id for item in MODULE.items if item.use == "graded"}


@given(st.integers(0, 2**32))
def test_items_that_were_seen_return_only_when_the_bank_has_no_others(seed: int) -> None:
    first = draw_paper(BANK, QUIZ, seed=seed)
    second = draw_paper(BANK, QUIZ, seed=seed + 1, seen=first)
    assert not set(first) & set(second)
    third = draw_paper(BANK, QUIZ, seed=seed + 2, seen=set(first) | set(second))
    assert len(third) == QUIZ.length


def test_options_are_mixed_by_the_attempt_and_neither_place_nor_id_tells_the_key() -> None:
    """Over 3,000 attempts each option of an item stands in each place about equally often."""
    item = MODULE.item_by_id["a1-04"]
    places = Counter(
        (option.id, place)
        for _ in range(3000)
        for attempt in [uuid4()]
        for place, option in enumerate(option_order(attempt, item))
    )
    expected = 3000 / len(item.options)
    chi_square = sum((count - expected) ** 2 / expected for count in places.values())
    assert len(places) == 9
    assert chi_square < 30  # 4 degrees of freedom: p far below 0.001


def test_an_attempt_shows_its_options_in_the_same_order_at_every_visit() -> None:
    attempt = UUID(int=5)
    item = MODULE.item_by_id["a1-04"]
    assert option_order(attempt, item) == option_order(attempt, item)
