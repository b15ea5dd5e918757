"""The author's view of a course that is being written: what was found, and pages that reload when a file was saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from flask import Blueprint, Flask, Response, jsonify, render_template

from panlearn.content.findings import Finding
from panlearn.domain.access import Permission
from panlearn.web.permissions import needs


class State(Protocol):
    """How the last build went (`panlearn.jobs.previewer.PreviewState`)."""

    @property
    def course(self) -> str:
        """The course's slug."""

    @property
    def release(self) -> str:
        """What is shown; empty before the first."""

    @property
    def step(self) -> str:
        """What is being done now; empty when all is done."""

    @property
    def seconds(self) -> float:
        """What the last build took."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What was found."""

    @property
    def problem(self) -> str:
        """Why nothing could be built, where it is no finding."""

    @property
    def errors(self) -> int:
        """How much of it stands in the way."""

    @property
    def warnings(self) -> int:
        """How much of it does not."""

    @property
    def first(self) -> str:
        """The first of what stands in the way."""


class Preview(Protocol):
    """What builds a course again and again."""

    @property
    def state(self) -> State:
        """How it stands."""


def init_app(app: Flask, preview: Preview | None) -> None:
    """Add the author's pages, on a site that is there for one course on its author's machine."""
    app.context_processor(lambda: {"preview": preview.state if preview else None})
    if preview is None:
        return
    blueprint = Blueprint("preview", __name__)

    @blueprint.get("/preview")
    @needs(Permission.READ)
    def report() -> str:
        return render_template("preview.html", nav="", state=preview.state)

    @blueprint.get("/preview/state")
    @needs(Permission.READ)
    def state() -> Response:
        now = preview.state
        return jsonify(
            course=now.course,
            release=now.release,
            step=now.step,
            seconds=now.seconds,
            errors=now.errors,
            warnings=now.warnings,
            first=now.first,
        )

    app.register_blueprint(blueprint)
