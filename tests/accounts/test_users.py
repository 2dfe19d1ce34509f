"""Ada looks after the people; nobody else does."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from tests.accounts.conftest import NEXT_PASSWORD, is_signed_in
from tests.pages import Browser
from tests.people import person
from training.db import db
from training.models import Event, User

NAMES = ["Amina Okoro-Canary", "Bruno Silva-Canary", "Chidi Eze-Canary", "Lena Berg-Canary", "Tariq Aziz-Canary"]


def pages_of(world):
    return ["/users", "/users/new", f"/users/{world.amina}"]


@pytest.mark.parametrize("who", ["amina", "tariq", "lena"])
def test_people_are_no_business_of_trainees_and_trainers(world, browse, who):
    browser = browse(getattr(world, who))
    for path in pages_of(world):
        assert browser.client.get(path).status_code == 403
    token = browser.csrf()
    for path in (*pages_of(world), f"/users/{world.amina}/invitation"):
        assert browser.client.post(path, data={"csrf_token": token, "name": "x"}).status_code == 403


def test_a_stranger_is_asked_to_sign_in(world, browse):
    for path in pages_of(world):
        assert browse().client.get(path).location.startswith("/sign-in?next=")


def test_ada_sees_everybody(world, browse):
    page = browse(world.ada).open("/users")
    assert all(name in page.text for name in NAMES)
    assert "6 people." in page.text


@pytest.mark.parametrize("searched", ["bruno", "SILVA", "bruno@canary", " Bruno "])
def test_ada_finds_bruno_and_his_name_stands_in_no_address(world, browse, searched):
    browser = browse(world.ada)
    page = browser.submit(browser.open("/users"), "/users", searched=searched)
    assert "Bruno Silva-Canary" in page.text
    assert "Amina" not in page.text
    assert page.response.request.full_path.rstrip("?") == "/users"
    everybody = browser.submit(page, "/users", searched="")
    assert all(name in everybody.text for name in NAMES)


def test_signs_of_the_database_are_searched_for_as_they_are(world, browse):
    browser = browse(world.ada)
    for searched in ("%", "_", "' OR 1=1 --"):
        assert "0 people" in browser.submit(browser.open("/users"), "/users", searched=searched).text


def test_a_search_that_is_too_long_is_refused(world, browse):
    browser = browse(world.ada)
    assert browser.submit(browser.open("/users"), "/users", searched="x" * 121).status == 422


@pytest.fixture
def crowd(app, world):
    """60 more people."""
    with app.app_context():
        for number in range(60):
            person(f"Zz{number:02} Recruit")
        db.session.commit()


def test_the_list_has_pages_of_fifty(world, crowd, browse):
    browser = browse(world.ada)
    first = browser.open("/users")
    assert len(first.all("tr")) == 51
    second = browser.open("/users?page=2")
    assert len(second.all("tr")) == 17
    assert "Zz59 Recruit" in second.text


@pytest.mark.parametrize("page", ["0", "-3", "99", "x", "9" * 40])
def test_a_page_number_that_makes_no_sense_does_no_harm(world, browse, page):
    browse(world.ada).open(f"/users?page={page}")


def test_the_list_takes_as_many_statements_for_6_people_as_for_66(app, world, browse, count_statements, request):
    browser = browse(world.ada)
    with count_statements() as few:
        browser.open("/users")
    request.getfixturevalue("crowd")
    with count_statements() as many:
        browser.open("/users")
    assert len(few) == len(many) <= 4


def add(browser, **fields):
    given = {"name": "Dalia Haddad", "email": "dalia@canary-mail.example", "service_number": ""}
    return browser.submit(browser.open("/users/new"), "/users/new", **given | fields)


def link_on(page):
    (code,) = page.all("code")
    return "/invitation/" + (code.text or "").rsplit("/", 1)[1]


def test_ada_adds_dalia_and_gives_her_the_link(app, world, browse):
    page = add(browse(world.ada))
    assert "Dalia Haddad" in page.heading
    browser = browse()
    browser.submit(browser.open(link_on(page)), password=NEXT_PASSWORD)
    assert is_signed_in(browser)
    with app.app_context():
        dalia = db.session.scalars(sa.select(User).where(User.email == "dalia@canary-mail.example")).one()
        kinds = db.session.scalars(sa.select(Event.kind).where(Event.actor_id == world.ada)).all()
    assert dalia.is_admin is False
    assert sorted(kinds) == ["account-made", "invited"]


def test_ada_adds_another_admin(app, world, browse):
    add(browse(world.ada), is_admin="y")
    with app.app_context():
        assert db.session.scalar(sa.select(User.is_admin).where(User.name == "Dalia Haddad"))
        assert db.session.scalar(sa.select(sa.func.count(Event.id)).where(Event.kind == "made-admin")) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "AMINA@canary-mail.example"}, "Another account has this e-mail address or service number."),
        ({"email": ""}, "Give an e-mail address or a service number."),
        ({"email": "nonsense"}, "This is not an e-mail address."),
        ({"service_number": "!"}, "A service number has 3 to 40"),
        ({"name": ""}, "Write the name."),
    ],
)
def test_a_person_who_cannot_be_added_is_explained(app, world, browse, fields, sentence):
    page = add(browse(world.ada), **fields)
    assert page.status == 422
    assert sentence in page.text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 6


def edit(browser, user, **fields):
    return browser.submit(browser.open(f"/users/{user}"), f"/users/{user}", **fields)


def test_ada_corrects_bruno(world, browse, user_of):
    page = edit(browse(world.ada), world.bruno, name="Bruno Souza", service_number="un 5/b")
    assert "Saved." in page.text
    bruno = user_of(world.bruno)
    assert (bruno.name, bruno.email, bruno.service_number) == ("Bruno Souza", "bruno@canary-mail.example", "UN5/B")


def test_ada_cannot_give_bruno_the_name_of_amina(world, browse, user_of):
    page = edit(browse(world.ada), world.bruno, name="Somebody", email="amina@canary-mail.example")
    assert page.status == 422
    assert "Another account has this" in page.text
    assert user_of(world.bruno).name == "Bruno Silva-Canary"


def test_ada_makes_tariq_an_admin_and_takes_it_back(app, world, browse, with_password, user_of):
    with_password(world.ada)
    ada, tariq = browse(world.ada), browse(world.tariq)
    edit(ada, world.tariq, is_admin="y")
    assert tariq.client.get("/users").status_code == 200
    fields = {"name": "Tariq", "email": "tariq@canary-mail.example", "active": "y"}
    assert ada.post(f"/users/{world.tariq}", **fields).status == 302
    assert tariq.client.get("/users").status_code == 403
    with app.app_context():
        kinds = db.session.scalars(sa.select(Event.kind).where(Event.subject == f"user:{world.tariq}")).all()
    assert sorted(kinds) == ["admin-taken", "made-admin"]


def test_switching_amina_off_signs_her_out_for_good(world, browse, user_of):
    amina, ada = browse(world.amina), browse(world.ada)
    fields = {"name": "Amina", "email": "amina@canary-mail.example"}
    assert ada.post(f"/users/{world.amina}", **fields).status == 302
    assert user_of(world.amina).active is False
    assert not is_signed_in(amina)
    edit(ada, world.amina, active="y")
    assert user_of(world.amina).active is True
    assert not is_signed_in(amina)


def test_nobody_changes_their_own_admin_flag(world, browse, with_password, change, user_of):
    with_password(world.ada)
    with_password(world.tariq)
    change(world.tariq, is_admin=True)
    ada = browse(world.ada)
    assert not [box for box in ada.open(f"/users/{world.ada}").all("input") if box.get("name") == "is_admin"]
    ada.post(f"/users/{world.ada}", name="Ada", email="ada@canary-mail.example", active="y")
    assert user_of(world.ada).is_admin is True


def test_the_last_admin_who_can_sign_in_is_kept(world, browse, with_password, change, user_of):
    with_password(world.ada)
    change(world.tariq, is_admin=True)  # invited, but without a password yet
    ada = browse(world.ada)
    page = ada.post(f"/users/{world.ada}", name="Ada", email="ada@canary-mail.example")
    assert page.status == 422
    assert "This is the last admin who can sign in." in page.text
    page = browse(world.tariq).post(f"/users/{world.ada}", name="Ada", email="ada@canary-mail.example", active="y")
    assert page.status == 422
    assert (user_of(world.ada).is_admin, user_of(world.ada).active) == (True, True)


def test_two_admins_who_demote_each_other_at_once_leave_one(app, world, with_password, change, user_of):
    with_password(world.ada)
    with_password(world.tariq)
    change(world.tariq, is_admin=True)
    ada, tariq = Browser(app, world.ada), Browser(app, world.tariq)
    work = [
        (ada, world.tariq, {"csrf_token": ada.csrf(), "name": "Tariq", "email": "t@x.example", "active": "y"}),
        (tariq, world.ada, {"csrf_token": tariq.csrf(), "name": "Ada", "email": "a@x.example", "active": "y"}),
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: one[0].client.post(f"/users/{one[1]}", data=one[2]).status_code, work))
    assert sorted(answers) in ([302, 422], [302, 403])
    assert [user_of(world.ada).is_admin, user_of(world.tariq).is_admin].count(True) == 1


def test_ada_makes_a_new_link_for_amina(world, browse):
    ada = browse(world.ada)
    page = ada.submit(ada.open(f"/users/{world.amina}"), "/invitation")
    browser = browse()
    browser.submit(browser.open(link_on(page)), password=NEXT_PASSWORD)
    assert is_signed_in(browser)


def test_there_is_no_link_for_who_is_switched_off(world, browse, change):
    change(world.amina, active=False)
    ada = browse(world.ada)
    page = ada.submit(ada.open(f"/users/{world.amina}"), "/invitation")
    assert page.status == 409
    assert "Switch it on first." in page.text


def test_unknown_people_are_not_there(world, browse):
    ada = browse(world.ada)
    assert ada.client.get(f"/users/{world.version}").status_code == 404
    assert ada.client.get("/users/nonsense").status_code == 404
    assert ada.post(f"/users/{world.version}/invitation").status == 404


def test_extra_fields_in_the_form_of_a_person_do_nothing(world, browse, user_of):
    before = user_of(world.bruno)
    edit(browse(world.ada), world.bruno, id=str(world.ada), password_hash="x", created_at="2000-01-01")
    after = user_of(world.bruno)
    assert (after.id, after.password_hash, after.created_at) == (before.id, before.password_hash, before.created_at)


def test_no_page_about_a_person_has_the_name_in_its_title_or_address(world, browse):
    ada = browse(world.ada)
    for path in (f"/users/{world.amina}", "/users"):
        page = ada.open(path)
        assert "Amina" not in page.root.find(".//title").text
