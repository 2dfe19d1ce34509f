"""What holds for every response: security headers, compression, static files, health."""

import gzip
import hashlib
import os
import shutil
from pathlib import Path

from flask import Flask, Response, current_app, request
from whitenoise import WhiteNoise

from training.access import allow, anyone
from training.compression import compressed, drawn_pieces, joined

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "media-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types training"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Encoding",
}
COMPRESSED = ("text/html", "application/json", "text/csv", "image/svg+xml")


def init_app(app: Flask) -> None:
    digest = static_digest()
    app.jinja_env.globals["asset"] = lambda name: f"/static/{digest}/{name}"
    app.add_url_rule("/health", "health", health)
    app.after_request(finish)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=packed_static(Path(app.instance_path) / "static", digest),
        prefix=f"static/{digest}",
        immutable_file_test=lambda path, url: True,  # the digest is in the address
        add_headers_function=static_headers,
        allow_all_origins=False,
    )


@allow(anyone)
def health() -> Response:
    """Whether the process answers."""
    return Response("ok\n", mimetype="text/plain")


def static_digest() -> str:
    digest = hashlib.sha256()
    for path in static_files():
        digest.update(str(path.relative_to(STATIC)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def static_files() -> list[Path]:
    return sorted(path for path in STATIC.rglob("*") if path.is_file())


def packed_static(folder: Path, digest: str) -> Path:
    """A copy of the static files with a compressed twin of each, made once for each digest."""
    target = folder / digest
    if not target.exists():
        fresh = folder / f"{digest}.{os.getpid()}"
        fresh.mkdir(parents=True)
        for path in static_files():
            copy = fresh / path.relative_to(STATIC)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            copy.with_name(copy.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9))
        try:
            fresh.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
    for old in folder.iterdir():
        if old.name != digest and "." not in old.name:
            shutil.rmtree(old, ignore_errors=True)
    return target


def static_headers(headers: dict[str, str], path: str, url: str) -> None:
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        headers[name] = HEADERS[name]


def finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["HTTPS"]:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    pieces = drawn_pieces()
    if (
        response.mimetype in COMPRESSED
        and request.accept_encodings.quality("gzip") > 0
        and not response.direct_passthrough
        and (pieces or (response.content_length or 0) > 500)
    ):
        response.set_data(compressed(response.get_data(), pieces))
        response.headers["Content-Encoding"] = "gzip"
    elif pieces:
        response.set_data(joined(response.get_data(), pieces))
    return response
