"""The language of a page: the person's choice, else what the browser asks for."""

from datetime import date, datetime

from flask import Flask, request
from flask_babel import Babel, format_date, format_datetime, get_locale
from flask_login import current_user
from markupsafe import Markup, escape

RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=choose_language)
    app.jinja_env.filters.update(day=day, moment=moment)
    app.context_processor(page_language)


def choose_language() -> str:
    from flask import current_app

    languages = current_app.config["LANGUAGES"]
    if current_user and current_user.is_authenticated and current_user.language in languages:
        return str(current_user.language)
    return request.accept_languages.best_match(languages) or "en" if request else "en"


def page_language() -> dict[str, str]:
    locale = get_locale()
    language = str(locale) if locale else "en"
    return {"language": language, "direction": "rtl" if language.split("_")[0] in RIGHT_TO_LEFT else "ltr"}


def day(value: date | datetime | None) -> Markup:
    """A date as people write it, marked up for machines; instants are shown in UTC."""
    return time_element(value, format_date(value, "d MMM y") if value else "")


def moment(value: datetime | None) -> Markup:
    return time_element(value, format_datetime(value, "d MMM y, HH:mm 'UTC'") if value else "")


def time_element(value: date | datetime | None, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), escape(words)) if value else Markup("")
