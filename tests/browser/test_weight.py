"""What a first visit to a lesson costs on the wire."""

from urllib.parse import urljoin

from playwright.sync_api import Page

from tests.browser import steps
from tests.browser.conftest import PHONE, NewPage
from tests.browser.demo import Demo

LIMIT = 60_000  # bytes, compressed, with everything that the page loads


def test_a_first_visit_to_any_lesson_is_light(demo: Demo, new_page: NewPage) -> None:
    page = new_page(demo.server, width=PHONE)
    trainee = demo.accounts["trainee"]
    steps.sign_in(page, trainee.sign_in_name, trainee.password)
    lessons = [
        urljoin(page.url, lesson)
        for module in addresses(page, "main .cards a[href^='/modules/']")
        for lesson in addresses(open_page(page, module), "main ol.steps a")
    ]
    assert len(lessons) >= 8
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    loads: list[float] = []
    wire.on("Network.loadingFinished", lambda load: loads.append(load["encodedDataLength"]))
    weights: dict[str, float] = {}
    for lesson in lessons:
        loads.clear()
        page.goto(lesson, wait_until="networkidle")
        weights[lesson.rpartition("/")[2]] = sum(loads)
        assert len(loads) >= 3, "the style sheet and the scripts were not counted"
    assert max(weights.values()) < LIMIT, weights


def open_page(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def addresses(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).evaluate_all("links => links.map(link => link.href)")
    return found
