"""The questions of a cohort: which are hard, what was chosen instead, how exact the scores are."""

import uuid

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training import access
from training.access import allow, trainers
from training.cohorts import quiz_report
from training.cohorts.large_reports import large_report
from training.cohorts.question_report import QUESTIONS_PAGE, QuestionsReport, questions_report, questions_table
from training.cohorts.views import blueprint, cohort_page, csv_answer, write_down
from training.models import Cohort
from training.paging import page_number, page_of
from training.writer import leaves_writing


@blueprint.get("/<uuid:cohort_id>/questions")
@allow(trainers)
@large_report
def questions(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, report = report_for(cohort_id)
    page = page_of(report.questions, page_number(request.args), QUESTIONS_PAGE)
    return cohort_page(
        "questions",
        cohort,
        page=page,
        report=report,
        all_attempts=of_all_attempts(),
        measures=quiz_report.measures,
        gain_in_words=quiz_report.gain_in_words,
    )


@blueprint.post("/<uuid:cohort_id>/questions.csv")
@allow(trainers)
@leaves_writing
@large_report
def questions_csv(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, report = report_for(cohort_id)
    header, rows = questions_table(report)
    write_down("questions-exported", cohort, rows=len(rows))
    return csv_answer("questions.csv", header, rows)


@blueprint.post("/<uuid:cohort_id>/quizzes.csv")
@allow(trainers)
@leaves_writing
@large_report
def quizzes_csv(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, report = report_for(cohort_id)
    header, rows = quiz_report.quizzes_table(report.quizzes)
    write_down("quizzes-exported", cohort, rows=len(rows))
    return csv_answer("quizzes.csv", header, rows)


def report_for(cohort_id: uuid.UUID) -> tuple[Cohort, QuestionsReport]:
    cohort = access.cohort_for(current_user, cohort_id)
    return cohort, questions_report(cohort, all_attempts=of_all_attempts())


def of_all_attempts() -> bool:
    """Whether the reader asked for every attempt, and not for each person's first alone."""
    return request.args.get("attempts") == "all"
