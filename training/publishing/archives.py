"""A module's files as a zip archive: written byte for byte, read with suspicion."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from training.domain.course_schema import SLUG
from training.errors import Problem

MOST_BYTES = 2 * 2**20  # of the archive
MOST_ENTRIES = 200
MOST_BYTES_OF_FILE = 2**20
MOST_BYTES_OF_ALL = 5 * 2**20
MOST_RATIO = 100  # unpacked to packed; text packs to a third or a tenth
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive

SHARED = ("sources.yaml", "glossary.yaml")
LESSON_FOLDER = rf"[0-9][0-9]-{SLUG}"
LESSON_FILE = re.compile(rf"(?P<folder>{LESSON_FOLDER})/(?:lesson\.md|questions\.yaml)")
MORE_FILE = re.compile(rf"figures/{SLUG}\.svg|scenarios/{SLUG}\.yaml")


def is_own_name(path: str, slug: str) -> bool:
    """Whether a module named *slug* may have a file at *path*."""
    if path in SHARED:
        return True
    folder, _slash, name = path.partition("/")
    return folder == slug and (name == "module.yaml" or bool(LESSON_FILE.fullmatch(name) or MORE_FILE.fullmatch(name)))


def write_zip(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path].encode("utf-8"))
    return buffer.getvalue()


def read_zip(data: bytes, slug: str) -> dict[str, str]:
    """The files in the archive *data* of the module *slug*; raises Problem for anything but plain files of it."""
    if len(data) > MOST_BYTES:
        raise Problem(_("The archive is larger than 2 MB. A module is text only. Take out what is not text."), 422)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = dict(read_entries(archive, slug))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        message = _("This file is not a zip archive, or it is damaged. Choose a zip archive of the module.")
        raise Problem(message, 422) from None
    if f"{slug}/module.yaml" not in files:
        message = _("The archive has no file %(path)s. Choose the archive of this module.", path=f"{slug}/module.yaml")
        raise Problem(message, 422)
    return files


def read_entries(archive: zipfile.ZipFile, slug: str) -> Iterator[tuple[str, str]]:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Problem(_("The archive has more than %(most)s files. A module has fewer.", most=MOST_ENTRIES), 422)
    seen: set[str] = set()
    total = 0
    for entry in entries:
        path = entry.filename
        if entry.is_dir() and entry.file_size == 0 and is_own_folder(path, slug):
            continue
        refuse_strange(entry, slug)
        if path in seen:
            raise Problem(_("The archive has the file %(path)s twice.", path=shown(path)), 422)
        seen.add(path)
        data = unpack(archive, entry)
        total += len(data)
        if total > MOST_BYTES_OF_ALL:
            raise Problem(_("The files in the archive are larger than 5 MB together. A module has less text."), 422)
        yield path, decode(path, data)


def is_own_folder(path: str, slug: str) -> bool:
    return path in (f"{slug}/", f"{slug}/figures/", f"{slug}/scenarios/") or is_own_name(f"{path}lesson.md", slug)


def refuse_strange(entry: zipfile.ZipInfo, slug: str) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or entry.is_dir():
        message = _("%(path)s in the archive is not a plain file. Pack only text files.", path=shown(entry.filename))
        raise Problem(message, 422)
    if not is_own_name(entry.filename, slug):
        message = _(
            "The archive has a file %(path)s, which is not a file of the module %(slug)s. "
            "A module has sources.yaml, glossary.yaml, %(slug)s/module.yaml, "
            "%(slug)s/01-name/lesson.md and questions.yaml for each lesson, "
            "drawings such as %(slug)s/figures/name.svg, and %(slug)s/scenarios/name.yaml.",
            path=shown(entry.filename),
            slug=slug,
        )
        raise Problem(message, 422)
    if entry.flag_bits & 1:
        raise Problem(_("The archive is locked with a password. Pack it without one."), 422)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Problem(_("The archive is packed in an unusual way. Pack it as an ordinary zip archive."), 422)


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry. What the archive says about sizes may be a lie, so we count while reading."""
    most = min(MOST_BYTES_OF_FILE, MOST_RATIO * max(entry.compress_size, 100))
    with archive.open(entry) as file:
        data = file.read(most + 1)
    if len(data) > most:
        message = _("%(path)s in the archive unpacks to far more than a text of a module.", path=shown(entry.filename))
        raise Problem(message, 422)
    return data


def decode(path: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(_("%(path)s is not UTF-8 text. Save it as UTF-8.", path=shown(path)), 422) from None
    if "\0" in text:
        raise Problem(_("%(path)s is not a text file. Put a text file in its place.", path=shown(path)), 422)
    return text


def shown(path: str) -> str:
    """A name from a stranger's archive, short and without what does not print."""
    return "".join(c if c.isprintable() else "?" for c in path[:80])
