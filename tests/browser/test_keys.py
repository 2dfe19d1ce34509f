"""A trainer puts keys right in a real browser: one of each kind."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Faults, NewPage
from tests.browser.demo import Demo
from tests.browser.test_accessible import look, sign_in_as


def other_side(page: Page) -> None:
    sides = page.locator(".pair select").first
    values = sides.locator("option").evaluate_all("all => all.map(one => one.value)")
    sides.select_option(next(one for one in values if one not in ("", sides.input_value())))


# By a control that only this kind of key has: how it is changed.
KEYS: dict[str, Callable[[Page], None]] = {
    "main [name=correct]": lambda page: page.locator("[name=correct]:not(:checked)").first.check(),
    "main [name=claim]": lambda page: page.locator("[name=claim]:not(:checked)").check(),
    "main .pair": other_side,
    "main .lines": lambda page: page.locator(".move").nth(1).click(),
    "main [name=ideas]": lambda page: page.locator("[name=ideas]").first.uncheck(),
    "main [name=value]": lambda page: page.get_by_label("The right number").fill("3.5"),
}


def test_a_key_is_put_right_on_accessible_pages(demo: Demo, new_page: NewPage, faults: Faults) -> None:
    """The form for each kind of key, what is said where it cannot be right, and what would change."""
    faults.expect("422")
    page = new_page(demo.server)
    sign_in_as("trainer")(page, demo)
    for address, change in keys_of_each_kind(page):
        page.goto(address)
        assert not look(page)
        steps.press(page, "Show what would change")
        expect(page.get_by_role("alert")).to_contain_text("This is what counts already.")
        change(page)
        steps.press(page, "Show what would change")
        steps.heading(page, "What would change")
        assert not look(page)
    page.get_by_role("link", name="Choose something else").click()
    page.get_by_label("The right number").fill("many")
    steps.press(page, "Show what would change")
    expect(page.get_by_label("The right number")).to_have_value("many")
    assert not look(page)


def keys_of_each_kind(page: Page) -> list[tuple[str, Callable[[Page], None]]]:
    """The addresses of keys in the trainer's cohort, one of each kind, with how it is changed."""
    page.goto("/cohorts")
    page.locator("main .card a").first.click()
    page.get_by_role("navigation", name="This cohort").get_by_role("link", name="What to teach again").click()
    wanted, found = dict(KEYS), []
    keys: list[str] = []
    last = page.get_by_text("Page 1 of ").inner_text().split()[-1]
    for number in range(int(last), 0, -1):  # what was marked by hand is often right, and stands at the end
        page.goto(f"{urlsplit(page.url).path}?page={number}")
        keys += page.locator("a[href$='/key']").evaluate_all("links => links.map(link => link.href)")
    for key in dict.fromkeys(keys):
        if not wanted:
            break
        page.goto(key)
        for control in [one for one in wanted if page.locator(one).count()]:
            found.append((key, wanted.pop(control)))
    assert not wanted
    return found
