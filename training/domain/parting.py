"""A question as it was written, parted for ever: what a trainee may see, and the key."""

import hashlib
import json
from typing import Any

from training.domain.content import Item, ItemKey, Option, OptionKey
from training.domain.course_schema import ItemEntry
from training.domain.numbers import read_number

HIDDEN = ("numeric", "short-answer")  # whose options are no choices: they belong to the key


def parted(entry: ItemEntry, lesson: str) -> tuple[Item, ItemKey]:
    """Options stand in the order of their ids, which tell nothing about the key or the author's order."""
    assert entry.type and entry.use
    names = [option_id(entry.id, option.text) for option in entry.options]
    options = dict(sorted(zip(names, entry.options, strict=True), key=lambda one: one[0]))
    is_hidden = entry.type in HIDDEN
    sides = {option_id(entry.id, text): text for text in (*(o.match for o in entry.options), *entry.decoys) if text}
    key = ItemKey(
        claim=entry.statement_is,
        options={
            name: OptionKey(
                correct=option.correct,
                feedback=option.feedback,
                misconception=option.misconception,
                text=hidden_text(entry, option.text) if is_hidden else None,
            )
            for name, option in options.items()
        },
        sources=tuple(entry.sources),
        matches={name: option_id(entry.id, option.match) for name, option in options.items() if option.match},
        order=tuple(names) if entry.type in ("ordering", "ranking") else (),
        value=read_number(entry.value),
        tolerance=read_number(entry.tolerance or "0") if entry.value else None,
        feedback=entry.feedback or None,
        model=entry.model or None,
    )
    item = Item(
        id=entry.id,
        digest="",
        type=entry.type,
        use=entry.use,
        lesson=lesson,
        objective=entry.objective,
        difficulty=entry.difficulty,
        stem=entry.stem,
        options=() if is_hidden else tuple(Option(id=name, text=option.text) for name, option in options.items()),
        matches=tuple(Option(id=name, text=sides[name]) for name in sorted(sides)),
        unit=entry.unit or None,
        scoring=entry.scoring or "net-correct",
        situation=entry.situation,
        red_line=entry.red_line,
    )
    both = {"item": item.model_dump(mode="json", exclude={"digest"}), "key": key.model_dump(mode="json")}
    return item.model_copy(update={"digest": sha256(both)[:16]}), key


def hidden_text(entry: ItemEntry, text: str) -> str:
    """A number as a plain decimal, as answers are."""
    return (read_number(text, unit=entry.unit) if entry.type == "numeric" else None) or text


def option_id(item: str, text: str) -> str:
    return hashlib.sha256(f"{item}\n{text}".encode()).hexdigest()[:8]


def sha256(value: Any) -> str:
    """The digest of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
