"""The questions of a cohort: which are hard, what was chosen instead, how exact the scores are."""

import uuid

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training import access
from training.access import allow, trainers
from training.cohorts import question_report, quiz_report
from training.cohorts.paging import page_number, page_of
from training.cohorts.views import blueprint, cohort_page, csv_answer, write_down
from training.writer import leaves_writing


@blueprint.get("/<uuid:cohort_id>/questions")
@allow(trainers)
def questions(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, all_attempts = access.cohort_for(current_user, cohort_id), request.args.get("attempts") == "all"
    report = question_report.questions_report(cohort, all_attempts=all_attempts)
    page = page_of(report.questions, page_number(request.args), question_report.QUESTIONS_PAGE)
    return cohort_page(
        "questions",
        cohort,
        page=page,
        report=report,
        all_attempts=all_attempts,
        measures=quiz_report.measures,
        gain_in_words=quiz_report.gain_in_words,
    )


@blueprint.post("/<uuid:cohort_id>/questions.csv")
@allow(trainers)
@leaves_writing
def questions_csv(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, all_attempts = access.cohort_for(current_user, cohort_id), request.args.get("attempts") == "all"
    report = question_report.questions_report(cohort, all_attempts=all_attempts)
    header, rows = question_report.questions_table(report)
    write_down("questions-exported", cohort, rows=len(rows))
    return csv_answer("questions.csv", header, rows)


@blueprint.post("/<uuid:cohort_id>/quizzes.csv")
@allow(trainers)
@leaves_writing
def quizzes_csv(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, all_attempts = access.cohort_for(current_user, cohort_id), request.args.get("attempts") == "all"
    report = question_report.questions_report(cohort, all_attempts=all_attempts)
    header, rows = quiz_report.quizzes_table(report.quizzes)
    write_down("quizzes-exported", cohort, rows=len(rows))
    return csv_answer("quizzes.csv", header, rows)
