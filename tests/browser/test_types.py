"""Questions of every type: by keyboard alone, by touch, without a script, and as axe sees them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, NewPage
from tests.browser.demo import Demo, make_demo
from tests.browser.test_accessible import look, overflowing
from tests.browser.test_without_javascript import FOCUS_IS_SEEN
from tests.factories_types import EXAMINED, PRACTISED, every_type
from training.db import now
from training.domain.numbers import read_number

LESSON = "What protection of civilians is"
SAVED = "All answers are saved"


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with make_demo(tmp_path_factory.mktemp("types"), now(), files=every_type()) as made:
        yield made


def amina(demo: Demo, new_page: NewPage, *, width: int = PHONE, javascript: bool = True) -> Page:
    page = new_page(demo.server, width=width, javascript=javascript)
    steps.join(page, demo.join_code, demo.new_service_number())
    return page


def read(page: Page) -> None:
    page.goto("/")
    steps.follow(page, "Protection of civilians")
    page.get_by_role("link", name=LESSON).first.click()
    steps.heading(page, LESSON)
    page.wait_for_load_state("networkidle")


def asked(page: Page, item: str) -> Locator:
    return page.locator(f"#question-{item}")


def lines(question: Locator) -> list[str]:
    return question.locator(".lines label").all_inner_texts()


def tab_to(page: Page, control: Locator) -> None:
    """Go there with the Tab key; everything on the way shows where the focus is."""
    for _press in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN)
        if control.evaluate("control => control === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {control}")


def test_a_paper_with_every_type_is_answered_with_the_keyboard_alone(demo: Demo, new_page: NewPage) -> None:
    page = amina(demo, new_page, width=DESK)
    steps.begin_quiz(page)
    for question in steps.questions(page):
        match question.get_attribute("data-type"):
            case "single-choice" | "multiple-choice":
                tab_to(page, question.locator("input").first)
                page.keyboard.press("Space")
            case "true-false":
                tab_to(page, question.locator(".claim input").first)
                page.keyboard.press("Space")
                tab_to(page, question.locator("[role=group] .option input").nth(2))
                page.keyboard.press("Space")
            case "matching":
                for one in question.locator("select").all():
                    tab_to(page, one)
                    page.keyboard.press("ArrowDown")
            case "ordering":
                first, *others = lines(question)
                tab_to(page, question.get_by_role("button", name=f"Move down: {first}"))
                page.keyboard.press("Enter")
                assert lines(question) == [others[0], first, *others[1:]]
                expect(question.get_by_role("status")).to_have_text(f"Place 2 of 4: {first}")
                page.keyboard.press("Enter")  # the button kept the focus
                expect(question.get_by_role("status")).to_have_text(f"Place 3 of 4: {first}")
            case "ranking":
                tab_to(page, question.get_by_role("button", name="The order is right as it stands"))
                page.keyboard.press("Enter")
            case "numeric":
                tab_to(page, question.locator("input"))
                page.keyboard.type("1 250")
                page.keyboard.press("Enter")
            case "short-answer":
                tab_to(page, question.locator("textarea"))
                page.keyboard.type("Time.")
    expect(page.locator("[data-count]")).to_have_text("9 of 9 answered")
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    order = lines(asked(page, EXAMINED["ordering"]))
    page.reload()
    expect(page.locator("[data-count]")).to_have_text("9 of 9 answered")
    expect(asked(page, EXAMINED["ordering"]).locator(".lines label")).to_have_text(order)
    tab_to(page, page.get_by_role("button", name="Check before you submit"))
    page.keyboard.press("Enter")
    steps.heading(page, "Check before you submit")
    tab_to(page, page.get_by_role("button", name="Submit the quiz"))
    page.keyboard.press("Enter")
    steps.heading(page, "Your result")
    expect(asked(page, EXAMINED["numeric"])).to_contain_text("You wrote 1,250, and that is right.")
    expect(asked(page, EXAMINED["short-answer"])).to_contain_text("Time.")
    for place, line in enumerate(order, start=1):
        told = asked(page, EXAMINED["ordering"]).get_by_role("listitem").filter(has_text=line)
        expect(told).to_contain_text(re.compile(rf"You put it here\.|You gave it place {place}\."))


def test_a_paper_with_every_type_is_answered_without_a_script(demo: Demo, new_page: NewPage) -> None:
    page = amina(demo, new_page, javascript=False)
    steps.begin_quiz(page)
    for question in steps.questions(page):
        steps.answer(question)
    ordering = asked(page, EXAMINED["ordering"])
    ordering.locator("select").first.select_option("3")
    ordering.get_by_role("button", name="Save my answers").click()
    expect(asked(page, EXAMINED["ordering"])).to_contain_text("Two lines have the same place.")
    expect(page.get_by_text("8 of 9 answered")).to_be_visible()
    asked(page, EXAMINED["ordering"]).locator("select").nth(2).select_option("1")
    steps.press(page, "Check before you submit")
    expect(page.get_by_role("main")).to_contain_text("You have answered all 9 questions.")
    steps.press(page, "Submit the quiz")
    steps.heading(page, "Your result")


def test_a_lesson_teaches_with_every_type_without_a_script(demo: Demo, new_page: NewPage) -> None:
    page = amina(demo, new_page, javascript=False)
    read(page)
    for item in PRACTISED.values():
        steps.answer(asked(page, item))
        asked(page, item).locator("button[name=question]").click()
        expect(asked(page, item)).to_contain_text("Taught about")
    steps.press(page, "Count what I ticked")
    expect(asked(page, PRACTISED["short-answer"])).to_contain_text("Key ideas in your answer: 0 of 2.")


def test_a_lesson_teaches_in_place(demo: Demo, new_page: NewPage) -> None:
    page = amina(demo, new_page)
    read(page)
    address = page.url
    number = asked(page, PRACTISED["numeric"])
    number.get_by_label("Your number").fill("125")
    number.get_by_label("Your number").press("Enter")
    expect(number).to_contain_text("This is the number that you wrote")
    ranking = asked(page, PRACTISED["ranking"])
    ranking.get_by_role("button", name="Check my answer").click()  # the order as it stands
    expect(ranking.locator(".ordered")).to_be_visible()
    ranking.get_by_role("button", name=re.compile("Move down: ")).first.click()  # what came in place has its script
    ranking.get_by_role("button", name="Check my answer again").click()
    expect(ranking.locator(".ordered")).to_be_visible()
    words = asked(page, PRACTISED["short-answer"])
    words.locator("textarea").fill("There is time.")
    words.get_by_role("button", name="Compare with a good answer").click()
    words.get_by_label("It gives the mission time").check()
    words.get_by_role("button", name="Count what I ticked").click()
    expect(words).to_contain_text("Key ideas in your answer: 1 of 2.")
    assert page.url == address


def test_lines_are_dragged_with_a_finger_or_a_mouse(demo: Demo, new_page: NewPage) -> None:
    page = amina(demo, new_page, width=DESK)
    steps.begin_quiz(page)
    ordering = asked(page, EXAMINED["ordering"])
    first, *others = lines(ordering)
    ordering.scroll_into_view_if_needed()
    grip, last = ordering.locator(".grip").first.bounding_box(), ordering.locator(".lines li").last.bounding_box()
    assert grip and last
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, last["y"] + last["height"] - 3, steps=5)
    page.mouse.up()
    assert lines(ordering) == [*others, first]
    expect(ordering.get_by_role("status")).to_have_text(f"Place 4 of 4: {first}")
    expect(page.locator("[data-status]")).to_have_text(SAVED)


def test_what_is_no_number_is_told_at_once_and_not_sent(demo: Demo, new_page: NewPage) -> None:
    page = amina(demo, new_page)
    steps.begin_quiz(page)
    field = page.get_by_label("Your number")
    field.fill("a lot")
    field.blur()
    expect(asked(page, EXAMINED["numeric"]).get_by_role("status")).to_contain_text("This is not one number.")
    steps.press(page, "Check before you submit")
    expect(field).to_be_focused()
    expect(page.locator("[data-count]")).to_have_text("0 of 9 answered")
    field.fill("12")
    expect(asked(page, EXAMINED["numeric"]).get_by_role("status")).to_be_empty()
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    expect(page.locator("[data-count]")).to_have_text("1 of 9 answered")


def test_browser_and_server_agree_on_what_a_number_is(demo: Demo, new_page: NewPage) -> None:
    page = amina(demo, new_page)
    steps.begin_quiz(page)
    written = [
        "38",
        "1 234,5",
        "1\u202f234",
        "1,234.5",
        "1.234,5",
        "1'234",
        "0,125",
        "-3",
        "−3",
        "٣٫٥",
        "١٬٢٣٤٫٥",
        "۳۸",
    ]
    written += [
        "३८",
        "৩৮",
        "３８",
        "3 litres",
        "3 LITRES",
        "1,234",
        "1.234",
        "3 weeks",
        "1e3",
        "3²",
        "½",
        "",
        "5.",
        ".5",
    ]
    script = page.locator("link[rel=modulepreload][href$='answers.js']").get_attribute("href")
    found = page.evaluate(
        """async ([script, texts, item]) => {
          const { isNumber } = await import(script);
          return texts.map((text) => isNumber(text, document.getElementById(item)));
        }""",
        [script, written, f"question-{EXAMINED['numeric']}"],
    )
    assert found == [read_number(one, unit="litres") is not None for one in written]


def test_pages_with_every_type_are_accessible(demo: Demo, new_page: NewPage) -> None:
    page, faults = amina(demo, new_page), list[str]()

    def see(what: str) -> None:
        page.wait_for_load_state("networkidle")
        faults.extend(f"{what}: {fault}" for fault in look(page))
        page.evaluate("document.documentElement.dir = 'rtl'")
        faults.extend(f"{what}, right to left: {fault}" for fault in overflowing(page))
        page.evaluate("document.documentElement.dir = 'ltr'")

    read(page)
    see("lesson")
    for item in PRACTISED.values():
        steps.answer(asked(page, item))
        asked(page, item).locator("button[name=question]").click()
        expect(asked(page, item).locator("[data-feedback]")).to_be_visible()
    see("lesson with feedback")
    steps.begin_quiz(page)
    for question in list(steps.questions(page))[:5]:
        steps.answer(question)
    page.get_by_label("Your number").fill("a lot")
    page.get_by_label("Your number").blur()
    see("quiz")
    page.get_by_label("Your number").fill("")
    steps.press(page, "Check before you submit")
    steps.press(page, "Submit the quiz")
    steps.heading(page, "Your result")
    see("result")
    assert not faults, "\n".join(faults)


def test_pages_of_trainers_and_authors_with_every_type_are_accessible(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server, width=DESK)
    admin = demo.accounts["admin"]
    steps.sign_in(page, admin.sign_in_name, admin.password)
    page.goto("/publishing/protection-of-civilians/edit/01-what-poc-is/questions.yaml")
    expect(page.locator(".preview")).to_contain_text("The child protection adviser")
    assert not look(page)
