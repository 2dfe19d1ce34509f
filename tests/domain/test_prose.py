"""Lessons: what becomes of Markdown, and what an author may not write."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.domain.content import Term
from training.domain.markup import ATTRIBUTES, BOXES, CLASSES, TAGS, clean, render_line
from training.domain.prose import Prose, make_glossary, read_prose
from training.domain.yaml_lines import Remarks

KINDS = {"F51": "panel", "POC-02": "un-document", "POC-03": "un-document", "IHL-04": "treaty"}
GLOSSARY = make_glossary(
    [
        (Term(id="poc", term="protection of civilians", definition="…"), ["POC"]),
        (Term(id="civilian", term="civilian", definition="…"), ["civilians"]),
        (Term(id="poc-site", term="protection of civilians site", definition="…"), []),
        (Term(id="can", term="Community Alert Network", definition="…"), ["CAN"]),
    ]
)


def read(text, first_line=1):
    remarks = Remarks("lesson.md")
    return read_prose(text, sources=KINDS, glossary=GLOSSARY, remarks=remarks, first_line=first_line), remarks


def errors(text, first_line=1):
    return [(problem.line, problem.message) for problem in read(text, first_line)[1] if problem.is_error]


def html(text):
    prose, remarks = read(f"## One\n\n{text}\n")
    assert not [problem for problem in remarks if problem.is_error]
    return prose.screens[0].html


def the_error(text, first_line=1):
    (found,) = errors(text, first_line)
    return found


# --- Screens


def test_a_lesson_is_split_into_screens_at_its_second_level_headings():
    prose, _ = read("## The first mandate\n\nOne.\n\n### Inside\n\nTwo.\n\n## Who is *who*\n\nThree.\n")
    assert [(s.anchor, s.title) for s in prose.screens] == [
        ("screen-the-first-mandate", "The first mandate"),
        ("screen-who-is-who", "Who is who"),
    ]
    assert prose.screens[0].html == "<p>One.</p>\n<h3>Inside</h3>\n<p>Two.</p>\n"


def test_anchors_are_unique_also_beside_the_ids_of_the_headings():
    prose, _ = read("## X\n\n## X title\n\n## X\n\n## الحماية\n\n## 保护\n")
    anchors = [screen.anchor for screen in prose.screens]
    assert len({*anchors, *(f"{anchor}-title" for anchor in anchors)}) == 10


def test_a_screen_says_which_kinds_of_source_it_rests_on():
    prose, _ = read("## One\n\nA [POC-02]. B [F51, POC-03].\n\n## Two\n\nNothing.\n")
    assert [screen.kinds for screen in prose.screens] == [("panel", "un-document"), ()]


def test_a_lesson_knows_its_sources_in_the_order_of_their_first_mention():
    prose, _ = read("## One\n\nA [POC-03, F51].\n\n## Two\n\nB [IHL-04]. C [F51].\n")
    assert prose.sources == ("POC-03", "F51", "IHL-04")


@pytest.mark.parametrize("number, text", [(3, "Text\n\n## One"), (3, "# Title\n\n## One"), (3, "Only text"), (3, "")])
def test_text_outside_a_screen_is_an_error(number, text):
    assert number in [line for line, _ in errors(text, first_line=3)]


def test_a_screen_needs_a_title():
    assert the_error("##\n\nText") == (1, "Give this screen a title after the ##.")


def test_headings_that_are_too_high_or_too_deep_are_errors_with_their_lines():
    assert [line for line, _ in errors("## One\n\n# Two\n\n#### Three\n\n> ## Four\n", first_line=10)] == [12, 14, 16]


def test_a_heading_holds_neither_links_nor_references_nor_terms():
    prose, remarks = read("## POC and [F51]\n\nText\n\n### CAN\n\nThe CAN.\n")
    assert [problem.line for problem in remarks if problem.is_error] == [1]
    assert "<h3>CAN</h3>" in prose.screens[0].html


def test_a_screen_that_is_too_short_or_too_long_is_a_warning():
    _, remarks = read("## Short\n\nTwo words.\n\n## Long\n\n" + "Four words are here. " * 101)
    assert [(p.line, p.severity) for p in remarks] == [(1, "warning"), (5, "warning")]


def test_a_long_sentence_is_a_warning_in_its_own_line():
    _, remarks = read("## One\n\nShort [F51]. Short.\nA first word\n" + "word " * 28 + "[F51] end.\nShort.\n")
    assert [p.line for p in remarks if "Split" in p.message] == [4]


# --- References


def test_references_become_links_to_their_sources():
    assert html("So it is [POC-02, F51].") == (
        '<p>So it is <span class="refs">[<a class="ref" href="#source-POC-02" data-source="POC-02">POC-02</a>, '
        '<a class="ref" href="#source-F51" data-source="F51">F51</a>]</span>.</p>\n'
    )


def test_a_reference_that_leads_nowhere_is_an_error_in_its_line():
    assert the_error("## One\n\nFirst\nsecond [F99]\nthird", 7) == (
        10,
        "There is no source F99 in sources.yaml: correct the reference, or add the source.",
    )


@pytest.mark.parametrize("written", ["[f51]", "[F51; POC-02]", "[see F51]", "[F51 POC-02]", "[POC–02, F51]"])
def test_what_only_looks_like_a_reference_is_an_error(written):
    assert the_error(f"## One\n\nText {written}.")[0] == 3


def test_a_link_definition_does_not_swallow_a_reference():
    text = "## One\n\nText [F51].\n\n[F51]: https://evil.example/\n"
    assert 'href="https' not in read(text)[0].screens[0].html


def test_brackets_without_a_source_are_text():
    assert html("the [new] force, [R2P] and `[F99]`") == ("<p>the [new] force, [R2P] and <code>[F99]</code></p>\n")


# --- Terms


def test_the_first_use_of_a_term_in_a_lesson_is_marked_and_no_other():
    prose, _ = read("## One\n\nAsk a civilian. Ask civilians.\n\n## Two\n\nThe civilian.\n")
    assert prose.screens[0].html == (
        '<p>Ask a <a class="term" href="#term-civilian" data-term="civilian">civilian</a>. Ask civilians.</p>\n'
    )
    assert "term" not in prose.screens[1].html
    assert prose.terms == ("civilian",)


def test_the_longest_term_wins():
    assert 'data-term="poc-site">Protection of civilians site</a>.' in html("Protection of civilians site.")


def test_a_term_is_found_across_the_end_of_a_line():
    assert 'data-term="poc">protection\nof civilians</a>' in html("The protection\nof civilians.")


@pytest.mark.parametrize(
    "text", ["We can go.", "The canal.", "a non-civilian", "`civilian`", "[the civilian](https://un.org)"]
)
def test_terms_are_not_found_in_other_words_in_code_or_in_links(text):
    assert 'class="term"' not in html(text)


def test_a_spelling_in_capitals_is_found_in_capitals_only():
    assert 'data-term="can">CAN</a>' in html("We can ask the CAN.")


# --- Boxes and tables


def test_each_box_has_its_element():
    made = html("\n\n".join(f"::: {name}\nText\n:::" for name in BOXES if name != "figure"))
    assert '<details class="answer"><summary>Our answer</summary>\n<p>Text</p>\n</details>' in made
    for name in BOXES:
        assert f' class="{name}">' in made or f' class="example {name}">' in made or name == "figure"


TIERS = '<svg viewBox="0 0 340 60" role="img" aria-label="Three tiers"><rect class="box" width="9"></rect></svg>'


def test_a_drawing_stands_above_its_words():
    remarks = Remarks("lesson.md")
    prose = read_prose(
        "## One\n\n::: figure three-tiers\nThree tiers stand side by side.\n:::",
        sources=KINDS, glossary=GLOSSARY, remarks=remarks, drawings={"three-tiers": TIERS},
    )  # fmt: skip
    assert [problem for problem in remarks if problem.is_error] == []
    assert f'<figure class="drawing">{TIERS}<details><summary>The drawing in words</summary>' in prose.screens[0].html
    assert prose.drawings == ("three-tiers",)


@pytest.mark.parametrize("info", ["figure", "figure Three Tiers", "figure ../secret", "figure missing", "note more"])
def test_a_box_that_names_no_drawing_is_a_problem_and_nothing_is_drawn(info: str):
    remarks = Remarks("lesson.md")
    text = f"## One\n\n::: {info}\nWords.\n:::"
    prose = read_prose(text, sources=KINDS, glossary=GLOSSARY, remarks=remarks, drawings={"three-tiers": TIERS})
    assert [problem.line for problem in remarks if problem.is_error] == [3]
    assert "<svg" not in prose.screens[0].html


def test_nobody_writes_a_drawings_place_by_hand():
    prose = read_prose(
        "## One\n\n\ue000three-tiers\ue000",
        sources=KINDS, glossary=GLOSSARY, remarks=Remarks("lesson.md"), drawings={"three-tiers": TIERS},
    )  # fmt: skip
    assert "<svg" not in prose.screens[0].html


@pytest.mark.parametrize(
    "text, line",
    [
        ("::: warning\nText\n:::", 3),
        (":::\nText\n:::", 3),
        ("::: note\nText", 3),
        ("::: note\nText\n\n## Two\n\nText", 3),
        ("Text\n\n:::", 5),
        (":::: note\n::: changed\nText\n:::\n::::", 4),
        ("::: note important\nText\n:::", 3),
    ],
)
def test_a_box_that_is_unknown_open_or_nested_is_an_error(text, line):
    assert line in [at for at, _ in errors(f"## One\n\n{text}")]


def test_a_table_of_more_than_three_columns_is_an_error():
    assert the_error("## One\n\n| a | b | c | d |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |\n")[0] == 3


def test_a_wrong_reference_in_a_table_is_reported_in_its_row():
    assert the_error("## One\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | [F99] |\n")[0] == 6


def test_a_table_carries_no_inline_style():
    assert "style" not in html("| a | b |\n|--:|:-:|\n| 1 | 2 |\n")


# --- What is refused


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b>c</b>",
        "<!-- hidden -->",
        "<svg/onload=alert(1)>",
        "&lt;script&gt; <a href='javascript:x'>y</a>",
        "![picture](https://un.org/p.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](http://un.org)",
        "[x](//un.org)",
        "[x](#source-F51)",
        "[x](/admin)",
        "[x](https://)",
        "<javascript:alert(1)>",
        "<someone@un.org>",
    ],
)
def test_hostile_and_unwanted_input_is_reported_and_comes_to_nothing(text):
    prose, remarks = read(f"## One\n\n{text}\n", first_line=5)
    assert {problem.line for problem in remarks if problem.is_error} == {7}
    assert_safe(prose.screens[0].html)


def test_https_links_are_allowed_and_send_no_referrer():
    assert html("[UN](https://www.un.org/en)") == ('<p><a href="https://www.un.org/en" rel="noreferrer">UN</a></p>\n')


def test_cleaning_alone_takes_out_what_is_not_allowed():
    dirty = (
        '<p onclick="x" style="color:red" class="refs" id="main">a</p><script>b</script><iframe src="https://c"></iframe>'
        '<a href="javascript:d" class="ref evil">e</a><a href="/f">g</a><div class="monday admin">h</div><form>i</form>'
    )
    assert clean(dirty) == '<p>a</p><a class="ref">e</a><a>g</a><div class="monday">h</div>i'


class Walk(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, attrs))

    def handle_comment(self, data):
        self.seen.append(("comment", []))


def assert_safe(made):
    walk = Walk()
    walk.feed(made)
    for tag, attributes in walk.seen:
        assert tag in TAGS
        for name, value in attributes:
            if name == "class":
                assert {*value.split()} <= CLASSES.get(tag, set())
            else:
                assert name in ATTRIBUTES.get(tag, set())
            if name == "href":
                assert value.startswith(("https://", "#source-", "#term-"))


PIECES = st.sampled_from(
    ["<script>", "</p>", "<a href='javascript:x'>", '"', "'", "](", "[", ")", "![", "javascript:x", "https://u.n", "`",
     "```", "\n", "\n\n", "## ", "### ", "::: note", "\n:::\n", "::: answer\n", "|", "|--|", "* ", "> ", "1. ", "[F51]",
     "[POC-02, F9]", "civilian", "POC", "&lt;", "&#x3C;", "<", ">", "\\", "**", "_", "    ", "\x00", "\u202e",
     "style=x", "onload=x", "<!--", "]]>", "&", ";", "<https://u.n/\"onx=>", "\ud800"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join)


@settings(deadline=None)
@given(TEXTS)
def test_no_text_brings_a_tag_or_an_attribute_past_the_allow_list(text):
    prose, _ = read("## One\n\n" + text)
    assert isinstance(prose, Prose)
    for screen in prose.screens:
        assert_safe(screen.html)


@settings(deadline=None)
@given(TEXTS)
def test_no_line_brings_a_tag_or_an_attribute_past_the_allow_list(text):
    made, _ = render_line(text, sources=KINDS, remarks=Remarks("module.yaml"), line=1)
    assert_safe(made)


@pytest.mark.parametrize(
    "piece", ["[", "*a **a ", "::: note\n", "> ", "[F51", "`" * 3 + "\n", "<", "| a ", "[a](", "POC-"]
)
def test_a_hostile_text_does_not_take_long(piece):
    start = time.perf_counter()
    read("## One\n\n" + piece * (20_000 // len(piece)))
    assert time.perf_counter() - start < 5


# --- One line


def test_a_line_is_plain_text_with_references():
    remarks = Remarks("module.yaml")
    made, sources = render_line('A *b* "c" & <d> [F51, F52].', sources=KINDS, remarks=remarks, line=4)
    assert made.startswith('A *b* "c" &amp; &lt;d&gt; <span class="refs">[<a class="ref" href="#source-F51"')
    assert sources == ("F51", "F52")
    assert [(p.line, p.message[:22]) for p in remarks] == [(4, "There is no source F52")]
