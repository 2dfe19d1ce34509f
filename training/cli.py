"""The command line: `training --help` is the manual."""

import click

from training import create_app
from training.accounts.first_admin import awaited_admin
from training.accounts.users import add_or_find
from training.db import db, is_current, now
from training.errors import Problem
from training.invitations import invite, link


@click.group()
def main() -> None:
    """Peacekeeper Training: lessons, quizzes and results for peacekeepers."""


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
    with create_app().app_context():
        need_schema()
        at = now()
        try:
            person = add_or_find(name, email=email, service_number=service_number, is_admin=admin, by=None, at=at)
        except Problem as problem:
            raise click.ClickException(problem.message) from None
        token = invite(person.id, at, by=None)
        db.session.commit()
        click.echo(link(token))


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
