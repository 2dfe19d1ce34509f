"""Join codes: short enough to be typed from paper, without the signs that people mix up (0 O, 1 I L)."""

import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


def make(random_bytes: bytes) -> str:
    """A code drawn with *random_bytes*: at least 16, so that each code is equally likely."""
    if len(random_bytes) < 16:
        raise ValueError("A join code needs 16 random bytes.")
    number = int.from_bytes(random_bytes)
    code = ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        code += ALPHABET[place]
    return code


def shown(code: str) -> str:
    """The code as it is printed: ABCD-EFGH."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def read(typed: str) -> str | None:
    """The code that a person typed, whatever the case, spaces and dashes; None where it cannot be one."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign) != "Pd")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
