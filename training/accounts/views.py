"""Signing in, joining a cohort, one's own account, and the list of people."""

import uuid

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from training.access import admins, allow, anyone, signed_in

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@allow(anyone)
def sign_in() -> ResponseReturnValue:
    abort(404)


@blueprint.post("/sign-out")
@allow(signed_in)
def sign_out() -> ResponseReturnValue:
    abort(404)


@blueprint.get("/join")
@allow(anyone)
def join() -> ResponseReturnValue:
    abort(404)


@blueprint.get("/join/<code>")
@allow(anyone)
def join_cohort(code: str) -> ResponseReturnValue:
    abort(404)


@blueprint.get("/invitation/<token>")
@allow(anyone)
def invitation(token: str) -> ResponseReturnValue:
    abort(404)


@blueprint.get("/account")
@allow(signed_in)
def account() -> ResponseReturnValue:
    abort(404)


@blueprint.get("/users")
@allow(admins)
def users() -> ResponseReturnValue:
    abort(404)


@blueprint.get("/users/<uuid:user_id>")
@allow(admins)
def user(user_id: uuid.UUID) -> ResponseReturnValue:
    abort(404)
