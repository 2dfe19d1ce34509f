"""Parts of a lesson's page that are the same for everybody: made once for each version and language.

Most of a lesson page is text. Drawing it anew for each reader cost twenty times what the rest costs.
"""

import json
import uuid
from dataclasses import dataclass
from functools import lru_cache

from flask import render_template

from training.compression import Piece
from training.curriculum import module_of
from training.domain.content import Answer, Item
from training.i18n import language_now
from training.learning.forms import field_of
from training.learning.lessons import review_of


@dataclass(frozen=True)
class PreparedLesson:
    text: Piece
    entries: Piece  # the words and the sources that the text links to


def prepared(version: uuid.UUID, lesson: str) -> PreparedLesson:
    """The lesson in the language of the request under way."""
    return drawn(version, lesson, language_now())


@lru_cache(maxsize=256)
def drawn(version: uuid.UUID, slug: str, language: str) -> PreparedLesson:
    module = module_of(version)
    parts = {"module": module, "lesson": module.lesson_by_slug[slug]}
    return PreparedLesson(
        text=Piece(render_template("learning/lesson_text.html", **parts)),
        entries=Piece(render_template("learning/lesson_entries.html", **parts)),
    )


def question(
    version: uuid.UUID, item: Item, answer: Answer | None, *, is_numbered: bool = True, again: int | None = None
) -> Piece:
    """A question of a lesson's check; with what teaches about it, once it is answered.

    *is_numbered*: with its number in the lesson. *again*: in how many days it is asked again, where that is said.
    """
    draw = (
        drawn_question.__wrapped__ if item.type == "short-answer" else drawn_question
    )  # one's own words are kept once
    return draw(version, item.id, json.dumps(answer, sort_keys=True), language_now(), is_numbered, again)


@lru_cache(maxsize=4096)
def drawn_question(
    version: uuid.UUID, item_id: str, answer_json: str, language: str, is_numbered: bool, again: int | None
) -> Piece:
    module, answer = module_of(version), json.loads(answer_json)
    item = module.item_by_id[item_id]
    return Piece(
        render_template(
            "learning/practice.html",
            module=module,
            item=item,
            number=module.practice_of[item.lesson].index(item) + 1 if is_numbered else None,
            name=field_of(item),
            answer=answer,
            review=None if answer is None else review_of(version, item, answer),
            again=again,
        )
    )
