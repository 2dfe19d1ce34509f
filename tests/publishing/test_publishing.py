"""From the draft to the version that trainees read."""

import io
import threading
import zipfile
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests.factories_course import course_files
from tests.pages import Browser, Page
from tests.people import NOW, World, person
from tests.publishing.conftest import HOME, QUESTIONS, SENTENCE, SLUG, Author, field
from training.db import db
from training.models import Assignment, Attempt, Draft, Event, ModuleVersion
from training.publishing.archives import write_zip
from training.publishing.publish import publish_course

Browse = Callable[..., Browser]
CLEARER = "Her sentence is useful, but one part of it is not exact."


def newest(app: Flask) -> ModuleVersion:
    with app.app_context():
        found = db.session.scalars(
            sa.select(ModuleVersion)
            .where(ModuleVersion.module_slug == SLUG)
            .order_by(ModuleVersion.number.desc())
            .options(sa.orm.undefer(ModuleVersion.files))
        ).first()
        assert found
        return found


def test_the_whole_way_of_a_sentence(app: Flask, world: World, ada: Author, browse: Browse) -> None:
    lesson = f"/modules/{world.assignment}/lessons/what-poc-is"
    amina = browse(world.amina)
    assert SENTENCE in amina.open(lesson).text

    page = ada.save(SENTENCE, "Her sentence is useful [POC-77].")
    assert "There is no source POC-77" in page.text
    page = ada.review()
    assert "1 error" in page.text and "Publish version" not in page.text

    ada.save("Her sentence is useful [POC-77].", CLEARER)
    page = ada.review()
    assert "but" in [element.text_content for element in marks(page, "ins")][0]
    assert "First battalion: version 1" in page.text and "Second battalion: version 1" in page.text
    assert SENTENCE in amina.open(lesson).text, "a draft changes nothing for Amina"

    page = ada.publish("A clearer sentence.", page=page)
    assert "Version 2 is published" in page.text and "A clearer sentence." in page.text
    assert "Draft open" not in ada.browser.open("/publishing").text
    assert SENTENCE in amina.open(lesson).text, "her cohort is still on version 1"

    with app.app_context():
        version = db.session.scalars(sa.select(ModuleVersion).where(ModuleVersion.number == 2)).one()
        assert version.published_by == world.ada
        db.session.execute(sa.update(Assignment).values(module_version_id=version.id))
        db.session.commit()
    assert CLEARER in amina.open(lesson).text, "her cohort was moved"


class Mark:
    def __init__(self, element: Any) -> None:
        self.text_content = "".join(element.itertext())


def marks(page: Page, tag: str) -> list[Mark]:
    return [Mark(element) for pre in page.all("pre", "diff") for element in pre.iter(tag)]


def test_a_running_attempt_stays_on_its_version(app: Flask, world: World, ada: Author, browse: Browse) -> None:
    amina = browse(world.amina)
    quiz = amina.open(f"/modules/{world.assignment}/quizzes/quiz")
    amina.submit(quiz, "start")
    with app.app_context():
        before = db.session.scalars(sa.select(Attempt)).one()
        db.session.expunge(before)
    ada.save("A task to protect civilians", "A task to protect every civilian", QUESTIONS)
    ada.publish()
    with app.app_context():
        after = db.session.scalars(sa.select(Attempt)).one()
        assert (after.module_version_id, after.paper) == (before.module_version_id, before.paper)
    assert "every civilian" not in amina.open(f"/attempts/{before.id}").text


def test_the_review_names_the_questions_whose_statistics_start_anew(ada: Author) -> None:
    ada.save("A task to protect civilians", "A task to protect every civilian", QUESTIONS)
    page = ada.review()
    assert "Statistics of a changed question start anew." in page.text
    assert "a1-04" in page.text and "What did paragraph 14" in page.text
    assert "The same as before9" in page.text


def test_publishing_is_noted_with_the_author_and_without_names(app: Flask, world: World, ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    ada.publish()
    with app.app_context():
        event = db.session.scalars(sa.select(Event).where(Event.kind == "module published")).all()[-1]
        assert (event.actor_id, event.subject, event.detail["number"]) == (world.ada, f"module:{SLUG}", 2)


def test_a_draft_that_changed_after_the_review_is_not_published(app: Flask, ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    looked = ada.review()
    ada.save(CLEARER, "A sentence that nobody has reviewed.")
    page = ada.publish("A clearer sentence.", page=looked)
    assert page.status == 409
    assert "The draft has changed since you looked" in page.text
    assert field(page, "note") == "A clearer sentence."
    assert newest(app).number == 1
    assert ada.publish("Now I have seen it.", page=page).status == 200
    assert newest(app).number == 2


def test_a_version_from_the_command_line_meanwhile_is_not_replaced_unseen(app: Flask, ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    looked = ada.review()
    with app.app_context():
        publish_course(course_files(module=course_files()[f"{SLUG}/module.yaml"] + "\n"), by=None, at=NOW)
        _, versions = publish_course(changed_course("Know the task."), by=None, at=NOW)
        assert [version.number for version in versions] == [2]
        db.session.commit()
    page = ada.publish(page=looked)
    assert page.status == 409 and newest(app).number == 2
    assert "Version 2 was published after this draft was begun" in page.text
    assert "published after this draft was begun" in ada.browser.open(HOME).text
    assert "Version 3 is published" in ada.publish(page=page).text


def changed_course(aim: str) -> dict[str, str]:
    module = course_files()[f"{SLUG}/module.yaml"].replace("Know the task, and see danger before it comes.", aim)
    return course_files(module=module)


def test_the_same_folder_again_does_not_undo_what_ada_published(app: Flask, ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    ada.publish()
    with app.app_context():
        _, versions = publish_course(course_files(), by=None, at=NOW)
        assert versions == []


def test_two_admins_publish_at_the_same_moment_and_one_wins(
    app: Flask, world: World, ada: Author, browse: Browse
) -> None:
    with app.app_context():
        bea = person("Bea Admin-Canary", is_admin=True).id
        db.session.commit()
    ada.save(SENTENCE, CLEARER)
    ready = []
    for browser in (Author(browse(world.ada)), Author(browse(bea))):
        page = browser.review()
        ready.append(
            (browser.browser, {name: field(page, name) for name in ("seen",)} | {"note": "Mine."}, token(page))
        )
    barrier = threading.Barrier(2)
    answers: list[TestResponse] = []

    def publish(browser: Browser, data: dict[str, str], csrf: str) -> None:
        barrier.wait()
        answers.append(browser.client.post(f"{HOME}/review", data=data | {"csrf_token": csrf}))

    threads = [threading.Thread(target=publish, args=one) for one in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert "published or discarded by somebody else" in loser.get_data(as_text=True)
    assert newest(app).number == 2


def token(page: Page) -> str:
    return field(page, "csrf_token")


def test_two_admins_begin_a_draft_at_the_same_moment_and_no_text_is_lost(
    app: Flask, world: World, ada: Author, browse: Browse
) -> None:
    ready = []
    for word, name in (("One hand.", "01-what-poc-is/lesson.md"), ("Other hand.", "02-see-it-early/lesson.md")):
        author = Author(browse(world.ada))
        page = author.open(name)
        data = {"text": field(page, "text") + word, "seen": field(page, "seen"), "csrf_token": token(page)}
        ready.append((author.browser, name, data))
    barrier = threading.Barrier(2)
    codes: list[int] = []

    def save(browser: Browser, name: str, data: dict[str, str]) -> None:
        barrier.wait()
        codes.append(browser.client.post(f"{HOME}/edit/{name}", data=data).status_code)

    threads = [threading.Thread(target=save, args=one) for one in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302, 302]
    assert ada.text("01-what-poc-is/lesson.md").endswith("One hand.")
    assert ada.text("02-see-it-early/lesson.md").endswith("Other hand.")


def test_errors_block_publishing_even_when_the_page_is_forged(app: Flask, ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    ready = ada.review()
    ada.save(CLEARER, "There is no such source [POC-77].")
    broken = ada.review()
    page = ada.browser.post(f"{HOME}/review", note="x", seen=mark_in(app))
    assert page.status == 422 and "The draft has errors" in page.text
    assert "Publish version" in ready.text and "Publish version" not in broken.text
    assert newest(app).number == 1


def mark_in(app: Flask) -> str:
    """What a review of the draft as it stands would send back."""
    from training.publishing.drafts import digest_of

    with app.app_context():
        draft = db.session.scalars(sa.select(Draft)).one()
        return digest_of([1, draft.files])


def test_a_draft_without_news_for_trainees_is_not_published(app: Flask, ada: Author) -> None:
    ada.save("- id: a1-01", "# a remark\n- id: a1-01", QUESTIONS)
    page = ada.review()
    assert "nothing to publish" in page.text
    assert ada.browser.post(f"{HOME}/review", note="x", seen=mark_in(app)).status == 422
    assert newest(app).number == 1


def test_a_note_is_needed_and_not_too_long(ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    assert ada.publish("").status == 422
    page = ada.publish("x" * 501)
    assert page.status == 422 and "Shorten the note to 500 characters" in page.text


def test_there_is_nothing_to_review_without_a_draft(ada: Author) -> None:
    assert ada.browser.get(f"{HOME}/review").response.location == HOME
    assert ada.browser.get(f"{HOME}/discard").response.location == HOME
    assert ada.browser.post(f"{HOME}/review", note="x", seen="y").status == 409
    assert ada.browser.post(f"{HOME}/discard", seen="y").status == 409


# Versions


def test_ada_reads_an_old_version_and_what_changed_since(ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    ada.publish()
    assert SENTENCE in ada.browser.open(f"{HOME}/versions/1").text.replace("\n", " ")
    page = ada.browser.open(f"{HOME}/versions/2/changes")
    assert any("but" in mark.text_content for mark in marks(page, "ins"))
    assert any("and" in mark.text_content for mark in marks(page, "del"))
    assert "first version" in ada.browser.open(f"{HOME}/versions/1/changes").text
    assert "Ada Admin-Canary" in ada.browser.open(HOME).text


def download(ada: Author, number: int) -> bytes:
    page = ada.browser.open(HOME)
    answer = ada.browser.client.post(f"{HOME}/versions/{number}/download", data={"csrf_token": token(page)})
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={SLUG}-{number}.zip"
    return answer.get_data()


def upload(ada: Author, data: bytes, *, page: Page | None = None) -> Page:
    page = page or ada.browser.open(f"{HOME}/import")
    fields = {"csrf_token": token(page), "seen": field(page, "seen"), "archive": (io.BytesIO(data), "course.zip")}
    return Page(ada.browser.client.post(f"{HOME}/import", data=fields, follow_redirects=True))


def test_a_download_holds_the_very_bytes_that_were_published(app: Flask, world: World, ada: Author) -> None:
    with zipfile.ZipFile(io.BytesIO(download(ada, 1))) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found == course_files()
    with app.app_context():
        event = db.session.scalars(sa.select(Event).where(Event.kind == "module exported")).one()
        assert event.actor_id == world.ada


def test_export_import_export_is_the_identity(app: Flask, ada: Author) -> None:
    """INV-31"""
    first = download(ada, 1)
    ada.save(SENTENCE, CLEARER)
    ada.publish()
    page = upload(ada, first)
    assert "8 files are in the draft" in page.text
    assert "Version 3 is published" in ada.publish().text
    assert download(ada, 3) == first
    assert newest(app).files == course_files()


def test_an_import_with_a_problem_is_refused_and_the_draft_stays(ada: Author) -> None:
    ada.save(SENTENCE, CLEARER)
    page = upload(ada, write_zip({"../evil.txt": "x"}))
    assert page.status == 422 and "not a file of the module" in page.text
    assert CLEARER in ada.text()
    assert upload(ada, b"").status == 422
    page = ada.browser.post(f"{HOME}/import", seen="x")
    assert page.status == 422 and "Choose the zip archive" in page.text


def test_an_import_over_a_draft_that_changed_meanwhile_is_refused(ada: Author) -> None:
    page = ada.browser.open(f"{HOME}/import")
    ada.save(SENTENCE, CLEARER)
    assert upload(ada, write_zip(course_files()), page=page).status == 409
    assert CLEARER in ada.text()


def test_an_import_without_sources_keeps_those_of_the_draft(ada: Author) -> None:
    files = {path: text for path, text in course_files().items() if "/" in path}
    upload(ada, write_zip(files))
    assert "F51" in ada.text("sources.yaml")


def test_an_upload_beyond_the_servers_limit_gets_a_sentence(ada: Author) -> None:
    answer = ada.browser.client.post(
        f"{HOME}/import", data=b"x" * (2 * 2**20 + 100), content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413 and "too large" in answer.get_data(as_text=True)
