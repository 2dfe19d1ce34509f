"""`training check` and `training publish`."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from tests.factories_course import PANEL, SOURCES, course_files
from tests.people import NOW, World
from tests.publishing.conftest import SENTENCE, SLUG, Author
from training.db import db
from training.errors import Problem
from training.publishing.commands import check_folder, publish_folder

TODAY = date(2026, 11, 24)


def write(folder: Path, **changes: str | None) -> Path:
    for path, text in course_files(**changes).items():
        target = folder / "modules" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return folder / "modules"


def test_a_sound_folder_is_counted(tmp_path: Path) -> None:
    report = check_folder(write(tmp_path), panel=None, on=TODAY)
    assert report.errors == 0
    assert report.lines[:-2] == (
        "protection-of-civilians: write more graded questions for A1.2: it has 2, and 3 are wanted. (course)",
        "protection-of-civilians/what-poc-is: 21 sentences of 11.3 words on average.",
        "protection-of-civilians/see-it-early: 17 sentences of 12.8 words on average.",
    )
    assert report.lines[-2:] == (
        "1 modules, 2 lessons, 10 questions, 2 objectives, 4 sources; 0 errors, 0 warnings.",
        "Quotations were not compared. To compare them, add: --panel FILE",
    )


def test_each_problem_stands_with_its_path_and_line(tmp_path: Path) -> None:
    modules = write(tmp_path, module=course_files()[f"{SLUG}/module.yaml"].replace("[F51]", "[F52]"))
    report = check_folder(modules, panel=None, on=TODAY)
    assert report.errors == 1
    assert report.lines[0].startswith(f"{SLUG}/module.yaml:4: There is no source F52")


def test_quotations_are_compared_with_the_panels_document(tmp_path: Path) -> None:
    panel = tmp_path / "panel.txt"
    panel.write_text(PANEL)
    report = check_folder(write(tmp_path), panel=panel, on=TODAY)
    assert report.errors == 0 and report.lines[-1] == "Quotations were compared word for word with panel.txt."
    report = check_folder(write(tmp_path, sources=SOURCES.replace("15 year", "16 year")), panel=panel, on=TODAY)
    assert report.errors == 1 and "sources.yaml:" in report.lines[0]


def test_sources_that_are_due_for_review_are_named(tmp_path: Path) -> None:
    report = check_folder(write(tmp_path), panel=None, on=date(2027, 6, 1))
    assert report.errors == 0
    assert "POC-11" in report.lines[0] and report.lines[0].endswith("(review)")


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    modules = write(tmp_path)
    (modules / "glossary.yaml").write_bytes("é".encode("latin-1"))
    with pytest.raises(Problem, match="glossary.yaml is not UTF-8"):
        check_folder(modules, panel=None, on=TODAY)


def test_publishing_a_folder_says_what_was_new(app: Flask, world: World, tmp_path: Path) -> None:
    with app.app_context():
        assert publish_folder(write(tmp_path), at=NOW).lines == (f"{SLUG}: nothing new.",)
        changed = course_files()[f"{SLUG}/module.yaml"].replace("Know the task", "Learn the task")
        report = publish_folder(write(tmp_path, module=changed), at=NOW)
        assert report.lines == (f"{SLUG}: version 2 is published.",) and report.errors == 0


def test_a_folder_with_errors_is_not_published(app: Flask, world: World, tmp_path: Path) -> None:
    broken = course_files()[f"{SLUG}/module.yaml"].replace("[F51]", "[F52]")
    with app.app_context():
        report = publish_folder(write(tmp_path, module=broken), at=NOW)
        assert report.errors == 1 and "Modules with errors were not published" in report.lines[-1]


def test_replacing_what_ada_published_is_said(app: Flask, ada: Author, tmp_path: Path) -> None:
    ada.save(SENTENCE, "Her sentence is useful.")
    ada.publish()
    changed = course_files()[f"{SLUG}/module.yaml"].replace("Know the task", "Learn the task")
    with app.app_context():
        report = publish_folder(write(tmp_path, module=changed), at=NOW)
        db.session.rollback()
    assert "Version 2 was made in the browser" in report.lines[1]
