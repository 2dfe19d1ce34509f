"""The main menu: what this person can open, and where they are."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_login import current_user


@dataclass(frozen=True)
class Entry:
    label: str
    href: str
    current: bool


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"nav": menu()})


def menu() -> tuple[Entry, ...]:
    if not current_user.is_authenticated:
        return (
            entry(_("Sign in"), "accounts.sign_in"),
            entry(_("Join a cohort"), "accounts.join"),
        )
    entries = [entry(_("My training"), "learning.home", within="learning")]
    if current_user.may_train:
        entries.append(entry(_("Cohorts"), "cohorts.index", within="cohorts"))
    if current_user.is_admin:
        entries.append(entry(_("Curriculum"), "publishing.index", within="publishing"))
        entries.append(entry(_("People"), "accounts.users"))
    return tuple(entries)


def entry(label: str, endpoint: str, within: str | None = None) -> Entry:
    """*within*: the feature whose pages all belong to this entry."""
    here = request.blueprint == within if within else request.endpoint == endpoint
    return Entry(label, url_for(endpoint), here)
