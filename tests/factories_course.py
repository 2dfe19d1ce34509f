"""A small course that is sound: one module of two lessons with ten questions and a scenario, as files.

course_files()                                     the course as it is
course_files(lesson=LESSON.replace(…))             with another first lesson
course_files(glossary=None)                        without the glossary
course_files(**{"two/module.yaml": MODULE})        with one more file, by its path
"""

SLUG = "protection-of-civilians"
FIRST = f"{SLUG}/01-what-poc-is"
SECOND = f"{SLUG}/02-see-it-early"

PATHS = {
    "sources": "sources.yaml",
    "glossary": "glossary.yaml",
    "module": f"{SLUG}/module.yaml",
    "lesson": f"{FIRST}/lesson.md",
    "questions": f"{FIRST}/questions.yaml",
    "second_lesson": f"{SECOND}/lesson.md",
    "second_questions": f"{SECOND}/questions.yaml",
    "scenario": f"{SLUG}/scenarios/people-on-the-road.yaml",
}

PANEL = """
Alison Giffen said that the UN is approaching the 15 year anniversary of the first mandate
for a Chapter VII mandate in a peacekeeping operation. She asked for better training.
"""
"""What the sources quote, for check_quotations."""

SOURCES = """\
- id: F51
  kind: panel
  speaker: Alison Giffen
  quote: >-
    the UN is approaching the 15 year anniversary of the first mandate
    for a Chapter VII mandate in a peacekeeping operation
- id: IHL-04
  kind: treaty
  title: Additional Protocol I to the Geneva Conventions (1977)
  locator: Article 50
  says: A person about whom there is doubt counts as a civilian.
  confidence: checked
- id: POC-02
  kind: un-document
  title: Security Council resolution 1270 (1999)
  locator: paragraph 14
  says: >-
    Under Chapter VII, the mission may protect civilians under imminent threat of physical violence,
    within its capabilities and areas of deployment.
  confidence: checked
- id: POC-11
  kind: un-document
  title: Policy on the protection of civilians, Ref. 2023.05
  says: A threat exists from the moment when it is identified.
  confidence: partly
  changes: true
  owner: Curriculum editor
  review: 2027-06-01
"""

GLOSSARY = """\
- id: mandate
  term: mandate
  also: [mandates]
  definition: The task that the Security Council gives to a mission.
- id: poc
  term: protection of civilians
  also: [POC]
  definition: The work of all parts of a mission against physical violence that threatens civilians.
"""

MODULE = """\
title: Protection of civilians
position: 1
aim: Know the task, and see danger before it comes.
relevance: The panel spoke of the first mandate of this kind [F51].
objectives:
  - id: A1.1
    text: Define protection of civilians in your own words
  - id: A1.2
    text: Recognise a threat before an attack
assessments:
  - id: quiz
    title: Module quiz
    pass_mark: 75
    draw:
      - {objectives: [A1.1], count: 2}
      - {objectives: [A1.2], count: 1}
"""

LESSON = """\
---
title: What protection of civilians is
minutes: 20
aim: Say what the task is and where it comes from.
relevance: The panel spoke of the first mandate of this kind [F51].
objectives: [A1.1]
---

## The first mandate

A mandate is the task that the Security Council gives to a mission. In 1999 the Council gave
a mission in Sierra Leone a new task [POC-02]. The mission was to protect civilians who faced an
imminent threat of physical violence [POC-02]. The task had two limits from the first day on.
The mission acts within its capabilities, and it acts where its people are deployed [POC-02].
Fifteen years later a speaker at the panel in New York came back to this anniversary [F51].
Her sentence is useful, and one part of it is not exact.

::: changed
The policy on the protection of civilians has been written again since 2014 [POC-11].
:::

## Who is a civilian

You will often not know at once who stands in front of you. A farmer may carry a rifle against
thieves. A fighter may wear the clothes of a farmer. The law gives a clear answer for the case of
doubt: a person about whom you doubt counts as a civilian [IHL-04]. So you do not need to be sure
before you protect somebody. Look at what people do, not at what they wear, and say in your report
what you saw and what you only heard from others.

| You see | You report |
|---|---|
| A man with a rifle | What he does with it |
| A person in doubt | A civilian [IHL-04] |

::: activity
1. Think of the last village that you visited.
2. Name two people whom you could not place.
:::

::: answer
Both count as civilians as long as you are in doubt [IHL-04].
:::
"""

QUESTIONS = """\
- id: a1-01
  type: single-choice
  use: practice
  objective: A1.1
  difficulty: 1
  sources: [POC-02]
  stem: Which mission received the first explicit mandate to protect civilians?
  options:
    - text: The mission in Somalia, in 1993
      misconception: M17
      feedback: No. It had powers under Chapter VII, but not this explicit task.
    - text: The mission in Sierra Leone, in 1999
      correct: true
      feedback: Yes. Paragraph 14 of resolution 1270 gave it this task.
    - text: The mission in South Sudan, in 2011
      feedback: No. It came about twelve years later.
- id: a1-02
  type: multiple-choice
  use: practice
  objective: A1.1
  difficulty: 2
  sources: [POC-02, F51]
  stem: Which limits did the first mandate set?
  options:
    - text: The capabilities of the mission
      correct: true
      feedback: Yes. A mission is not asked for what it cannot do.
    - text: The areas where it is deployed
      correct: true
      feedback: Yes. It acts where its people are.
    - text: A written request before each act
      feedback: No. The paragraph asks for no such request.
    - text: The hours of daylight
      feedback: No. The paragraph says nothing about the hour.
- id: a1-03
  type: true-false
  use: practice
  objective: A1.1
  difficulty: 3
  sources: [IHL-04]
  statement_is: false
  stem: A person in doubt is treated as a fighter until the doubt is gone.
  options:
    - text: The law treats a person in doubt as a civilian.
      correct: true
      feedback: Yes. Doubt protects the person.
    - text: The law leaves each soldier to decide about doubt.
      feedback: No. The rule is the same for every soldier.
    - text: The law speaks of doubt about women and children only.
      feedback: No. The rule speaks of every person.
- id: a1-04
  type: single-choice
  use: graded
  objective: A1.1
  difficulty: 2
  sources: [POC-02]
  stem: What did paragraph 14 of the resolution of 1999 contain for the first time?
  options:
    - text: A task to protect civilians
      correct: true
      feedback: Yes. This was new in a mandate of a mission.
    - text: A task under Chapter VII of the Charter
      feedback: No. Chapter VII had been used before.
    - text: A task for military observers
      feedback: No. Observers are much older than this.
- id: a1-05
  type: multiple-choice
  use: graded
  objective: A1.1
  difficulty: 2
  sources: [POC-02]
  stem: Which words describe the people and the danger in the first mandate?
  options:
    - text: Civilians
      correct: true
      feedback: Yes. They are the people to be protected.
    - text: Physical violence
      correct: true
      feedback: Yes. This is the danger that is meant.
    - text: Loss of property
      feedback: No. The paragraph does not speak of property.
    - text: Prisoners of war
      feedback: No. Other rules protect them.
- id: a1-06
  type: true-false
  use: graded
  objective: A1.1
  difficulty: 3
  sources: [POC-02]
  statement_is: true
  stem: The first mandate to protect civilians had limits.
  options:
    - text: It named the capabilities and the areas of deployment.
      correct: true
      feedback: Yes. Both stand in the paragraph.
    - text: It named one province and one year for the whole task.
      feedback: No. It named neither a province nor a year.
    - text: It named the soldiers and left the police out of the task.
      feedback: No. It speaks of the mission.
- id: a1-07
  type: single-choice
  use: graded
  objective: A1.1
  difficulty: 3
  sources: [IHL-04]
  stem: You cannot tell whether a man at a well is a fighter. How do you treat him?
  options:
    - text: As a fighter until he has shown papers
      feedback: No. Papers do not decide this.
    - text: As a civilian
      correct: true
      feedback: Yes. The law decides for the civilian in doubt.
    - text: As a suspect, under arrest
      feedback: No. Doubt alone is no reason for an arrest.
"""

SECOND_LESSON = """\
---
title: See it early
minutes: 15
aim: Notice a threat before an attack.
relevance: A threat exists before anybody shoots [POC-11].
objectives: [A1.2]
---

## When a threat begins

A threat exists from the moment when it is identified [POC-11]. So you do not wait for the first
attack. You can talk to people, you can patrol, and you can report. Early action under your
mandate is not the same as early fire. Your orders and the rules of engagement decide about the
use of force, and no lesson can decide this for you. What you can always do is to listen. Women at
the water point, a driver at a checkpoint and a teacher on the way home see other things than you
do. Ask them safely, and thank them for what they tell you.

## What you do on Monday

You now know that a threat starts before the attack [POC-11]. You also know that a person in
doubt counts as a civilian [IHL-04]. The two belong together on every patrol. Before you leave,
ask who is most at risk on the road today. While you are out, look for what has changed since the
last time: an empty market, a closed school, a new checkpoint. When you come back, report what you
saw with the time and the place, and say how you know it.

::: monday
- Read the paragraph on protection in your mandate.
- Ask one person outside the base what has changed.
:::

::: note
Stop and rest when this subject is too close to you.
:::
"""

SECOND_QUESTIONS = """\
- id: a2-01
  type: single-choice
  use: practice
  objective: A1.2
  difficulty: 2
  sources: [POC-11]
  stem: When does a threat to civilians begin?
  options:
    - text: When the first person is hurt in an attack
      feedback: No. Then it is late.
    - text: When it is identified
      correct: true
      feedback: Yes. So the mission can act before an attack.
    - text: When the Government asks for help
      feedback: No. The task does not wait for a request.
- id: a2-02
  type: single-choice
  use: graded
  objective: A1.2
  difficulty: 3
  sources: [POC-11]
  stem: The market of a village is empty on market day. What do you do first?
  options:
    - text: Wait for an attack, so that the report is certain
      feedback: No. A threat exists before the attack.
    - text: Ask people safely, and report what you saw
      correct: true
      feedback: Yes. This gives the mission time.
    - text: Tell the village to leave
      feedback: No. You do not know enough for this yet.
- id: a2-03
  type: true-false
  use: graded
  objective: A1.2
  difficulty: 2
  sources: [POC-11]
  statement_is: true
  stem: A patrol can report a threat although nothing has happened yet.
  options:
    - text: A threat counts from the moment when it is identified.
      correct: true
      feedback: Yes. Reporting early gives time.
    - text: A threat counts from the moment of the second warning.
      feedback: No. One warning can be enough.
    - text: A threat counts from the moment when a court confirms it.
      feedback: No. A court has no part in this.
"""

SCENARIO = """\
title: The people on the road
role: You lead a patrol.
minutes: 10
objectives: [A1.2]
sources: [IHL-04]
note: This story speaks of a threat to people.
opening: People stand on the road and wave [POC-02].
points:
  - id: dp1
    situation: They say that armed men are near.
    choices:
      - text: Stop and listen to several of them.
        worth: good
        then: You learn what they saw.
        next: dp2
      - text: Drive on.
        worth: harmful
        then: They are alone.
        next: dp3
      - text: Take money for your help.
        worth: red-line
        then: This is misconduct. The story stops here.
  - id: dp2
    situation: Their stories differ.
    choices:
      - text: Write down each story and the doubt.
        worth: good
        then: Your report can be used.
      - text: Say that it is only rumour.
        worth: weak
        then: They stop talking.
  - id: dp3
    situation: Smoke rises behind you.
    choices:
      - text: Report it and go back.
        worth: acceptable
        then: You come late, but you come.
        next: dp2
      - text: Say nothing of the stop.
        worth: harmful
        then: Nobody comes.
protected:
  - civilians: The people are safe.
    trust: They will call again.
partly_protected:
  - civilians: Some are safe.
    trust: They doubt.
harm_done:
  - civilians: Two people are hurt.
    trust: They will not call again.
questions: [What did you know, and what did you assume?]
explained: A person in doubt counts as a civilian [IHL-04].
monday: Learn whom to call.
"""

FILES = {
    PATHS["sources"]: SOURCES,
    PATHS["glossary"]: GLOSSARY,
    PATHS["module"]: MODULE,
    PATHS["lesson"]: LESSON,
    PATHS["questions"]: QUESTIONS,
    PATHS["second_lesson"]: SECOND_LESSON,
    PATHS["second_questions"]: SECOND_QUESTIONS,
    PATHS["scenario"]: SCENARIO,
}


def course_files(**changes: str | None) -> dict[str, str]:
    """The files of the course by path, with *changes*: by short name (see PATHS) or by path; None removes."""
    changed = FILES | {PATHS.get(name, name): text for name, text in changes.items()}
    return {path: text for path, text in changed.items() if text is not None}


SECOND = "law"


def second_module(assessments: str) -> dict[str, str]:
    """One more module for course_files(**…): as the first one, with objectives B1.1 and B1.2 and ids of its own."""
    files = {}
    for path, text in course_files().items():
        if path.startswith(f"{SLUG}/") and "/scenarios/" not in path:
            text = text.replace("A1.", "B1.").replace("id: a1-", "id: b1-").replace("id: a2-", "id: b2-")
            text = text.replace("position: 1", "position: 2").replace(
                "title: Protection of", "title: Law and protection of"
            )
            files[path.replace(SLUG, SECOND)] = text
    head, _, _ = files[f"{SECOND}/module.yaml"].partition("assessments:")
    files[f"{SECOND}/module.yaml"] = head + "assessments:\n" + assessments
    return files
