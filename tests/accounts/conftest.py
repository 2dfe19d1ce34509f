"""Passwords for the cast, and what a person does with the forms."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from tests.pages import Browser, Page
from tests.people import World
from training.accounts import passwords
from training.db import db
from training.invitations import invite
from training.models import User

PASSWORD = "river stone lamp seven"
NEXT_PASSWORD = "seven boats at the mill"


@pytest.fixture
def with_password(app: Flask) -> Callable[..., None]:
    """with_password(world.amina) lets Amina sign in with PASSWORD."""

    def give(user: uuid.UUID, password: str = PASSWORD) -> None:
        with app.app_context():
            kept = passwords.hashed(password)
            db.session.get_one(User, user).password_hash = kept
            db.session.commit()

    return give


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """change(world.amina, active=False) changes the row of Amina."""

    def change_row(user: uuid.UUID, **values: Any) -> None:
        with app.app_context():
            row = db.session.get_one(User, user)
            for name, value in values.items():
                setattr(row, name, value)
            db.session.commit()

    return change_row


@pytest.fixture
def user_of(app: Flask) -> Callable[[uuid.UUID], User]:
    """The row as it is in the database now."""

    def read(user: uuid.UUID) -> User:
        with app.app_context():
            return db.session.get_one(User, user)

    return read


@pytest.fixture
def invited(app: Flask, world: World) -> Callable[[uuid.UUID], str]:
    """The path of a new link for this person, made by Ada."""

    def make(user: uuid.UUID) -> str:
        with app.app_context():
            token = invite(user, datetime.now(UTC), by=world.ada)
            db.session.commit()
        return f"/invitation/{token}"

    return make


def sign_in(browser: Browser, name: str = "amina@canary-mail.example", password: str = PASSWORD, **more: Any) -> Page:
    return browser.submit(browser.open("/sign-in"), "/sign-in", sign_in_name=name, password=password, **more)


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/account").status == 200


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("session")
    assert found
    return found.value


def with_cookie(app: Flask, value: str) -> Browser:
    """Another browser, into which this cookie was copied."""
    copied = Browser(app)
    copied.client.set_cookie("session", value)
    return copied
