"""Amina has the same quiz open in two tabs, without a script: neither tab sees what is chosen in the other."""

from typing import Any

import pytest

from tests.learning.conftest import Quiz, fields
from tests.pages import Page

MEANWHILE = "was answered on another page meanwhile. That answer counts."
TOO = "was answered on another page too. The answer from here is the last one, and counts."


class Tabs:
    def __init__(self, quiz: Quiz) -> None:
        self.quiz, self.path = quiz, quiz.start()
        self.right, self.wrong = quiz.answers(self.path), quiz.answers(self.path, right=False)
        self.first, self.second, self.third = quiz.attempt(self.path).paper

    def open(self) -> Page:
        return self.quiz.browser.open(self.path)

    def save(self, tab: Page, item: str, answer: Any) -> Page:
        """Choose an answer in a tab, and press the button of its question."""
        return self.quiz.browser.submit(tab, "/attempts/", then=f"question-{item}", **fields(item, answer))

    def score(self) -> Any:
        self.quiz.submit(self.path)
        return self.quiz.results(self.path)[0].score


@pytest.fixture
def tabs(aminas_quiz: Quiz) -> Tabs:
    return Tabs(aminas_quiz)


def test_what_the_first_tab_answered_stays_when_the_second_saves_another_question(tabs: Tabs) -> None:
    one, other = tabs.open(), tabs.open()
    tabs.save(one, tabs.first, tabs.right[tabs.first])
    page = tabs.save(other, tabs.second, tabs.right[tabs.second])
    assert f"Question 1 {MEANWHILE}" in page.text and TOO not in page.text
    assert "2 of 3 answered" in page.text
    assert "Question" not in tabs.open().text.split("2 of 3 answered")[0]
    page = tabs.save(page, tabs.third, tabs.right[tabs.third])
    assert MEANWHILE not in page.text
    assert tabs.score() == 1


def test_a_changed_answer_of_the_first_tab_is_not_changed_back_by_the_second(tabs: Tabs) -> None:
    tabs.save(tabs.open(), tabs.first, tabs.wrong[tabs.first])
    one, other = tabs.open(), tabs.open()
    tabs.save(one, tabs.first, tabs.right[tabs.first])
    page = tabs.save(other, tabs.second, tabs.right[tabs.second])
    assert f"Question 1 {MEANWHILE}" in page.text
    tabs.save(page, tabs.third, tabs.right[tabs.third])
    assert tabs.score() == 1


def test_the_same_question_in_both_tabs_counts_as_it_was_saved_last_and_the_page_says_so(tabs: Tabs) -> None:
    one, other = tabs.open(), tabs.open()
    tabs.save(one, tabs.first, tabs.wrong[tabs.first])
    page = tabs.save(other, tabs.first, tabs.right[tabs.first])
    assert f"Question 1 {TOO}" in page.text and MEANWHILE not in page.text
    for item in (tabs.second, tabs.third):
        page = tabs.save(page, item, tabs.right[item])
        assert "another page" not in page.text
    assert tabs.score() == 1


def test_the_page_opens_at_its_top_where_the_sentence_stands(tabs: Tabs) -> None:
    one, other = tabs.open(), tabs.open()
    tabs.save(one, tabs.first, tabs.right[tabs.first])
    asked = f"question-{tabs.second}"
    send = {"then": asked, **fields(tabs.second, tabs.right[tabs.second])}
    answered = tabs.quiz.browser.submit(other, "/attempts/", follow=False, **send)
    assert answered.response.location == tabs.path
    again = tabs.quiz.browser.submit(tabs.open(), "/attempts/", follow=False, then=asked)
    assert again.response.location == f"{tabs.path}#{asked}"


def test_the_same_answer_in_both_tabs_is_nothing_to_tell(tabs: Tabs) -> None:
    one, other = tabs.open(), tabs.open()
    tabs.save(one, tabs.first, tabs.right[tabs.first])
    assert "another page" not in tabs.save(other, tabs.first, tabs.right[tabs.first]).text


def test_before_the_submit_the_second_tab_is_told_too(tabs: Tabs) -> None:
    one, other = tabs.open(), tabs.open()
    tabs.save(one, tabs.first, tabs.right[tabs.first])
    page = tabs.quiz.browser.submit(other, "/attempts/", then="check")
    assert f"Question 1 {MEANWHILE}" in page.text and "You have answered 1 of 3 questions" in page.text
