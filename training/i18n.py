"""The language of a page: the person's choice, else what the browser asks for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Any

from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app, g, request
from flask_babel import (
    Babel,
    force_locale,
    format_date,
    format_datetime,
    format_timedelta,
    get_locale,
    get_translations,
)
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user
from markupsafe import Markup, escape

from training.domain.calibration import Certainty
from training.domain.progress import Status

RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
STATUS_WORDS: Mapping[Status, LazyString] = {
    Status.NOT_STARTED: _l("Not started"),
    Status.IN_PROGRESS: _l("In progress"),
    Status.PASSED: _l("Passed"),
    Status.FAILED: _l("Failed"),
    Status.WAITING: _l("Waiting for marking"),
    Status.OVERDUE: _l("Overdue"),
}
# What Result.reason says where no person gave the reason.
REASON_WORDS: Mapping[str, LazyString] = {
    "submitted": _l("Submitted"),
    "time is up": _l("The time was up"),
    "marked by hand": _l("A trainer marked the answers"),
}

CERTAINTY_WORDS: Mapping[str, LazyString] = {
    Certainty.SURE: _l("Sure"),
    Certainty.FAIRLY_SURE: _l("Fairly sure"),
    Certainty.GUESS: _l("A guess"),
}


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=choose_language)
    app.jinja_env.globals.update(_=words, ngettext=plural_words)
    app.jinja_env.filters.update(day=day, moment=moment, duration=duration, effort=effort, percent=percent)
    app.jinja_env.filters.update(decimal=decimal, two_decimals=two_decimals)
    app.jinja_env.filters.update(
        in_words=STATUS_WORDS.get, reason_in_words=lambda reason: REASON_WORDS.get(reason, reason)
    )
    app.jinja_env.filters.update(certainty_in_words=CERTAINTY_WORDS.get)
    app.jinja_env.filters.update(lang=lang, in_language=in_language)
    app.context_processor(page_language)


def translations() -> Any:
    """The catalogue of this request, looked up once: flask_babel does so for every word of a page."""
    kept: Any = g._get_current_object()  # the proxy would be asked three times for each word
    try:
        return kept.translations
    except AttributeError:
        kept.translations = get_translations()
        return kept.translations


def words(message: str, **variables: Any) -> Markup:
    """gettext for templates. Jinja's own goes through four functions for every word of a page."""
    found = Markup(translations().ugettext(message))
    return found % variables if "%" in found else found


def plural_words(singular: str, plural: str, num: int, **variables: Any) -> Markup:
    return Markup(translations().ungettext(singular, plural, num)) % {"num": num, **variables}


def load_languages() -> None:
    """Load what the pages of every language need of it: its words, its numbers and dates."""
    for language in current_app.config["LANGUAGES"]:
        with speaking(language):
            translations()
            duration(timedelta(minutes=1))
            moment(datetime.now(UTC))
            percent(1)


def choose_language() -> str:
    languages = current_app.config["LANGUAGES"]
    if current_user and current_user.is_authenticated and current_user.language in languages:
        return str(current_user.language)
    return asked_for(languages) or "en" if request else "en"


def asked_for(languages: Mapping[str, str]) -> str | None:
    """The first language that the browser asks for and we have; fr-CM asks for French.

    Werkzeug's best_match prefers a later fr to an earlier en-GB, because only the former is word for word.
    """
    for tag, quality in request.accept_languages:
        for code in (tag.replace("-", "_"), tag.partition("-")[0].lower()):
            if quality and code in languages:
                return code
    return None


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is said inside is said in *language*, not in that of the request."""
    try:
        with force_locale(language):
            forget_language()
            yield
    finally:
        forget_language()


def page_language() -> dict[str, str]:
    language = language_now()
    return {"language": language, "direction": "rtl" if language.split("_")[0] in RIGHT_TO_LEFT else "ltr"}


def language_now() -> str:
    """Looked up once, as the catalogue is: a page asks a hundred times."""
    kept: Any = g._get_current_object()
    try:
        return str(kept.language)
    except AttributeError:
        kept.language = str(get_locale() or "en")
        return str(kept.language)


def forget_language() -> None:
    for name in ("language", "translations"):
        g.pop(name, None)


def lang(language: str | None) -> Markup:
    """The attribute of an element whose words are in *language*; nothing where the page speaks it too."""
    if language in (None, language_now()):
        return Markup("")
    return Markup(' lang="{}"').format(str(language).replace("_", "-"))


def in_language(words: str, language: str | None) -> Markup:
    """*words* of *language* in the middle of words of the page's language."""
    attribute = lang(language)
    return Markup("<span{}>{}</span>").format(attribute, words) if attribute else escape(words)


def day(value: date | datetime | None) -> Markup:
    """A date as people write it, marked up for machines; instants are shown in UTC."""
    return time_element(value, format_date(value, "d MMM y") if value else "")


def moment(value: datetime | None) -> Markup:
    return time_element(value, format_datetime(value, "d MMM y, HH:mm 'UTC'") if value else "")


def time_element(value: date | datetime | None, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), escape(words)) if value else Markup("")


def duration(span: timedelta) -> str:
    """About how long, in one unit, whatever the sign: "3 hours"."""
    return str(format_timedelta(abs(span)))


def effort(minutes: int) -> str:
    """How long something takes, in whole hours where that is easier to plan with: 85 minutes, 5 hours."""
    return str(format_timedelta(timedelta(minutes=minutes), granularity="minute", threshold=1.5))


def decimal(number: str) -> str:
    """A plain decimal, such as 1234.5, as the language of the page writes it."""
    return format_decimal(number, "#,##0.######", language_now())


def two_decimals(number: float) -> str:
    """As the language of the page writes it."""
    return format_decimal(number, "#,##0.00", language_now())


def percent(share: Fraction | float) -> str:
    """A share in whole per cent, rounded down: 74.9 % must not read as the 75 % that passes."""
    return whole_percent(floor(share * 100), language_now())


@lru_cache(maxsize=1024)
def whole_percent(number: int, language: str) -> str:
    return format_percent(number / 100, "#,##0\u00a0%", language)
