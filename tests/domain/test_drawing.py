"""Drawings are shapes and words, and nothing that could act in a page."""

import pytest

from training.domain.drawing import read_drawing
from training.domain.yaml_lines import Remarks

SOUND = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 120">
  <title>Three tiers</title>
  <g transform="translate(10 10)"><rect class="box soft" x="0" y="0" width="90" height="40" rx="4"/></g>
  <path class="line" d="M10 60 L100 60"/>
  <text class="small middle" x="50" y="30">Dialogue &amp; <tspan class="bold">engagement</tspan> first</text>
</svg>"""


def read(text: str) -> tuple[str, list[str]]:
    remarks = Remarks("figures/three-tiers.svg")
    return read_drawing(text, remarks), [problem.message for problem in remarks]


def test_a_sound_drawing_is_written_out_anew_with_its_name():
    drawn, problems = read(SOUND)
    assert problems == []
    assert drawn.startswith('<svg viewBox="0 0 340 120" role="img" aria-label="Three tiers">')
    assert 'Dialogue &amp; <tspan class="bold">engagement</tspan> first</text>' in drawn


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<rect onclick="alert(1)"/>',
        '<rect style="fill:red"/>',
        '<rect fill="url(#x)"/>',
        '<image href="https://evil.example/x.png"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<use href="#x"/>',
        "<foreignObject><p>x</p></foreignObject>",
        "<style>*{display:none}</style>",
        '<animate attributeName="x"/>',
        '<rect class="button"/>',
        '<path d="M0 0 url(x)"/>',
        '<rect x="1e9"/>',
        '<text xml:lang="en">x</text>',
    ],
)
def test_whatever_could_act_is_a_problem_and_does_not_come_through(evil: str):
    drawn, problems = read(SOUND.replace("</svg>", evil + "</svg>"))
    assert len(problems) == 1
    for word in ("script", "onclick", "style", "href", "url(", "foreign", "animate", "button", "1e9", "lang"):
        assert word not in drawn


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<svg",
        "<p>no drawing</p>",
        '<!DOCTYPE svg [<!ENTITY x "y">]>' + SOUND,
        SOUND.replace("<title>Three tiers</title>", ""),
        SOUND.replace("0 0 340 120", "0 0 800 120"),
        SOUND.replace(' viewBox="0 0 340 120"', ""),
        SOUND.replace("first", "x" * 15_000),
    ],
)
def test_what_is_no_drawing_is_told_in_a_sentence(text: str):
    _drawn, problems = read(text)
    assert problems
    assert all(problem.endswith(".") for problem in problems)
