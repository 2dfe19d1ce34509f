"""Macros that are drawn once: with the same arguments, in the same language, they say the same to everybody."""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask
from jinja2.runtime import Macro
from markupsafe import Markup

from training.i18n import language_now


def init_app(app: Flask) -> None:
    app.jinja_env.globals["once"] = once


def once(macro: Macro, *arguments: Hashable) -> Markup:
    """What *macro* draws, for templates: {{ once(parts.source_entry, source, uid, spoken) }}.

    For macros of components: one that stands in a page's own template is a new one at each visit.
    """
    return drawn(language_now(), macro, arguments)


@lru_cache(maxsize=8192)
def drawn(language: str, macro: Macro, arguments: tuple[Hashable, ...]) -> Markup:
    return Markup(macro(*arguments))
