"""The command line: `training --help` is the manual."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from training import create_app, server
from training.accounts.first_admin import awaited_admin
from training.accounts.users import add_or_find
from training.closing import close_expired
from training.config import instance_path
from training.db import db, is_current, now
from training.errors import Problem
from training.invitations import invite, link
from training.keeper import beat, look_after
from training.models import ModuleVersion
from training.publishing.commands import check_folder, publish_folder
from training.publishing.publish import publish_course, read_folder
from training.recompute import compared


@click.group()
def main() -> None:
    """Peacekeeper Training: lessons, quizzes and results for peacekeepers."""


@main.command()
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="The port to listen on.")
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=server.usual_processes,
    envvar="WEB_CONCURRENCY",
    show_default="2, or 1 where there is one core",
    help="How many cores to use. Each process takes memory of its own.",
)
@click.option("--socket", "descriptor", type=int, hidden=True)  # the server itself calls for one more process
def serve(host: str, port: int, processes: int, descriptor: int | None) -> None:
    """Serve the platform; the first start makes the database and publishes modules/."""
    app = create_app()
    if descriptor is not None:
        server.join(app, descriptor, beside=look_after)
        return
    root = f"http://{host}:{port}"
    with app.app_context():
        make_ready(app)
        beat(at=now())
        db.session.commit()
        first = first_admin_link(app.config["PUBLIC_URL"] or root)
        db.session.remove()
        db.engine.dispose()
    if first:
        click.echo("Open this link to set the first admin's password. It works once:\n  " + first)
    click.echo(f"Serving on {root} (stop with Ctrl+C)")
    server.serve(app, host=host, port=port, processes=processes, beside=look_after)


def make_ready(app: Flask) -> None:
    """Newest schema, and the curriculum of modules/ where nothing is published yet."""
    if not is_current():
        if db.engine.dialect.name != "sqlite":
            raise click.ClickException("The database is not ready. Run: training db upgrade")
        bring_up_to_date()
    if db.session.scalar(sa.select(sa.func.count(ModuleVersion.id))):
        db.session.rollback()
        return
    course, _versions = publish_course(read_folder(Path(app.config["MODULES"])), by=None, at=now())
    if errors := [problem for problem in course.problems if problem.severity == "error"]:
        raise click.ClickException("modules/ has problems. Run: training check\n" + "\n".join(map(str, errors[:20])))
    db.session.commit()


@main.command("demo")
@click.option("--serve/--no-serve", "serves", default=True, help="Serve it, or only fill the data folder.")
@click.option("--port", default=8001, show_default=True, help="The port to listen on.")
def fill_demo(serves: bool, port: int) -> None:
    """Fill a second data folder with a believable cohort, print the sign-ins and serve it.

    The folder is demo/ in the data folder. It is filled anew each time; the real data is not touched.
    """
    from training import demo  # here: a server has no use for it

    folder = Path(instance_path()) / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    app = create_app({"DATABASE_URL": f"sqlite:///{folder}/training.db"}, instance_path=str(folder))
    with app.app_context():
        make_ready(app)
        accounts = demo.fill(at=now())
        db.session.commit()
    click.echo(f"The demo stands in {folder}. Sign in as:")
    for account in accounts:
        click.echo(f"  {account.role:<10} {account.sign_in_name:<10} {account.password}")
    if serves:
        click.echo(f"Serving on http://127.0.0.1:{port} (stop with Ctrl+C)")
        server.serve(app, host="127.0.0.1", port=port, beside=look_after)


@main.command()
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--panel", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The panel's document.")
def check(path: Path | None, panel: Path | None) -> None:
    """Check the curriculum in PATH (modules/ if not given), as the publish button does."""
    try:
        report = check_folder(path or Path(create_app().config["MODULES"]), panel=panel, on=now().date())
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    for line in report.lines:
        click.echo(line)
    raise SystemExit(1 if report.errors else 0)


@main.command()
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def publish(path: Path | None) -> None:
    """Publish each module in PATH (modules/ if not given) that is sound and says something new."""
    with application() as app:
        need_schema()
        try:
            report = publish_folder(path or Path(app.config["MODULES"]), at=now())
        except Problem as problem:
            raise click.ClickException(problem.message) from None
        db.session.commit()
    for line in report.lines:
        click.echo(line)
    raise SystemExit(1 if report.errors else 0)


@main.command()
def close() -> None:
    """Mark the attempts whose time is up. A running server does it by itself, twice a minute."""
    with application():
        need_schema()
        click.echo(f"Attempts closed: {close_expired(at=now())}")


@main.command()
@click.option("--check", "checks", is_flag=True, help="Compare; change nothing.")
def recompute(checks: bool) -> None:
    """Work every result out again from what was answered, and compare it with what is stored."""
    if not checks:
        raise click.UsageError("Results are never changed by a command. Add --check to compare them.")
    with application():
        need_schema()
        count = wrong = 0
        for one in compared():
            count += 1
            wrong += bool(one.differences)
            for difference in one.differences:
                click.echo(f"attempt {one.attempt}, marking {one.run}: {difference}")
    click.echo(f"{count:,} results compared, {wrong:,} differ.")
    raise SystemExit(1 if wrong else 0)


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
def database_upgrade() -> None:
    """Bring the database to the newest schema."""
    with create_app().app_context():
        bring_up_to_date()


def bring_up_to_date() -> None:
    from training.schema import upgrade  # here: loading it is a fifth of a start, which seldom needs it

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
