"""Adding people, ending, and who may make a link for whom."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cohorts.conftest import Browse
from tests.pages import Browser, Page, values
from tests.people import NOW, World
from training.db import db
from training.domain.sign_in_names import fold_email
from training.models import Enrolment, Event, Invitation, User

Member = Callable[..., uuid.UUID]


def add(browser: Browser, home: str, **typed: str) -> Page:
    return browser.post(f"{home}/people", follow=True, **typed)


def upload(browser: Browser, home: str, data: bytes | str) -> Page:
    """Choose a file on the page and send it; as bytes, because the test client leaves large files open."""
    token = values(browser.open(f"{home}/people/csv").form())["csrf_token"][0].encode()
    parts = [
        b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + token,
        b'Content-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n'
        + (data if isinstance(data, bytes) else data.encode()),
    ]
    body = b"".join(b"--part\r\n" + part + b"\r\n" for part in parts) + b"--part--\r\n"
    path = f"{home}/people/csv"
    return Page(browser.client.post(path, data=body, content_type="multipart/form-data; boundary=part"))


def links(page: Page) -> list[str]:
    return [code.text or "" for code in page.all("code") if "/invitation/" in (code.text or "")]


def enrolments(app: Flask, **where: Any) -> list[Enrolment]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Enrolment).filter_by(**where)))


def user_named(app: Flask, name: str) -> User | None:
    with app.app_context():
        return db.session.scalar(sa.select(User).where(User.name == name))


# One person


def test_tariq_adds_a_new_person_and_sees_the_link_once(
    app: Flask, tariq: Browser, browse: Browse, world: World, home: str, events: Callable[[str], list[Event]]
) -> None:
    page = add(tariq, home, name="Maria  Sánchez", email="MARIA@un.example")
    [link] = links(page)
    assert browse().open(link.removeprefix("http://localhost")).status == 200
    maria = user_named(app, "Maria Sánchez")
    assert maria and (maria.email, maria.password_hash, maria.is_admin) == ("maria@un.example", None, False)
    [place] = enrolments(app, user_id=maria.id)
    assert (place.cohort_id, place.role) == (world.tariqs_cohort, "trainee")
    assert {"user": str(maria.id), "role": "trainee"} in [event.detail for event in events("enrolled")]
    page = tariq.open(f"{home}/people")
    assert "Maria Sánchez" in page.text and not links(page)


def test_a_known_person_is_added_with_their_account_and_without_a_link(app: Flask, world: World, lena: Browser) -> None:
    hers = f"/cohorts/{world.lenas_cohort}"
    page = add(lena, hers, name="Somebody Else", email="amina@canary-mail.example")
    assert "They sign in with the account that they have." in page.text
    assert not links(page)
    with app.app_context():
        amina = db.session.get_one(User, world.amina)
        assert amina.name == "Amina Okoro-Canary"
        assert not db.session.scalar(sa.select(sa.func.count()).select_from(Invitation))
    page = add(lena, hers, name="Amina", email="amina@canary-mail.example")
    assert "This person is in the cohort already." in page.text
    assert len(enrolments(app, user_id=world.amina)) == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Write the person's name."),
        ({"email": ""}, "Write an e-mail address or a service number."),
        ({"email": "maria"}, "Check the e-mail address."),
        ({"service_number": "?"}, "Check the service number."),
        ({"name": "x" * 121}, "Use at most 120 letters for the name."),
        ({"email": "amina@canary-mail.example", "service_number": "BR-1"}, "belong to two accounts"),
        ({"email": "closed@mail.example"}, "An admin closed this account."),
    ],
)
def test_a_wrong_person_comes_back_with_a_sentence_and_what_was_typed(
    app: Flask, tariq: Browser, world: World, home: str, member: Member, wrong: dict[str, str], sentence: str
) -> None:
    member("Closed", world.lenas_cohort, active=False)
    with app.app_context():
        db.session.get_one(User, world.bruno).service_number = "BR-1"
        db.session.commit()
    before = len(enrolments(app))
    typed = {"name": "Kept Name", "email": "kept@mail.example"} | wrong
    page = add(tariq, home, **typed)
    assert page.status == 422
    assert sentence in page.text
    assert all(value in page.html for value in typed.values())
    assert len(enrolments(app)) == before


def test_only_ada_adds_trainers(app: Flask, world: World, tariq: Browser, ada: Browser, home: str) -> None:
    assert 'name="role"' not in tariq.open(f"{home}/people").html
    tariq.post(f"{home}/people", name="Nadia", email="nadia@mail.example", role="trainer", is_admin="y")
    nadia = user_named(app, "Nadia")
    assert nadia and not nadia.is_admin
    assert [place.role for place in enrolments(app, user_id=nadia.id)] == ["trainee"]
    add(ada, home, name="Omar", email="omar@mail.example", role="trainer")
    omar = user_named(app, "Omar")
    assert omar and [place.role for place in enrolments(app, user_id=omar.id)] == ["trainer"]


def test_tariq_ends_a_place_and_adding_again_brings_everything_back(
    app: Flask,
    world: World,
    tariq: Browser,
    browse: Browse,
    home: str,
    take_quiz: Callable[..., str],
    events: Callable[[str], list[Event]],
) -> None:
    take_quiz(world.amina)
    page = tariq.open(f"{home}/people/{world.amina}/trainee/end")
    assert enrolments(app, user_id=world.amina)[0].ended_at is None  # asking does nothing
    assert "The person has left the cohort." in tariq.submit(page).text
    assert "Amina" not in tariq.open(home).text
    assert tariq.get(f"{home}/people/{world.amina}").status == 404
    assert "Nothing is assigned to you yet" in browse(world.amina).open("/").text
    assert len(events("enrolment-ended")) == 1
    add(tariq, home, name="Amina", email="amina@canary-mail.example")
    [place] = enrolments(app, user_id=world.amina)
    assert (place.ended_at, place.enrolled_at) == (None, NOW)
    assert "Passed: 1" in tariq.open(home).text


def test_only_ada_ends_the_place_of_a_trainer(
    app: Flask, world: World, tariq: Browser, ada: Browser, home: str
) -> None:
    path = f"{home}/people/{world.tariq}/trainer/end"
    assert tariq.get(path).status == 404
    assert tariq.post(path).status == 404
    ada.submit(ada.open(path))
    assert enrolments(app, user_id=world.tariq)[0].ended_at is not None


# Links


def link_path(world: World, user: uuid.UUID, cohort: uuid.UUID | None = None) -> str:
    return f"/cohorts/{cohort or world.tariqs_cohort}/people/{user}/link"


def test_tariq_makes_a_new_link_for_a_trainee_of_his_own_and_the_old_one_ends(
    app: Flask, world: World, tariq: Browser
) -> None:
    first, second = tariq.post(link_path(world, world.amina)), tariq.post(link_path(world, world.amina))
    assert len(links(first)) == len(links(second)) == 1
    with app.app_context():
        ends = db.session.scalars(sa.select(Invitation.expires_at).order_by(Invitation.created_at)).all()
    assert len(ends) == 2 and ends[0] < ends[1]


def test_ada_makes_a_link_for_everybody_who_is_active(
    world: World, ada: Browser, tariq: Browser, member: Member
) -> None:
    both = member("Both", world.tariqs_cohort)
    assert len(links(tariq.post(link_path(world, both)))) == 1
    add(ada, f"/cohorts/{world.lenas_cohort}", name="Both", email="both@mail.example", role="trainee")
    assert tariq.post(link_path(world, both)).status == 403
    assert len(links(ada.post(link_path(world, both)))) == 1
    closed = member("Closed", world.tariqs_cohort, active=False)
    assert ada.post(link_path(world, closed)).status == 403


def test_tariq_makes_a_link_for_somebody_who_joined_with_his_code(
    app: Flask, world: World, tariq: Browser, browse: Browse
) -> None:
    stranger = browse()
    page = stranger.open("/join/FRST2345")
    stranger.submit(page, name="Hana", sign_in_name="HN-2001", password="seven quiet rivers run")
    hana = user_named(app, "Hana")
    assert hana and len(links(tariq.post(link_path(world, hana.id)))) == 1


def refused(app: Flask, browser: Browser, home: str, user: uuid.UUID) -> bool:
    """Whether no page offers the link and asking for it makes none."""
    path = f"{home}/people/{user}"
    assert f"{path}/link" not in browser.open(f"{home}/people").html
    assert f"{path}/link" not in browser.open(path).html
    page = browser.post(f"{path}/link")
    with app.app_context():
        made = db.session.scalar(sa.select(sa.func.count()).where(Invitation.user_id == user))
    return page.status == 403 and not links(page) and not made


@pytest.mark.parametrize("ended", [False, True])
def test_lena_cannot_take_amina_over_by_adding_her(
    app: Flask, world: World, lena: Browser, tariq: Browser, ended: bool
) -> None:
    hers = f"/cohorts/{world.lenas_cohort}"
    lena.post(f"{hers}/people", name="Amina", email="amina@canary-mail.example")
    if ended:  # what she did with Tariq is still in her account
        tariq.post(f"/cohorts/{world.tariqs_cohort}/people/{world.amina}/trainee/end")
    assert refused(app, lena, hers, world.amina)


def test_lena_cannot_take_over_an_account_that_was_there_before_any_cohort(
    app: Flask, world: World, lena: Browser
) -> None:
    with app.app_context():
        db.session.add(User(name="Old", email="old@mail.example", created_at=NOW - timedelta(days=9)))
        db.session.commit()
    hers = f"/cohorts/{world.lenas_cohort}"
    lena.post(f"{hers}/people", name="Old", email="old@mail.example")
    old = user_named(app, "Old")
    assert old and refused(app, lena, hers, old.id)


def test_lena_cannot_take_over_an_admin_or_a_trainer_in_her_cohort(
    app: Flask, world: World, lena: Browser, member: Member
) -> None:
    hers = f"/cohorts/{world.lenas_cohort}"
    admin = member("Admin", world.lenas_cohort, is_admin=True)
    assert refused(app, lena, hers, admin)
    trainer = member("Fellow", world.lenas_cohort, role="trainer")
    lena.post(f"{hers}/people", name="Fellow", email="fellow@mail.example")
    assert refused(app, lena, hers, trainer)
    with app.app_context():  # also when they train no more
        db.session.execute(
            sa.update(Enrolment).where(Enrolment.user_id == trainer, Enrolment.role == "trainer").values(ended_at=NOW)
        )
        db.session.commit()
    assert refused(app, lena, hers, trainer)


def test_links_of_somebody_with_a_password_end_when_they_enter_another_cohort(
    app: Flask, world: World, lena: Browser, tariq: Browser, browse: Browse
) -> None:
    with app.app_context():
        db.session.get_one(User, world.amina).password_hash = "hash"
        db.session.commit()
    [link] = links(tariq.post(link_path(world, world.amina)))
    lena.post(f"/cohorts/{world.lenas_cohort}/people", name="Amina", email="amina@canary-mail.example")
    assert browse().get(link.removeprefix("http://localhost")).status in (404, 410)


# Lists


LIST = """name,email,service_number
Maria Sánchez,maria@un.example,
John Doe,,AB-12345
Amina Okoro,amina@canary-mail.example,
Chidi Eze,chidi@canary-mail.example,
No Name At All,,
Wrong,not-an-address,
Maria Again,MARIA@un.example,
"""


def test_the_dry_run_says_what_will_happen_and_names_each_bad_row(app: Flask, tariq: Browser, home: str) -> None:
    before = len(enrolments(app))
    page = upload(tariq, home, LIST)
    assert "Nobody has been added yet." in page.text
    assert "3 people will be added" in page.text
    assert "New accounts: 2." in page.text
    assert "Are in the cohort already: 1." in page.text
    assert "3 lines cannot be added." in page.text
    assert "Line 6 No Name At All An e-mail address or a service number is missing." in page.text
    assert "Line 7 Wrong · not-an-address The e-mail address is not complete." in page.text
    assert "Line 8 Maria Again · MARIA@un.example Line 2 has the same sign-in name." in page.text
    assert len(enrolments(app)) == before and user_named(app, "John Doe") is None


def test_the_dry_run_tells_no_name_that_the_trainer_did_not_type(lena: Browser, world: World) -> None:
    page = upload(lena, f"/cohorts/{world.lenas_cohort}", "name,email\nX,amina@canary-mail.example\n")
    assert "added with the account that they have" in page.text
    assert "Okoro" not in page.html


def test_the_second_step_adds_everybody_and_gives_the_links_as_page_and_file(
    app: Flask, tariq: Browser, browse: Browse, world: World, home: str, events: Callable[[str], list[Event]]
) -> None:
    page = tariq.submit(upload(tariq, home, LIST), "/csv/add")
    assert "3 people were added." in page.text
    shown = links(page)
    assert len(shown) == 2
    file = tariq.submit(page, "links.csv")
    assert file.response.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(file.response.get_data().decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == shown
    assert browse().open(shown[1].removeprefix("http://localhost")).status == 200
    assert len(enrolments(app, cohort_id=world.tariqs_cohort, role="trainee")) == 5
    assert len(events("links-exported")) == 1


def test_sending_the_list_twice_adds_nobody_twice(app: Flask, tariq: Browser, home: str) -> None:
    page = upload(tariq, home, LIST)
    tariq.submit(page, "/csv/add")
    before = len(enrolments(app))
    assert "0 people were added." in tariq.submit(page, "/csv/add").text
    assert len(enrolments(app)) == before


def test_a_list_that_was_changed_on_the_way_or_belongs_to_another_cohort_is_refused(
    app: Flask, tariq: Browser, lena: Browser, ada: Browser, world: World, home: str
) -> None:
    page = upload(tariq, home, LIST)
    carried = re.search('name="carried"[^>]*value="([^"]+)"', page.html)
    assert carried
    before = len(enrolments(app))
    for browser, path, value in (
        (tariq, home, carried[1][:-3] + "abc"),
        (tariq, home, ""),
        (lena, f"/cohorts/{world.lenas_cohort}", carried[1]),
        (ada, home, carried[1]),
    ):
        answer = browser.post(f"{path}/people/csv/add", carried=value)
        assert answer.status == 422
        assert "Start again with the file." in answer.text
        assert browser.post(f"{path}/people/links.csv", carried=value).status == 422
    assert len(enrolments(app)) == before


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04\0\0", "This is not a CSV file."),
        (b"a,b\n1,2", "The first line has to name the columns"),
        (b"x" * (2**20 + 1), "The file is larger than 1 MB."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(tariq: Browser, home: str, data: bytes, sentence: str) -> None:
    page = upload(tariq, home, data)
    assert page.status == 422
    assert sentence in page.text


def test_no_file_and_a_far_too_large_one_get_a_sentence(tariq: Browser, home: str) -> None:
    page = tariq.submit(tariq.open(f"{home}/people/csv"))
    assert page.status == 422 and "Choose a file first." in page.text
    assert upload(tariq, home, b"x" * (3 * 2**20)).status == 413


def test_a_list_of_markup_and_formulas_does_no_harm(tariq: Browser, home: str) -> None:
    page = upload(tariq, home, "name,email\n<script>alert(1)</script>,a@x.example\n=1+1,b@x.example\n")
    assert "<script>alert" not in page.html
    page = tariq.submit(page, "/csv/add")
    assert "<script>alert" not in page.html
    assert "'=1+1" in tariq.submit(page, "links.csv").response.get_data(as_text=True)


def test_two_rows_of_one_account_and_names_of_two_accounts_are_refused(
    app: Flask, tariq: Browser, world: World, home: str
) -> None:
    with app.app_context():
        db.session.get_one(User, world.chidi).service_number = "CH-1"
        db.session.get_one(User, world.amina).service_number = "AM-1"
        db.session.commit()
    page = upload(
        tariq,
        home,
        "name,email,service_number\nC,chidi@canary-mail.example,\nC again,,CH-1\n"
        "Mixed,bruno@canary-mail.example,AM-1\n",
    )
    assert "Line 3 C again · CH-1 An earlier row is the same person." in page.text
    assert "Line 4 Mixed · bruno@canary-mail.example The e-mail address and the service number belong" in page.text
    assert "1 person will be added" in page.text


def test_a_list_costs_the_same_statements_for_three_people_and_for_sixty(
    tariq: Browser, home: str, count_statements: Any
) -> None:
    counts = []
    for size in (3, 60):
        text = "name,email\n" + "".join(f"P,p{size}-{n}@x.example\n" for n in range(size))
        with count_statements() as dry:
            page = upload(tariq, home, text)
        with count_statements() as done:
            assert len(links(tariq.submit(page, "/csv/add"))) == size
        with count_statements() as shown:
            tariq.open(f"{home}/people")
        counts.append((len(dry), len(done), len(shown)))
    assert counts[0] == counts[1], counts


def test_a_cohort_has_a_largest_size(tariq: Browser, home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.cohorts.people.MOST_PEOPLE", 4)
    page = tariq.submit(upload(tariq, home, LIST), "/csv/add")
    assert page.status == 422 and "A cohort has at most 4 people." in page.text


def test_sign_in_names_are_kept_folded(app: Flask, tariq: Browser, home: str) -> None:
    tariq.submit(upload(tariq, home, "name,email\nFold,  ＦＯＬＤ@X.example\n"), "/csv/add")
    fold = user_named(app, "Fold")
    assert fold and fold.email == fold_email("ＦＯＬＤ@X.example") == "fold@x.example"
