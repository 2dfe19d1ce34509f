"""What people sign in with: an e-mail address or a service number, folded so that one person has one.

Each function answers None where the text cannot be such a name.
"""

import re
import unicodedata
from dataclasses import dataclass

EMAIL_LENGTH = 254
SERVICE_NUMBER_LENGTH = 40
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class SignInName:
    """Folded; exactly one of the two is given."""

    email: str | None = None
    service_number: str | None = None


def fold(typed: str) -> SignInName | None:
    """Whichever of the two was typed: an address has an @, a service number cannot."""
    if "@" in unicodedata.normalize("NFKC", typed):
        email = fold_email(typed)
        return SignInName(email=email) if email else None
    number = fold_service_number(typed)
    return SignInName(service_number=number) if number else None


def fold_email(typed: str) -> str | None:
    address = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).strip().casefold())
    fits = len(address) <= EMAIL_LENGTH and address.isprintable() and EMAIL.fullmatch(address)
    return address if fits else None


def fold_service_number(typed: str) -> str | None:
    """Digits of any script and dashes of any length count as the plain ones; spaces do not count."""
    number = "".join(plain(sign) for sign in unicodedata.normalize("NFKC", typed) if not sign.isspace()).upper()
    signs_fit = all(sign.isalnum() or sign in "-/" for sign in number) and any(sign.isalnum() for sign in number)
    return number if 3 <= len(number) <= SERVICE_NUMBER_LENGTH and signs_fit else None


def plain(sign: str) -> str:
    if unicodedata.category(sign) == "Pd":
        return "-"
    return str(unicodedata.decimal(sign, sign))
