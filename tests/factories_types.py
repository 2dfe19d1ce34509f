"""The small course with questions of every type: in the check of its first lesson, and in its quiz.

every_type()            its files; each graded question is in each paper
perfect(item, key)      an answer that earns the whole mark
amiss(item, key)        an answer that earns nothing
ruling_by(item, answer) the ruling by which an answer is the right one
PRACTISED, EXAMINED     the ids of its questions by their type
"""

from tests.factories_course import MODULE, course_files
from training.domain.content import Answer, Item, ItemKey
from training.domain.marking_again import Ruling

OLD = """\
- id: {id}
  type: {type}
  use: {use}
  objective: A1.1
  difficulty: 2
  sources: [POC-02]
"""

BODIES = {
    "single-choice": """\
  stem: Which year gave the {use} mandate its task?
  options:
    - text: The year 1999
      correct: true
      feedback: Yes. Taught about 1999.
    - text: The year 1993
      misconception: M17
      feedback: No. Taught about 1993.
    - text: The year 2011
      feedback: No. Taught about 2011.
""",
    "multiple-choice": """\
  scoring: coverage
  stem: Which limits does the {use} mandate have?
  options:
    - text: The capabilities of the mission
      correct: true
      feedback: Yes. Taught about capabilities.
    - text: The areas of deployment
      correct: true
      feedback: Yes. Taught about areas.
    - text: The hours of daylight
      feedback: No. Taught about daylight.
    - text: A written request
      feedback: No. Taught about requests.
""",
    "true-false": """\
  statement_is: false
  stem: In the {use} village, a person in doubt is a fighter.
  options:
    - text: Doubt protects the person.
      correct: true
      feedback: Yes. Taught about doubt.
    - text: Each soldier decides.
      feedback: No. Taught about soldiers.
    - text: The rule is for children only.
      feedback: No. Taught about children.
""",
    "matching": """\
  situation: true
  stem: Whom do you tell in the {use} village? Match what you see to the person.
  options:
    - text: A child alone at the gate
      match: The child protection adviser
      feedback: Taught about the child.
    - text: A body in the field
      match: The human rights officer
      feedback: Taught about the body.
    - text: A mine beside the road
      match: The engineers
      feedback: Taught about the mine.
  decoys: [The driver of the water truck]
""",
    "ordering": """\
  stem: Put the steps of the {use} report in order.
  options:
    - text: See what happens
      feedback: Taught about seeing.
    - text: Write it down
      feedback: Taught about writing.
    - text: Tell your commander
      feedback: Taught about telling.
    - text: Ask what was done
      feedback: Taught about asking.
""",
    "ranking": """\
  situation: true
  stem: A crowd shouts in the {use} square. Rank what you can do, the best first.
  options:
    - text: Speak with its leader
      feedback: Taught about speaking.
    - text: Watch from the corner
      feedback: Taught about watching.
    - text: Drive through the crowd
      feedback: Taught about driving.
""",
    "numeric": """\
  stem: How many litres does the {use} village need in a day?
  value: 1250
  tolerance: "0.5"
  unit: litres
  feedback: Taught about the need for water.
  options:
    - text: "125"
      misconception: M09
      feedback: Taught about a missing zero.
    - text: "2500"
      feedback: Taught about two days.
""",
    "short-answer": """\
  stem: Why do you report early in the {use} village?
  model: An early report gives the mission time to warn people and to send a patrol.
  options:
    - text: It gives the mission time
      feedback: Taught about time.
    - text: People can be warned
      feedback: Taught about warnings.
""",
}
PRACTISED = {kind: f"a1-{number}" for number, kind in enumerate(BODIES, start=11)}
EXAMINED = {kind: f"a1-{number}" for number, kind in enumerate(BODIES, start=31)}

QUESTIONS = "".join(
    OLD.format(id=ids[kind], type=kind, use=use) + body.format(use=use)
    for use, ids in (("practice", PRACTISED), ("graded", EXAMINED))
    for kind, body in BODIES.items()
)


def every_type(*, own_words: bool = True) -> dict[str, str]:
    """Without *own_words*, no question of the quiz waits for a trainer's mark."""
    questions = QUESTIONS if own_words else QUESTIONS[: QUESTIONS.index(f"- id: {EXAMINED['short-answer']}")]
    count = len(EXAMINED) if own_words else len(EXAMINED) - 1
    return course_files(questions=questions, module=MODULE.replace("[A1.1], count: 2", f"[A1.1], count: {count}"))


def perfect(item: Item, key: ItemKey) -> Answer:
    """The answer that earns everything."""
    match item.type:
        case "single-choice":
            return min(key.correct)
        case "multiple-choice":
            return sorted(key.correct)
        case "true-false":
            return {"claim": "true" if key.claim else "false", "reason": min(key.correct)}
        case "matching":
            return {**key.matches}
        case "ordering" | "ranking":
            return {option: str(place) for place, option in enumerate(key.order, start=1)}
        case "numeric":
            return key.value or ""
    return {"text": "It gives time, and people can be warned."}


def amiss(item: Item, key: ItemKey) -> Answer:
    """An answer that earns nothing, and could be right. What is written in own words cannot be told."""
    wrong = sorted(key.options.keys() - key.correct)
    match item.type:
        case "single-choice":
            return wrong[0]
        case "multiple-choice":
            return wrong
        case "true-false":
            return {"claim": "false" if key.claim else "true", "reason": wrong[0]}
        case "matching":
            lefts = sorted(key.matches)
            return {left: key.matches[other] for left, other in zip(lefts, [*lefts[1:], lefts[0]], strict=True)}
        case "ordering" | "ranking":
            return {option: str(place) for place, option in enumerate(reversed(key.order), start=1)}
        case "numeric":
            return next(option.text for option in key.options.values() if option.text)
    return {"text": "I do not know."}


def ruling_by(item: Item, answer: Answer) -> Ruling:
    match item.type, answer:
        case "single-choice", str():
            return Ruling(correct=(answer,))
        case "multiple-choice", list():
            return Ruling(correct=tuple(sorted(answer)))
        case "true-false", dict():
            return Ruling(correct=(str(answer["reason"]),), claim=answer["claim"] == "true")
        case "matching", dict():
            return Ruling(matches=tuple(sorted((left, str(right)) for left, right in answer.items())))
        case "ordering" | "ranking", dict():
            return Ruling(order=tuple(sorted(answer, key=lambda line: int(str(answer[line])))))
        case "numeric", str():
            return Ruling(value=answer, tolerance="0")
    raise AssertionError(f"no ruling follows from {answer}")
