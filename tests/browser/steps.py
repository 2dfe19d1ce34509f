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
    """Give a whole answer to a question of any type, where there is none: the first that one comes to."""
    if question.locator(".lines").count():
        put_in_order(question)
    elif question.locator(".pair").count():
        for pair in question.locator(".pair select").all():
            pair.select_option(index=1)
    elif question.locator("textarea, .number-field input").count():
        field = question.locator("textarea, .number-field input")
        field.fill("3")
        field.blur()
    else:
        claim = question.locator(".claim input")
        if claim.count():
            claim.first.check()
        question.locator(".option input:not([name$='.claim'])").first.check()


def put_in_order(question: Locator) -> None:
    """The order in which the lines stand: with the script a button says so, without it each line has a list."""
    if question.locator(".lines.movable").count():
        is_right = question.get_by_role("button", name="The order is right as it stands")
        if is_right.is_visible():
            is_right.click()
        return
    for place, line in enumerate(question.locator(".lines select").all(), start=1):
        line.select_option(str(place))


def chosen(page: Page) -> list[str]:
    """Everything that is ticked, by id, and everything that is chosen from a list or written, with its id."""
    found: list[str] = page.locator(".asked").evaluate_all(
        """asked => asked
          .flatMap((one) => [...one.querySelectorAll("input, select, textarea")])
          .filter((one) => !one.id.startsWith("set-aside"))
          .flatMap((one) => {
            if (/radio|checkbox/.test(one.type)) return one.checked ? [one.id] : [];
            return one.value ? [`${one.id}: ${one.value}`] : [];
          })"""
    )
    return found
