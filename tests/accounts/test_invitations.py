"""A link lets one person choose a password, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tests.accounts.conftest import NEXT_PASSWORD, PASSWORD, is_signed_in, sign_in
from tests.pages import Browser
from training.cli import first_admin_link, main
from training.db import db, now
from training.invitations import invite_all, link
from training.models import Event, Invitation, User


def path_of(address):
    return "/invitation/" + address.strip().rsplit("/", 1)[1]


def test_amina_chooses_a_password_and_is_signed_in(world, browse, invited):
    browser = browse()
    page = browser.open(invited(world.amina))
    assert "amina@canary-mail.example" in page.text
    after = browser.submit(page, password=NEXT_PASSWORD, name="Amina B. Okoro")
    assert after.response.request.path == "/"
    assert "Amina B. Okoro" in browser.open("/account").text
    assert sign_in(browse(), password=NEXT_PASSWORD).response.request.path == "/"


def test_a_used_link_does_nothing_more(world, browse, invited, user_of):
    path = invited(world.amina)
    second = browse()
    page = second.open(path)
    first = browse()
    first.submit(first.open(path), password=NEXT_PASSWORD)
    before = user_of(world.amina).password_hash
    assert second.get(path).status == 410
    answer = second.submit(page, password="another phrase of words")
    assert answer.status == 410
    assert "Ask your trainer for a new link." in answer.text
    assert user_of(world.amina).password_hash == before


def test_of_eight_who_use_a_link_at_once_one_wins(app, world, invited, user_of):
    path = invited(world.amina)
    browsers = [Browser(app) for _ in range(8)]
    pages = [browser.open(path) for browser in browsers]

    def use(number):
        return browsers[number].submit(pages[number], follow=False, password=f"{number} boats at the mill").status

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(use, range(8)))
    assert sorted(answers) == [302] + [410] * 7
    winner = answers.index(302)
    assert sign_in(Browser(app), password=f"{winner} boats at the mill").response.request.path == "/"


def test_looking_at_a_link_does_not_use_it(world, browse, invited):
    path = invited(world.amina)
    browse().client.head(path)
    for _ in range(3):
        browse().open(path)


def test_a_link_is_too_old_after_14_days(app, world, browse, invited):
    path = invited(world.amina)
    with app.app_context():
        row = db.session.scalars(sa.select(Invitation)).one()
        assert row.expires_at - row.created_at == timedelta(days=14)
        row.expires_at = now()
        db.session.commit()
    assert browse().get(path).status == 410


def test_a_new_link_ends_the_one_before(world, browse, invited):
    first, second = invited(world.amina), invited(world.amina)
    assert browse().get(first).status == 410
    browse().open(second)


def test_links_of_switched_off_people_and_made_up_ones_are_unknown(world, browse, invited, change):
    path = invited(world.amina)
    change(world.amina, active=False)
    texts = {browse().get(one).text for one in (path, "/invitation/made-up")}
    assert len(texts) == 1
    assert browse().get(path).status == 404
    assert "ask your trainer for a new link" in texts.pop()


def test_a_link_after_a_lost_password_signs_out_who_found_it(world, browse, invited, with_password):
    with_password(world.amina)
    finder = browse(world.amina)
    browser = browse()
    browser.submit(browser.open(invited(world.amina)), password=NEXT_PASSWORD)
    assert is_signed_in(browser)
    assert not is_signed_in(finder)
    assert sign_in(browse(), password=PASSWORD).status == 422


@pytest.mark.parametrize(("person", "status"), [("amina", 302), ("tariq", 422), ("ada", 422)])
def test_tariq_and_ada_need_a_longer_password_than_amina(world, browse, invited, person, status):
    browser = browse()
    page = browser.open(invited(getattr(world, person)))
    assert browser.submit(page, follow=False, password="lamp stone 7").status == status


def test_an_ordinary_link_changes_no_sign_in_name(world, browse, invited, user_of):
    browser = browse()
    page = browser.open(invited(world.amina))
    browser.submit(page, password=NEXT_PASSWORD, email="thief@canary-mail.example", service_number="1", is_admin="1")
    amina = user_of(world.amina)
    assert (amina.email, amina.service_number, amina.is_admin) == ("amina@canary-mail.example", None, False)


def test_the_secret_stands_nowhere_in_the_database(app, world, invited):
    token = invited(world.amina).rsplit("/", 1)[1]
    with app.app_context():
        row = db.session.scalars(sa.select(Invitation)).one()
        events = db.session.scalars(sa.select(Event)).all()
    assert token not in row.token_hash
    assert not any(token in f"{event.subject} {event.detail}" for event in events)
    assert [(event.kind, event.actor_id) for event in events if event.kind == "invited"] == [("invited", world.ada)]


def test_many_invitations_take_as_many_statements_as_two(app, world, count_statements):
    counts = []
    everybody = [world.amina, world.bruno, world.chidi, world.tariq, world.lena, world.ada]
    for people in (everybody[:2], everybody):
        with app.app_context(), count_statements() as statements:
            tokens = invite_all(people, now(), by=world.ada)
            db.session.commit()
        assert set(tokens) == set(people)
        assert len(set(tokens.values())) == len(people)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_link_begins_with_the_public_address(app):
    with app.app_context():
        assert link("abc", "http://10.0.0.5:8000/") == "http://10.0.0.5:8000/invitation/abc"
        assert link("abc") == "http://127.0.0.1:8000/invitation/abc"
    with app.test_request_context(base_url="https://camp.example/"):
        assert link("abc") == "https://camp.example/invitation/abc"
        app.config["PUBLIC_URL"] = "https://training.example"
        try:
            assert link("abc") == "https://training.example/invitation/abc"
        finally:
            app.config["PUBLIC_URL"] = None


# The first admin


def test_the_first_admin_gives_names_and_a_password(app, browse):
    with app.app_context():
        address = first_admin_link("http://127.0.0.1:8000")
    browser = browse()
    page = browser.open(path_of(address))
    fields = {"name": "Grace Mensah", "email": "grace@canary-mail.example", "service_number": ""}
    after = browser.submit(page, follow=False, password="seven boats at the mill", **fields)
    assert after.status == 302
    with app.app_context():
        grace = db.session.scalars(sa.select(User)).one()
        assert (grace.name, grace.email, grace.service_number) == (
            "Grace Mensah",
            "grace@canary-mail.example",
            None,
        )
        assert grace.is_admin
        assert first_admin_link() is None


def test_the_first_admin_has_to_give_a_sign_in_name(app, browse):
    with app.app_context():
        address = first_admin_link()
    browser = browse()
    page = browser.submit(
        browser.open(path_of(address)), name="Grace", email="", service_number="", password=NEXT_PASSWORD
    )
    assert page.status == 422
    assert "Give an e-mail address or a service number." in page.text
    browser.open(path_of(address))  # not used up


def test_each_start_makes_a_new_link_until_the_first_admin_has_a_password(app, browse):
    with app.app_context():
        first, second = first_admin_link(), first_admin_link()
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
    assert browse().get(path_of(first)).status == 410
    browse().open(path_of(second))


def test_an_admin_who_was_invited_by_name_is_awaited_instead_of_a_nameless_one(app, world):
    with app.app_context():
        assert first_admin_link() is not None  # Ada has no password yet
        assert db.session.scalar(sa.select(User.id).where(User.service_number == "ADMIN")) is None


# The command line


@pytest.fixture
def training(app):
    def run(*args):
        env = {"TRAINING_INSTANCE": app.instance_path, "DATABASE_URL": app.config["DATABASE_URL"]}
        return CliRunner().invoke(main, args, env=env)

    return run


def test_the_command_prints_a_link_for_a_new_admin(app, browse, training):
    answer = training("user", "invite", "--name", "Grace Mensah", "--service-number", "un-1", "--admin")
    assert answer.exit_code == 0
    assert "Grace Mensah" not in answer.output
    assert "UN-1" in browse().open(path_of(answer.output)).text
    with app.app_context():
        grace = db.session.scalars(sa.select(User)).one()
        assert (grace.service_number, grace.is_admin, grace.password_hash) == ("UN-1", True, None)
        events = db.session.scalars(sa.select(Event)).all()
        assert sorted((event.kind, event.actor_id) for event in events) == [
            ("account-made", None),
            ("invited", None),
            ("made-admin", None),
        ]


def test_the_command_is_the_way_back_for_a_known_person(app, world, browse, training, user_of):
    answer = training("user", "invite", "--name", "Anything", "--email", "TARIQ@canary-mail.example")
    assert "tariq@canary-mail.example" in browse().open(path_of(answer.output)).text
    tariq = user_of(world.tariq)
    assert (tariq.name, tariq.is_admin) == ("Tariq Aziz-Canary", False)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([], "Give an e-mail address or a service number."),
        (["--email", "nonsense"], "This is not an e-mail address."),
        (["--service-number", "1"], "A service number has 3 to 40"),
        (["--email", "bruno@canary-mail.example"], "This account is switched off."),
    ],
)
def test_the_command_says_what_is_wrong(world, change, training, args, sentence):
    change(world.bruno, active=False)
    answer = training("user", "invite", "--name", "Somebody", *args)
    assert answer.exit_code == 1
    assert sentence in answer.output
