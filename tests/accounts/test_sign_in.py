"""Who gets in, who does not, and that an answer does not tell why."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from itsdangerous import URLSafeSerializer

from tests.accounts.conftest import PASSWORD, cookie, is_signed_in, sign_in, with_cookie
from training.db import db
from training.models import Event, SignIn

AMINA = "amina@canary-mail.example"


@pytest.mark.parametrize("typed", [AMINA, "  AMINA@Canary-Mail.Example ", "ａmina@canary-mail.example"])
def test_amina_signs_in_with_her_address_however_she_types_it(world, browse, with_password, typed):
    with_password(world.amina)
    browser = browse()
    page = sign_in(browser, typed)
    assert page.response.request.path == "/"
    assert is_signed_in(browser)


@pytest.mark.parametrize("typed", ["un-4471/b", " UN‑4471 / B", "un-٤٤٧١/b"])
def test_bruno_signs_in_with_his_service_number_however_he_types_it(world, browse, with_password, change, typed):
    change(world.bruno, service_number="UN-4471/B")
    with_password(world.bruno)
    assert sign_in(browse(), typed).response.request.path == "/"


def test_wrong_password_unknown_name_no_password_and_switched_off_look_the_same(world, browse, with_password, change):
    with_password(world.amina)
    with_password(world.bruno)
    change(world.bruno, active=False)
    tries = [
        sign_in(browse(), AMINA, "not the password"),
        sign_in(browse(), "nobody@canary-mail.example", "not the password"),
        sign_in(browse(), "no name at all !", "not the password"),
        sign_in(browse(), "chidi@canary-mail.example", "not the password"),
        sign_in(browse(), "bruno@canary-mail.example", PASSWORD),
    ]
    assert {page.status for page in tries} == {422}
    assert len({page.text for page in tries}) == 1
    assert "do not fit together" in tries[0].text


def test_a_wrong_password_keeps_what_was_typed_but_the_password(world, browse, with_password):
    page = sign_in(browse(), AMINA, "not the password", shared="y")
    values = {field.get("name"): field.get("value") for field in page.form("/sign-in").iter("input")}
    assert values["sign_in_name"] == AMINA
    assert not values["password"]
    assert "not the password" not in page.html


def test_empty_fields_are_named(world, browse):
    page = sign_in(browse(), "", "")
    assert page.status == 422
    assert "Write your e-mail address or your service number." in page.text
    assert "Write your password." in page.text


def test_a_copied_cookie_is_dead_after_amina_signs_out(app, world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    sign_in(browser)
    thief = with_cookie(app, cookie(browser))
    assert is_signed_in(thief)
    browser.submit(browser.open("/account"), "/sign-out")
    assert not is_signed_in(browser)
    assert not is_signed_in(thief)


def test_signing_out_here_leaves_amina_signed_in_elsewhere(world, browse):
    here, elsewhere = browse(world.amina), browse(world.amina)
    here.submit(here.open("/account"), "/sign-out")
    assert is_signed_in(elsewhere)


def test_signing_out_needs_the_token_of_the_page(world, browse):
    browser = browse(world.amina)
    assert browser.client.post("/sign-out").status_code == 400
    assert is_signed_in(browser)


def test_nobody_can_sign_amina_in_from_another_site(world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    answer = browser.client.post("/sign-in", data={"sign_in_name": AMINA, "password": PASSWORD})
    assert answer.status_code == 400
    assert not is_signed_in(browser)


def test_a_planted_session_is_thrown_away_when_amina_signs_in(app, world, browse, with_password):
    """Session fixation: whoever planted the cookie holds nothing afterwards."""
    with_password(world.amina)
    browser = browse(world.bruno)
    planted = cookie(browser)
    with browser.client.session_transaction() as session:
        session["searched"] = "planted"
        session["_user_id"] = session["_user_id"]
    form = {"csrf_token": browser.csrf(), "sign_in_name": AMINA, "password": PASSWORD}
    assert browser.client.post("/sign-in", data=form).status_code == 302
    with browser.client.session_transaction() as session:
        assert "searched" not in session
    assert cookie(browser) != planted
    assert not is_signed_in(with_cookie(app, planted))
    assert "Amina" in browser.open("/account").text


def test_signing_in_leads_back_to_where_amina_wanted_to_go(world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    page = browser.open("/account/password")
    assert page.heading == "Sign in"
    after = browser.submit(page, "/sign-in", sign_in_name=AMINA, password=PASSWORD)
    assert after.response.request.path == "/account/password"


def forged_ways():
    key = "tests-only-" + "x" * 32
    return [
        "https://evil.example/",
        "//evil.example",
        "/account",
        URLSafeSerializer("another key", salt="next").dumps("https://evil.example/"),
        URLSafeSerializer(key, salt="another purpose").dumps("https://evil.example/"),
    ]


@pytest.mark.parametrize("way", forged_ways())
def test_a_forged_way_back_leads_home(world, browse, with_password, way):
    with_password(world.amina)
    browser = browse()
    page = browser.get("/sign-in", query_string={"next": way})
    answer = browser.submit(page, "/sign-in", follow=False, sign_in_name=AMINA, password=PASSWORD)
    assert answer.response.location == "/"


def test_who_is_signed_in_already_is_not_asked_again(world, browse):
    assert browse(world.amina).get("/sign-in").response.location == "/"


def sign_ins_of(app, user):
    with app.app_context():
        return db.session.scalars(sa.select(SignIn).where(SignIn.user_id == user)).all()


def test_on_a_shared_device_amina_is_signed_out_with_the_browser_and_after_12_hours(app, world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    sign_in(browser, shared="y")
    assert browser.client.get_cookie("session").expires is None
    (row,) = sign_ins_of(app, world.amina)
    assert row.expires_at - row.started_at == timedelta(hours=12)


def test_on_her_own_device_amina_stays_signed_in(app, world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    sign_in(browser)
    assert browser.client.get_cookie("session").expires is not None
    (row,) = sign_ins_of(app, world.amina)
    assert row.expires_at - row.started_at == timedelta(days=30)


def test_the_cookie_is_not_sent_again_with_every_page(world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    sign_in(browser)
    browser.open("/account")  # puts the form's token in
    assert "Set-Cookie" not in browser.get("/account").response.headers


def test_a_sign_in_ends_when_its_time_is_over(app, world, browse):
    browser = browse(world.amina)
    with app.app_context():
        db.session.execute(sa.update(SignIn).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        db.session.commit()
    assert not is_signed_in(browser)


def test_the_token_does_not_stand_in_the_database(app, world, browse, with_password):
    with_password(world.amina)
    browser = browse()
    sign_in(browser)
    with browser.client.session_transaction() as session:
        token = session["_user_id"]
    (row,) = sign_ins_of(app, world.amina)
    assert token not in (row.token_hash, str(row.id))


def test_signing_in_is_on_the_record(app, world, browse, with_password):
    with_password(world.amina)
    sign_in(browse())
    with app.app_context():
        kinds = db.session.scalars(sa.select(Event.kind).where(Event.actor_id == world.amina)).all()
    assert kinds == ["signed-in"]


def test_an_old_hash_is_made_new_at_the_next_sign_in(world, browse, change, user_of):
    change(world.amina, password_hash=PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD))
    assert sign_in(browse()).response.request.path == "/"
    kept = extract_parameters(user_of(world.amina).password_hash)
    assert (kept.type.name, kept.time_cost, kept.memory_cost, kept.parallelism) == ("ID", 2, 19456, 1)
    assert sign_in(browse()).response.request.path == "/"


def test_tariq_is_asked_for_a_longer_password_when_his_is_from_his_time_as_a_trainee(world, browse, with_password):
    with_password(world.tariq, "lampstone7")
    browser = browse()
    page = browser.get("/sign-in")
    answer = browser.submit(
        page, "/sign-in", follow=False, sign_in_name="tariq@canary-mail.example", password="lampstone7"
    )
    assert answer.response.location == "/account/password"


def test_a_switched_off_account_is_out_at_the_next_request(world, browse, change):
    browser = browse(world.amina)
    assert is_signed_in(browser)
    change(world.amina, active=False)
    assert not is_signed_in(browser)


def test_a_password_of_more_than_128_signs_is_refused_before_it_is_hashed(world, browse):
    page = sign_in(browse(), AMINA, "x" * 129)
    assert page.status == 422
    assert "at most 128" in page.text
