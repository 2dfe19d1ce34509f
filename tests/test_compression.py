import gzip

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.pages import Browser
from tests.people import World
from training.compression import Piece, compress
from training.learning.prepared import prepared

HTML = st.text(max_size=3000)


@given(texts=st.lists(HTML, max_size=4), gaps=st.lists(HTML, min_size=5, max_size=5))
def test_a_page_reads_the_same_whether_its_parts_were_compressed_beforehand_or_not(
    texts: list[str], gaps: list[str]
) -> None:
    pieces = [Piece(text) for text in texts]
    page = "".join(gap + text for gap, text in zip(gaps, [*texts, ""], strict=False)).encode()
    assert gzip.decompress(compress(page, pieces)) == page


@given(page=HTML, text=HTML)
def test_a_part_that_was_drawn_and_then_left_out_changes_nothing(page: str, text: str) -> None:
    assert gzip.decompress(compress(page.encode(), [Piece("<p>" + text), Piece(text)])) == page.encode()


def test_amina_gets_the_text_of_a_lesson_as_it_was_compressed_for_all(app: Flask, world: World) -> None:
    client, path = Browser(app, world.amina).client, f"/modules/{world.assignment}/lessons/what-poc-is"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"}).data
    with app.test_request_context():
        lesson = prepared(world.version, "what-poc-is")
    assert lesson.text.deflated in packed
    assert gzip.decompress(packed).decode().count(lesson.text.html) == 1
    assert lesson.text.html in client.get(path).text
