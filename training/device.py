"""Which device a request comes from: a random cookie of the browser's own, which says nothing about a person."""

import secrets
import uuid

from flask import Response, after_this_request, current_app, request

from training.access import hash_of

LASTS = 365 * 24 * 60 * 60  # seconds


def remember_device() -> None:
    """Give this browser its cookie with the response under way, if it has none. It outlives signing out."""
    if request.cookies.get(cookie_name()):
        return
    token = secrets.token_urlsafe(32)

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(
            cookie_name(),
            token,
            max_age=LASTS,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["HTTPS"],
        )
        return response


def this_device(sign_in: uuid.UUID) -> str:
    """The device as it is kept: a hash of its cookie, or of the *sign_in* where the cookie is missing."""
    return hash_of(request.cookies.get(cookie_name()) or str(sign_in))


def cookie_name() -> str:
    return "__Host-device" if current_app.config["HTTPS"] else "device"
