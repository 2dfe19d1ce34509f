from fractions import Fraction

import pytest

from tests.factories_course import course_files
from training.domain.authoring import read_course
from training.domain.bank import Bank
from training.domain.gain import cohort_gain, gain, hake, normalised_change

BANK = Bank((read_course(course_files()).modules[0].document,))


@pytest.mark.parametrize(
    ("pre", "post", "worth"),
    [
        (Fraction(40, 100), Fraction(70, 100), Fraction(1, 2)),  # 30 of the 60 that were missing
        (Fraction(1, 4), Fraction(1), Fraction(1)),
        (Fraction(1, 2), Fraction(1, 2), Fraction(0)),
        (Fraction(1, 2), Fraction(1, 4), Fraction(-1, 2)),
        (Fraction(0), Fraction(48, 100), Fraction(48, 100)),
        (Fraction(1), Fraction(1), None),
        (Fraction(1), Fraction(1, 2), None),
    ],
)
def test_hakes_gain_is_the_part_of_what_was_missing_that_was_won(
    pre: Fraction, post: Fraction, worth: Fraction | None
) -> None:
    assert hake(pre, post) == worth


@pytest.mark.parametrize(
    ("pre", "post", "worth"),
    [
        (Fraction(40, 100), Fraction(70, 100), Fraction(1, 2)),
        (Fraction(80, 100), Fraction(40, 100), Fraction(-1, 2)),  # half of what was there is lost
        (Fraction(1), Fraction(1, 2), Fraction(-1, 2)),
        (Fraction(1, 2), Fraction(1, 2), Fraction(0)),
        (Fraction(0), Fraction(0), None),
        (Fraction(1), Fraction(1), None),
    ],
)
def test_the_normalised_change_measures_a_loss_by_what_was_there(
    pre: Fraction, post: Fraction, worth: Fraction | None
) -> None:
    assert normalised_change(pre, post) == worth


def test_the_results_of_two_parallel_forms_stand_side_by_side_for_each_module() -> None:
    found = gain(
        BANK, {"a1-04": Fraction(1), "a2-02": Fraction(0)}, BANK, {"a1-05": Fraction(1), "a2-03": Fraction(1, 2)}
    )
    assert found and (found.pre, found.post, found.normalised) == (Fraction(1, 2), Fraction(3, 4), Fraction(1, 2))
    [module] = found.modules
    assert (module.module.slug, module.pre, module.post) == ("protection-of-civilians", Fraction(1, 2), Fraction(3, 4))
    assert gain(BANK, {}, BANK, {"a1-05": Fraction(1)}) is None


def test_what_a_cohort_won_has_an_interval_within_what_is_possible() -> None:
    two = [(Fraction(1, 4), Fraction(1, 2)), (Fraction(1, 4), Fraction(1))]
    found = cohort_gain(two)
    assert found and (found.pre, found.post, found.normalised) == (Fraction(1, 4), Fraction(3, 4), Fraction(2, 3))
    assert (found.paired.people, found.paired.mean, found.paired.interval) == (2, 0.5, (-1, 1))
    assert found.change == Fraction(2, 3)  # the mean of a third and of all
    assert cohort_gain(two[:1]) is None


def test_who_can_show_no_change_is_dropped_from_its_mean_only() -> None:
    found = cohort_gain([(Fraction(1), Fraction(1)), (Fraction(1, 2), Fraction(1, 4)), (Fraction(0), Fraction(0))])
    assert found and (found.change, found.paired.people) == (Fraction(-1, 2), 3)
    assert found.paired.mean == pytest.approx(-1 / 12)
    nothing = cohort_gain([(Fraction(1), Fraction(1))] * 2)
    assert nothing and nothing.change is None and nothing.normalised is None
