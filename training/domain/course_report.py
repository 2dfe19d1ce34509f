"""What a whole course covers and how it reads: each finding with its lessons and questions, each lesson's sentences."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import unescape

from training.domain.content import Key, Lesson, Module, Source
from training.domain.prose import LONGEST_SENTENCE, SENTENCE_END

AVERAGE_SENTENCE = 20  # words
GRADED_PER_OBJECTIVE = 3
LONGEST_KEYS = Fraction(35, 100)  # of the single-choice items: more, and who guesses takes the longest option
IDIOMS = (
    "a piece of cake", "at the end of the day", "back to square one", "ball is in", "beat around", "bite the bullet",
    "boots on the ground", "by the book", "call it a day", "cut corners", "down to earth", "get the ball rolling",
    "give it a shot", "go the extra mile", "hands-on", "hit the ground", "hold your horses", "in a nutshell",
    "in the long run", "in the same boat", "keep an eye on", "keep in mind", "level playing field",
    "low-hanging", "miss the boat", "no-brainer", "off the record", "on the fence", "on the same page", "on the table",
    "out of the blue", "play it by ear", "pull the trigger", "rule of thumb", "see eye to eye", "silver bullet",
    "step up to", "the big picture", "the bottom line", "think outside", "tip of the iceberg", "touch base",
    "turn a blind eye", "under the radar", "up in the air", "wake-up call", "walk the talk", "window of opportunity",
)  # fmt: skip
TAG = re.compile(r"<svg.*?</svg>|<summary>.*?</summary>|<[^>]*>", re.S)
BREAK = re.compile(r"</(?:p|li|td|th|h3|summary|dt|dd)>")
REFERENCES = re.compile(r'<span class="refs">.*?</span>', re.S)


@dataclass(frozen=True)
class Course:
    """The modules of a course with their keys, in their order, and all sources of its library."""

    modules: Sequence[tuple[Module, Key]]
    sources: Mapping[str, Source]


@dataclass(frozen=True)
class Covered:
    """A finding of the panel: where it is taught, and by which questions it is examined."""

    finding: Source
    lessons: tuple[tuple[Module, Lesson], ...]
    scenarios: tuple[str, ...]  # titles
    practice: tuple[str, ...]  # ids of items
    graded: tuple[str, ...]

    @property
    def is_taught(self) -> bool:
        return bool(self.lessons)

    @property
    def is_examined(self) -> bool:
        return bool(self.graded)


def coverage(course: Course) -> tuple[Covered, ...]:
    """Each finding of the panel, in the library's order."""
    findings = [source for source in course.sources.values() if source.kind == "panel"]
    return tuple(covered(finding, course) for finding in findings)


def covered(finding: Source, course: Course) -> Covered:
    items = [(i, key[i.id]) for module, key in course.modules for i in module.items if finding.id in key[i.id].sources]
    return Covered(
        finding=finding,
        lessons=tuple(
            (module, lesson)
            for module, _ in course.modules
            for lesson in module.lessons
            if finding.id in lesson.sources
        ),
        scenarios=tuple(s.title for module, _ in course.modules for s in module.scenarios if finding.id in s.sources),
        practice=tuple(item.id for item, _ in items if item.use == "practice"),
        graded=tuple(item.id for item, _ in items if item.use == "graded"),
    )


@dataclass(frozen=True)
class Reading:
    """How a lesson reads."""

    lesson: Lesson
    sentences: int
    average: float  # words in a sentence
    too_long: tuple[str, ...]  # sentences of more than 30 words
    idioms: tuple[str, ...]


def reading(lesson: Lesson) -> Reading:
    found = list(sentences(lesson))
    lengths = [len(words(sentence)) for sentence in found]
    text = " ".join(found).casefold()
    return Reading(
        lesson=lesson,
        sentences=len(found),
        average=sum(lengths) / len(lengths) if lengths else 0.0,
        too_long=tuple(s for s, length in zip(found, lengths, strict=True) if length > LONGEST_SENTENCE),
        idioms=tuple(idiom for idiom in IDIOMS if idiom in text),
    )


def sentences(lesson: Lesson) -> Iterable[str]:
    for screen in lesson.screens:
        html = BREAK.sub("\n\n", REFERENCES.sub("", screen.html))
        for block in re.split(r"\n\s*\n", unescape(TAG.sub("", html))):
            for sentence in SENTENCE_END.split(" ".join(block.split()) + " "):
                if len(words(sentence)) > 2:  # what is shorter is a label
                    yield sentence.strip()


def words(text: str) -> list[str]:
    return [word for word in text.split() if any(character.isalnum() for character in word)]


def shortfalls(course: Course) -> tuple[str, ...]:
    """What the course still lacks, each in a sentence for its authors."""
    return (
        *(
            f"Teach {one.finding.id} in a lesson: nothing refers to it."
            for one in coverage(course)
            if not one.is_taught
        ),
        *(
            f"Write a graded question on {one.finding.id}: the panel recommends it, and nothing examines it."
            for one in coverage(course)
            if one.finding.recommends and not one.is_examined
        ),
        *small_pools(course),
        *longest_keys(course),
        *(
            f"{module.slug}/{lesson.slug}: shorten the sentences, which have {one.average:.1f} words on average."
            for module, _ in course.modules
            for lesson in module.lessons
            if (one := reading(lesson)).average >= AVERAGE_SENTENCE
        ),
        *(
            f"{module.slug}/{lesson.slug}: say “{idiom}” in plain words."
            for module, _ in course.modules
            for lesson in module.lessons
            for idiom in reading(lesson).idioms
        ),
    )


def small_pools(course: Course) -> Iterable[str]:
    pools = Counter((item.objective, item.use) for module, _ in course.modules for item in module.items)
    for module, _ in course.modules:
        for objective in module.objectives:
            graded = pools[objective.id, "graded"]
            if graded < GRADED_PER_OBJECTIVE:
                yield (
                    f"{module.slug}: write more graded questions for {objective.id}: "
                    f"it has {graded}, and {GRADED_PER_OBJECTIVE} are wanted."
                )


def longest_keys(course: Course) -> Iterable[str]:
    """The single-choice items whose right option is the longest, when they are too many."""
    single = [
        (item, key[item.id]) for module, key in course.modules for item in module.items if item.type == "single-choice"
    ]
    longest = [
        item.id for item, key in single if max(item.options, key=lambda option: len(option.text)).id in key.correct
    ]
    if single and Fraction(len(longest), len(single)) > LONGEST_KEYS:
        yield (
            "Shorten right options, or lengthen wrong ones: "
            f"in {len(longest)} of {len(single)} single-choice questions the right option is the longest."
        )
