"""Archives that a person would make, and archives that an enemy would make."""

import io
import stat
import struct
import zipfile

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories_course import course_files
from training.errors import Problem
from training.publishing.archives import read_zip, write_zip

SLUG = "protection-of-civilians"
MODULE = f"{SLUG}/module.yaml"


@pytest.fixture(autouse=True)
def speaking() -> object:
    """Refusals are sentences, and sentences need a language."""
    from flask_babel import Babel

    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


def pack(*entries: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(Problem) as caught:
        read_zip(data, SLUG)
    assert caught.value.status == 422
    return caught.value.message


def test_what_was_packed_comes_out_to_the_byte() -> None:
    files = course_files()
    assert read_zip(write_zip(files), SLUG) == files


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(course_files())), st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_texts_come_out_to_the_byte_and_again(files: dict[str, str]) -> None:
    files = {path: text.replace("\0", "") for path, text in files.items()} | {MODULE: "title: x\r\n\ufeff"}
    once = write_zip(files)
    assert read_zip(once, SLUG) == files
    assert write_zip(read_zip(once, SLUG)) == once


def test_an_archive_with_folders_as_other_tools_make_it_is_read() -> None:
    data = pack((f"{SLUG}/", b""), (f"{SLUG}/01-a/", b""), (MODULE, b"title: x\n"), (f"{SLUG}/01-a/lesson.md", b"x"))
    assert set(read_zip(data, SLUG)) == {MODULE, f"{SLUG}/01-a/lesson.md"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        f"{SLUG}/../../evil.yaml",
        f"{SLUG}/01-a/../lesson.md",
        "/etc/passwd",
        f"/{MODULE}",
        "C:\\evil.txt",
        f"{SLUG}\\module.yaml\\..",
        f"{SLUG}/01-a/run.sh",
        f"{SLUG}/01-a/media/x.png",
        f"{SLUG}/1-a/lesson.md",
        f"{SLUG}/01-A/lesson.md",
        f"{SLUG}/01-a/lesson.md\n",
        "other-module/module.yaml",
        "__MACOSX/._module.yaml",
        "Sources.yaml",
        "evil/",
        "../",
    ],
)
def test_a_name_that_is_not_the_modules_own_is_refused(name: str) -> None:
    assert "not a file of the module" in refusal(pack((MODULE, b"x"), (name, b"x"))) or name.endswith("/")
    refusal(pack((MODULE, b"x"), (name, b"")))


def test_a_link_is_refused() -> None:
    link = zipfile.ZipInfo(f"{SLUG}/01-a/lesson.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "not a plain file" in refusal(pack((MODULE, b"x"), (link, b"/etc/passwd")))


def test_a_device_is_refused() -> None:
    device = zipfile.ZipInfo("sources.yaml")
    device.external_attr = (stat.S_IFCHR | 0o777) << 16
    assert "not a plain file" in refusal(pack((MODULE, b"x"), (device, b"")))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = pack((MODULE, b"x"), ("sources.yaml", b"0" * 50_000_000))
    assert len(bomb) < 60_000
    assert "unpacks to far more" in refusal(bomb)


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    bomb = bytearray(pack((MODULE, b"x"), ("sources.yaml", b"0" * 50_000_000)))
    told = struct.pack("<L", 50_000_000)
    while (place := bomb.find(told)) >= 0:
        bomb[place : place + 4] = struct.pack("<L", 10)
    refusal(bytes(bomb))


def test_many_files_that_are_too_much_together_are_refused() -> None:
    from random import Random

    lines = Random(1).randbytes(450_000).hex().encode()  # packs to a half
    entries = [(f"{SLUG}/{n:02}-a/lesson.md", lines[:900_000]) for n in range(7)]
    data = pack((MODULE, b"x"), *entries)
    assert "larger than" in refusal(data)


def test_too_many_files_are_refused() -> None:
    entries = [(f"{SLUG}/{n % 100:02}-a{n}/lesson.md", b"x") for n in range(201)]
    assert "more than 200" in refusal(pack(*entries))


def test_the_same_file_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = pack((MODULE, b"x"), (MODULE, b"y"))
    assert "twice" in refusal(data)


def test_an_archive_larger_than_two_megabytes_is_refused() -> None:
    assert "larger than 2 MB" in refusal(b"PK" + b"0" * 2 * 2**20)


def test_what_is_no_archive_is_refused() -> None:
    whole = write_zip(course_files())
    for data in (b"", b"title: x", whole[:500], whole[500:], b"PK\x05\x06" + b"\xff" * 18):
        assert refusal(data)


def test_a_damaged_archive_is_refused() -> None:
    whole = bytearray(pack((MODULE, b"title: x\n" * 50)))
    whole[60] ^= 0xFF
    assert "damaged" in refusal(bytes(whole))


def test_a_locked_archive_is_refused() -> None:
    whole = bytearray(pack((MODULE, b"x"), how=zipfile.ZIP_STORED))
    whole[6] |= 1
    whole[whole.find(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(bytes(whole))


def test_an_unusual_packing_is_refused() -> None:
    assert "unusual" in refusal(pack((MODULE, b"x"), how=zipfile.ZIP_LZMA))


def test_text_that_is_not_utf_8_is_refused() -> None:
    assert "not UTF-8" in refusal(pack((MODULE, "é".encode("latin-1"))))
    assert "not a text file" in refusal(pack((MODULE, b"a\0b")))


def test_an_archive_without_the_module_is_refused() -> None:
    assert MODULE in refusal(pack(("sources.yaml", b"x")))
    assert MODULE in refusal(pack())
