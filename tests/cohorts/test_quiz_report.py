"""What Tariq sees of a quiz as a whole, what each number means, and what his people won since the test before."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.cohorts.conftest import fill
from tests.cohorts.test_reports import lines
from tests.factories_course import PATHS, course_files
from tests.learning.test_exams import Exam, assign_exams
from tests.pages import Browser, Page, words
from tests.people import NOW, World
from training.cohorts.quiz_report import QuizLine, measures
from training.db import db
from training.domain.reliability import quiz_statistics
from training.models import Assignment, Event
from training.publishing.publish import publish_course


def told(page: Page) -> dict[str, str]:
    """The measures of the page's quizzes, by name."""
    return {words(div.find("dt")): words(div.find("dd")) for div in page.all("div") if div.find("dt") is not None}


def table(browser: Browser, address: str) -> dict[str, str]:
    """The last line of a file, by the header."""
    header, *rows = lines(browser.post(address))
    return dict(zip(header, rows[-1], strict=True))


def test_a_quiz_is_explained_from_thirty_papers_on(app: Flask, world: World, tariq: Browser, home: str) -> None:
    fill(app, world, 14)  # each person answers everything wrong first, and right the second time
    found = told(tariq.open(f"{home}/questions?attempts=all"))
    assert list(found) == ["Standard deviation"]
    assert found["Standard deviation"].startswith("51 points 28 of 28 papers are no further from the mean than this.")
    fill(app, world, 1, first=14)
    found = told(tariq.open(f"{home}/questions?attempts=all"))
    assert found["Standard deviation"].startswith("51 points 30 of 30 papers")
    assert found["Skewness"].startswith("0.00 Low and high scores are about as far from the mean.")
    assert found["Kurtosis"].startswith("-2.15 The scores are far apart")
    assert found["Reliability (Cronbach's alpha)"].startswith(
        "1.00 Another paper of this quiz would put people in nearly"
    )
    assert found["Reliability (KR-21)"].startswith("1.00 ") and "equally hard" in found["Reliability (KR-21)"]
    assert found["Error of measurement"].startswith("0 points If the scores of two people differ by less")


def test_the_file_of_the_quizzes_has_the_same_numbers_and_the_export_is_written_down(
    app: Flask, world: World, tariq: Browser, home: str, events: Callable[[str], list[Event]]
) -> None:
    fill(app, world, 15)
    page = tariq.submit(tariq.open(f"{home}/questions?attempts=all"), "quizzes.csv")
    header, row = lines(page)
    found = dict(zip(header, row, strict=True))
    assert [found[name] for name in ("Quiz", "Papers", "Papers that wait for a mark", "Mean (%)")] == [
        "Module quiz",
        "30",
        "0",
        "50",
    ]
    assert [found[name] for name in ("Skewness", "Kurtosis", "Reliability (KR-21)")] == ["0.00", "-2.15", "1.00"]
    assert found["Gain (points)"] == ""
    assert [(event.actor_id, event.detail) for event in events("quizzes-exported")] == [(world.tariq, {"rows": 1})]


def test_each_question_tells_what_the_quiz_would_be_without_it(
    app: Flask, world: World, tariq: Browser, home: str
) -> None:
    fill(app, world, 14)
    assert "without it" not in tariq.open(f"{home}/questions?attempts=all").text
    fill(app, world, 1, first=14)
    page = tariq.open(f"{home}/questions?attempts=all")
    sentence = "Reliability of “Protection of civilians: Module quiz” with this question: 1.00; without it: 1.00."
    assert page.text.count(f"{sentence} The question goes with the others.") == 3
    found = table(tariq, f"{home}/questions.csv?attempts=all")
    assert found["Reliability without the question"] == found["Reliability (Cronbach's alpha)"] == "1.00"


# Before and after


@pytest.fixture
def law(app: Flask, world: World) -> uuid.UUID:
    return assign_exams(app, world)


@pytest.fixture
def take(app: Flask, world: World, browse: Callable[..., Browser], law: uuid.UUID) -> Callable[..., None]:
    """take(world.amina, "before", 1): a test with one right answer of three."""

    def one(person: uuid.UUID, name: str, right: int) -> None:
        exam = Exam(app, world, browse(person), law)
        exam.name = name
        path = exam.start()
        answers = dict(list(exam.right_answers(path).items())[:right])
        if answers:
            exam.save(path, answers)
        exam.submit(path)

    return one


def test_a_question_of_another_module_reads_as_that_module_asks_it_now(
    app: Flask, world: World, tariq: Browser, home: str, take: Callable[..., None]
) -> None:
    take(world.amina, "before", 1)
    page = tariq.open(f"{home}/questions")
    assert "Earlier wording" not in page.text
    assert "About this quiz" not in page.text, "of one paper there is nothing more to tell"
    with app.app_context():
        own = course_files()[PATHS["questions"]]
        changed = {PATHS["questions"]: own.replace("  stem: ", "  stem: In your words, ")}
        _, [version] = publish_course(course_files() | changed, by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
    assert tariq.open(f"{home}/questions").text.count("Earlier wording, version 1") == 2


def test_what_two_people_won_has_its_interval_and_says_that_it_may_be_chance(
    world: World, tariq: Browser, home: str, take: Callable[..., None]
) -> None:
    take(world.amina, "before", 1)
    take(world.bruno, "before", 0)
    take(world.amina, "after", 3)
    page = tariq.open(f"{home}/questions")
    assert "took the test before and this one" not in page.text, "one person has no interval"
    take(world.bruno, "after", 1)
    page = tariq.open(f"{home}/questions")
    assert (
        "2 people took the test before and this one. Before: 16 %. After: 66 %. Gain: 50 points. "
        "The true value lies between -100 and 100 points. This may be chance."
    ) in page.text
    found = told(page)
    assert found["Normalised gain (Hake)"].startswith("60 % ")
    assert "With fewer than 10 people, it says little." in found["Normalised gain (Hake)"]
    assert found["Normalised change (Marx and Cummings)"].startswith("66 %")
    row = table(tariq, f"{home}/quizzes.csv")
    names = ("People with both tests", "Before (%)", "After (%)", "Gain (points)", "Gain from", "Gain to")
    assert [row[name] for name in names] == ["2", "16", "66", "50", "-100", "100"]
    assert [row[name] for name in ("Normalised gain (%)", "Normalised change (%)")] == ["60", "66"]


@pytest.mark.parametrize(
    ("before", "after", "verdict", "amount"),
    [
        (0, 2, "People know more than before. This is more than chance.", "Between 30 % and 70 % is usual"),
        (2, 0, "People know less than before. This is more than chance.", "Less than 30 % is little."),
    ],
)
def test_an_even_gain_or_loss_of_two_may_be_chance_and_that_of_ten_is_more(
    world: World,
    tariq: Browser,
    home: str,
    member: Callable[..., uuid.UUID],
    take: Callable[..., None],
    before: int,
    after: int,
    verdict: str,
    amount: str,
) -> None:
    def taken_by(people: list[uuid.UUID]) -> Page:
        for person in people:
            take(person, "before", before)
            take(person, "after", after)
        return tariq.open(f"{home}/questions")

    page = taken_by([world.amina, world.bruno])
    assert "These are fewer than 10 people, so do not rely on it yet." in page.text
    assert verdict not in page.text and amount not in page.text
    assert "points. The true value lies between" not in page.text, "of what is all alike no range can be told"
    page = taken_by([member(f"Person{number}", world.tariqs_cohort) for number in range(8)])
    assert verdict in page.text and amount in told(page)["Normalised gain (Hake)"]


def test_of_a_few_papers_the_spread_is_a_figure_without_a_meaning(
    app: Flask, world: World, tariq: Browser, home: str
) -> None:
    fill(app, world, 4)
    assert told(tariq.open(f"{home}/questions?attempts=all")) == {"Standard deviation": "53 points"}
    fill(app, world, 1, first=4)
    found = told(tariq.open(f"{home}/questions?attempts=all"))
    assert found["Standard deviation"].startswith("53 points 10 of 10 papers are no further from the mean than this.")


# The words for each number


@pytest.mark.parametrize(
    ("scores", "name", "sentence"),
    [
        ([4] * 28 + [0, 1], "Skewness", "Most people have high scores, and a few have much lower ones."),
        ([0] * 28 + [4, 3], "Skewness", "Most people have low scores, and a few have much higher ones."),
        ([4] * 28 + [0, 1], "Kurtosis", "Most scores are close together, and a few are far away."),
        ([0] * 15 + [4] * 15, "Kurtosis", "The scores are far apart, with few people in the middle."),
        ([0, 1, 2, 3, 4] * 6, "Kurtosis", "There are about as many very low and very high scores as usual."),
        ([0, 1, 2, 3, 4] * 6, "Reliability (Cronbach's alpha)", "in nearly the same order"),
        ([0, 1, 2, 3, 4] * 6, "Reliability (KR-21)", "some questions are much harder than others"),
        ([0, *[1, 2, 3] * 10, 4], "Reliability (Cronbach's alpha)", "in roughly the same order"),
        ([2, 3] * 15, "Reliability (Cronbach's alpha)", "in a very different order"),
    ],
)
def test_each_number_says_what_it_means(app: Flask, scores: list[int], name: str, sentence: str) -> None:
    """The questions go from easy to hard: who has three marks has the three easiest."""
    papers = [{f"q{place}": float(place < score) for place in range(4)} for score in scores]
    line = QuizLine(quiz_statistics(papers), papers, 0, None, "en", "Module", "Quiz")
    with app.test_request_context():
        [measure] = [one for one in measures(line) if one.name == name]
    assert sentence in measure.meaning
