"""The checker's problems of a draft: those of its own files, and what it has in common with other modules."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from training.curriculum import module_of, newest_versions
from training.domain.authoring import ContentProblem, Course, ReadModule, read_course
from training.domain.content import Module

Others = Mapping[uuid.UUID, Module]  # by the version's id
ITEM_ID = re.compile(r"(?:- |  )id:\s*[\"']?([a-z0-9-]+)")


@dataclass(frozen=True)
class Check:
    """What the checker says about a module's files."""

    module: ReadModule | None  # None where there is an error
    problems: tuple[ContentProblem, ...]

    @property
    def errors(self) -> tuple[ContentProblem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[ContentProblem, ...]:
        return tuple(problem for problem in self.problems if problem.severity != "error")

    def of(self, path: str) -> tuple[ContentProblem, ...]:
        return tuple(problem for problem in self.problems if problem.path == path)


def check(slug: str, files: Mapping[str, str], others: Others | None = None) -> Check:
    """Read the files of the module *slug* as publishing would. *others*: see other_modules."""
    others = other_modules(slug) if others is None else others
    shared = shared_item_ids(files, others)
    course = read_again(tuple(sorted(files.items())), tuple(others))
    problems = (*(problem for problem in course.problems if not is_of_the_course(problem)), *shared)
    module = next((module for module in course.modules if module.document.slug == slug), None)
    checked = Check(module, tuple(sorted(problems, key=lambda problem: (problem.path, problem.line))))
    return Check(None, checked.problems) if checked.errors else checked


def is_of_the_course(problem: ContentProblem) -> bool:
    """Sources that this module does not use: other modules do."""
    return problem.path == "sources.yaml" and problem.line == 1 and problem.severity == "warning"


@lru_cache(maxsize=16)
def read_again(files: tuple[tuple[str, str], ...], others: tuple[uuid.UUID, ...]) -> Course:
    """Reading takes a while, and pages ask about the same draft again and again."""
    return read_course(dict(files), [module_of(version) for version in others])


def other_modules(slug: str) -> Others:
    """The newest versions of all other modules: their questions have ids, and a test may draw them."""
    return {version.id: module_of(version.id) for version in newest_versions() if version.module_slug != slug}


def shared_item_ids(files: Mapping[str, str], others: Others) -> Iterator[ContentProblem]:
    """Questions whose id another module has: marks and statistics would be mixed up."""
    taken = {item.id: module.title for module in others.values() for item in module.items}
    for path, text in files.items():
        if path.endswith("/questions.yaml"):
            for line, found in enumerate(map(ITEM_ID.match, text.split("\n")), start=1):
                if found and found[1] in taken:
                    other = f"the module “{taken[found[1]]}” has a question {found[1]}"
                    yield ContentProblem(path, line, f"Give this question another id: {other}.", "error")
