"""A site in one process, without a server: Flask's test client over the application of the other fixtures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from panlearn.web import create_app

API = "/api/v1/courses/waves"
PASSWORD = "a long pass word"


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    client: FlaskClient

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **options)

    def send(self, path: str, body: Any = None, *, method: str = "POST", **options: Any) -> TestResponse:
        return self.client.open(path, method=method, json={} if body is None else body, **options)

    def answer(self, exercise: str, source: str, **options: Any) -> TestResponse:
        return self.send(f"{API}/exercises/{exercise}/submissions", {"source": source}, **options)

    def save(self, lesson: str, cell: str, source: str) -> TestResponse:
        return self.send(f"{API}/lessons/{lesson}/cells/{cell}", {"source": source}, method="PUT")

    def state(self, lesson: str = "first-lesson") -> dict[str, Any]:
        return self.get(f"{API}/lessons/{lesson}/state").get_json()

    def token(self, page: str) -> str:
        """The protection of a form, as a browser would send it back."""
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page).text)[1]

    def form(self, page: str, *, to: str = "", **fields: str) -> TestResponse:
        return self.client.post(to or page, data={"csrf_token": self.token(page), **fields})

    def sign_up(self, email: str = "ann@example.org", **fields: str) -> TestResponse:
        return self.form("/sign-up", **{"name": "Ann", "email": email, "password": PASSWORD, **fields})

    def sign_in(self, email: str = "ann@example.org", **fields: str) -> TestResponse:
        return self.form("/sign-in", **{"email": email, "password": PASSWORD, **fields})


@pytest.fixture
def app(application, release):
    app = create_app(application)
    app.config["VERDICT_SECONDS"] = 0.0
    return app


@pytest.fixture
def newcomer(app):
    """Make a visitor with an empty cookie jar."""
    return lambda: Visitor(app.test_client())


@pytest.fixture
def visitor(newcomer) -> Visitor:
    return newcomer()
