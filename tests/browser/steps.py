"""What people do, step by step, as they would."""

from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server

ADMINS_PASSWORD = "four quiet rivers meet here"
TRAINEES_PASSWORD = "green boat at noon"
SERVICE_NUMBER = "KE-20417"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def become_first_admin(page: Page, server: Server) -> None:
    """Open the link that the first start printed, and choose a password."""
    assert server.first_link, "the first start printed no link"
    page.goto(server.first_link)
    page.get_by_label("Your name").fill("Ada Moreau")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("New password").fill(ADMINS_PASSWORD)
    press(page, "Save and sign in")
    heading(page, "My training")


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail or service number").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Sign in")
    heading(page, "My training")


def make_cohort(page: Page) -> str:
    """A cohort with every module: its join code."""
    follow(page, "Cohorts")
    follow(page, "Make the first cohort")
    page.get_by_label("Name of the cohort").fill("Second battalion, rotation 4")
    press(page, "Make the cohort")
    heading(page, "Second battalion, rotation 4")
    return page.locator("dd code").inner_text()


def join(page: Page, code: str, service_number: str = SERVICE_NUMBER) -> None:
    """A trainee with a code on paper opens the site, and makes an account."""
    page.goto("/")
    follow(page, "Join a cohort with the code")
    page.get_by_label("Code of your cohort").fill(code.lower())
    press(page, "Continue")
    page.get_by_label("Your name").fill("Amina Wanjiru")
    page.get_by_label("E-mail or service number").fill(service_number)
    page.get_by_label("New password").fill(TRAINEES_PASSWORD)
    press(page, "Make an account and join")
    heading(page, "My training")


def begin_quiz(page: Page) -> None:
    page.goto("/")
    follow(page, "Protection of civilians")
    follow(page, "Go to the quiz")
    press(page, "Start the quiz")
    expect(page.locator("[data-item]").first).to_be_visible()
    page.wait_for_load_state("networkidle")  # its scripts are there, before the line goes


def questions(page: Page) -> Iterator[Locator]:
    yield from page.locator("[data-item]").all()


def answer(question: Locator) -> None:
    """Choose the first option, and say that it is so where there is a claim."""
    claim = question.locator(".claim input")
    if claim.count():
        claim.first.check()
    question.locator(".option input:not([name$='.claim'])").first.check()


def chosen(page: Page) -> list[str]:
    """The ids of everything that is ticked."""
    found: list[str] = page.locator(".asked input:not([id^='set-aside'])").evaluate_all(
        "inputs => inputs.filter(input => input.checked).map(input => input.id)"
    )
    return found
