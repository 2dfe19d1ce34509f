"""The texts with which a new module and a new lesson begin: sound as they are, and to be written over."""

import json
import re
from collections.abc import Collection, Mapping
from string import ascii_uppercase
from typing import Any

from training.domain.content import ItemType
from training.domain.yaml_lines import Remarks, read_yaml

CODE = re.compile(r"^\s*(?:- )?(?:\{ ?)?id: *[\"']?([A-Z]+)[0-9]+\.[0-9]+", re.MULTILINE)
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.()-]*[A-Za-z0-9.)]")

SOURCES = """\
- id: SRC-01
  kind: un-document
  title: Write here the title of the document
  locator: paragraph 1
  says: Write here in one or two plain sentences what the document says.
  confidence: partly
"""
GLOSSARY = """\
- id: civilian
  term: civilian
  definition: A person who is not a member of armed forces and takes no direct part in hostilities.
"""
MODULE = """\
title: {title}
position: {position}
aim: Write here in one sentence what the module is for.
relevance: Write here in one sentence why it matters on a mission [{source}].
objectives:
  - id: {code}.1
    text: Describe what this lesson is about
assessments:
  - id: quiz
    title: Module quiz
    pass_mark: 75
    draw:
      - {{objectives: [{code}.1], count: 1}}
"""
LESSON = """\
---
title: {title}
minutes: 20
aim: Write here in one sentence what the lesson is for.
relevance: Write here in one sentence why it matters on a mission [{source}].
objectives: [{code}.1]
---

## The first screen

Write here 150 to 300 words. Each sentence that teaches a fact carries its source [{source}].

::: monday
- Write here what the reader does on Monday.
:::
"""
QUESTION = """\
- id: {item}-{number:02}
  type: single-choice
  use: {use}
  objective: {code}.1
  difficulty: 2
  sources: [{source}]
  stem: Write here {which} question?
  options:
    - text: The right answer
      correct: true
      feedback: Yes. Write here why it is right.
    - text: A wrong answer
      feedback: No. Write here why it is wrong.
    - text: Another wrong answer
      feedback: No. Write here why this is wrong too.
"""


# Of the other types, what stands below the stem.
EXAMPLES: dict[ItemType, str] = {
    "multiple-choice": """\
  scoring: net-correct  # or coverage, each-answer, all-or-nothing
  options:  # 4 to 6, at least two right and one wrong
    - text: A right answer
      correct: true
      feedback: Yes. Write here why it is right.
    - text: Another right answer
      correct: true
      feedback: Yes. Write here why it is right.
    - text: A wrong answer
      feedback: No. Write here why it is wrong.
    - text: Another wrong answer
      feedback: No. Write here why this is wrong too.
""",
    "true-false": """\
  statement_is: false  # the stem is a statement, and this says what it is
  options:  # 3 or 4 reasons, one of them right
    - text: The right reason
      correct: true
      feedback: Yes. Write here why it is the reason.
    - text: A wrong reason
      feedback: No. Write here why it is wrong.
    - text: Another wrong reason
      feedback: No. Write here why this is wrong too.
""",
    "matching": """\
  options:  # 3 to 6 lines, each with what belongs to it
    - text: What is seen first
      match: Who is told first
      feedback: Write here why they belong together.
    - text: What is seen next
      match: Who is told next
      feedback: Write here why they belong together.
    - text: What is seen last
      match: Who is told last
      feedback: Write here why they belong together.
  decoys: [Who has no part in it]  # or leave the line out
""",
    "ordering": """\
  options:  # 3 to 7 lines in the right order; trainees get them mixed
    - text: What comes first
      feedback: Write here why it stands here.
    - text: What comes next
      feedback: Write here why it stands here.
    - text: What comes last
      feedback: Write here why it stands here.
""",
    "ranking": """\
  options:  # 3 to 6 things to do, the best first; trainees get them mixed
    - text: The best thing to do
      feedback: Write here why it is the best.
    - text: What helps less
      feedback: Write here why it helps less.
    - text: What does harm
      feedback: Write here whom it harms.
""",
    "numeric": """\
  value: 38  # a decimal stands in quotation marks: "0.5"
  tolerance: 0  # how far off is still right
  unit: questions  # or leave the line out
  feedback: Write here why this number is right.
  options:  # 1 to 4 wrong numbers to expect
    - text: "75"
      feedback: No. Write here where this number comes from.
""",
    "short-answer": """\
  model: Write here an answer with all key ideas.
  options:  # 2 to 5 key ideas
    - text: A key idea
      feedback: Write here why it matters.
    - text: Another key idea
      feedback: Write here why it matters.
""",
}


def module_pattern(
    slug: str, title: str, *, position: int, shared: Mapping[str, str], taken: Collection[str]
) -> dict[str, str]:
    """The files of a new module with one lesson. *taken*: the letters of other modules' objectives."""
    defaults = {"sources.yaml": SOURCES, "glossary.yaml": GLOSSARY}
    files = {name: shared.get(name, text) for name, text in defaults.items()}
    letter = next((letter for letter in ascii_uppercase if letter not in taken), "Z")
    words = {"code": f"{letter}1", "source": usable_source(files), "position": position}
    files[f"{slug}/module.yaml"] = MODULE.format(title=quoted(title), **words)
    files[f"{slug}/01-first-lesson/lesson.md"] = lesson_pattern("First lesson", f"{letter}1", files)
    files[f"{slug}/01-first-lesson/questions.yaml"] = questions_pattern(f"{letter}1", files)
    return files


def lesson_pattern(title: str, code: str, files: Mapping[str, str]) -> str:
    return LESSON.format(title=quoted(title), code=code, source=usable_source(files))


def questions_pattern(code: str, files: Mapping[str, str]) -> str:
    """One question to practise with and two for the quiz."""
    plan = (("practice", "the first"), ("graded", "the second"), ("graded", "the third"))
    return "".join(
        QUESTION.format(item=code.lower(), number=n, use=use, code=code, which=which, source=usable_source(files))
        for n, (use, which) in enumerate(plan, start=1)
    )


def lesson_code(files: Mapping[str, str], slug: str, number: int) -> str:
    """How the objectives of the lesson with this number begin: "A7", after the module's other objectives."""
    found = CODE.search(files.get(f"{slug}/module.yaml", ""))
    return f"{found[1] if found else 'X'}{number}"


def usable_source(files: Mapping[str, str]) -> str:
    """The first source that may carry a fact."""
    entries: Any = read_yaml(files.get("sources.yaml", ""), Remarks("sources.yaml")).data
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry.get("confidence") != "to-confirm":
            return str(entry["id"])
    return "SRC-01"


def quoted(text: str) -> str:
    """*text* as YAML: plain where that is safe."""
    is_plain = PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null")
    return text if is_plain else json.dumps(text, ensure_ascii=False)
