"""Guessing gets slow, honest people are not locked out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.accounts.conftest import PASSWORD, is_signed_in, sign_in
from tests.conftest import SETTINGS
from tests.pages import Browser
from training import create_app
from training.accounts.throttle import GUESSES, wait_after
from training.db import db, now
from training.models import Throttle

AMINA = "amina@canary-mail.example"


def test_the_wait_doubles_up_to_a_quarter_of_an_hour():
    seconds = [wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 13, 14, 15, 100, 10_000)]
    assert seconds == [0, 0, 2, 4, 8, 512, 900, 900, 900, 900]


def fail(browser, times, name=AMINA):
    return [sign_in(browser, name, "not the password").status for _ in range(times)]


def pass_time(app, by):
    """As if *by* had gone by since the last try."""
    with app.app_context():
        db.session.execute(sa.update(Throttle).values(failed_at=now() - by))
        db.session.commit()


def failures(app):
    with app.app_context():
        return db.session.scalars(sa.select(Throttle.failures)).all()


def set_failures(app, count):
    with app.app_context():
        db.session.execute(sa.update(Throttle).values(failures=count, failed_at=now()))
        db.session.commit()


def test_five_tries_are_free_then_even_the_right_password_waits(app, world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    assert fail(browser, 5) == [422] * 5
    set_failures(app, 8)  # 16 seconds, so that a slow machine cannot sit them out
    page = sign_in(browser)
    assert page.status == 429
    assert "There were too many wrong tries. Wait 16 seconds, then try again." in page.text
    assert not is_signed_in(browser)
    pass_time(app, timedelta(seconds=17))
    sign_in(browser)
    assert is_signed_in(browser)


def test_a_try_while_waiting_does_not_make_the_wait_longer(app, world, browse):
    fail(browse(), 1)
    set_failures(app, 8)
    fail(browse(), 3)
    assert failures(app) == [8]


def test_a_long_wait_is_told_in_minutes(app, world, browse):
    fail(browse(), 1)
    set_failures(app, 40)
    assert "Wait 15 minutes, then try again." in sign_in(browse()).text


def test_the_right_password_clears_what_was_counted(app, world, browse, with_password):
    with_password(world.amina)
    fail(browse(), 4)
    sign_in(browse())
    assert failures(app) == []


def test_what_was_counted_yesterday_is_forgotten(app, world, browse):
    fail(browse(), 1)
    set_failures(app, 40)
    pass_time(app, timedelta(days=1, minutes=16))
    assert fail(browse(), 1) == [422]
    assert failures(app) == [1]


def test_unknown_names_wait_as_known_ones_do(app, world, browse, with_password):
    with_password(world.amina)
    texts = []
    for name in (AMINA, "nobody@canary-mail.example", "no name at all !"):
        fail(browse(), 1, name)
        set_failures(app, 8)
        page = sign_in(browse(), name, "not the password")
        assert page.status == 429
        texts.append(page.text.replace("15 seconds", "16 seconds"))
    assert len(set(texts)) == 1


def test_another_way_to_write_the_name_is_the_same_name(app, world, browse):
    fail(browse(), 1)
    set_failures(app, 8)
    assert sign_in(browse(), " AMINA@canary-mail.EXAMPLE", "not the password").status == 429


def test_bruno_signs_in_from_the_camp_while_somebody_guesses_aminas_password(app, world, browse, with_password):
    with_password(world.bruno)
    fail(browse(), 1)
    set_failures(app, 40)
    assert sign_in(browse(), "bruno@canary-mail.example").response.request.path == "/"


def test_the_wait_survives_a_restart(app, world, browse):
    fail(browse(), 1)
    set_failures(app, 8)
    again = create_app(SETTINGS | {"DATABASE_URL": app.config["DATABASE_URL"]}, instance_path=app.instance_path)
    assert sign_in(Browser(again)).status == 429
    with again.app_context():
        db.engine.dispose()


def test_of_twenty_wrong_tries_at_once_no_more_than_the_free_ones_are_checked(app, world, with_password):
    with_password(world.amina)
    browsers = [Browser(app) for _ in range(20)]
    pages = [browser.open("/sign-in") for browser in browsers]

    def attempt(pair):
        browser, page = pair
        return browser.submit(page, "/sign-in", sign_in_name=AMINA, password="not the password").status

    begun = now()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(attempt, zip(browsers, pages, strict=True)))
    checked = answers.count(422)
    assert checked + answers.count(429) == 20
    # The fifth starts a wait, which a slow machine may sit out; then the sixth starts a longer one.
    sat_out = [n for n in range(5, 20) if sum((wait_after(m) for m in range(5, n + 1)), timedelta()) <= now() - begun]
    assert 5 <= checked <= 5 + len(sat_out)
    assert failures(app) == [checked]


@pytest.mark.parametrize("path", ["/join/ABCD2345", "/invitation/guessed"])
def test_after_sixty_wrong_codes_or_links_an_address_waits(app, world, browse, path):
    client = browse().client
    answers = [client.get(path).status_code for _ in range(GUESSES)]
    assert answers == [404] * GUESSES
    while client.get(path).status_code != 429:  # a new quarter of an hour may have begun meanwhile
        answers.append(404)
        assert len(answers) <= 2 * GUESSES
    answer = client.get("/join/FRST2345")
    assert answer.status_code == 429
    assert b"There were too many wrong tries. Wait" in answer.data
    elsewhere = browse().client.get("/join/FRST2345", environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    assert elsewhere.status_code == 200


def test_right_codes_are_not_counted(app, world, browse):
    browse().open("/join/FRST2345")
    assert failures(app) == []


def test_the_table_holds_no_names_and_no_addresses(app, world, browse):
    fail(browse(), 1)
    browse().get("/join/ABCD2345")
    with app.app_context():
        rows = db.session.scalars(sa.select(Throttle.subject_hash)).all()
    assert len(rows) == 2
    assert all(len(row) == 64 and int(row, 16) for row in rows)


def test_the_present_password_cannot_be_guessed_on_a_phone_that_lies_open(app, world, browse, with_password):
    with_password(world.amina)
    browser = browse(world.amina)
    page = browser.open("/account/password")
    fields = {"present": "not the password", "password": "a wholly different phrase"}
    assert browser.submit(page, "/account/password", **fields).status == 422
    set_failures(app, 8)
    assert browser.submit(page, "/account/password", **fields | {"present": PASSWORD}).status == 429
