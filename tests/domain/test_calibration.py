from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from training.domain.calibration import Certainty, calibration

RIGHT, WRONG, HALF = Fraction(1), Fraction(0), Fraction(1, 2)


def test_nine_sure_answers_with_seven_right_are_told_so() -> None:
    said = [("sure", RIGHT)] * 7 + [("sure", WRONG)] * 2 + [("guess", RIGHT), ("guess", WRONG)]
    sure, fairly, guess = calibration(said).levels
    assert (sure.answers, sure.right, sure.share) == (9, 7, Fraction(7, 9))
    assert (fairly.answers, fairly.share) == (0, None)
    assert (guess.answers, guess.right) == (2, 1)


def test_certainty_marks_are_three_two_one_when_right_and_none_or_less_when_not() -> None:
    marks = {(level, mark): calibration([(level, mark)]).marks for level in Certainty for mark in (RIGHT, WRONG)}
    assert marks == {
        (Certainty.SURE, RIGHT): 3,
        (Certainty.FAIRLY_SURE, RIGHT): 2,
        (Certainty.GUESS, RIGHT): 1,
        (Certainty.SURE, WRONG): -6,
        (Certainty.FAIRLY_SURE, WRONG): -2,
        (Certainty.GUESS, WRONG): 0,
    }


def test_right_in_part_is_not_right_and_who_was_not_asked_is_left_out() -> None:
    found = calibration([("sure", HALF), (None, RIGHT)])
    assert (found.answers, found.levels[0].right, found.most_marks) == (1, 0, 3)


def expected(chance: Fraction, level: Certainty) -> Fraction:
    return chance * calibration([(level, RIGHT)]).marks + (1 - chance) * calibration([(level, WRONG)]).marks


@given(st.fractions(0, 1))
def test_it_pays_to_say_the_truth(chance: Fraction) -> None:
    """Best below two thirds: a guess; up to 0.8: fairly sure; above: sure."""
    best = max(Certainty, key=lambda level: expected(chance, level))
    worth = expected(chance, best)
    if chance < Fraction(2, 3):
        assert worth == expected(chance, Certainty.GUESS)
    elif chance < Fraction(4, 5):
        assert worth == expected(chance, Certainty.FAIRLY_SURE)
    else:
        assert worth == expected(chance, Certainty.SURE)


def test_a_level_says_what_would_have_been_better_once_there_are_enough_answers() -> None:
    def sure(right: int, wrong: int) -> Certainty | None:
        return calibration([("sure", RIGHT)] * right + [("sure", WRONG)] * wrong).levels[0].better

    assert sure(2, 2) is None, "four answers are too few to tell"
    assert sure(5, 0) is None
    assert sure(3, 1 + 1) == Certainty.GUESS
    assert sure(7, 3) == Certainty.FAIRLY_SURE
    guess = calibration([("guess", RIGHT)] * 9 + [("guess", WRONG)]).levels[2]
    assert guess.better == Certainty.SURE
