"""Markdown as it is written in lessons: its signs as tokens, and the HTML that may come out of them.

The HTML has passed an allow-list, whatever the text said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from training.domain.content import SourceKind
from training.domain.yaml_lines import INVISIBLE, Remarks

BOXES = {
    "changed": ('<aside class="changed"><p><strong>What changed since 2014</strong></p>', "</aside>"),
    "note": ('<aside class="note">', "</aside>"),
    "activity": ('<div class="activity">', "</div>"),
    "monday": ('<div class="monday">', "</div>"),
    "answer": ('<details class="answer"><summary>Our answer</summary>', "</details>"),
    "military": ('<div class="example military"><p><strong>For the military</strong></p>', "</div>"),
    "police": ('<div class="example police"><p><strong>For the police</strong></p>', "</div>"),
    "civilian": ('<div class="example civilian"><p><strong>For civilians</strong></p>', "</div>"),
    # The words in it say what the drawing shows; {} is the drawing's place.
    "figure": ('<figure class="drawing">{}<details><summary>The drawing in words</summary>', "</details></figure>"),
}
EXAMPLES = ("military", "police", "civilian")  # one example told three ways: the page shows the reader's own

SOURCE_ID = r"[A-Z]{1,8}(?:-[A-Z]{1,8})?-?\d{1,4}"
REFERENCE = re.compile(rf"\[ ?({SOURCE_ID}(?:, ?{SOURCE_ID})*) ?\]")
NEAR_REFERENCE = re.compile(r"\[[^\[\]]{0,80}?\b[A-Za-z]{1,5}-?\d{1,3}\b[^\[\]]{0,80}\]")
RAW_HTML = re.compile(r"<[A-Za-z/!?][^\s<>]{0,20}")

TAGS = {
    "p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "h3",
    "table", "thead", "tbody", "tr", "th", "td", "a", "span", "aside", "div", "details", "summary", "figure",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "rel", "data-source", "data-term"}, "ol": {"start"}}
CLASSES = {
    "a": {"ref", "term"},
    "span": {"refs"},
    "aside": {"changed", "note"},
    "div": {"activity", "monday", "example", *EXAMPLES},
    "details": {"answer"},
    "figure": {"drawing"},
}
HREF = re.compile(r"https://|#source-|#term-")


def unknown_source(name: str) -> str:
    return f"There is no source {name} in sources.yaml: correct the reference, or add the source."


def source_ids(reference: str) -> list[str]:
    return [name.strip() for name in reference.split(",")]


# --- Markdown to tokens -----------------------------------------------------------------------------


def _reference_rule(state: StateInline, silent: bool) -> bool:
    """[F51] and [POC-02, POC-03] become one token each."""
    if state.src[state.pos] != "[" or state.linkLevel:
        return False
    found = REFERENCE.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("reference", "", 0)
        token.meta = {"sources": source_ids(found[1])}
    state.pos = found.end()
    return True


def _render_reference(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return references_html(tokens[index].meta["sources"])


def references_html(names: Iterable[str]) -> str:
    links = (
        f'<a class="ref" href="#source-{escape(name)}" data-source="{escape(name)}">{escape(name)}</a>'
        for name in names
    )
    return f'<span class="refs">[{", ".join(links)}]</span>'


def _render_term(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    name, words = escape(tokens[index].meta["term"]), escape(tokens[index].content)
    return f'<a class="term" href="#term-{name}" data-term="{name}">{words}</a>'


def _render_box(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    # A closing token does not say which box it closes, so the opening one was noted on both.
    meta = tokens[index].meta
    opening, closing = BOXES.get(meta.get("box", ""), ("<div>", "</div>"))
    if tokens[index].nesting == 1:
        return opening.replace("{}", _place_of(meta["drawing"]) if meta.get("drawing") else "") + "\n"
    return f"{closing}\n"


def _place_of(drawing: str) -> str:
    """Where a drawing will stand. Only a file's checked drawing comes there, after everything else is cleaned."""
    return f"\ue000{drawing}\ue000"


def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Without link definitions [F51] is always a reference; without underlined headings a screen is always ##.
    markdown.disable(["reference", "lheading"])
    container_plugin(markdown, "box", validate=lambda *_: True, render=_render_box)
    markdown.inline.ruler.before("link", "source_reference", _reference_rule)
    # All links become tokens, so that a wrong one is reported and not left in the text.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.add_render_rule("reference", _render_reference)
    markdown.add_render_rule("term", _render_term)
    return markdown


MARKDOWN = _parser()


def clean(html: str) -> str:
    """*html* with nothing but the tags and attributes that a lesson may have."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        attribute_filter=_allowed_value,
        url_schemes={"https"},
        link_rel=None,
        clean_content_tags={"script", "style"},
    )


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href" and not HREF.match(value):
        return None
    return value


def render_line(
    text: str, *, sources: Mapping[str, SourceKind], remarks: Remarks, line: int
) -> tuple[str, tuple[str, ...]]:
    """Plain *text* with its references as links, and the sources that it names. No Markdown."""
    text = INVISIBLE.sub("\ufffd", text)
    named: dict[str, None] = {}
    html, start = "", 0
    for found in REFERENCE.finditer(text):
        names = source_ids(found[1])
        named.update(dict.fromkeys(names))
        html += escape(text[start : found.start()], quote=False) + references_html(names)
        start = found.end()
    rest = REFERENCE.sub("", text)
    for near in NEAR_REFERENCE.findall(rest):
        remarks.error(line, f"Write {near} as [F51] or [POC-02, POC-03] if it is a reference to sources.")
    for name in named:
        if name not in sources:
            remarks.error(line, unknown_source(name))
    return clean(html + escape(text[start:], quote=False)), tuple(named)
