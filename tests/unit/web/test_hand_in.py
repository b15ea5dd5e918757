"""Handing in a notebook: what is found in it is checked, what is not is told."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import factories
from fakes import report_for
from panlearn.domain.report import Verdict
from panlearn.grading.reports import to_json
from panlearn.services.gradings import Gradings

pytestmark = pytest.mark.databases

PAGE = "/courses/waves/hand-in"


def notebook(*cells, **extra):
    made = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4, "metadata": {}, **extra}).encode()


def hand_in(visitor, data, name="lesson.ipynb"):
    return send(visitor, PAGE, data, visitor.token(PAGE), name)


def send(visitor, to, data, token, name="lesson.ipynb"):
    form = {"notebook": FileStorage(io.BytesIO(data), filename=name), "csrf_token": token}
    boundary, body = encode_multipart(form)
    return visitor.client.post(to, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def grade_all(application, verdict):
    """What a worker would do."""
    while True:
        with application.writing() as session:
            gradings = Gradings(session)
            if (grading := gradings.claim("me", timedelta(minutes=1))) is None:
                return
            report = report_for(factories.bundle(factories.release().exercises[grading.exercise]), verdict)
            gradings.finish(grading, report, to_json(report))


def test_each_answer_becomes_a_submission_and_the_report_says_how_it_was_found(visitor, application):
    answer = hand_in(visitor, notebook("import numpy", "#| exercise: second\nsecond = 2", "first = 1"))

    assert answer.status_code == 303
    grade_all(application, Verdict.PASSED)
    page = visitor.get(answer.headers["Location"]).text
    assert "2 answers found." in page
    assert "Code cell 3, known by the names it defines" in page
    assert "Code cell 2, known by its first line" in page
    assert page.count("Passed") == 2
    sent = visitor.get("/api/v1/courses/waves/exercises/first/submissions").json["submissions"]
    assert len(sent) == 1


def test_while_answers_are_checked_the_page_says_so_and_comes_again(visitor):
    answer = hand_in(visitor, notebook("first = 1"))
    page = visitor.get(answer.headers["Location"]).text
    assert 'http-equiv="refresh"' in page
    assert "Being checked" in page


def test_what_could_not_be_matched_is_listed(visitor):
    cells = ["first = 1", "#| exercise: second\n...", "#| exercise: elsewhere\nx = 1"]
    page = visitor.get(hand_in(visitor, notebook(*cells)).headers["Location"]).text
    assert "Not worked on" in page
    assert "<code>elsewhere</code>" in page
    assert "Not in this notebook" in page


def test_more_answers_than_may_wait_at_once_are_taken_together(visitor):
    first = hand_in(visitor, notebook("first = 1", "second = 2", "third = 3"))
    assert first.status_code == 303
    assert "3 answers found" in visitor.get(first.headers["Location"]).text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF", "not a notebook"),
        (notebook("x = 1"), "No cell of this notebook answers"),
        (notebook("#| exercise: first\n..."), "as it was when you got it"),
        (b" " * (16 << 20) + b"  ", "Clear the outputs"),
    ],
    ids=["PDF", "nothing of it", "untouched", "too large"],
)
def test_a_file_that_cannot_be_used_says_why_on_the_form(visitor, data, says):
    answer = hand_in(visitor, data)
    assert answer.status_code == 400
    assert says in answer.text
    assert 'role="alert"' in answer.text


def test_no_file_is_said(visitor):
    answer = visitor.client.post(PAGE, data={"csrf_token": visitor.token(PAGE)}, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "No file was chosen" in answer.text


def test_a_report_is_its_owners_only_and_cannot_be_made_up(visitor, newcomer):
    place = hand_in(visitor, notebook("first = 1")).headers["Location"]
    stranger = newcomer()
    assert stranger.get(place).status_code == 404
    stranger.answer("first", "x")
    assert stranger.get(place).status_code == 404
    assert visitor.get(place[:-2]).status_code == 404
    assert visitor.get("/courses/waves/handed-in/made-up").status_code == 404


def test_without_a_token_of_the_form_nothing_is_taken(visitor):
    assert send(visitor, PAGE, notebook("first = 1"), "").status_code == 400


def test_no_other_page_takes_bodies_of_that_length(visitor):
    assert send(visitor, "/sign-in", b" " * (2 << 20), "x").status_code == 413


def test_the_course_page_leads_there(visitor):
    assert f'href="{PAGE}"' in visitor.get("/courses/waves").text
    assert 'type="file"' in visitor.get(PAGE).text
