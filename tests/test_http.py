"""What holds for every answer: headers, tokens, and that reading changes nothing."""

import gzip
import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.pages import Browser
from tests.people import World
from tests.test_access import ROUTES, Cell, cell, crawl, routes
from training.db import Base, db
from training.http import HEADERS, STATIC

__all__ = ["cell"]  # a fixture of the table of routes


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/no-such-page", "/health", "/users"])
def test_every_answer_has_the_headers_that_protect_it(app: Flask, world: World, path: str) -> None:
    for browser in (Browser(app), Browser(app, world.amina)):
        answer = browser.client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, answer.status_code, name)


def test_a_page_may_not_be_kept_by_a_shared_cache_and_a_static_file_may_for_ever(app: Flask, world: World) -> None:
    page = Browser(app, world.amina).open("/")
    assert page.response.headers["Cache-Control"] == "no-store"
    [style] = [link.get("href") for link in page.all("link") if link.get("rel") == "stylesheet"]
    file = app.test_client().get(style, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert "immutable" in file.headers["Cache-Control"]
    assert gzip.decompress(file.data) == (STATIC / "app.css").read_bytes()
    assert file.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_a_page_is_compressed_for_who_asks_and_says_the_same(app: Flask, world: World) -> None:
    client = Browser(app, world.amina).client
    path = f"/modules/{world.assignment}"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"Protection of civilians" in gzip.decompress(packed.data)
    assert "Content-Encoding" not in client.get(path).headers


def test_no_unsafe_request_is_taken_without_a_token_or_with_a_strangers(cell: Cell) -> None:
    """Each route that changes something, with the best right to it there is, and a form from elsewhere."""
    posts = [endpoint for endpoint, methods in routes(cell.app).items() if "POST" in methods]
    assert len(posts) > 30
    strangers_token = Browser(cell.app, cell.world.bruno).csrf()
    for endpoint in posts:
        template, expected = ROUTES[endpoint]
        who = next((name for name in ("amina", "tariq", "ada") if expected[name] == "in"), "ada")
        client = Browser(cell.app, getattr(cell.world, who)).client
        for data in ({}, {"csrf_token": "forged"}, {"csrf_token": strangers_token}):
            answer = client.post(cell.path(template), data=data)
            assert answer.status_code == 400, (endpoint, data, answer.status_code)


def contents(app: Flask) -> str:
    """A digest of every row of every table but that of the sign-ins that the test itself makes."""
    digest = hashlib.sha256()
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            if table.name != "sign_in":
                for row in db.session.execute(sa.select(table).order_by(*table.primary_key.columns)):
                    digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


@pytest.mark.parametrize("who", ["amina", "tariq", "ada"])
def test_opening_every_page_changes_nothing(cell: Cell, who: str) -> None:
    browser = Browser(cell.app, getattr(cell.world, who))
    before = contents(cell.app)
    assert len(crawl(browser)) > 5
    assert contents(cell.app) == before


def test_behind_tls_cookies_are_locked_to_the_host_and_browsers_are_told_to_stay(tmp_path: Path) -> None:
    from training import create_app
    from training.schema import upgrade

    app = create_app({"HTTPS": True, "SECRET_KEY": "x" * 40}, instance_path=str(tmp_path))
    with app.app_context():
        upgrade()
        answer = app.test_client().get("/sign-in", base_url="https://localhost")
        db.engine.dispose()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_a_weak_secret_stops_the_start_and_none_is_shipped(tmp_path: Path) -> None:
    from training import create_app

    with pytest.raises(SystemExit, match="SECRET_KEY is too short"):
        create_app({"SECRET_KEY": "secret"}, instance_path=str(tmp_path))
    first = create_app(instance_path=str(tmp_path / "one")).config["SECRET_KEY"]
    assert first == create_app(instance_path=str(tmp_path / "one")).config["SECRET_KEY"]
    assert first != create_app(instance_path=str(tmp_path / "two")).config["SECRET_KEY"]
    assert (tmp_path / "one" / "secret_key").stat().st_mode & 0o077 == 0


def test_an_error_is_told_in_a_sentence_without_what_the_server_knows(app: Flask, world: World) -> None:
    browser = Browser(app, world.amina)
    with app.app_context():
        db.session.execute(sa.text("ALTER TABLE lesson_event RENAME TO hidden_event"))
        db.session.commit()
    try:
        page = browser.get("/")
        assert page.status == 500
        assert "The server made a mistake" in page.text
        assert "lesson_event" not in page.html
        assert "Traceback" not in page.html
    finally:
        with app.app_context():
            db.session.execute(sa.text("ALTER TABLE hidden_event RENAME TO lesson_event"))
            db.session.commit()
