"""Opening, changing and keeping a module's files."""

from collections.abc import Callable

from flask import Flask

from tests.pages import Browser, Page, words
from tests.people import World
from tests.publishing.conftest import HOME, LESSON, QUESTIONS, SENTENCE, Author, field


def test_ada_sees_the_module_and_its_files(ada: Author) -> None:
    page = ada.browser.open("/publishing")
    assert "Version 1" in page.text and "Draft open" not in page.text
    page = ada.browser.open(HOME)
    for name in ("module.yaml", LESSON, QUESTIONS, "sources.yaml", "glossary.yaml"):
        assert f"{HOME}/edit/{name}" in page.links()
    called = [words(link) for link in page.all("a") if "/edit/" in link.get("href", "")]
    assert len(set(called)) == len(called), "each file has a name of its own"


def test_adas_first_save_begins_a_draft_from_the_newest_version(ada: Author) -> None:
    page = ada.save(SENTENCE, "Her sentence is useful.")
    assert "Saved in the draft" in page.text
    assert "Her sentence is useful." in field(page, "text") and SENTENCE not in field(page, "text")
    assert "Ada Admin-Canary" in ada.browser.open("/publishing").text
    assert "Draft open" in ada.browser.open("/publishing").text


def test_opening_a_file_writes_nothing(ada: Author) -> None:
    ada.open()
    assert "Draft open" not in ada.browser.open("/publishing").text


def test_the_text_comes_back_to_the_letter(ada: Author) -> None:
    before = ada.text()
    odd = "\n\n" + before.rstrip("\n") + "\n<textarea> &amp; </textarea> “ü” العربية\n"
    page = ada.browser.submit(ada.open(), "/edit/", text=odd.replace("\n", "\r\n"))
    assert field(page, "text") == odd


def test_a_page_with_errors_still_saves_and_names_their_lines(ada: Author) -> None:
    page = ada.save("[POC-02]. The mission was", "[POC-99]. The mission was")
    assert "There is no source POC-99" in page.text and "line 12" in page.text
    assert "1 error" in ada.browser.open(HOME).text
    assert "1 error" in ada.browser.open("/publishing").text


def test_each_page_is_headed_with_what_the_file_is_in_the_course(ada: Author) -> None:
    assert ada.open("module.yaml").heading == "Title, aim, objectives and quizzes"
    assert ada.open().heading == "Text: What protection of civilians is"
    assert ada.open("scenarios/people-on-the-road.yaml").heading == "Scenario: The people on the road"


def test_the_preview_says_how_the_quiz_is_passed_and_nothing_that_is_not_written(ada: Author) -> None:
    assert "You pass with 75 %. As many attempts as you like." in ada.open("module.yaml").text
    assert "a1-01 · practice · one answer · A1.1 · difficulty 1" in ada.open(QUESTIONS).text
    page = ada.save("difficulty: 1", "difficulty: 9", QUESTIONS)
    assert "Make difficulty at most 4" in page.text and "difficulty 0" not in page.text
    assert "difficulty" in [words(code) for code in page.all("code")]


def test_an_empty_text_is_refused_with_a_sentence(ada: Author) -> None:
    page = ada.browser.submit(ada.open(), "/edit/", text="")
    assert page.status == 422
    assert "The text is empty" in page.text


def test_a_text_that_is_too_long_is_refused_and_stays_on_the_page(ada: Author) -> None:
    long = "word " * 40_001
    page = ada.browser.submit(ada.open(), "/edit/", text=long)
    assert page.status == 422
    assert field(page, "text") == long and "Shorten the text to 200000 characters" in page.text


def test_an_invisible_character_is_refused(ada: Author) -> None:
    page = ada.browser.submit(ada.open(), "/edit/", text="a\x00b")
    assert page.status == 422
    assert "cannot see" in page.text


def test_ada_and_bruno_do_not_overwrite_each_other(ada: Author, world: World) -> None:
    opened_early = ada.open()
    ada.save(SENTENCE, "The first hand was here.")
    page = ada.save(SENTENCE, "The second hand was here.", page=opened_early)
    assert page.status == 409
    assert "The second hand was here." in field(page, "text")
    assert "The first hand was here." in field(page, "theirs")
    assert "The first hand was here." in ada.text(), "nothing was saved over the first hand"
    again = ada.browser.submit(page, "/edit/")
    assert again.status == 200
    assert "The second hand was here." in ada.text(), "who has seen both may save"


def test_two_people_may_change_different_files_at_the_same_time(ada: Author) -> None:
    opened_early = ada.open("module.yaml")
    ada.save(SENTENCE, "The first hand was here.")
    page = ada.save("Know the task, and", "Know the task and", "module.yaml", page=opened_early)
    assert page.status == 200
    assert "The first hand was here." in ada.text()


def test_a_page_opened_before_publishing_is_stale_in_the_next_draft(ada: Author) -> None:
    opened_early = ada.open()
    ada.save(SENTENCE, "One sentence was made clearer.")
    ada.publish()
    page = ada.save(SENTENCE, "An old page speaks.", page=opened_early)
    assert page.status == 409
    assert "Draft open" not in ada.browser.open("/publishing").text


def test_the_text_survives_the_deletion_of_its_file(ada: Author) -> None:
    opened_early = ada.open()
    ada.browser.submit(ada.browser.open(f"{HOME}/lessons/01-what-poc-is/delete"))
    page = ada.save(SENTENCE, "Do not lose me.", page=opened_early)
    assert page.status == 409
    assert "Do not lose me." in field(page, "text") and "deleted or moved" in page.text
    assert ada.browser.submit(page, "/edit/").status == 200
    assert "Do not lose me." in ada.text()


def test_unknown_files_and_modules_are_not_there(ada: Author) -> None:
    for path in (
        "/publishing/nothing",
        "/publishing/nothing/review",
        f"{HOME}/edit/nothing.md",
        f"{HOME}/edit/../sources.yaml",
        f"{HOME}/edit/09-nothing/lesson.md",
        f"{HOME}/versions/99",
        f"{HOME}/versions/99/changes",
        f"{HOME}/lessons/09-nothing/delete",
        f"{HOME}/lessons/09-nothing/place",
    ):
        assert ada.browser.get(path).status == 404, path
    assert ada.browser.post(f"{HOME}/edit/evil.sh", text="x").status == 404
    assert ada.browser.post(f"{HOME}/preview/evil.sh", text="x").status == 404
    assert ada.browser.post(f"{HOME}/versions/99/download").status == 404


def test_ada_discards_a_draft_after_she_was_asked(ada: Author) -> None:
    ada.save(SENTENCE, "Her sentence is useful.")
    page = ada.browser.open(f"{HOME}/discard")
    assert LESSON in page.text and "cannot be undone" in page.text
    assert "Draft open" in ada.browser.open("/publishing").text
    ada.browser.submit(page)
    assert SENTENCE in ada.text()
    assert "Draft open" not in ada.browser.open("/publishing").text


def test_a_draft_that_changed_after_ada_looked_is_not_discarded(ada: Author) -> None:
    ada.save(SENTENCE, "Her sentence is useful.")
    page = ada.browser.open(f"{HOME}/discard")
    ada.save("Her sentence is useful.", "Another hand was here.")
    assert ada.browser.submit(page).status == 409
    assert "Another hand was here." in ada.text()


def test_the_editor_does_not_ask_the_database_more_for_more_lessons(ada: Author, count_statements: object) -> None:
    ada.save(SENTENCE, "Her sentence is useful.")
    ada.browser.open(HOME)
    with count_statements() as few:  # type: ignore[operator]
        ada.browser.open(HOME)
    for number in range(4):
        page = ada.browser.open(HOME)
        ada.browser.submit(page, "/lessons", title=f"Lesson {number}", slug=f"lesson-{'abcd'[number]}")
    with count_statements() as many:  # type: ignore[operator]
        ada.browser.open(HOME)
    assert len(many) == len(few) <= 8


# Lessons


def test_ada_adds_a_lesson_that_the_checker_can_read(ada: Author) -> None:
    page = ada.browser.submit(ada.browser.open(HOME), "/lessons", title="Work: with others", slug="work-with-others")
    assert "Work: with others" in page.heading
    assert f"{HOME}/edit/03-work-with-others/questions.yaml" in ada.browser.open(HOME).links()
    page = ada.save(
        "  - id: A1.2\n    text: Recognise a threat before an attack\n",
        "  - id: A1.2\n    text: Recognise a threat before an attack\n  - id: A3.1\n    text: Describe who helps\n",
        "module.yaml",
    )
    assert "error" not in ada.browser.open(HOME).text, "with its objective in module.yaml it is sound"


def test_a_second_lesson_with_the_same_short_name_is_refused(ada: Author) -> None:
    page = ada.browser.submit(ada.browser.open(HOME), "/lessons", title="Again", slug="what-poc-is")
    assert page.status == 422
    assert "Choose another one" in page.text and field(page, "title") == "Again"


def test_a_short_name_that_could_leave_the_folder_is_refused(ada: Author) -> None:
    for slug in ("../evil", "a/b", "UPPER", "1st", "", "a" * 61):
        page = ada.browser.submit(ada.browser.open(HOME), "/lessons", title="A title", slug=slug)
        assert page.status == 422, slug


def test_ada_moves_a_lesson_and_its_text_goes_with_it(ada: Author) -> None:
    text = ada.text()
    page = ada.browser.open(f"{HOME}/lessons/01-what-poc-is/place")
    ada.browser.submit(page, number="7", slug="what-poc-is")
    assert ada.text("07-what-poc-is/lesson.md") == text
    assert ada.browser.get(f"{HOME}/edit/{LESSON}").status == 404


def test_a_lesson_cannot_take_the_place_or_the_name_of_another(ada: Author) -> None:
    page = ada.browser.open(f"{HOME}/lessons/01-what-poc-is/place")
    assert "Choose a free one" in ada.browser.submit(page, number="2").text
    refused = ada.browser.submit(page, slug="see-it-early")
    assert refused.status == 422 and "Choose another one" in refused.text
    for wrong in ("100", "first"):
        refused = ada.browser.submit(page, number=wrong)
        assert refused.status == 422
        [line] = refused.all("div", "error-summary")[0].iter("li")
        assert words(line) == "Place in the module: Write a whole number from 1 to 99."


def test_ada_deletes_a_lesson_after_she_was_asked(ada: Author) -> None:
    page = ada.browser.open(f"{HOME}/lessons/02-see-it-early/delete")
    assert "See it early" in page.text
    ada.browser.submit(page)
    assert not [link for link in ada.browser.open(HOME).links() if "02-see-it-early" in link]


def test_a_draft_that_changed_after_ada_looked_loses_no_lesson(ada: Author) -> None:
    page = ada.browser.open(f"{HOME}/lessons/01-what-poc-is/delete")
    ada.save(SENTENCE, "Another hand was here.")
    assert ada.browser.submit(page).status == 409
    assert "Another hand was here." in ada.text()


# A new module


def test_ada_starts_a_module_that_is_sound_from_the_first_moment(ada: Author) -> None:
    page = ada.browser.submit(ada.browser.open("/publishing"), title="Early warning: signs", slug="early-warning")
    assert "not published yet" in page.text
    review = ada.browser.open("/publishing/early-warning/review")
    assert "Publish version 1" in review.text
    page = ada.browser.submit(review, note="The first version.")
    assert "Version 1 is published" in page.text
    assert "Early warning: signs" in ada.browser.open("/publishing").text


def test_a_module_cannot_be_started_twice(ada: Author) -> None:
    page = ada.browser.submit(ada.browser.open("/publishing"), title="Again", slug="protection-of-civilians")
    assert page.status == 422 and "Choose another one" in page.text
    ada.browser.submit(ada.browser.open("/publishing"), title="New", slug="new")
    page = ada.browser.submit(ada.browser.open("/publishing"), title="New", slug="new")
    assert page.status == 422 and field(page, "title") == "New"


def test_a_question_id_of_another_module_is_an_error(ada: Author) -> None:
    ada.browser.submit(ada.browser.open("/publishing"), title="Early warning", slug="early-warning")
    editor = ada.browser.open("/publishing/early-warning/edit/01-first-lesson/questions.yaml")
    text = field(editor, "text")
    page = ada.browser.submit(editor, "/edit/", text=text.replace("id: b1-01", "id: a1-01"))
    assert "the module “Protection of civilians” has a question a1-01" in page.text
    assert "line 1" in page.text
    assert "Publish version" not in ada.browser.open("/publishing/early-warning/review").text


# Preview


def preview(ada: Author, text: str, name: str = LESSON, *, csrf: str | None = None) -> str:
    token = csrf if csrf is not None else field(ada.open(name), "csrf_token")
    answer = ada.browser.client.post(
        f"{HOME}/preview/{name}", data={"text": text, "csrf_token": token}, headers={"Accept": "text/x-fragment"}
    )
    assert answer.mimetype == "text/x-fragment", answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_the_preview_shows_the_lesson_as_it_will_be_and_its_problems(ada: Author) -> None:
    html = preview(
        ada, ada.text().replace("[F51].\nHer", "[F52].\nHer").replace("## Who is", "## A new heading: who is")
    )
    assert "A new heading: who is a civilian" in html
    assert '<aside class="changed">' in html and 'data-source="POC-02"' in html
    assert "There is no source F52" in html and 'data-line="15"' in html
    assert "<html" not in html
    assert "A new heading" not in ada.text(), "a preview saves nothing"


def test_the_preview_of_questions_shows_the_key_and_the_feedback(ada: Author) -> None:
    html = preview(ada, ada.text(QUESTIONS), QUESTIONS)
    assert "Which mission received the first explicit mandate" in html
    assert "Yes. Paragraph 14 of resolution 1270 gave it this task." in html


def test_the_preview_shows_half_a_text_as_well(ada: Author) -> None:
    for name in (LESSON, QUESTIONS, "module.yaml", "sources.yaml", "glossary.yaml"):
        text = ada.text(name)
        for half in (text[: len(text) // 2], text[: len(text) // 3], "- ", "title: x", "a: [", "---\n", "- - -", "[]"):
            assert "Preview" in preview(ada, half, name)


def test_a_problem_that_quotes_a_backtick_of_the_author_is_shown_as_it_is(app: Flask) -> None:
    with_code = app.jinja_env.filters["with_code"]
    assert with_code("Write `true` or `false`.") == "Write <code>true</code> or <code>false</code>."
    assert with_code("Take out <b> ` here.") == "Take out &lt;b&gt; ` here."


def test_hostile_text_does_not_become_hostile_html(ada: Author) -> None:
    head = "---\ntitle: <script>alert(1)</script>\n---\n\n"
    evil = head + "## <img src=x onerror=alert(1)>\n\n<script>x</script> [a](javascript:x)\n"
    html = preview(ada, evil)
    assert "<script" not in html and "<img" not in html and 'href="javascript' not in html


def test_without_a_script_the_preview_is_the_page_itself(ada: Author) -> None:
    page = ada.open()
    answer = ada.browser.client.post(
        f"{HOME}/preview/{LESSON}",
        data={
            "csrf_token": field(page, "csrf_token"),
            "seen": field(page, "seen"),
            "text": field(page, "text").replace(SENTENCE, "Seen, not saved."),
        },
    )
    shown = Page(answer)
    assert "Seen, not saved." in field(shown, "text") and shown.text.count("Seen, not saved.") == 2
    assert SENTENCE in ada.text()
    assert ada.browser.submit(shown, "/edit/").status == 200, "and it can be saved from there"
    assert "Seen, not saved." in ada.text()


def test_a_preview_without_a_text_says_so(ada: Author) -> None:
    assert "The text is empty" in preview(ada, "")


# Who may


ROUTES = [
    ("GET", "/publishing"),
    ("POST", "/publishing"),
    ("GET", HOME),
    ("GET", f"{HOME}/versions/1"),
    ("GET", f"{HOME}/versions/1/changes"),
    ("POST", f"{HOME}/versions/1/download"),
    ("GET", f"{HOME}/edit/{LESSON}"),
    ("POST", f"{HOME}/edit/{LESSON}"),
    ("POST", f"{HOME}/preview/{LESSON}"),
    ("POST", f"{HOME}/lessons"),
    ("GET", f"{HOME}/lessons/01-what-poc-is/place"),
    ("POST", f"{HOME}/lessons/01-what-poc-is/place"),
    ("GET", f"{HOME}/lessons/01-what-poc-is/delete"),
    ("POST", f"{HOME}/lessons/01-what-poc-is/delete"),
    ("GET", f"{HOME}/discard"),
    ("POST", f"{HOME}/discard"),
    ("GET", f"{HOME}/import"),
    ("POST", f"{HOME}/import"),
    ("GET", f"{HOME}/review"),
    ("POST", f"{HOME}/review"),
]


def test_only_ada_may_open_the_authors_pages(world: World, browse: Callable[..., Browser]) -> None:
    for person in (world.tariq, world.amina):
        browser = browse(person)
        token = browser.csrf()
        for method, path in ROUTES:
            answer = browser.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert answer.status_code == 403, f"{method} {path}"
            assert SENTENCE not in answer.get_data(as_text=True)


def test_a_stranger_is_asked_to_sign_in(world: World, browse: Callable[..., Browser]) -> None:
    stranger = browse()
    for method, path in ROUTES:
        answer = stranger.client.open(path, method=method)
        if method == "GET":
            assert answer.status_code == 302 and "/sign-in" in str(answer.location), f"{method} {path}"
        else:
            assert answer.status_code in (302, 400) and SENTENCE not in answer.get_data(as_text=True)


def test_a_save_without_a_token_is_refused(ada: Author) -> None:
    answer = ada.browser.client.post(f"{HOME}/edit/{LESSON}", data={"text": "x"})
    assert answer.status_code == 400
    assert SENTENCE in ada.text()
