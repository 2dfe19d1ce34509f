"""What people change about themselves."""

import pytest
import sqlalchemy as sa

from tests.accounts.conftest import NEXT_PASSWORD, PASSWORD, cookie, is_signed_in, sign_in, with_cookie
from training.db import db
from training.models import Event


def test_amina_changes_her_name(world, browse, user_of):
    browser = browse(world.amina)
    page = browser.submit(browser.open("/account"), "/account", name=" Amina Bello ", language="en")
    assert "Saved." in page.text
    assert user_of(world.amina).name == "Amina Bello"


def test_amina_chooses_another_language(world, browse, user_of):
    browser = browse(world.amina)
    page = browser.submit(browser.open("/account"), "/account", name="Amina", language="fr")
    assert page.root.get("lang") == "fr"
    assert user_of(world.amina).language == "fr"


@pytest.mark.parametrize("fields", [{"language": "xx"}, {"name": ""}, {"name": "x" * 121}])
def test_a_name_or_language_that_does_not_do_is_refused(world, browse, user_of, fields):
    browser = browse(world.amina)
    page = browser.submit(browser.open("/account"), "/account", **{"name": "Amina", "language": "en"} | fields)
    assert page.status == 422
    assert user_of(world.amina).name == "Amina Okoro-Canary"


def test_extra_fields_in_the_account_form_do_nothing(world, browse, user_of):
    browser = browse(world.amina)
    before = user_of(world.amina)
    browser.submit(
        browser.open("/account"), "/account", name="Amina", is_admin="1", email="new@canary-mail.example", id="x"
    )
    after = user_of(world.amina)
    assert (after.is_admin, after.email, after.id) == (False, before.email, before.id)


def change_password(browser, present=PASSWORD, password=NEXT_PASSWORD):
    return browser.submit(browser.open("/account/password"), "/account/password", present=present, password=password)


def test_a_new_password_ends_every_other_sign_in(app, world, browse, with_password):
    with_password(world.amina)
    here, elsewhere, another_person = browse(world.amina), browse(world.amina), browse(world.bruno)
    copied = with_cookie(app, cookie(elsewhere))
    page = change_password(here)
    assert "Your password is changed." in page.text
    assert is_signed_in(here)
    assert is_signed_in(another_person)
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(copied)
    assert sign_in(browse(), password=PASSWORD).status == 422
    assert sign_in(browse(), password=NEXT_PASSWORD).response.request.path == "/"


def test_a_new_password_ends_links_that_were_not_used(world, browse, with_password, invited):
    with_password(world.amina)
    path = invited(world.amina)
    change_password(browse(world.amina))
    assert browse().get(path).status == 410


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"present": "not the password"}, "This is not your present password."),
        ({"present": ""}, "Write your password."),
        ({"password": "short"}, "Use at least 10 letters or signs."),
        ({"password": "amina okoro canary 1"}, "This password is a name that others can guess."),
        ({"password": "qwertyuiop"}, "Many people use this password"),
        ({"password": ""}, "Choose a password."),
    ],
)
def test_a_password_is_changed_only_with_the_present_one_and_for_a_good_one(
    world, browse, with_password, user_of, fields, sentence
):
    with_password(world.amina)
    before = user_of(world.amina).password_hash
    page = change_password(browse(world.amina), **fields)
    assert page.status == 422
    assert sentence in page.text
    assert user_of(world.amina).password_hash == before


def test_tariq_needs_fifteen_signs(world, browse, with_password):
    with_password(world.tariq)
    assert "Use at least 15 letters or signs." in change_password(browse(world.tariq), password="lamp stone 77").text


def test_amina_changes_how_she_signs_in(app, world, browse, with_password, user_of):
    with_password(world.amina)
    browser = browse(world.amina)
    page = browser.submit(
        browser.open("/account/sign-in-names"),
        "/sign-in-names",
        email="",
        service_number=" un 12-a",
        present=PASSWORD,
    )
    assert "UN12-A" in page.text
    assert (user_of(world.amina).email, user_of(world.amina).service_number) == (None, "UN12-A")
    assert sign_in(browse(), "UN12-a").response.request.path == "/"
    with app.app_context():
        event = db.session.scalars(sa.select(Event).where(Event.kind == "sign-in-names-changed")).one()
    assert "12" not in str(event.detail)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "bruno@canary-mail.example"}, "Another account has this e-mail address or service number."),
        ({"email": "nonsense"}, "This is not an e-mail address."),
        ({"email": "", "service_number": ""}, "Give an e-mail address or a service number."),
        ({"service_number": "?"}, "A service number has 3 to 40"),
        ({"present": "not the password"}, "This is not your present password."),
    ],
)
def test_sign_in_names_that_do_not_do_are_refused(world, browse, with_password, user_of, fields, sentence):
    with_password(world.amina)
    browser = browse(world.amina)
    given = {"email": "amina@new.example", "service_number": "", "present": PASSWORD} | fields
    page = browser.submit(browser.open("/account/sign-in-names"), "/sign-in-names", **given)
    assert page.status == 422
    assert sentence in page.text
    assert user_of(world.amina).email == "amina@canary-mail.example"


def test_the_account_page_lists_devices_and_ends_them_all(app, world, browse, with_password):
    with_password(world.amina)
    phone, laptop, another_person = browse(), browse(world.amina), browse(world.bruno)
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    phone.client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(phone)
    page = laptop.open("/account")
    assert "Firefox, Android" in page.text
    assert page.text.count("(this device)") == 1
    copied = with_cookie(app, cookie(phone))
    after = laptop.submit(page, "sign-out-everywhere")
    assert "You are signed out on all devices." in after.text
    assert [is_signed_in(one) for one in (phone, laptop, copied, another_person)] == [False, False, False, True]


def test_ending_all_sign_ins_needs_the_token_of_the_page(world, browse):
    browser = browse(world.amina)
    assert browser.client.post("/account/sign-out-everywhere").status_code == 400
    assert is_signed_in(browser)


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/sign-in-names"])
def test_a_stranger_is_asked_to_sign_in(world, browse, path):
    answer = browse().client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_the_account_page_takes_as_many_statements_on_one_device_as_on_forty(world, browse, count_statements):
    browser = browse(world.amina)
    counts = []
    for _ in range(2):
        with count_statements() as statements:
            browser.open("/account")
        counts.append(len(statements))
        for _ in range(40):
            browse(world.amina)
    assert counts[0] == counts[1] <= 4
