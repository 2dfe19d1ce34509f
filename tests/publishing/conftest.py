"""Ada at work: the small steps that the tests of publishing share."""

from collections.abc import Callable

import pytest

from tests.pages import Browser, Page
from tests.people import World

SLUG = "protection-of-civilians"
HOME = f"/publishing/{SLUG}"
LESSON = "01-what-poc-is/lesson.md"
QUESTIONS = "01-what-poc-is/questions.yaml"
SENTENCE = "Her sentence is useful, and one part of it is not exact."


class Author:
    """One admin's browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def open(self, name: str = LESSON) -> Page:
        return self.browser.open(f"{HOME}/edit/{name}")

    def text(self, name: str = LESSON) -> str:
        return field(self.open(name), "text")

    def save(self, old: str, new: str, name: str = LESSON, *, page: Page | None = None) -> Page:
        """Open a file, put *new* in the place of *old*, and save. *page*: the editor, opened before."""
        page = page or self.open(name)
        text = field(page, "text")
        assert old in text
        return self.browser.submit(page, "/edit/", text=text.replace(old, new))

    def review(self) -> Page:
        return self.browser.open(f"{HOME}/review")

    def publish(self, note: str = "A clearer sentence.", *, page: Page | None = None) -> Page:
        return self.browser.submit(page or self.review(), note=note)


def field(page: Page, name: str) -> str:
    """What stands in a control of the page, as a browser would send it."""
    for control in page.root.iter():
        if control.get("name") == name or control.get("id") == name:
            return (control.text or "") if control.tag == "textarea" else control.get("value", "")
    raise AssertionError(f"no {name} on “{page.heading}”")


@pytest.fixture
def ada(world: World, browse: Callable[..., Browser]) -> Author:
    return Author(browse(world.ada))
