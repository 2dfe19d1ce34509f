"""Every page that each role can reach by links: axe, no sideways scrolling, both widths, light and dark.

The pages are those of the demo; one page for each endpoint. EXPECTED says which endpoints each role
reaches, so that a page to which no link leads is noticed.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.exceptions import HTTPException

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, Faults, NewPage
from tests.browser.demo import Demo
from training import create_app

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROWEST = 320  # also 200 % zoom of a window of 640
AXE = Axe().axe_script

TRAINEES = {
    "learning.home",
    "learning.module",
    "learning.lesson",
    "learning.look_again",
    "learning.quiz",
    "learning.attempt",
    "learning.check",
    "learning.result",
    "learning.results",
    "learning.how_sure",
    "learning.scenario",
    "learning.words",
    "accounts.account",
    "accounts.password",
    "accounts.sign_in_names",
}
TRAINERS = {
    "learning.home",
    "learning.results",
    "accounts.join",
    "accounts.account",
    "accounts.password",
    "accounts.sign_in_names",
    "cohorts.index",
    "cohorts.new",
    "cohorts.cohort",
    "cohorts.edit",
    "cohorts.join_sheet",
    "cohorts.modules",
    "cohorts.allowance",
    "cohorts.assessment_rules",
    "cohorts.dates",
    "cohorts.people",
    "cohorts.people_csv",
    "cohorts.end_enrolment",
    "cohorts.person",
    "cohorts.attempt",
    "cohorts.scenario",
    "cohorts.questions",
    "cohorts.key",
    "cohorts.answers",
    "cohorts.answer",
    "publishing.coverage",
}
EXPECTED = {
    "stranger": {"accounts.sign_in", "accounts.join", "accounts.join_cohort"},
    "trainee": TRAINEES,
    "trainer": TRAINERS,
    "admin": TRAINERS
    | {
        "accounts.users",
        "accounts.new_user",
        "accounts.user",
        "publishing.index",
        "publishing.module",
        "publishing.version",
        "publishing.changes",
        "publishing.edit",
        "publishing.rename",
        "publishing.delete",
        "publishing.discard",
        "publishing.import_files",
        "publishing.review",
    },
}
SAME_FOR_ADMINS = TRAINERS - {"cohorts.people"}  # looked at as a trainer; it takes time
BY_HAND = {"accounts.invitation"}  # a link on paper leads there
NO_PAGES = {"health", "learning.time_left"}


@pytest.fixture(scope="module")
def plain_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(instance_path=str(tmp_path_factory.mktemp("routes")))


def test_every_page_is_looked_at(plain_app: Flask) -> None:
    pages = {rule.endpoint for rule in plain_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - NO_PAGES - BY_HAND == set().union(*EXPECTED.values())


@pytest.mark.parametrize("role", EXPECTED)
def test_pages_are_accessible(role: str, demo: Demo, new_page: NewPage, plain_app: Flask) -> None:
    page = new_page(demo.server, width=PHONE)
    waiting, met, faults = [*begin[role](page, demo), "/"], set[str](), list[str]()
    adapter = plain_app.url_map.bind("")

    def endpoint_of(address: str) -> str | None:
        try:
            return str(adapter.match(urlsplit(address).path)[0])
        except HTTPException:
            return None

    while waiting:
        address = waiting.pop(0)
        if endpoint_of(address) in met:
            continue
        page.goto(address)
        endpoint = endpoint_of(page.url)
        if endpoint is None or endpoint in met:
            continue
        met.add(endpoint)
        if role != "admin" or endpoint not in SAME_FOR_ADMINS:
            faults.extend(f"{endpoint}: {fault}" for fault in look(page))
        for link in page.locator("a[href]").evaluate_all("links => links.map(link => link.href)"):
            if link.startswith(demo.server.url) and endpoint_of(link) not in met | NO_PAGES:
                waiting.append(link)
    assert not faults, "\n".join(faults)
    assert met == EXPECTED[role]


def test_pages_of_the_moment_are_accessible(demo: Demo, new_page: NewPage, faults: Faults) -> None:
    """Pages that answer a form, and pages of no endpoint: what went wrong, and a link to choose a password."""
    faults.expect("422")
    stranger = new_page(demo.server)
    stranger.goto("/join")
    steps.press(stranger, "Continue")
    expect(stranger.get_by_role("alert")).to_be_visible()
    assert not look(stranger)

    admin = new_page(demo.server)
    account = demo.accounts["admin"]
    steps.sign_in(admin, account.sign_in_name, account.password)
    admin.goto("/users/new")
    admin.get_by_label("Name").fill("Kofi Newman")
    admin.get_by_label("Service number").fill(demo.new_service_number())
    steps.press(admin, "Add and make a link")
    assert not look(admin)
    stranger.goto(admin.locator(".link code").inner_text())
    assert not look(stranger)


def test_the_pages_of_a_story_are_accessible(demo: Demo, new_page: NewPage) -> None:
    """In its middle and at its end."""
    page = new_page(demo.server)
    steps.join(page, demo.join_code, demo.new_service_number())
    steps.follow(page, "Protection of civilians")
    page.locator("a[href*='/scenarios/']").first.click()
    end = page.get_by_role("heading", name="What happened to the civilians")
    decide(page)
    assert not look(page)
    for _turn in range(20):
        if end.count():
            break
        decide(page)
    expect(end).to_be_visible()
    assert not look(page)


def decide(page: Page) -> None:
    before = page.locator(".path > li").count()
    page.locator(".decision [type=radio]").last.check()
    steps.press(page, "Decide")
    expect(page.locator(".path > li")).to_have_count(before + 1)


def test_the_pages_of_a_test_with_rules_are_accessible(demo: Demo, new_page: NewPage) -> None:
    """The rules of the exam; the pre-test, which asks how sure one is, on this device, on another, and over."""
    page, other = new_page(demo.server), new_page(demo.server)
    amina = demo.new_service_number()
    steps.join(page, demo.join_code, amina)
    steps.follow(page, "Capstone")
    page.locator("a[href$='/quizzes/exam']").first.click()
    steps.heading(page, "Final exam")
    assert not look(page)
    page.goto("/")
    steps.follow(page, "Go to the quiz")
    steps.press(page, "Start the quiz")
    for question in steps.questions(page):
        steps.answer(question)
    page.locator(".certainty input").first.check()
    expect(page.locator("[data-status]")).to_have_text("All answers are saved")
    assert not look(page)
    steps.sign_in(other, amina, steps.TRAINEES_PASSWORD)
    other.goto(page.url)
    expect(other.get_by_role("button", name="Go on here")).to_be_visible()
    assert not look(other)
    steps.press(page, "Check before you submit")
    steps.press(page, "Submit the quiz")
    steps.heading(page, "Your result")
    assert not look(page)


def test_the_pages_of_a_lessons_check_are_accessible(demo: Demo, new_page: NewPage) -> None:
    """What teaches about an answer, to a question of each type but one."""
    page = new_page(demo.server)
    steps.join(page, demo.join_code, demo.new_service_number())
    for lesson in ("The UN machine that listens", "Our own conduct"):
        page.goto("/")
        steps.follow(page, "Human rights law")
        page.locator("ol.steps a", has_text=lesson).click()
        steps.heading(page, lesson)
        for question in page.locator("[data-question]").all():
            steps.answer(question)
            question.locator("button[name=question]").click()
            expect(question.locator("[data-feedback]")).to_be_visible()
        assert not look(page)


def test_questions_to_look_at_again_are_answered_in_place_and_accessible(demo: Demo, new_page: NewPage) -> None:
    """Each says what teaches about the answer and on which day it comes again, and the page is not left."""
    page = new_page(demo.server)
    sign_in_as("trainee")(page, demo)
    steps.follow(page, "questions to look at again")
    steps.heading(page, "Questions to look at again")
    address = page.url
    asked = page.locator("[data-question]").all()
    assert len(asked) == 5
    for question in asked[:2]:
        steps.answer(question)
        question.get_by_role("button", name="Check my answer").click()
        expect(question.locator("[data-feedback]")).to_be_focused()
        expect(question).to_contain_text("You see this question again")
    assert page.url == address
    assert not look(page)


def test_a_page_that_is_not_there_is_accessible(demo: Demo, new_page: NewPage, faults: Faults) -> None:
    faults.expect("404")
    page = new_page(demo.server)
    page.goto("/nowhere")
    assert not look(page)


def test_nothing_overflows_when_the_page_runs_from_right_to_left(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server)
    sign_in_as("trainee")(page, demo)
    steps.follow(page, "Protection of civilians")
    page.locator("ol.steps a").first.click()
    steps.heading(page, "What protection of civilians is")
    page.evaluate("document.documentElement.dir = 'rtl'")
    for width in (NARROWEST, PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        assert not overflowing(page), f"at {width} px"


def test_the_longer_words_of_french_overflow_nowhere(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server, width=NARROWEST)
    sign_in_as("trainer")(page, demo)
    choose_language(page, "fr", "Votre compte")
    page.goto("/cohorts")
    page.locator("main .card a").first.click()
    expect(page.locator("#people")).to_have_text("Personnes")
    for address in [page.url, *page.locator("nav.actions a").evaluate_all("links => links.map(link => link.href)")]:
        page.goto(address)
        assert not overflowing(page), address
    choose_language(page, "en", "Your account")


def choose_language(page: Page, code: str, heading: str) -> None:
    page.goto("/account")
    page.locator("#language").select_option(code)
    page.locator("main form button").first.click()
    steps.heading(page, heading)


# What each role does first, and where it then begins to look.


def as_stranger(page: Page, demo: Demo) -> list[str]:
    page.goto("/join")
    page.get_by_label("Code of your cohort").fill(demo.join_code)
    steps.press(page, "Continue")
    steps.heading(page, "Join")
    return [page.url]


def as_trainee(page: Page, demo: Demo) -> list[str]:
    """A newcomer with one attempt submitted and one begun, so that their pages can be reached."""
    steps.join(page, demo.join_code, demo.new_service_number())
    steps.begin_quiz(page)
    steps.answer(next(steps.questions(page)))
    steps.press(page, "Check before you submit")
    steps.press(page, "Submit the quiz")
    steps.heading(page, "Your result")
    steps.begin_quiz(page)
    steps.press(page, "Check before you submit")
    steps.heading(page, "Check before you submit")
    check = page.url
    page.goto("/")
    steps.follow(page, "Protection of civilians")
    steps.heading(page, "Protection of civilians")
    return [check, page.url]


def as_trainer(page: Page, demo: Demo) -> list[str]:
    sign_in_as("trainer")(page, demo)
    return [somebody_with_a_story(page), people_with_attempts(page)]


def as_admin(page: Page, demo: Demo) -> list[str]:
    """With a draft begun, so that its pages can be reached."""
    sign_in_as("admin")(page, demo)
    page.goto("/publishing/protection-of-civilians/edit/module.yaml")
    text = page.get_by_label("Text of the file")
    text.fill(text.input_value() + "\n# looked through\n")
    steps.press(page, "Save")
    expect(page.get_by_role("link", name="Review and publish")).to_be_visible()
    return ["/publishing/protection-of-civilians", somebody_with_a_story(page), people_with_attempts(page)]


def somebody_with_a_story(page: Page) -> str:
    """The page of a person of the cohort with a scenario and an attempt to look at."""
    page.goto(people_with_attempts(page))
    people = page.locator("tbody th a").evaluate_all("links => links.map(link => link.href)")
    for person in people:
        page.goto(person)
        if page.locator("a[href*='/scenarios/']").count():
            return str(person)
    raise AssertionError("nobody has walked through a scenario")


def people_with_attempts(page: Page) -> str:
    """A cohort's page that lists first who has an attempt to look at."""
    page.goto("/cohorts")
    page.locator("main .card a").first.click()
    page.get_by_label("Show who has a module that is").select_option("passed")
    steps.press(page, "Show")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Passed")
    return page.url


def sign_in_as(role: str) -> Callable[[Page, Demo], None]:
    def sign_in(page: Page, demo: Demo) -> None:
        steps.sign_in(page, demo.accounts[role].sign_in_name, demo.accounts[role].password)

    return sign_in


begin = {"stranger": as_stranger, "trainee": as_trainee, "trainer": as_trainer, "admin": as_admin}


def look(page: Page) -> list[str]:
    """What is wrong with a page, at both widths and in both schemes."""
    faults = []
    page.evaluate(AXE)
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"{width} px: {fault}" for fault in axe(page, {"type": "tag", "values": TAGS})]
    page.emulate_media(color_scheme="dark")  # changes colours and nothing else
    faults += [f"dark: {fault}" for fault in axe(page, {"type": "rule", "values": ["color-contrast"]})]
    page.emulate_media(color_scheme="light")
    for width in (PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"{width} px: wider than the screen: {element}" for element in overflowing(page)]
    page.set_viewport_size({"width": PHONE, "height": 740})
    return faults


def axe(page: Page, only: dict[str, Any]) -> list[str]:
    found = page.evaluate("only => axe.run({runOnly: only, resultTypes: ['violations']})", only)
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflowing(page: Page) -> list[str]:
    """The elements that make the page scroll sideways, and those that cut off their own text."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.documentElement;
          const faults = [];
          const name = (one) => one.outerHTML.slice(0, 120);
          if (root.scrollWidth > root.clientWidth) {
            for (const one of document.body.querySelectorAll("*")) {
              const box = one.getBoundingClientRect();
              if (box.right > root.clientWidth + 1 || box.left < -1) faults.push(name(one));
            }
            faults.push(`the page: ${root.scrollWidth} px`);
          }
          for (const one of document.body.querySelectorAll("*")) {
            const cuts = ["hidden", "clip"].includes(getComputedStyle(one).overflowX);
            if (cuts && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1) faults.push(`cut: ${name(one)}`);
          }
          return faults;
        }"""
    )
    return found
