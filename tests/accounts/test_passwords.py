"""Which passwords are too easy to guess, and which are not."""

import threading
import time

import pytest

from training.accounts import passwords
from training.accounts.passwords import common
from training.domain.passwords import Weakness, weakness

WORDS = ["Amina Okoro-Canary", "amina@canary-mail.example", "UN-4471/B", "First battalion"]


def weakness_of(password, minimum=10):
    return weakness(password, minimum=minimum, common=common(), words=WORDS)


@pytest.mark.parametrize(
    "phrase",
    [
        "river stone lamp seven",
        "correcthorsebattery",
        "نهر حجر مصباح سبعة",
        "we keep the peace by listening",
        "peacekeeping in the rain and mud",
        "Amina likes boiled plantain",
        "kq7-vv2-xt9p",
        "x" * 20 + " and then some " + "y" * 93,
    ],
)
def test_a_phrase_of_ones_own_is_welcome(phrase):
    assert weakness_of(phrase) is None


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("lampstone", Weakness.SHORT),
        ("x y z" * 26, Weakness.LONG),
        ("1234567890", Weakness.COMMON),
        ("qwertyuiop", Weakness.COMMON),
        ("QwertyUiop", Weakness.COMMON),
        ("password2024!", Weakness.COMMON),
        ("123elephant456", Weakness.COMMON),
        ("aaaaaaaaaaaa", Weakness.REPEATED),
        ("abcabcabcabc", Weakness.REPEATED),
        ("dragondragon", Weakness.REPEATED),
        ("peacekeeper1", Weakness.KNOWN_WORDS),
        ("Peacekeeping2026", Weakness.KNOWN_WORDS),
        ("peacekeeper training", Weakness.KNOWN_WORDS),
        ("aminaokoro1985", Weakness.KNOWN_WORDS),
        ("Okoro.Canary!7", Weakness.KNOWN_WORDS),
        ("amina@canary-mail.example", Weakness.KNOWN_WORDS),
        ("un4471b-un4471b-1", Weakness.KNOWN_WORDS),
        ("first battalion 1", Weakness.KNOWN_WORDS),
        ("ｐassword123456", Weakness.COMMON),
    ],
)
def test_what_many_people_or_acquaintances_would_try_is_refused(password, weak):
    assert weakness_of(password) == weak


def test_those_who_see_others_results_need_fifteen_signs():
    assert weakness_of("lamp stone 77", minimum=15) == Weakness.SHORT
    assert weakness_of("lamp stone 7 river", minimum=15) is None


def test_at_most_two_hashes_are_made_at_a_time(app):
    """Five people at once: their hashes need five turns of one lane, or three of two."""
    most = []

    def hash_one():
        with app.app_context():
            passwords.hashed("river stone lamp")

    threads = [threading.Thread(target=hash_one) for _ in range(5)]
    with passwords.lane, passwords.lane:  # both lanes are taken
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        most.append(sum(thread.is_alive() for thread in threads))
    for thread in threads:
        thread.join()
    assert most == [5]  # nobody got past


def test_a_password_is_the_same_on_every_keyboard(app):
    with app.app_context():
        kept = passwords.hashed("café au lait bleu")
        assert passwords.fits("cafe\u0301 au lait bleu", kept)
        assert not passwords.fits("cafe au lait bleu", kept)


def test_nothing_fits_where_no_password_is_kept(app):
    with app.app_context():
        assert not passwords.fits("nobody has this", None)
        assert not passwords.fits("", None)
        assert not passwords.fits("anything", "not a hash")


def test_an_unknown_name_takes_as_long_as_a_known_one() -> None:
    assert not passwords.is_outdated(passwords.NOBODYS)
