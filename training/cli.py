"""The command line: `training --help` is the manual."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from training import create_app, server
from training.accounts.first_admin import awaited_admin
from training.accounts.users import add_or_find
from training.db import db, is_current, now, upgrade
from training.errors import Problem
from training.invitations import invite, link
from training.models import ModuleVersion
from training.publishing.publish import publish_course, read_folder


@click.group()
def main() -> None:
    """Peacekeeper Training: lessons, quizzes and results for peacekeepers."""


@main.command()
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="The port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the platform; the first start makes the database and publishes modules/."""
    app = create_app()
    root = f"http://{host}:{port}"
    with app.app_context():
        make_ready(app)
        first = first_admin_link(app.config["PUBLIC_URL"] or root)
    if first:
        click.echo("Open this link to set the first admin's password. It works once:\n  " + first)
    click.echo(f"Serving on {root} (stop with Ctrl+C)")
    server.serve(app, host=host, port=port)


def make_ready(app: Flask) -> None:
    """Newest schema, and the curriculum of modules/ where nothing is published yet."""
    if not is_current():
        if db.engine.dialect.name != "sqlite":
            raise click.ClickException("The database is not ready. Run: training db upgrade")
        upgrade()
    if db.session.scalar(sa.select(sa.func.count(ModuleVersion.id))):
        db.session.rollback()
        return
    course, _versions = publish_course(read_folder(Path(app.config["MODULES"])), by=None, at=now())
    if errors := [problem for problem in course.problems if problem.severity == "error"]:
        raise click.ClickException("modules/ has problems. Run: training check\n" + "\n".join(map(str, errors[:20])))
    db.session.commit()


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
def database_upgrade() -> None:
    """Bring the database to the newest schema."""
    with create_app().app_context():
        upgrade()


@main.group()
def user() -> None:
    """Look after the people who sign in."""


@user.command("invite")
@click.option("--name", required=True, help="The person's full name.")
@click.option("--email", help="Their e-mail address.")
@click.option("--service-number", help="Their service number, for people without an e-mail address.")
@click.option("--admin", is_flag=True, help="Let them do everything.")
def user_invite(name: str, email: str | None, service_number: str | None, admin: bool) -> None:
    """Print a link with which a person, new or known, chooses a password."""
    with application():
        need_schema()
        at = now()
        try:
            person = add_or_find(name, email=email, service_number=service_number, is_admin=admin, by=None, at=at)
        except Problem as problem:
            raise click.ClickException(problem.message) from None
        token = invite(person.id, at, by=None)
        db.session.commit()
        click.echo(link(token))


@contextmanager
def application() -> Iterator[Flask]:
    """The application in its context, with the database closed at the end."""
    app = create_app()
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def need_schema() -> None:
    if not is_current():
        raise click.ClickException("The database is not ready. Run: training db upgrade")


def first_admin_link(root: str | None = None) -> str | None:
    """A link for the first admin, or None when there is one who can sign in. Needs an application context."""
    at = now()
    awaited = awaited_admin(at)
    if awaited is None:
        db.session.rollback()
        return None
    token = invite(awaited.id, at, by=None)
    db.session.commit()
    return link(token, root)
