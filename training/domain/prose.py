"""The text of a lesson, read screen by screen.

What an author may not write (raw HTML, images, unknown boxes, links that are not https) is a problem
with its line, never silently dropped.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

from markdown_it.token import Token

from training.domain.content import Screen, SourceKind, Term
from training.domain.markup import BOXES, MARKDOWN, NEAR_REFERENCE, RAW_HTML, clean, unknown_source
from training.domain.yaml_lines import INVISIBLE, Remarks

MOST_COLUMNS = 3  # of a table, for phones
LONGEST_SENTENCE = 30  # words
SCREEN_WORDS = (80, 400)
KINDS: tuple[SourceKind, ...] = ("panel", "un-document", "treaty", "research")
DRAWING = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?:\s+|$)")


@dataclass(frozen=True)
class Glossary:
    """The terms of the course and the spellings by which a text is searched for them."""

    terms: Mapping[str, Term]
    by_spelling: Mapping[str, str]  # spelling → term's id; in lower case unless it is all capitals
    pattern: re.Pattern[str]

    def term_of(self, found: str) -> str:
        words = " ".join(found.split())
        return self.by_spelling.get(words) or self.by_spelling[words.lower()]


def fold(spelling: str) -> str:
    """A spelling as it is compared: "POC" stays as it is, other words lose their capitals."""
    words = " ".join(spelling.split())
    return words if words.isupper() else words.lower()


def make_glossary(entries: Iterable[tuple[Term, Sequence[str]]]) -> Glossary:
    """A glossary of terms with their other spellings. Where two share a spelling, the first has it."""
    terms: dict[str, Term] = {}
    by_spelling: dict[str, str] = {}
    for term, also in entries:
        terms.setdefault(term.id, term)
        for spelling in (term.term, *also):
            if fold(spelling):
                by_spelling.setdefault(fold(spelling), term.id)
    longest_first = sorted(by_spelling, key=lambda spelling: (-len(spelling), spelling))
    words = "|".join(_spelling_pattern(spelling) for spelling in longest_first) or r"(?!)"
    return Glossary(terms, by_spelling, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])"))


def _spelling_pattern(spelling: str) -> str:
    words = r"\s+".join(re.escape(word) for word in spelling.split())
    return words if spelling.isupper() else f"(?i:{words})"


@dataclass(frozen=True)
class Prose:
    """A lesson's text as the trainee gets it."""

    screens: tuple[Screen, ...]
    sources: tuple[str, ...]  # in the order of their first mention
    terms: tuple[str, ...]
    boxes: tuple[str, ...]  # the kinds of boxes, in their order
    drawings: tuple[str, ...]  # the names of the drawings that it shows


@dataclass
class _Reading:
    """What has been met so far in one lesson."""

    sources: Mapping[str, SourceKind]
    glossary: Glossary
    remarks: Remarks
    met_sources: dict[str, None] = field(default_factory=dict)
    met_terms: dict[str, None] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    met_drawings: dict[str, None] = field(default_factory=dict)

    def cite(self, names: Iterable[str], line: int) -> None:
        for name in names:
            self.met_sources.setdefault(name)
            if name not in self.sources:
                self.remarks.error(line, unknown_source(name))


def read_prose(
    text: str,
    *,
    sources: Mapping[str, SourceKind],
    glossary: Glossary,
    remarks: Remarks,
    first_line: int = 1,
    drawings: Mapping[str, str] | None = None,
) -> Prose:
    """The screens of a lesson's Markdown; *first_line* is where it starts in its file.

    *drawings*: the module's, by name, as read_drawing gives them; None where they are not at hand.
    What is wrong goes to *remarks*; the screens can be shown all the same (a preview does).
    """
    tokens = MARKDOWN.parse(INVISIBLE.sub("\ufffd", text).replace("\ue000", "\ufffd") + "\n")
    reading = _Reading(sources, glossary, remarks)
    screens: list[Screen] = []
    taken: set[str] = set()
    for heading, body, line in _split(tokens, first_line, remarks):
        title = _plain_text(heading).strip()
        if not title:
            remarks.error(line, "Give this screen a title after the ##.")
        _check_heading(heading, line, remarks)
        named: list[str] = []
        words = 0
        for block, at, is_heading in _inline_blocks(body, first_line):
            words += _check_text(block, at, remarks)
            if is_heading:
                _check_heading(block, at, remarks)
                continue
            named += _read_inline(block, at, reading)
            block.children = _mark_terms(_merge_text(block.children or []), reading)
        _check_blocks(body, first_line, text, reading, drawings)
        if not SCREEN_WORDS[0] <= words <= SCREEN_WORDS[1]:
            few_or_many = "few" if words < SCREEN_WORDS[0] else "many"
            remarks.warning(
                line, f"This screen has {words} words, which is {few_or_many}: 150 to 300 are good, "
                f"{SCREEN_WORDS[0]} to {SCREEN_WORDS[1]} are possible."
            )  # fmt: skip
        kinds = {sources[name] for name in named if name in sources}
        screens.append(
            Screen(
                anchor=_anchor(title, taken),
                title=title,
                kinds=tuple(kind for kind in KINDS if kind in kinds),
                html=_drawn(clean(MARKDOWN.renderer.render(body, MARKDOWN.options, {})), drawings or {}),
            )
        )
    if not screens:
        remarks.error(first_line, "Add a screen: a line that starts with ## and its title, and the text below it.")
    return Prose(
        tuple(screens),
        tuple(reading.met_sources),
        tuple(reading.met_terms),
        tuple(reading.boxes),
        tuple(reading.met_drawings),
    )


def _drawn(html: str, drawings: Mapping[str, str]) -> str:
    return re.sub("\ue000([a-z0-9-]*)\ue000", lambda found: drawings.get(found[1], ""), html)


def _split(tokens: Sequence[Token], first_line: int, remarks: Remarks) -> Iterator[tuple[Token, list[Token], int]]:
    """Each screen's heading, its other tokens and its line."""
    starts = [
        n for n, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0 and token.tag == "h2"
    ]
    before = tokens[: starts[0]] if starts else tokens
    if before:
        line = first_line + (before[0].map or [0])[0]
        remarks.error(line, "Put a heading with ## above this text: every text belongs to a screen.")
    for start, end in pairwise([*starts, len(tokens)]):
        yield tokens[start + 1], list(tokens[start + 3 : end]), first_line + (tokens[start].map or [0])[0]


def _check_blocks(
    tokens: Sequence[Token], first_line: int, text: str, reading: _Reading, drawings: Mapping[str, str] | None
) -> None:
    """Report headings and boxes that do not belong here, and note on each box which one it is."""
    remarks = reading.remarks
    source_lines = text.split("\n")
    open_boxes: list[str] = []
    for token in tokens:
        line = first_line + (token.map or [0])[0]
        if token.type == "heading_open":
            if token.tag == "h2":
                remarks.error(line, "A screen cannot start inside a box, a list or a quotation: close that first.")
            elif token.tag == "h1":
                remarks.error(
                    line, "Use ## for a screen: a single # is the title, which stands in the head of the file."
                )
            elif token.tag != "h3":
                remarks.error(line, "Use ### here: there are no deeper headings.")
        elif token.type == "container_box_open":
            name, _space, drawing = token.info.strip().partition(" ")
            _check_box(name, token, line, nested=bool(open_boxes), source_lines=source_lines, remarks=remarks)
            token.meta = {"box": name}
            if name == "figure":
                token.meta["drawing"] = _check_drawing(drawing.strip(), line, reading, drawings)
            elif drawing:
                remarks.error(line, f"Write only ::: {name} in this line, and the text below it.")
            open_boxes.append(name)
            reading.boxes.append(name)
        elif token.type == "container_box_close":
            token.meta = {"box": open_boxes.pop()}
        elif token.type == "table_open":
            _check_table(token, tokens, line, remarks)


def _check_box(
    name: str, token: Token, line: int, *, nested: bool, source_lines: Sequence[str], remarks: Remarks
) -> None:
    known = ", ".join(sorted(BOXES))
    if not name:
        remarks.error(line, "This ::: closes no box: take it out, or write which box it opens (" + known + ").")
        return
    if name not in BOXES:
        remarks.error(line, f"There is no box named {name[:40]}: use one of {known}.")
    if nested:
        remarks.error(line, "Close the box around this one first, with a line :::, because boxes cannot hold boxes.")
    end = (token.map or [0, 0])[1]
    if end >= len(source_lines) or not source_lines[end].strip(" >").startswith(":::"):
        remarks.error(line, "Close this box with a line ::: after its text.")


def _check_drawing(name: str, line: int, reading: _Reading, drawings: Mapping[str, str] | None) -> str:
    """The name of the drawing that a box shows; "" where there is none to show."""
    if not DRAWING.fullmatch(name):
        reading.remarks.error(
            line, "Write which drawing stands here: ::: figure three-tiers for figures/three-tiers.svg."
        )
        return ""
    reading.met_drawings.setdefault(name)
    if drawings is not None and name not in drawings:
        reading.remarks.error(line, f"Add the drawing figures/{name}.svg to the module, or correct its name here.")
    return name


def _check_table(table: Token, tokens: Sequence[Token], line: int, remarks: Remarks) -> None:
    start = tokens.index(table)
    head_end = next(n for n in range(start, len(tokens)) if tokens[n].type == "thead_close")
    columns = sum(token.type == "th_open" for token in tokens[start:head_end])
    if columns > MOST_COLUMNS:
        remarks.error(line, f"Make this table narrower: {columns} columns do not fit a phone, {MOST_COLUMNS} do.")


def _inline_blocks(tokens: Sequence[Token], first_line: int) -> Iterator[tuple[Token, int, bool]]:
    """The paragraphs, cells and headings, each with its line (a cell has its row's) and whether it is a heading."""
    line, before = first_line, ""
    for token in tokens:
        if token.map:
            line = first_line + token.map[0]
        if token.type == "inline":
            yield token, line, before == "heading_open"
        before = token.type


def _check_heading(block: Token, line: int, remarks: Remarks) -> None:
    if any(token.type in ("reference", "link_open", "image") for token in block.children or ()):
        remarks.error(line, "Take references, links and images out of the heading, and put them into the text.")
    _check_signs(block, line, remarks)


def _lines(children: Iterable[Token], line: int) -> Iterator[tuple[Token, int]]:
    for token in children:
        yield token, line
        line += token.type in ("softbreak", "hardbreak")


def _read_inline(block: Token, line: int, reading: _Reading) -> list[str]:
    """Report what may not stand in a text, and give the sources that it names."""
    named: list[str] = []
    remarks = reading.remarks
    for token, at in _lines(block.children or (), line):
        if token.type == "reference":
            named += token.meta["sources"]
            reading.cite(token.meta["sources"], at)
        elif token.type == "image":
            remarks.error(at, "Take out the image: lessons have none, because they are read on slow lines.")
        elif token.type == "link_open":
            _check_link(token, at, remarks)
    _check_signs(block, line, remarks)
    return named


def _check_signs(block: Token, line: int, remarks: Remarks) -> None:
    """Report what is plain text to Markdown and was meant as something else."""
    for text, at in _text_lines(block.children or (), line):
        for found in RAW_HTML.findall(text):
            remarks.error(at, f"Take out {found}: lessons have no HTML. Markdown and the boxes do what is needed.")
        for found in NEAR_REFERENCE.findall(text):
            remarks.error(at, f"Write {found} as [F51] or [POC-02, POC-03] if it is a reference to sources.")


def _text_lines(children: Iterable[Token], line: int) -> Iterator[tuple[str, int]]:
    """The plain text of each line. Code and references are left out."""
    text = ""
    for token, _ in _lines(children, line):
        if token.type == "text":
            text += token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield text, line
            text, line = "", line + 1
    yield text, line


def _check_link(token: Token, line: int, remarks: Remarks) -> None:
    address = str(token.attrs.get("href", ""))
    try:
        sound = address.startswith("https://") and bool(urlsplit(address).hostname)
    except ValueError:
        sound = False
    if sound:
        token.attrs["rel"] = "noreferrer"
    else:
        remarks.error(line, f"Links start with https:// and nothing else: correct or take out {address[:60]}.")


def _check_text(block: Token, line: int, remarks: Remarks) -> int:
    """Warn of long sentences; the number of words."""
    text = _plain_text(block)
    start = words = 0
    for end in [*(found.end() for found in SENTENCE_END.finditer(text)), len(text)]:
        count = len(_words(text[start:end]))
        if count > LONGEST_SENTENCE:
            lead = len(text[start:end]) - len(text[start:end].lstrip())
            at = line + text.count("\n", 0, start + lead)
            remarks.warning(at, f"Split this sentence: it has {count} words, and {LONGEST_SENTENCE} are the most.")
        words += count
        start = end
    return words


def _words(text: str) -> list[str]:
    return [word for word in text.split() if any(character.isalnum() for character in word)]


def _plain_text(block: Token) -> str:
    parts = []
    for token in block.children or ():
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts)


def _merge_text(children: Sequence[Token]) -> list[Token]:
    """Neighbouring texts as one, so that a term is found across the end of a line."""
    merged: list[Token] = []
    for token in children:
        if token.type == "softbreak":
            token = Token("text", "", 0, content="\n", level=token.level)
        if token.type == "text" and merged and merged[-1].type == "text":
            merged[-1].content += token.content
        else:
            merged.append(token)
    return merged


def _mark_terms(children: Sequence[Token], reading: _Reading) -> list[Token]:
    marked: list[Token] = []
    links = 0
    for token in children:
        links += token.nesting if token.type in ("link_open", "link_close") else 0
        marked += _with_terms(token, reading) if token.type == "text" and not links else [token]
    return marked


def _with_terms(text: Token, reading: _Reading) -> Iterator[Token]:
    start = 0
    for found in reading.glossary.pattern.finditer(text.content):
        term = reading.glossary.term_of(found[0])
        if term in reading.met_terms:
            continue
        reading.met_terms[term] = None
        yield Token("text", "", 0, content=text.content[start : found.start()])
        yield Token("term", "", 0, content=found[0], meta={"term": term})
        start = found.end()
    yield Token("text", "", 0, content=text.content[start:])


def _anchor(title: str, taken: set[str]) -> str:
    """An id for the page, new in it. The pages use ANCHOR-title as well, for the heading."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    base = "screen-" + (re.sub(r"[^a-z0-9]+", "-", ascii_title.lower()).strip("-")[:60].strip("-") or "x")
    anchor, number = base, 1
    while taken & {anchor, f"{anchor}-title"}:
        number += 1
        anchor = f"{base}-{number}"
    taken |= {anchor, f"{anchor}-title"}
    return anchor
