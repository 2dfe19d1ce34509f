"""Numbers as people write them: in the digits of their script, with their decimal mark."""

import re
import unicodedata

LONGEST = 40  # characters, as it was written
SAME = str.maketrans({"٫": ".", "٬": "", "−": "-", "–": "-", "'": "", "’": ""})
UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 1,234: thousands for some, a decimal mark for others
NUMBER = re.compile(r"[+-]?(\d{1,12}([.,]\d{1,6})?|\d{1,3}(,\d{3})+\.\d{1,6}|\d{1,3}(\.\d{3})+,\d{1,6})", re.ASCII)


def read_number(text: str, *, unit: str | None = None) -> str | None:
    """The number as a plain decimal: 1234.5 for “1 234,5”. None when it is none, or could be two.

    *unit* may stand behind it. static/answers.js (isNumber) says the same in the browser.
    """
    if len(text) > LONGEST:
        return None
    signs = "".join(text.split()).translate(SAME)
    written = "".join(str(unicodedata.decimal(sign, sign)) for sign in signs)
    ending = "".join((unit or "").split())
    if ending and written.casefold().endswith(ending.casefold()):
        written = written[: -len(ending)]
    if UNCLEAR.fullmatch(written) or not NUMBER.fullmatch(written):
        return None
    whole, mark, rest = re.sub(r"[.,](?=.*[.,])", "", written).replace(",", ".").partition(".")
    plain = (whole.lstrip("+-").lstrip("0") or "0") + (mark + rest.rstrip("0")).rstrip(".")
    if UNCLEAR.fullmatch(plain):  # so that what was read can be read again
        plain += "0"
    return f"-{plain}" if whole.startswith("-") and plain != "0" else plain
