"""A browser without a screen: it checks each page that it opens, and fills in forms as a person would."""

import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.people import sign_in_token

Element = ElementTree.Element
CONTROLS = {"input", "select", "textarea"}


@dataclass
class Page:
    """A response, read as a page. Opening an HTML page checks it."""

    response: TestResponse
    root: Element = field(init=False)

    def __post_init__(self) -> None:
        if self.response.mimetype != "text/html" or not self.response.data or 300 <= self.status < 400:
            self.root = Element("html")
            return
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root = parser.parse(self.response.get_data(as_text=True))
        self.check()

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def json(self) -> Any:
        return self.response.get_json()

    @property
    def text(self) -> str:
        return words(self.root.find("body") if self.root.find("body") is not None else self.root)

    @property
    def heading(self) -> str:
        return words(self.root.find(".//h1"))

    def all(self, tag: str, css_class: str | None = None) -> list[Element]:
        found = self.root.iter(tag)
        return [e for e in found if css_class is None or css_class in e.get("class", "").split()]

    def links(self) -> list[str]:
        return [a.get("href", "") for a in self.all("a")]

    def form(self, action: str | None = None) -> Element:
        """The form that posts to an address with *action* in it; the first form of <main> otherwise."""
        main = self.root.find(".//main")
        forms = list((main if action is None else self.root).iter("form"))
        fitting = [f for f in forms if action is None or action in f.get("action", "")]
        assert fitting, f"no form {action!r} on “{self.heading}”"
        return fitting[0]

    def check(self) -> None:
        """What must be true of each page."""
        where = f"page “{self.heading}”"
        assert self.root.get("lang"), f"{where} names no language"
        assert self.root.get("dir") in ("ltr", "rtl"), f"{where} has no direction"
        assert words(self.root.find(".//title")), f"{where} has no title"
        assert len(self.all("h1")) == 1, f"{where} has {len(self.all('h1'))} h1"
        ids = [e.get("id") for e in self.root.iter() if e.get("id")]
        assert len(ids) == len(set(ids)), f"{where} repeats ids {sorted(i for i in ids if ids.count(i) > 1)}"
        labelled = {e.get("for") for e in self.all("label")}
        wrapped = {control for label in self.all("label") for control in label.iter() if control.tag in CONTROLS}
        for control in self.root.iter():
            if control.tag in CONTROLS and control.get("type") not in ("hidden", "submit"):
                named = control.get("id") in labelled or control in wrapped or control.get("aria-label")
                assert named, f"{where}: no label for {control.get('name')}"
        for element in self.root.iter():
            assert element.get("style") is None, f"{where} has an inline style"
            assert not any(name.startswith("on") for name in element.attrib), f"{where} has an inline script"
            for reference in ("aria-describedby", "aria-labelledby"):
                for target in (element.get(reference) or "").split():
                    assert target in ids, f"{where}: {reference} names {target}, which is not there"
        for script in self.all("script"):
            assert script.get("src") and not (script.text or "").strip(), f"{where} has an inline script"
        for anchor in self.links():
            assert not anchor.startswith("#") or anchor[1:] in ids, f"{where}: {anchor} leads nowhere"


def words(element: Element | None) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip() if element is not None else ""


def values(form: Element) -> dict[str, list[str]]:
    """What a browser would send for *form* as it stands."""
    sent: dict[str, list[str]] = {}
    for control in form.iter():
        name, kind = control.get("name"), control.get("type", "text")
        if not name or control.get("disabled") is not None:
            continue
        if control.tag == "textarea":
            sent.setdefault(name, []).append(control.text or "")
        elif control.tag == "select":
            chosen = [o for o in control.iter("option") if o.get("selected") is not None] or list(
                control.iter("option")
            )[:1]
            sent.setdefault(name, []).extend(o.get("value", "") for o in chosen)
        elif control.tag == "input" and kind in ("checkbox", "radio"):
            if control.get("checked") is not None:
                sent.setdefault(name, []).append(control.get("value", "on"))
        elif control.tag == "input" and kind not in ("submit", "file"):
            sent.setdefault(name, []).append(control.get("value", ""))
    return sent


class Browser:
    """One person's browser, signed in as *user* if one is given."""

    def __init__(self, app: Flask, user: uuid.UUID | None = None) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        if user:
            token = sign_in_token(app, user)
            with self.client.session_transaction() as session:
                session["_user_id"] = token
                session["_fresh"] = True

    def get(self, path: str, **options: Any) -> Page:
        return Page(self.client.get(path, **options))

    def open(self, path: str) -> Page:
        """The page at *path*, which must be there."""
        page = Page(self.client.get(path, follow_redirects=True))
        assert page.status == 200, f"{path} answered {page.status}: {page.text[:200]}"
        return page

    def submit(self, page: Page, action: str | None = None, *, follow: bool = True, **fields: Any) -> Page:
        """Send the form of *page* with *fields* filled in, as a person would."""
        form = page.form(action)
        data: dict[str, Any] = values(form)
        for name, value in fields.items():
            data[name] = value
        target = form.get("action") or page.response.request.full_path
        send = self.client.post if form.get("method", "get").lower() == "post" else self.client.get
        options: dict[str, Any] = {"data": data} if send == self.client.post else {"query_string": data}
        return Page(send(target, follow_redirects=follow, **options))

    def csrf(self) -> str:
        """A token of this browser's session, for requests that no form makes."""
        return values(self.open("/").form("sign-out"))["csrf_token"][0]

    def post(self, path: str, *, follow: bool = False, **fields: Any) -> Page:
        """A POST with a valid token, as a script or a forger with a session would send it."""
        return Page(self.client.post(path, data={"csrf_token": self.csrf(), **fields}, follow_redirects=follow))

    def post_json(self, path: str, body: Any) -> Page:
        headers = {"X-CSRFToken": self.csrf(), "Accept": "application/json"}
        return Page(self.client.post(path, json=body, headers=headers))
