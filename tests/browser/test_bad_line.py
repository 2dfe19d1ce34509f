"""The line drops, the server loses power: what was acknowledged is there, and the page says what is not sent."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import PHONE, Faults, NewPage
from tests.browser.demo import Demo

SAVED = "All answers are saved"


@pytest.fixture
def amina(demo: Demo) -> str:
    return demo.new_service_number()


def in_the_quiz(demo: Demo, new_page: NewPage, amina: str) -> Page:
    page = new_page(demo.server, width=PHONE)
    steps.join(page, demo.join_code, amina)
    steps.begin_quiz(page)
    return page


def test_answers_given_while_the_line_is_down_arrive_when_it_is_back(
    demo: Demo, new_page: NewPage, faults: Faults, amina: str
) -> None:
    faults.expect("ERR_INTERNET_DISCONNECTED")
    page = in_the_quiz(demo, new_page, amina)
    status = page.locator("[data-status]")
    asked = list(steps.questions(page))
    steps.answer(asked[0])
    expect(status).to_have_text(SAVED)

    page.context.set_offline(True)
    for question in asked[1:4]:
        steps.answer(question)
    expect(status).to_have_text("Answers not sent yet: 3. They are kept on this device and sent again by themselves.")
    chosen = steps.chosen(page)

    page.get_by_role("button", name="Check before you submit").click()
    expect(status).to_have_text(
        "Answers not sent yet: 3. Wait until all answers are saved. Then press the button again."
    )

    page.context.set_offline(False)
    expect(status).to_have_text(SAVED)
    expect_kept(page, new_page, demo, amina, chosen)


def test_answers_outlive_a_page_that_was_closed_before_they_were_sent(
    demo: Demo, new_page: NewPage, faults: Faults, amina: str
) -> None:
    faults.expect("ERR_INTERNET_DISCONNECTED")
    page = in_the_quiz(demo, new_page, amina)
    page.context.set_offline(True)
    for question in list(steps.questions(page))[:3]:
        steps.answer(question)
    expect(page.locator("[data-status]")).to_contain_text("Answers not sent yet: 3.")
    chosen, address, context = steps.chosen(page), page.url, page.context
    page.close()

    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.locator("[data-status]")).to_have_text(SAVED)
    expect_kept(again, new_page, demo, amina, chosen)


def test_an_acknowledged_answer_outlives_the_power_of_the_server(
    demo: Demo, new_page: NewPage, faults: Faults, amina: str
) -> None:
    faults.expect("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    page = in_the_quiz(demo, new_page, amina)
    status = page.locator("[data-status]")
    asked = list(steps.questions(page))
    steps.answer(asked[0])
    expect(status).to_have_text(SAVED)
    chosen = steps.chosen(page)

    with demo.server.without_power():
        steps.answer(asked[1])
        expect(status).to_contain_text("Answers not sent yet: 1.")
        both = steps.chosen(page)
        assert len(both) > len(chosen)
    expect(status).to_have_text(SAVED, timeout=15_000)
    expect_kept(page, new_page, demo, amina, both)


def expect_kept(page: Page, new_page: NewPage, demo: Demo, amina: str, chosen: list[str]) -> None:
    """The answers are there after a reload, and on another device: so they are on the server."""
    address = page.url
    page.reload()
    assert steps.chosen(page) == chosen
    other = new_page(demo.server, width=PHONE)
    steps.sign_in(other, amina, steps.TRAINEES_PASSWORD)
    other.goto(address)
    assert steps.chosen(other) == chosen
