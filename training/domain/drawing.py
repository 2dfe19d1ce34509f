"""The drawings of lessons: a small part of SVG, drawn by the page's own style sheet in light and dark.

A drawing stands inside the page, so it may hold nothing but shapes and words: no script, no style, no link,
no picture from elsewhere. What is allowed is written out anew; everything else is a problem.
"""

import re
from collections.abc import Iterator
from html import escape
from xml.etree import ElementTree

from training.domain.yaml_lines import Remarks

MOST_BYTES = 15_000
WIDEST = 340  # units, which a phone of 360 px shows at their size
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"g", "rect", "line", "circle", "ellipse", "path", "polygon", "polyline", "text", "tspan"}
NUMBERS = {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "dx", "dy"}
NUMBER = re.compile(r"-?\d{1,4}(\.\d{1,2})?")
PATH = re.compile(r"[MmLlHhVvCcQqAaZz0-9 ,.\-]{1,2000}")
POINTS = re.compile(r"[0-9 ,.\-]{1,1000}")
TURN = re.compile(r"(rotate|translate)\([0-9 ,.\-]{1,40}\)")
CLASSES = {  # what app.css draws
    "box",  # a frame on the page's own ground
    "soft",  # a tinted field
    "strong",  # a field in the accent colour
    "line",
    "dashed",
    "head",  # of an arrow
    "on-strong",  # words on a strong field
    "small",
    "bold",
    "middle",  # words around their place, not from it on
    "end",
}


def read_drawing(text: str, remarks: Remarks) -> str:
    """The drawing as it stands in a page; "" where it cannot be shown. What is wrong goes to *remarks*."""
    if len(text.encode()) > MOST_BYTES:
        remarks.error(1, "Make this drawing smaller: 15 kB are the most.")
        return ""
    if "<!" in text or "<?" in text.removeprefix("<?xml"):
        remarks.error(1, "Take out what starts with <! or <?: a drawing is only shapes and words.")
        return ""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - declarations, which attacks need, are refused above
    except ElementTree.ParseError as error:
        remarks.error(error.position[0], "This is not SVG. Look for a tag that is not closed here.")
        return ""
    size = _size(root, remarks)
    title = next((child.text or "" for child in root if child.tag == f"{SVG}title"), "").strip()
    if not title:
        remarks.error(1, "Add <title> as the first thing in the drawing: its name in a few words.")
    shapes = "".join(_shape(child, remarks) for child in root if child.tag != f"{SVG}title")
    if not size or not title:
        return ""
    return f'<svg viewBox="0 0 {size[0]} {size[1]}" role="img" aria-label="{escape(title)}">{shapes}</svg>'


def _size(root: ElementTree.Element, remarks: Remarks) -> tuple[int, int] | None:
    found = re.fullmatch(r"0 0 (\d{2,3}) (\d{2,3})", root.get("viewBox", ""))
    if root.tag != f"{SVG}svg" or not found:
        remarks.error(1, 'Start with <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 200">.')
        return None
    if int(found[1]) > WIDEST:
        remarks.error(1, f"Make the drawing at most {WIDEST} units wide: on a phone its words would be too small.")
    return int(found[1]), int(found[2])


def _shape(element: ElementTree.Element, remarks: Remarks) -> str:
    name = str(element.tag).removeprefix(SVG)
    if name not in SHAPES:
        remarks.error(1, f"Take out <{name[:30]}>: a drawing has only {', '.join(sorted(SHAPES))}.")
        return ""
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in _attributes(name, element, remarks))
    words = escape(element.text or "", quote=False) if name in ("text", "tspan") else ""
    inside = "".join(_shape(child, remarks) + _tail(name, child) for child in element)
    return f"<{name}{attributes}>{words}{inside}</{name}>"


def _tail(name: str, child: ElementTree.Element) -> str:
    return escape(child.tail or "", quote=False) if name == "text" else ""


def _attributes(name: str, element: ElementTree.Element, remarks: Remarks) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if _is_allowed(key, value):
            yield key, value
        else:
            remarks.error(1, f'Take out or correct {key[:30]}="{value[:40]}" on <{name}>: colours come from classes.')


def _is_allowed(key: str, value: str) -> bool:
    if key in NUMBERS:
        return bool(NUMBER.fullmatch(value))
    if key == "class":
        return set(value.split()) <= CLASSES
    pattern = {"d": PATH, "points": POINTS, "transform": TURN}.get(key)
    return bool(pattern and pattern.fullmatch(value))
