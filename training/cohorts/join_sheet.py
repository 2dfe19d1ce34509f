"""The sheet with which a cohort is joined: to print, or to show on a wall."""

from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from training.domain import join_codes
from training.invitations import public_root
from training.models import Cohort


@dataclass(frozen=True)
class JoinSheet:
    code: str  # as people type it
    page: str  # where they type it
    address: str  # what the QR code leads to
    qr: Markup


def join_sheet(cohort: Cohort) -> JoinSheet:
    root = public_root().rstrip("/")
    address = root + url_for("accounts.join_cohort", code=cohort.join_code)
    return JoinSheet(
        code=join_codes.shown(cohort.join_code),
        page=root + url_for("accounts.join"),
        address=address,
        qr=drawn(address),
    )


def drawn(text: str) -> Markup:
    """*text* as a QR code: an SVG without any style of its own, which our content policy would refuse."""
    import segno  # here: few servers ever draw one, and it is a large package

    drawing = segno.make(text, error="m", micro=False).svg_inline(
        omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff", border=4
    )
    return Markup(drawing)  # noqa: S704  made by segno; the text is in the modules, not in the markup
