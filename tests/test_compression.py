import gzip

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.pages import Browser
from tests.people import World
from training.compression import Piece, compressed, joined
from training.learning.prepared import prepared

HTML = st.text(max_size=3000)


@given(texts=st.lists(HTML, max_size=4), gaps=st.lists(HTML, min_size=5, max_size=5))
def test_a_page_reads_the_same_whether_its_parts_were_compressed_beforehand_or_not(
    texts: list[str], gaps: list[str]
) -> None:
    pieces = [Piece(text) for text in texts]
    marks = [*(str(one.mark) for one in pieces), ""]
    drawn = "".join(gap + mark for gap, mark in zip(gaps, marks, strict=False)).encode()
    page = "".join(gap + text for gap, text in zip(gaps, [*texts, ""], strict=False)).encode()
    assert joined(drawn, pieces) == page
    assert gzip.decompress(compressed(drawn, pieces)) == page


@given(page=HTML, text=HTML)
def test_a_part_that_was_drawn_and_then_left_out_changes_nothing(page: str, text: str) -> None:
    left_out, kept = Piece("<p>" + text), Piece(text)
    drawn = (page + str(kept.mark)).encode()
    assert joined(drawn, [left_out, kept]) == (page + text).encode()
    assert gzip.decompress(compressed(drawn, [left_out, kept])) == (page + text).encode()


def test_amina_gets_the_text_of_a_lesson_as_it_was_compressed_for_all(app: Flask, world: World) -> None:
    client, path = Browser(app, world.amina).client, f"/modules/{world.assignment}/lessons/what-poc-is"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"}).data
    with app.test_request_context():
        lesson = prepared(world.version, "what-poc-is")
    assert lesson.text.deflated in packed
    plain = gzip.decompress(packed)
    assert plain.count(lesson.text.plain) == 1
    assert b"\0" not in plain
    assert lesson.text.plain in client.get(path).data
