"""What was learned between a test before and its parallel form after. Shares from 0 to 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from training.domain.bank import Bank
from training.domain.content import Marks, Module
from training.domain.intervals import PairedGain, paired_gain


def hake(pre: Fraction, post: Fraction) -> Fraction | None:
    """Hake's normalised gain: the part of what was missing before that was won. None where nothing was missing."""
    return None if pre == 1 else (post - pre) / (1 - pre)


def normalised_change(pre: Fraction, post: Fraction) -> Fraction | None:
    """Marx and Cummings: a gain as part of what was missing, a loss as part of what was there.

    None where both are nothing or both are everything: such a pair cannot show a change.
    """
    if pre == post and pre in (0, 1):
        return None
    return (post - pre) / (1 - pre) if post > pre else (post - pre) / pre if post < pre else Fraction(0)


@dataclass(frozen=True)
class ModuleGain:
    module: Module
    pre: Fraction | None  # None: the paper had no item of this module
    post: Fraction | None


@dataclass(frozen=True)
class Gain:
    """The two results of one person, side by side."""

    pre: Fraction
    post: Fraction
    modules: tuple[ModuleGain, ...]

    @property
    def normalised(self) -> Fraction | None:
        return hake(self.pre, self.post)


def share(marks: Marks) -> Fraction:
    """How much of the marks was earned on a paper that is not empty."""
    return sum(marks.values(), Fraction(0)) / len(marks)


def by_module(bank: Bank, marks: Marks) -> Mapping[str, Fraction]:
    """The share of the marks earned with the items of each module, by its slug."""
    earned: dict[str, list[Fraction]] = {}
    for item, value in marks.items():
        earned.setdefault(bank.module_of_item[item].slug, []).append(value)
    return {slug: sum(values, Fraction(0)) / len(values) for slug, values in earned.items()}


def gain(pre_bank: Bank, pre: Marks, post_bank: Bank, post: Marks) -> Gain | None:
    """None where one of the papers is empty."""
    if not pre or not post:
        return None
    before, after = by_module(pre_bank, pre), by_module(post_bank, post)
    modules = {module.slug: module for module in (*pre_bank.modules, *post_bank.modules)}
    return Gain(
        pre=share(pre),
        post=share(post),
        modules=tuple(
            ModuleGain(module, before.get(slug), after.get(slug))
            for slug, module in sorted(modules.items(), key=lambda one: one[1].position)
            if slug in before or slug in after
        ),
    )


# Of a cohort


@dataclass(frozen=True)
class CohortGain:
    """What those people gained who took both tests."""

    pre: Fraction  # the means
    post: Fraction
    paired: PairedGain  # its interval within what is possible
    change: Fraction | None  # the mean of each person's normalised change; None where none of them could show one

    @property
    def normalised(self) -> Fraction | None:
        return hake(self.pre, self.post)


def cohort_gain(pairs: Sequence[tuple[Fraction, Fraction]]) -> CohortGain | None:
    """*pairs*: each person's share of the marks before and after. None for fewer than two people."""
    paired = paired_gain([float(pre) for pre, _post in pairs], [float(post) for _pre, post in pairs])
    if paired is None:
        return None
    low, high = paired.interval
    changes = [change for pair in pairs if (change := normalised_change(*pair)) is not None]
    return CohortGain(
        pre=sum((pre for pre, _post in pairs), Fraction(0)) / len(pairs),
        post=sum((post for _pre, post in pairs), Fraction(0)) / len(pairs),
        paired=replace(paired, interval=(max(-1.0, low), min(1.0, high))),
        change=sum(changes, Fraction(0)) / len(changes) if changes else None,
    )
