"""Peacekeeper Training: a course, its quizzes and their results, on a bad line."""

from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from training import access, config, db, drawing, errors, http, i18n, navigation, writer


def create_app(overrides: dict[str, Any] | None = None, *, instance_path: str | None = None) -> Flask:
    """The application. *overrides* win over every other setting (see config.py)."""
    from training import accounts, cohorts, learning, publishing

    app = Flask(
        __name__,
        instance_path=instance_path or config.instance_path(),
        instance_relative_config=True,
        template_folder=str(config.ROOT / "templates"),
        static_folder=None,
    )
    config.configure(app, overrides)
    for part in (drawing, db, i18n, access, errors, http, navigation, writer):
        part.init_app(app)
    CSRFProtect(app)
    for feature in (accounts, learning, cohorts, publishing):
        app.register_blueprint(feature.blueprint)
    return app
