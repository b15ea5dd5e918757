"""A lesson whose cells draw numbers: the page, its state and the notebook show each reader the same of their own."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import factories
from panlearn.domain.course import Cell
from panlearn.domain.quiz.drawing import Variable, marker

SEED = Variable(name="seed", low="10000", high="99999", step="1")
SOURCE = f"seed = {marker('seed')}  # drawn for you"
API = "/api/v1/courses/waves"
PAGE = "/courses/waves/first-lesson"


@pytest.fixture
def release(session, store, monkeypatch):
    """The small course, whose first lesson has a cell that draws a seed."""
    made = factories.release()
    pages = tuple(
        replace(page, variant=(SEED,), cells=(Cell(id="c1", source=SOURCE), *page.cells[1:]), notebook="first-lesson")
        if page.slug == "first-lesson"
        else page
        for page in made.pages
    )
    monkeypatch.setattr(factories, "FRAGMENT", factories.FRAGMENT.replace("x = 1", SOURCE))
    made = factories.publish(store, session, replace(made, pages=pages))
    notebook = store._folder(made) / "downloads" / "first-lesson.ipynb"
    notebook.write_text('{"cells": [{"source": "%s"}]}' % SOURCE, encoding="utf-8")  # noqa: UP031
    session.commit()
    return made


def seed_in(text):
    [found] = set(re.findall(r"seed = (\d{5})  # drawn for you", text))
    assert marker("seed") not in text
    return found


def test_page_state_and_notebook_show_the_same_numbers_and_others_to_others(visitor, newcomer):
    mine = seed_in(visitor.get(PAGE).text)
    assert seed_in(visitor.get(f"{API}/lessons/first-lesson/state").text) == mine
    assert visitor.state()["cells"][0]["source"] == f"seed = {mine}  # drawn for you"
    assert seed_in(visitor.get("/courses/waves/downloads/first-lesson.ipynb").text) == mine
    assert seed_in(visitor.get(PAGE).text) == mine
    assert seed_in(newcomer().get(PAGE).text) != mine


def test_they_stay_after_an_answer_and_after_signing_up(visitor):
    mine = seed_in(visitor.get(PAGE).text)
    visitor.answer("first", "first = 1")
    assert seed_in(visitor.get(PAGE).text) == mine
    visitor.sign_up()
    assert seed_in(visitor.get(PAGE).text) == mine


def test_an_edited_cell_is_as_it_was_edited(visitor):
    visitor.get(PAGE)
    visitor.save("first-lesson", "c1", "seed = 1")
    cell = visitor.state()["cells"][0]
    assert (cell["edited"], seed_in(cell["source"]) != "1") == ("seed = 1", True)
