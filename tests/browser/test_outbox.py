"""Every answer is in the browser's own store before it leaves: nothing is lost, and nobody else sees it or sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser import chromium as installed
from tests.browser import steps
from tests.browser.conftest import PHONE, Faults, NewPage
from tests.browser.demo import Demo
from tests.browser.kept import kept

SAVED = "All answers are saved"
TOLD = "[data-unsent]:visible"  # hidden, the notice has the words already
# A line that carries pages but no answers. Below the page, because what leaves with a page that is being
# closed does not pass where the tests could stop it.
CUT = """const send = window.fetch;
window.fetch = (...sent) => localStorage.getItem("cut") ? Promise.reject(new TypeError("no line")) : send(...sent);"""


@pytest.fixture
def amina(demo: Demo) -> str:
    return demo.new_service_number()


@pytest.fixture
def quiz(demo: Demo, new_page: NewPage, amina: str) -> Page:
    page = new_page(demo.server, width=PHONE)
    steps.join(page, demo.join_code, amina)
    steps.begin_quiz(page)
    return page


def cut(page: Page) -> None:
    page.context.add_init_script(CUT)
    page.evaluate("localStorage.setItem('cut', 'yes')")
    page.evaluate(f"() => {{ {CUT} }}")


def mend(page: Page) -> None:
    page.evaluate("localStorage.removeItem('cut')")


@contextmanager
def no_line(context: BrowserContext, *faults: str) -> Iterator[None]:
    context.set_offline(True)
    yield
    context.set_offline(False)


def items_of(page: Page, count: int) -> list[str]:
    found = [question.get_attribute("data-item") for question in list(steps.questions(page))[:count]]
    return [item for item in found if item]


def test_answers_survive_a_reload_while_the_line_is_cut_and_arrive_once(demo: Demo, quiz: Page, faults: Faults) -> None:
    faults.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    address, context, items = quiz.url, quiz.context, items_of(quiz, 4)
    steps.answer(next(steps.questions(quiz)))
    expect(quiz.locator("[data-status]")).to_have_text(SAVED)
    with no_line(context):
        for question in list(steps.questions(quiz))[1:4]:
            steps.answer(question)
        expect(quiz.locator("[data-status]")).to_contain_text("Answers not sent yet: 3.")
        chosen = steps.chosen(quiz)
        # Before the page is left: what it sends as it closes may pass the cut. Of a statement, each part is an answer.
        assert len(kept(demo.server, address)) <= 2
        with pytest.raises(Error):
            quiz.reload()
    quiz.goto(address)
    expect(quiz.locator("[data-status]")).to_have_text(SAVED)
    assert steps.chosen(quiz) == chosen
    responses = kept(demo.server, address)
    assert sorted({one.item for one in responses}) == sorted(items)
    last = [one.item for one in responses if one.item in items[1:]]
    assert sorted(last) == sorted(items[1:]), "each of the three came once"
    quiz.reload()
    expect(quiz.locator("[data-status]")).to_have_text(SAVED)
    assert kept(demo.server, address) == responses


def test_answers_survive_the_death_of_the_browser(demo: Demo, chromium: Browser, amina: str, tmp_path: Path) -> None:
    """kill -9, as an empty battery does: what the page called kept is in the store."""

    def phone() -> BrowserContext:
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=installed.find(),
            args=installed.OPTIONS,
            base_url=demo.server.url,
            viewport={"width": PHONE, "height": 740},
        )
        context.set_default_timeout(8000)
        return context

    context = phone()
    page = context.new_page()
    steps.join(page, demo.join_code, amina)
    steps.begin_quiz(page)
    address = page.url
    context.set_offline(True)
    asked = list(steps.questions(page))
    for question in asked:
        steps.answer(question)
    expect(page.locator("[data-status]")).to_contain_text(f"Answers not sent yet: {len(asked)}.")
    chosen = steps.chosen(page)
    for process in psutil.process_iter(["cmdline"]):
        if any(str(tmp_path / "profile") in part for part in process.info["cmdline"] or []):
            process.kill()

    context = phone()
    page = context.new_page()
    page.goto("/")
    if page.get_by_label("Password", exact=True).count():  # the cookie of the sign-in was not on the disk yet
        steps.sign_in(page, amina, steps.TRAINEES_PASSWORD)
    expect(page.locator(TOLD)).to_have_text(SAVED)
    page.goto(address)
    if page.get_by_role("button", name="Go on here").count():  # nor was that of the device
        steps.press(page, "Go on here")
    assert steps.chosen(page) == chosen
    assert len({one.item for one in kept(demo.server, address)}) == len(asked)
    context.close()


def test_every_page_says_what_is_not_sent_and_sends_it(demo: Demo, quiz: Page) -> None:
    address = quiz.url
    cut(quiz)
    steps.answer(next(steps.questions(quiz)))
    expect(quiz.locator("[data-status]")).to_contain_text("Answers not sent yet: 1.")
    quiz.goto("/")
    notice = quiz.locator("[data-unsent]")
    expect(notice).to_contain_text("Answers not sent yet: 1. They are kept on this device")
    assert not kept(demo.server, address)
    mend(quiz)
    quiz.reload()
    expect(quiz.locator(TOLD)).to_have_text(SAVED)
    assert len(kept(demo.server, address)) == 1
    quiz.reload()
    expect(notice).to_be_hidden()


def test_a_quiz_with_answers_that_are_not_sent_is_not_submitted_without_them(demo: Demo, quiz: Page) -> None:
    cut(quiz)
    steps.answer(next(steps.questions(quiz)))
    address = quiz.url
    steps.press(quiz, "Check before you submit")
    expect(quiz.locator("[data-status]")).to_contain_text("Answers not sent yet: 1.")
    assert quiz.url == address, "the page stays where the answers are"
    quiz.goto(f"{address}/check")
    steps.press(quiz, "Submit the quiz")
    expect(quiz.locator("[data-unsent]")).to_contain_text("Answers not sent yet: 1.")
    steps.heading(quiz, "Check before you submit")
    mend(quiz)
    steps.press(quiz, "Submit the quiz")
    steps.heading(quiz, "Your result")
    assert len(kept(demo.server, address)) == 1


def test_bruno_on_the_same_phone_neither_sees_nor_sends_what_amina_has_not_sent(
    demo: Demo, quiz: Page, amina: str, faults: Faults
) -> None:
    faults.expect("404")  # Amina's quiz, for Bruno
    address = quiz.url
    cut(quiz)
    for question in list(steps.questions(quiz))[:2]:
        steps.answer(question)
    expect(quiz.locator("[data-status]")).to_contain_text("Answers not sent yet: 2.")
    chosen = steps.chosen(quiz)
    steps.press(quiz, "Sign out")
    expect(quiz.locator("[data-unsent]")).to_contain_text(
        "They stay on this device and are sent when you sign in here again."
    )
    steps.press(quiz, "Sign out")
    steps.heading(quiz, "Sign in")
    mend(quiz)

    sent: list[str] = []
    quiz.on("request", lambda request: sent.append(request.url) if request.url.endswith("/responses") else None)
    steps.join(quiz, demo.join_code, demo.new_service_number())
    for page in ("/", "/account", address):
        quiz.goto(page)
        quiz.wait_for_timeout(500)
        expect(quiz.locator("[data-unsent]:visible")).to_have_count(0)
        assert not steps.chosen(quiz)
    steps.begin_quiz(quiz)
    assert not steps.chosen(quiz)
    assert not sent
    assert not kept(demo.server, address)
    steps.press(quiz, "Sign out")

    steps.sign_in(quiz, amina, steps.TRAINEES_PASSWORD)
    expect(quiz.locator(TOLD)).to_have_text(SAVED)
    assert len({one.item for one in kept(demo.server, address)}) == 2
    quiz.goto(address)
    assert steps.chosen(quiz) == chosen
