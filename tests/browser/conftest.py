"""Real browsers at a real server. Every page fails its test on an error in its console or a call to another host."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser import chromium as installed
from tests.browser.demo import Demo, make_demo
from tests.browser.server import Server
from training.db import now

PHONE, DESK = 360, 1280
PATIENCE = 20_000  # milliseconds that a busy machine may take for what a person sees at once
expect.set_options(timeout=PATIENCE)
NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if installed.find() is None:
        terminalreporter.write_line(installed.MISSING)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = installed.find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(installed.MISSING)
        pytest.skip(installed.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=installed.OPTIONS)
        yield browser
        browser.close()


@dataclass
class Faults:
    """What went wrong in the pages of one test, but for what the test expects."""

    hosts: set[str] = field(default_factory=set)
    expected: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def expect(self, *words: str) -> None:
        """Console errors with these words are part of the test."""
        self.expected.extend(words)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self.read)
        context.on("weberror", lambda error: self.found.append(str(error.error)))
        context.on("request", self.check_host)

    def read(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(words in message.text for words in self.expected):
            self.found.append(f"{message.text} ({message.location.get('url')})")

    def check_host(self, request: Request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).netloc not in self.hosts:
            self.found.append(f"a request to another host: {request.url}")


@pytest.fixture
def faults() -> Iterator[Faults]:
    faults = Faults()
    yield faults
    assert not faults.found, "\n".join(faults.found)


@pytest.fixture
def new_page(chromium: Browser, faults: Faults) -> Iterator[NewPage]:
    """new_page(server) is a new person at a new device: a page with nothing in its store."""
    contexts: list[BrowserContext] = []

    def make(
        server: Server, *, width: int = PHONE, dark: bool = False, javascript: bool = True, locale: str = "en-GB"
    ) -> Page:
        context = chromium.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 740 if width < 600 else 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale=locale,
            has_touch=width < 600,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        faults.hosts.add(urlsplit(server.url).netloc)
        faults.watch(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_server(chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A first start, on each database."""
    database = request.getfixturevalue("own_postgresql") if request.param == "postgresql" else None
    with Server(tmp_path, database) as running:
        yield running


@pytest.fixture
def own_postgresql(postgresql_url: str) -> Iterator[str]:
    """A database beside the one that the other tests share and empty."""
    shared = sa.make_url(postgresql_url)
    name = f"{shared.database}_browser"
    engine = sa.create_engine(shared, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield shared.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, filled and served once. Tests that write join as newcomers, so that they do not meet."""
    with make_demo(tmp_path_factory.mktemp("demo"), now(), second_version=True) as made:
        yield made
