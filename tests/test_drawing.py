from flask import Flask, render_template_string

from tests.people import World

SIGNED = '{% import "components/parts.html" as parts %}{{ once(parts.status, code) }}'


def drawn(app: Flask, language: str, code: str) -> str:
    with app.test_request_context(headers={"Accept-Language": language}):
        return render_template_string(SIGNED, code=code)


def test_what_is_drawn_once_is_drawn_anew_in_another_language_and_of_another_thing(app: Flask, world: World) -> None:
    first = drawn(app, "en", "passed")
    assert "Passed" in first and "<svg" in first, "as HTML, not as text"
    assert drawn(app, "fr", "passed") != first
    assert drawn(app, "en", "failed") != first
    assert drawn(app, "en", "passed") == first
