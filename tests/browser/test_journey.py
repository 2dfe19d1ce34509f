"""A newcomer's first day: from the first start to a result, and on to a changed sentence."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, NewPage
from tests.browser.server import Server
from tests.browser.steps import follow, heading, press

OLD = "So the mission does not wait for the first attack."
NEW = "So the mission acts before the first attack, not after it."


def test_from_the_first_start_to_a_result_and_a_new_version(either_server: Server, new_page: NewPage) -> None:
    server = either_server
    ada = new_page(server, width=DESK)
    steps.become_first_admin(ada, server)
    code = steps.make_cohort(ada)

    amina = new_page(server, width=PHONE)
    steps.join(amina, code)
    amina_reads_a_lesson(amina)
    steps.begin_quiz(amina)
    asked = list(steps.questions(amina))
    for question in asked[: len(asked) // 2]:
        steps.answer(question)
    expect(amina.locator("[data-status]")).to_have_text("All answers are saved")
    chosen = steps.chosen(amina)
    assert chosen
    amina.context.close()

    other_phone = new_page(server, width=PHONE)
    amina_finishes_the_quiz(other_phone, chosen)

    ada_sees_the_result(ada)
    ada_publishes_a_new_sentence(ada)
    ada_moves_the_cohort(ada)

    other_phone.goto("/")
    follow(other_phone, "Protection of civilians")
    follow(other_phone, "What protection of civilians is")
    expect(other_phone.locator("article")).to_contain_text(NEW)
    expect(other_phone.locator("article")).not_to_contain_text(OLD)


def amina_reads_a_lesson(page: Page) -> None:
    follow(page, "Protection of civilians")
    follow(page, "Start this lesson")
    heading(page, "What protection of civilians is")
    address = page.url
    dialog = page.get_by_role("dialog")

    source = page.get_by_role("link", name="POC-02").nth(1)
    source.click()
    expect(dialog).to_contain_text("resolution 1270 (1999)")
    assert bottom_of(source) <= top_of(dialog), "the source covers the sentence that it belongs to"
    page.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()

    term = page.locator("article a[data-term]").first
    term.click()
    expect(dialog.locator("dfn")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(term).to_be_focused()

    question = page.locator("[data-question]").first
    steps.answer(question)
    question.get_by_role("button", name="Check my answer").click()
    expect(question.locator("[data-feedback]")).to_be_focused()
    expect(question).to_contain_text("Your choice")
    assert page.url == address, "the feedback left the page"

    press(page, "I have read this. Next")
    heading(page, "Three tiers and four phases")
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("In progress")


def top_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"]


def bottom_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"] + box["height"]


def amina_finishes_the_quiz(page: Page, chosen: list[str]) -> None:
    steps.sign_in(page, steps.SERVICE_NUMBER, steps.TRAINEES_PASSWORD)
    follow(page, "Protection of civilians")
    follow(page, "Go to the quiz")
    press(page, "Go on with the quiz")
    expect(page.locator("[data-item]").first).to_be_visible()
    assert steps.chosen(page) == chosen
    for question in steps.questions(page):
        steps.answer(question)
    expect(page.locator("[data-status]")).to_have_text("All answers are saved")
    press(page, "Check before you submit")
    expect(page.get_by_role("main")).to_contain_text("You have answered all")
    page.get_by_role("button", name="Submit the quiz").dblclick()
    heading(page, "Your result")
    expect(page.get_by_role("main")).to_contain_text("You did not pass this time.")
    expect(page.locator(".meta", has_text="Attempt 1")).to_be_visible()


def ada_sees_the_result(page: Page) -> None:
    follow(page, "Cohorts")
    follow(page, "Second battalion, rotation 4")
    row = page.get_by_role("row", name="Amina Wanjiru")
    expect(row).to_contain_text("Failed")
    row.get_by_role("link").click()
    expect(page.get_by_role("main").get_by_text("attempt 2")).to_have_count(0)
    follow(page, "attempt 1")
    expect(page.locator(".asked").first).to_contain_text("From the lesson")
    follow(page, "What to teach again")
    page.get_by_text("What was chosen").first.click()
    expect(page.get_by_text("chosen 1 time").first).to_be_visible()


def ada_publishes_a_new_sentence(page: Page) -> None:
    follow(page, "Curriculum")
    follow(page, "Protection of civilians")
    page.get_by_role("link", name=re.compile("Text ?: What protection of civilians is")).click()
    text = page.get_by_label("Text of the file")
    problems = page.locator("#problems-heading")
    shown = page.locator("[data-shown]")
    before = text.input_value()
    assert OLD in before

    text.fill(before.replace(OLD, f"{NEW} [XYZ-99]"))
    expect(shown).to_contain_text(NEW)
    expect(problems).to_have_text("1 problem in this file")
    expect(shown.locator(".problem")).to_contain_text("XYZ-99")
    text.fill(before.replace(OLD, NEW))
    expect(problems).to_have_text("No problems in this file")
    press(page, "Save")
    follow(page, "Review and publish")
    expect(page.locator("ins").get_by_text("acts before").first).to_be_visible()
    page.get_by_label("What is new").fill("Says more clearly that a mission acts early.")
    press(page, "Publish version 2")
    expect(page.get_by_role("main")).to_contain_text("Version 2")


def ada_moves_the_cohort(page: Page) -> None:
    follow(page, "Cohorts")
    follow(page, "Second battalion, rotation 4")
    page.get_by_role("navigation", name="This cohort").get_by_role("link", name="Modules").click()
    press(page, "Move the cohort to version 2")
    expect(page.get_by_role("main")).to_contain_text("version 2")
