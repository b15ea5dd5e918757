"""Domain values and rows as the JSON that pages and the API speak."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from panlearn.domain.course import Cell
from panlearn.domain.progress import Progress
from panlearn.domain.quiz.drawing import filled
from panlearn.models import GradeChange, HandGrade, SavedCell, Submission
from panlearn.services.lessons import ExerciseView, LessonView
from panlearn.services.line import Place
from panlearn.web.fragments import localise

KERNELS = "/kernels/"


def iso(moment: datetime | None) -> str | None:
    """A time as text."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def submission_json(submission: Submission, place: Place | None = None, *, source: bool = False) -> dict[str, Any]:
    """A submission as its owner reads it. The note for the author is not in it."""
    found: dict[str, Any] = {
        "id": submission.public_id,
        "course": submission.course_slug,
        "exercise": submission.exercise_id,
        "release": submission.release_digest,
        "state": submission.state.value,
        "created_at": iso(submission.created_at),
        "graded_at": iso(submission.graded_at),
        "report": submission.report,
        "position": place.position if place else None,
        "seconds": place.seconds if place else None,
    }
    return found | {"source": submission.source} if source else found


def progress_json(progress: Progress) -> dict[str, Any]:
    """Progress with its arcs."""
    return {
        "passed": progress.passed,
        "total": progress.total,
        "points": progress.points,
        "max_points": progress.max_points,
        "arcs": list(progress.arcs),
    }


def lesson_state(view: LessonView) -> dict[str, Any]:
    """What the lesson page hydrates from."""
    release, slug = view.release, view.release.course.slug
    environment = release.course.environment
    return {
        "course": slug,
        "lesson": view.page.slug,
        "release": release.digest,
        "environment": release.environment_digest,
        "kernel": {"base": KERNELS, "name": environment, "path": f"{slug}/{release.digest}"},
        "cells": [_cell(cell, view.edits.get(cell.id), view.drawn) for cell in view.page.cells],
        "exercises": {one.exercise.id: _exercise(view, one) for one in view.exercises},
        "progress": progress_json(view.progress),
    }


def _cell(cell: Cell, edit: SavedCell | None, drawn: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": cell.id,
        "source": filled(cell.source, drawn),
        "exercise": cell.exercise,
        "edited": edit.source if edit else None,
        "saved_at": iso(edit.saved_at) if edit else None,
    }


def _exercise(view: LessonView, one: ExerciseView) -> dict[str, Any]:
    return {
        "title": one.exercise.title,
        "kind": one.exercise.quiz.kind.value if one.exercise.quiz else "code",
        "points": one.exercise.points if one.standing.passed else min(one.standing.points, one.exercise.points),
        "max_points": one.exercise.points,
        "status": one.standing.status,
        "tries": one.standing.tries,
        "hints": [
            {"number": number, "of": one.exercise.hints, "html": localise(html, view.release)}
            for number, html in enumerate(one.hints, start=1)
        ],
        "hints_total": one.exercise.hints,
        "needs": [{"id": need.id, "title": need.title, "url": need.url, "passed": need.passed} for need in one.needs],
        "solution_open": one.solution_open,
        "solution_in": one.solution_in,
        "last": submission_json(one.last) if one.last else None,
        "regraded": _change(one.regraded) if one.regraded else None,
        "began_at": iso(one.standing.began_at),
        "hint_after": round(one.hint_after) if one.hint_after is not None else None,
        "rubric": [{"text": each.text, "points": each.points} for each in one.exercise.rubric],
        "hand_points": one.exercise.by_hand,
        "by_hand": _hand_grade(one.by_hand) if one.by_hand else None,
    }


def _hand_grade(grade: HandGrade) -> dict[str, Any]:
    return {
        "at": iso(grade.given_at),
        "points": grade.points,
        "comment": grade.comment,
        "rubric": grade.rubric,
    }


def _change(change: GradeChange) -> dict[str, Any]:
    return {
        "at": iso(change.changed_at),
        "reason": change.reason,
        "before": change.points_before,
        "after": change.points_after,
    }
