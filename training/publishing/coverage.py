"""What the published course covers: each finding of the panel with the lessons that teach it and its questions."""

import uuid
from functools import lru_cache

import sqlalchemy as sa
from flask import render_template
from flask.typing import ResponseReturnValue

from training.access import allow, trainers
from training.curriculum import module_of, newest_versions
from training.db import db
from training.domain import course_report
from training.domain.library import read_sources
from training.keys import key_of
from training.models import ModuleVersion
from training.publishing.views import blueprint


@blueprint.get("/course/coverage")
@allow(trainers)
def coverage() -> ResponseReturnValue:
    """For trainers too: they decide what to teach again."""
    course = course_of(tuple(version.id for version in newest_versions()))
    return render_template(
        "publishing/coverage.html",
        findings=course_report.coverage(course),
        shortfalls=course_report.shortfalls(course),
        readings=[
            (module, course_report.reading(lesson)) for module, _key in course.modules for lesson in module.lessons
        ],
    )


@lru_cache(maxsize=4)
def course_of(versions: tuple[uuid.UUID, ...]) -> course_report.Course:
    """Versions never change, so neither does what they cover. The newest of them brings the library of sources."""
    newest = sa.select(ModuleVersion.files).where(ModuleVersion.id.in_(versions))
    files = db.session.scalar(newest.order_by(ModuleVersion.published_at.desc(), ModuleVersion.id).limit(1)) or {}
    modules = [(module_of(version), key_of(version)) for version in versions]
    sources = {source.id: source for module, _key in modules for source in module.sources}
    return course_report.Course(modules, sources | read_sources(files))
