"""How templates are drawn, and macros that are drawn once: with the same arguments, in the same language,
they say the same to everybody."""

from collections.abc import Callable, Hashable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import StrictUndefined
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from training.i18n import language_now


class PlainCalls(Context):
    """Functions in templates here ask for nothing of the template. Jinja looks for that at each of a page's hundreds
    of calls, which was a tenth of the work for a page with many questions."""

    def call(
        self,
        obj: Callable[..., Any],
        *arguments: Any,
        _loop_vars: object = None,
        _block_vars: object = None,
        **named: Any,
    ) -> Any:
        return obj(*arguments, **named)


class PlainEnvironment(Environment):
    """Templates here have no globals of their own either. Jinja looks for some at each import of each page."""

    context_class = PlainCalls

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    app.jinja_environment = PlainEnvironment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["once"] = once


def once(macro: Macro, *arguments: Hashable) -> Markup:
    """What *macro* draws, for templates: {{ once(parts.source_entry, source, uid, spoken) }}.

    For macros of components: one that stands in a page's own template is a new one at each visit.
    """
    return drawn(language_now(), macro, arguments)


@lru_cache(maxsize=8192)
def drawn(language: str, macro: Macro, arguments: tuple[Hashable, ...]) -> Markup:
    return Markup(macro(*arguments))
