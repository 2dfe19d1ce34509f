"""What the command line says about a folder with the curriculum: `training check` and `training publish`."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from training.db import db
from training.domain import course_report
from training.domain.authoring import ContentProblem, Course, check_quotations, due_for_review, read_course
from training.domain.content import Lesson, Module
from training.domain.library import read_sources
from training.domain.prose import LONGEST_SENTENCE
from training.errors import Problem
from training.models import ModuleVersion
from training.publishing.publish import publish_course, read_folder


@dataclass(frozen=True)
class Report:
    lines: tuple[str, ...]
    errors: int


def check_folder(folder: Path, *, panel: Path | None, on: date) -> Report:
    """Everything that is wrong in *folder*, and what is due for review *on* this day."""
    files = read_folder(folder)
    course = read_course(files)
    quotations = check_quotations(files, read_text(panel)) if panel else ()
    problems = sorted((*course.problems, *quotations))
    lines = [line_of(problem) for problem in problems]
    lines += [f"{problem} (review)" for problem in due_for_review(files, on)]
    errors = sum(problem.is_error for problem in problems)
    if not errors:
        whole = course_report.Course([(one.document, one.key) for one in course.modules], read_sources(files))
        lines += [f"{sentence} (course)" for sentence in course_report.shortfalls(whole)]
        lines += [line_of_reading(module, lesson) for module, _key in whole.modules for lesson in module.lessons]
    lines.append(summary(course, sources=len(read_sources(files)), errors=errors, warnings=len(problems) - errors))
    if panel:
        lines.append(f"Quotations were compared word for word with {panel.name}.")
    else:
        lines.append("Quotations were not compared. To compare them, add: --panel FILE")
    return Report(tuple(lines), errors)


def publish_folder(folder: Path, *, at: datetime) -> Report:
    """Publish what is sound and new. What an author published in the browser is named when it is replaced."""
    files = read_folder(folder)
    by_authors = {
        row.module_slug: row.number
        for row in db.session.execute(
            sa.select(ModuleVersion.module_slug, sa.func.max(ModuleVersion.number).label("number"))
            .where(ModuleVersion.published_by.is_not(None))
            .group_by(ModuleVersion.module_slug)
        )
    }
    course, versions = publish_course(files, by=None, at=at)
    lines = [line_of(problem) for problem in course.problems if problem.is_error]
    for version in versions:
        lines.append(f"{version.module_slug}: version {version.number} is published.")
        if by_authors.get(version.module_slug) == version.number - 1:
            lines.append(f"  Version {version.number - 1} was made in the browser: its changes are not in this one.")
    fresh = {version.module_slug for version in versions}
    lines += [f"{one.document.slug}: nothing new." for one in course.modules if one.document.slug not in fresh]
    if course.errors:
        lines.append("Modules with errors were not published. Put the errors right, then repeat.")
    return Report(tuple(lines), len(course.errors))


def line_of(problem: ContentProblem) -> str:
    return str(problem) if problem.is_error else f"{problem} (warning)"


def line_of_reading(module: Module, lesson: Lesson) -> str:
    reading = course_report.reading(lesson)
    long = f", {len(reading.too_long)} of more than {LONGEST_SENTENCE}" if reading.too_long else ""
    return (
        f"{module.slug}/{lesson.slug}: {reading.sentences} sentences of {reading.average:.1f} words on average{long}."
    )


def summary(course: Course, *, sources: int, errors: int, warnings: int) -> str:
    """Of the modules without errors; the others cannot be counted."""
    documents = [module.document for module in course.modules]
    counts = (
        (len(documents), "modules"),
        (sum(len(document.lessons) for document in documents), "lessons"),
        (sum(len(document.items) for document in documents), "questions"),
        (sum(len(document.objectives) for document in documents), "objectives"),
        (sources, "sources"),
    )
    parts = ", ".join(f"{count} {name}" for count, name in counts)
    return f"{parts}; {errors} errors, {warnings} warnings."


def read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Problem(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from None
