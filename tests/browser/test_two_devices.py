"""The same quiz in two tabs, and on two phones."""

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import PHONE, NewPage
from tests.browser.demo import Demo
from tests.browser.kept import kept
from tests.browser.test_accessible import look

SAVED = "All answers are saved"
ELSEWHERE = "This quiz is open on another device."


def single_choice(page: Page, place: int = 0) -> str:
    """The item of a question with one right option: its options can be told apart by their places."""
    found = page.locator("[data-item][data-type='single-choice']").nth(place).get_attribute("data-item")
    assert found
    return found


def option(page: Page, item: str, place: int) -> str:
    """Choose the option at *place* of a question; its id."""
    box = page.locator(f"[data-item='{item}'] .option input").nth(place)
    box.check()
    found = box.get_attribute("id")
    assert found
    return found


def test_two_tabs_show_each_others_answers_and_the_later_one_counts(demo: Demo, new_page: NewPage) -> None:
    first = new_page(demo.server, width=PHONE)
    steps.join(first, demo.join_code, demo.new_service_number())
    steps.begin_quiz(first)
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.get_by_text(ELSEWHERE)).to_have_count(0)
    item = single_choice(first)

    earlier = option(first, item, 0)
    expect(second.locator(f"[id='{earlier}']")).to_be_checked()
    expect(second.locator("[data-status]")).to_have_text(SAVED)
    later = option(second, item, 1)
    expect(first.locator(f"[id='{later}']")).to_be_checked()
    expect(first.locator("[data-status]")).to_have_text(SAVED)
    assert [(one.item, one.sequence) for one in kept(demo.server, first.url)] == [(item, 1), (item, 2)]

    first.reload()
    assert steps.chosen(first) == [later]


def test_the_phone_that_lost_the_quiz_is_told_and_its_answer_can_still_be_used(demo: Demo, new_page: NewPage) -> None:
    amina = demo.new_service_number()
    old, new = new_page(demo.server, width=PHONE), new_page(demo.server, width=PHONE)
    steps.join(old, demo.join_code, amina)
    steps.begin_quiz(old)
    item, other = single_choice(old), single_choice(old, 1)
    given = option(old, item, 0)
    expect(old.locator("[data-status]")).to_have_text(SAVED)

    steps.sign_in(new, amina, steps.TRAINEES_PASSWORD)
    new.goto(old.url)
    expect(new.get_by_text(ELSEWHERE)).to_be_visible()
    assert steps.chosen(new) == [given]
    assert not look(new)
    expect(new.locator(f"[id='{given}']")).to_be_disabled()
    steps.press(new, "Go on here")
    changed = option(new, item, 1)
    expect(new.locator("[data-status]")).to_have_text(SAVED)

    too_late = option(old, other, 0)
    expect(old.get_by_text(ELSEWHERE)).to_be_visible()
    expect(old.get_by_role("main")).to_contain_text("1 answer came later from another device.")
    assert steps.chosen(old) == [changed]

    new.reload()
    expect(new.get_by_role("main")).to_contain_text("1 answer came later from another device.")
    assert steps.chosen(new) == [changed]
    new.get_by_text("Answer from another device").click()
    assert not look(new)
    steps.press(new, "Use this answer")
    expect(new.get_by_role("main")).not_to_contain_text("came later from another device")
    assert sorted(steps.chosen(new)) == sorted([changed, too_late])
    assert [one.set_aside for one in kept(demo.server, new.url)].count(True) == 1
