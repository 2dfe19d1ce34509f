"""The same work with JavaScript off; and the quiz with the keyboard alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, NewPage
from tests.browser.demo import Demo
from tests.browser.steps import follow, heading, press

# The outline stands on the element, or on the label beside a hidden radio.
FOCUS_IS_SEEN = """() => {
  const focused = document.activeElement;
  return [focused, ...(focused.labels ?? [])].some((one) => getComputedStyle(one).outlineStyle !== "none");
}"""


def test_amina_learns_without_javascript(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server, width=PHONE, javascript=False)
    steps.join(page, demo.join_code, demo.new_service_number())
    amina_reads(page)
    amina_takes_the_quiz(page)


def amina_reads(page: Page) -> None:
    follow(page, "Protection of civilians")
    follow(page, "Start this lesson")
    heading(page, "What protection of civilians is")
    page.get_by_role("link", name="POC-02").first.click()
    expect(page).to_have_url(re.compile(r"#source-POC-02$"))
    expect(page.locator("#source-POC-02")).to_be_in_viewport()
    question = page.locator("[data-question]").first
    steps.answer(question)
    question.get_by_role("button", name="Check my answer").click()
    expect(page).to_have_url(re.compile("#question-"))
    expect(page.locator("[data-question]").first).to_contain_text("Your choice")
    press(page, "I have read this. Next")
    heading(page, "Three tiers and four phases")


def amina_takes_the_quiz(page: Page) -> None:
    steps.begin_quiz(page)
    asked = list(steps.questions(page))
    steps.answer(asked[0])
    page.locator(".asked").first.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_text(f"1 of {len(asked)} answered")).to_be_visible()
    expect(page.locator("[data-status]")).to_have_text("All answers are saved")
    for question in steps.questions(page):
        steps.answer(question)
    press(page, "Check before you submit")
    expect(page.get_by_role("main")).to_contain_text(f"You have answered all {len(asked)} questions.")
    press(page, "Submit the quiz")
    heading(page, "Your result")
    page.get_by_text("Show the source").first.click()
    expect(page.locator("details.sources[open] .entry").first).to_be_visible()


def test_a_question_is_looked_at_again_without_javascript(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server, width=PHONE, javascript=False)
    trainee = demo.accounts["trainee"]
    steps.sign_in(page, trainee.sign_in_name, trainee.password)
    follow(page, "questions to look at again")
    question = page.locator("[data-question]").first
    steps.answer(question)
    question.get_by_role("button", name="Check my answer").click()
    expect(page).to_have_url(re.compile(r"/look-again\?answered=.+#question-"))
    answered = page.get_by_role("region", name="Your answer")
    expect(answered.locator("[data-feedback]")).to_be_in_viewport()
    expect(answered).to_contain_text("You see this question again")
    expect(page.locator("[data-question]")).to_have_count(6)  # with the next five


def test_ada_publishes_without_javascript(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server, width=DESK, javascript=False)
    admin = demo.accounts["admin"]
    steps.sign_in(page, admin.sign_in_name, admin.password)
    follow(page, "Curriculum")
    follow(page, "Pillar-two")
    page.get_by_role("link", name=re.compile("^Text")).first.click()
    text = page.get_by_label("Text of the file")
    before = text.input_value()
    known = re.search(r"\[[A-Z]+-?\d+\]", before)
    assert known
    text.fill("\nThis lesson has a new sentence [XYZ-99].\n\n## ".join(before.rsplit("\n## ", 1)))
    press(page, "Preview")
    expect(page.locator("#problems-heading")).to_have_text(re.compile(r"^\d+ problem"))
    expect(page.get_by_text("XYZ-99").first).to_be_visible()
    text = page.get_by_label("Text of the file")
    text.fill(text.input_value().replace("[XYZ-99]", known.group()))
    press(page, "Save")
    expect(page.locator("#problems-heading")).to_have_text("No problems in this file")
    follow(page, "Pillar-two")
    follow(page, "Review and publish")
    expect(page.locator(".diff ins")).to_contain_text("new sentence")
    page.get_by_label("What is new").fill("One sentence more.")
    press(page, "Publish version 2")
    expect(page.get_by_role("main")).to_contain_text("Version 2")


def test_amina_takes_the_quiz_with_the_keyboard_alone(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server, width=DESK)
    steps.join(page, demo.join_code, demo.new_service_number())
    steps.begin_quiz(page)
    asked = page.locator("[data-item]").count()

    tab_to(page, "[data-item] *")
    for _turn in range(300):
        if not focused(page, "[data-item] *"):
            break
        answer_with_a_key(page)
        page.keyboard.press("Tab")
    expect(page.locator("[data-status]")).to_have_text("All answers are saved")
    assert focused(page, "button"), "the button to go on does not follow the last question"
    page.keyboard.press("Enter")
    heading(page, "Check before you submit")
    expect(page.get_by_role("main")).to_contain_text(f"You have answered all {asked} questions.")
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    heading(page, "Your result")


def answer_with_a_key(page: Page) -> None:
    """One tab stop for each group of radios, for each box, list and field: what a key does where the focus is."""
    if focused(page, "[type=radio], [type=checkbox]"):
        page.keyboard.press("Space")
    elif focused(page, "select"):
        page.keyboard.press("ArrowDown")
    elif focused(page, "textarea, [inputmode=decimal]"):
        page.keyboard.type("3")
    elif focused(page, ".lines ~ button"):
        page.keyboard.press("Enter")  # the order is right as it stands


def focused(page: Page, selector: str) -> bool:
    found: bool = page.evaluate("selector => document.activeElement.matches(selector)", selector)
    return found


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on such an element, and see that the focus is seen."""
    for _turn in range(60):
        page.keyboard.press("Tab")
        if focused(page, selector):
            assert page.evaluate(FOCUS_IS_SEEN), "the focus cannot be seen"
            return
    raise AssertionError(f"Tab does not lead to {selector}")
