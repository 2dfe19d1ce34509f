"""Where settings come from: defaults, then instance/config.py, then the environment.

Every setting can be given as TRAINING_NAME; DATABASE_URL is read by its usual name.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

ROOT = Path(__file__).resolve().parent.parent

DEFAULTS: dict[str, Any] = {
    "LANGUAGES": {"en": "English", "fr": "Français"},
    "HTTPS": False,  # true behind TLS: Secure cookies, the __Host- prefix, HSTS
    "PUBLIC_URL": None,  # how people reach us, for printed links; otherwise the request's host
    "SIGN_IN_LASTS": timedelta(days=30),
    "INVITATION_LASTS": timedelta(days=14),
    "MODULES": str(ROOT / "modules"),
    "SESSION_REFRESH_EACH_REQUEST": False,  # the cookie is sent when it changes, not with every page
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_HTTPONLY": True,
    "WTF_CSRF_TIME_LIMIT": None,  # an answer written offline on Tuesday may be sent on Friday
    "WTF_CSRF_SSL_STRICT": False,  # needs a Referer, which our own Referrer-Policy withholds
    "MAX_CONTENT_LENGTH": 2 * 2**20,
    "MAX_FORM_MEMORY_SIZE": 2 * 2**20,
    "MAX_FORM_PARTS": 500,
    "TRUSTED_HOSTS": None,
}


def instance_path() -> str:
    return str(Path(os.environ.get("TRAINING_INSTANCE", ROOT / "instance")).resolve())


def configure(app: Flask, overrides: dict[str, Any] | None) -> None:
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    app.config.from_mapping(DEFAULTS)
    app.config.from_pyfile("config.py", silent=True)
    app.config.from_prefixed_env("TRAINING")
    app.config["DATABASE_URL"] = os.environ.get("DATABASE_URL") or f"sqlite:///{app.instance_path}/training.db"
    app.config.update(overrides or {})
    if app.config["HTTPS"]:
        app.config["SESSION_COOKIE_SECURE"] = True
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"
    if not app.config.get("SECRET_KEY"):
        app.config["SECRET_KEY"] = secret_key(Path(app.instance_path) / "secret_key")
    if len(app.config["SECRET_KEY"]) < 32:
        raise SystemExit("SECRET_KEY is too short. Give at least 32 characters, or leave it out.")


def secret_key(path: Path) -> str:
    """The key kept in *path*; made at the first start, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
