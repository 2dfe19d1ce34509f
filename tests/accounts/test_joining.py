"""Coming into a cohort with a code typed from paper."""

import secrets
import string
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from tests.accounts.conftest import NEXT_PASSWORD, PASSWORD, is_signed_in, sign_in
from tests.pages import Browser
from training.db import db, now
from training.domain import join_codes
from training.domain.sign_in_names import SignInName, fold
from training.models import Cohort, Enrolment, Event, User

DALIA = {"name": "Dalia Haddad", "sign_in_name": "dalia@canary-mail.example", "password": NEXT_PASSWORD}


def test_codes_are_made_of_signs_that_nobody_mixes_up():
    codes = {join_codes.make(secrets.token_bytes(16)) for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 for code in codes)
    assert set("".join(codes)) == set(string.ascii_uppercase + string.digits) - set("0O1IL")


def test_a_code_needs_enough_randomness():
    with pytest.raises(ValueError, match="16 random bytes"):
        join_codes.make(b"few")


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd-2345", " ab cd 23 45 ", "ABCD–2345", "ＡＢＣＤ２３４５"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert join_codes.read(typed) == "ABCD2345"
    assert join_codes.shown("ABCD2345") == "ABCD-2345"


@pytest.mark.parametrize("typed", ["", "ABCD234", "ABCD23456", "ABCD234O", "ABCD2341", "ABCD234_", "' OR 1=1"])
def test_what_cannot_be_a_code_is_none(typed):
    assert join_codes.read(typed) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Straße@Example.ORG", SignInName(email="strasse@example.org")),
        ("un 4471/b", SignInName(service_number="UN4471/B")),
        ("١٢٣-٤", SignInName(service_number="123-4")),
        ("amina@", None),
        ("@example.org", None),
        ("a@b", None),
        ("a b@example.org", None),
        ("a@b@example.org", None),
        ("a\u200b@example.org", None),
        ("x" * 250 + "@example.org", None),
        ("12", None),
        ("---", None),
        ("12;34", None),
        ("1" * 41, None),
        ("", None),
    ],
)
def test_sign_in_names_are_folded_or_refused(typed, name):
    assert fold(typed) == name


def places_of(app, user):
    with app.app_context():
        return [
            (str(place.cohort_id), place.role, place.ended_at)
            for place in db.session.scalars(sa.select(Enrolment).where(Enrolment.user_id == user))
        ]


def dalia_in(app):
    with app.app_context():
        return db.session.scalar(sa.select(User).where(User.email == "dalia@canary-mail.example"))


@pytest.mark.parametrize("typed", ["FRST2345", " frst-2345 ", "f r s t 2 3 4 5"])
def test_dalia_types_the_code_and_has_an_account(app, world, browse, typed):
    browser = browse()
    page = browser.submit(browser.open("/join"), "/join", code=typed)
    assert "First battalion" in page.heading
    after = browser.submit(page, "/join", **DALIA)
    assert after.response.request.path == "/"
    dalia = dalia_in(app)
    assert (dalia.name, dalia.is_admin, dalia.active, dalia.language) == ("Dalia Haddad", False, True, "en")
    assert places_of(app, dalia.id) == [(str(world.tariqs_cohort), "trainee", None)]
    assert is_signed_in(browser)
    assert sign_in(browse(), DALIA["sign_in_name"], NEXT_PASSWORD).response.request.path == "/"


def test_dalia_joins_with_a_service_number(app, world, browse):
    browser = browse()
    browser.submit(browser.open("/join/FRST2345"), "/join", **DALIA | {"sign_in_name": "un 99/c"})
    assert is_signed_in(browser)
    with app.app_context():
        assert db.session.scalar(sa.select(User.name).where(User.service_number == "UN99/C")) == "Dalia Haddad"


def test_joining_is_on_the_record_without_names(app, world, browse):
    browser = browse()
    browser.submit(browser.open("/join/FRST2345"), "/join", **DALIA)
    with app.app_context():
        events = db.session.scalars(sa.select(Event).where(Event.actor_id == dalia_in(app).id)).all()
        assert sorted(event.kind for event in events) == ["account-made", "enrolled", "signed-in"]
        assert not any("alia" in f"{event.subject} {event.detail}" for event in events)


def test_extra_fields_in_the_join_form_do_nothing(app, world, browse):
    browser = browse()
    page = browser.open("/join/FRST2345")
    browser.submit(
        page,
        "/join",
        **DALIA,
        is_admin="1",
        role="trainer",
        active="0",
        cohort_id=str(world.lenas_cohort),
        password_hash="x",
        id=str(world.ada),
    )
    dalia = dalia_in(app)
    assert (dalia.is_admin, dalia.active) == (False, True)
    assert dalia.id != world.ada
    assert places_of(app, dalia.id) == [(str(world.tariqs_cohort), "trainee", None)]


def test_an_unknown_code_says_whom_to_ask(world, browse):
    browser = browse()
    page = browser.submit(browser.open("/join"), "/join", code="ABCD-2345")
    assert page.status == 422
    assert "ask your trainer for a new one" in page.text
    assert page.form("/join").find(".//input[@name='code']").get("value") == "ABCD-2345"
    for path in ("/join/ABCD2345", "/join/nonsense"):
        page = browser.get(path)
        assert page.status == 404
        assert "ask your trainer for a new one" in page.text


def test_a_closed_cohort_looks_like_an_unknown_code(app, world, browse):
    browser = browse()
    page = browser.open("/join/FRST2345")
    with app.app_context():
        db.session.get_one(Cohort, world.tariqs_cohort).is_open = False
        db.session.commit()
    assert browser.get("/join/FRST2345").text == browser.get("/join/ABCD2345").text
    assert browser.submit(page, "/join", **DALIA).status == 404
    assert dalia_in(app) is None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Write the name."),
        ("name", "x" * 121, "Use at most 120 letters."),
        ("name", "Dalia\u202eHaddad", "Use letters, spaces and marks only."),
        ("sign_in_name", "dalia@", "Write your e-mail address"),
        ("password", "short", "The password is too short. Use at least 10 letters or signs."),
        ("password", "password2024", "Many people use this password"),
        ("password", "first battalion", "This password is a name that others can guess."),
        ("password", "Dalia Haddad 77", "This password is a name that others can guess."),
        ("password", "x" * 1001, "The password is too long."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(app, world, browse, field, value, sentence):
    browser = browse()
    page = browser.submit(browser.open("/join/FRST2345"), "/join", **DALIA | {field: value})
    assert page.status == 422
    assert sentence in page.text
    kept = {one.get("name"): one.get("value") for one in page.form("/join").iter("input")}
    assert kept["sign_in_name"] == (value if field == "sign_in_name" else DALIA["sign_in_name"])
    assert dalia_in(app) is None


def test_nobody_takes_bruno_s_name_by_joining(app, world, browse, with_password, user_of):
    with_password(world.bruno)
    before = user_of(world.bruno).password_hash
    browser = browse()
    page = browser.submit(
        browser.open("/join/SCND2345"), "/join", **DALIA | {"sign_in_name": "BRUNO@canary-mail.example"}
    )
    assert page.status == 422
    assert "If it is yours, sign in with it." in page.text
    assert "Bruno" not in page.text
    after = user_of(world.bruno)
    assert (after.name, after.password_hash) == ("Bruno Silva-Canary", before)
    assert not is_signed_in(browser)


def test_two_who_join_with_one_name_at_once_make_one_account(app, world):
    browsers = [Browser(app) for _ in range(4)]
    pages = [browser.open("/join/FRST2345") for browser in browsers]

    def join(pair):
        browser, page = pair
        return browser.submit(page, "/join", follow=False, **DALIA).status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(join, zip(browsers, pages, strict=True))) == [302, 422, 422, 422]


def test_chidi_signs_in_first_and_then_joins_with_one_button(app, world, browse, with_password):
    with_password(world.chidi)
    browser = browse()
    page = browser.open("/join/FRST2345")
    (way,) = [link for link in page.links() if link.startswith("/sign-in?next=")]
    page = browser.submit(browser.open(way), "/sign-in", sign_in_name="chidi@canary-mail.example", password=PASSWORD)
    assert page.response.request.path == "/join/FRST2345"
    browser.submit(page, "/enrol")
    assert (str(world.tariqs_cohort), "trainee", None) in places_of(app, world.chidi)


def test_joining_twice_is_joining_once(app, world, browse):
    browser = browse(world.amina)
    for _ in range(2):
        browser.submit(browser.open("/join/FRST2345"), "/enrol")
    assert places_of(app, world.amina) == [(str(world.tariqs_cohort), "trainee", None)]


def test_who_was_taken_out_of_a_cohort_cannot_come_back_with_the_code(app, world, browse):
    with app.app_context():
        db.session.execute(sa.update(Enrolment).where(Enrolment.user_id == world.amina).values(ended_at=now()))
        db.session.commit()
    browser = browse(world.amina)
    page = browser.submit(browser.open("/join/FRST2345"), "/enrol")
    assert page.status == 403
    assert "Ask your trainer to add you again." in page.text
    assert places_of(app, world.amina)[0][2] is not None


def test_the_new_person_form_does_not_serve_who_is_signed_in(app, world, browse):
    browser = browse(world.amina)
    answer = browser.post("/join/FRST2345", **DALIA)
    assert answer.response.location == "/join/FRST2345"
    assert dalia_in(app) is None


def test_a_stranger_cannot_press_the_button_of_those_who_are_signed_in(app, world, browse):
    browser = browse()
    token = browser.open("/join/FRST2345").form("/join").find("input[@name='csrf_token']").get("value")
    answer = browser.client.post("/join/FRST2345/enrol", data={"csrf_token": token})
    assert answer.location.startswith("/sign-in")
