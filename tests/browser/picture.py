"""The picture of the README: `python -m tests.browser.picture` draws it again.

A lesson on a phone beside the trainer's page of a cohort, from the demo.
The demo is that of yesterday morning, so that the picture is the same all day and due dates make sense.
"""

import base64
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium, steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.demo import Demo, make_demo
from training.db import now

PICTURE = Path(__file__).with_name("picture.png")
LIMIT = 300_000  # bytes
CANVAS = """
<!DOCTYPE html>
<style>
  body {{ margin: 0; display: flex; gap: 40px; align-items: center; box-sizing: border-box; padding: 40px;
          inline-size: 1440px; block-size: 1130px; background: #dfe5e6; }}
  .desk {{ inline-size: 920px; border: 1px solid #9fb0b5; border-radius: 8px; }}
  .phone {{ inline-size: 360px; border: 9px solid #15202a; border-radius: 26px; }}
</style>
<img class="desk" src="data:image/png;base64,{cohort}" alt="">
<img class="phone" src="data:image/png;base64,{lesson}" alt="">
"""


def main() -> None:
    path = chromium.find()
    if path is None:
        sys.exit(chromium.MISSING)
    at = (now() - timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    with tempfile.TemporaryDirectory() as folder, make_demo(Path(folder), at) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.OPTIONS)
        canvas = CANVAS.format(cohort=cohort(browser, demo), lesson=lesson(browser, demo))
        page = browser.new_page(viewport={"width": 1440, "height": 1130})
        page.set_content(canvas, wait_until="load")
        picture = page.screenshot()
        browser.close()
    if len(picture) > LIMIT:
        sys.exit(f"The picture has {len(picture)} bytes, more than {LIMIT}.")
    PICTURE.write_bytes(picture)
    print(f"{PICTURE} has {len(picture)} bytes.")


def cohort(browser: Browser, demo: Demo) -> str:
    """The trainer looks who is where: the modules of the cohort."""
    page = visitor(browser, demo, "trainer", DESK, 1460)
    steps.follow(page, "Cohorts")
    page.locator("main .card a").first.click()
    steps.heading(page, "Battalion 3")
    page.locator("dd code").evaluate("code => code.textContent = 'ABCD-2345'")  # the only thing left to chance
    return seen(page)


def lesson(browser: Browser, demo: Demo) -> str:
    page = visitor(browser, demo, "trainee", PHONE, 960)
    steps.follow(page, "Protection of civilians")
    page.locator("ol.steps a").first.click()
    steps.heading(page, "What protection of civilians is")
    return seen(page)


def visitor(browser: Browser, demo: Demo, role: str, width: int, height: int) -> Page:
    page = browser.new_page(base_url=demo.server.url, viewport={"width": width, "height": height}, locale="en-GB")
    steps.sign_in(page, demo.accounts[role].sign_in_name, demo.accounts[role].password)
    return page


def seen(page: Page) -> str:
    page.wait_for_load_state("networkidle")
    return base64.b64encode(page.screenshot()).decode()


if __name__ == "__main__":
    main()
