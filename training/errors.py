"""What a person reads when something cannot be done."""

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException


class Problem(Exception):
    """Something that the person can put right. The message says how, in a sentence."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def init_app(app: Flask) -> None:
    app.register_error_handler(Problem, lambda problem: answer(problem.status, problem.message))
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)


def answer(status: int, message: str) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        return jsonify(problem=message), status
    return render_template("error.html", status=status, message=message), status


def stale_form(error: CSRFError) -> ResponseReturnValue:
    return answer(
        400, _("This page was open for too long, or you signed out. Load the page again and repeat the step.")
    )


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    sentences = {
        400: _("The server did not understand the request. Go back, load the page again and repeat the step."),
        403: _("Your account may not open this page. Ask your trainer if you need it."),
        404: _("There is no such page, or it is not yours to open. Check the address, or start at the home page."),
        405: _("This address cannot be used in this way. Start again at the home page."),
        413: _("What you sent is too large. Send a smaller file or a shorter text."),
        429: _("There were too many tries. Wait a few minutes, then try again."),
    }
    return answer(error.code, sentences.get(error.code, _("The request could not be done. Go back and try again.")))


def unexpected(error: Exception) -> ResponseReturnValue:
    current_app.logger.exception("Unexpected error at %s %s", request.method, request.endpoint)
    sentence = _("The server made a mistake. What you saved before is safe. Go back and try again.")
    try:
        return answer(500, sentence)
    except Exception:  # the page itself needs the database, which may be what is broken
        current_app.logger.exception("The error page failed too")
        return Response(sentence + "\n", 500, mimetype="text/plain")
