"""The Flask app. Making it opens nothing: no database, no kernel, no file; the signing key is read when first used."""

from __future__ import annotations

import hashlib

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from panlearn.bootstrap import Application
from panlearn.settings import Settings
from panlearn.web import (
    assets,
    bodies,
    database,
    errors,
    headers,
    identity,
    limits,
    metrics,
    permissions,
    preview,
    quiz_cards,
)
from panlearn.web.fragments import Fragments
from panlearn.web.views import BLUEPRINTS, api, hand_in

VERDICT_SECONDS = 2.0
"""How long a POST of an answer waits for its verdict."""


class Site(Flask):
    """Flask with a key that is derived from the site's own when a cookie is first signed or read."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("panlearn.web", static_folder=None)
        self._settings = settings

    @property
    def secret_key(self) -> str:
        """Signs cookies and forms, and nothing else."""
        return hashlib.sha256(b"cookies\0" + self._settings.secret_key.encode()).hexdigest()

    @secret_key.setter
    def secret_key(self, value: object) -> None:
        del value  # Flask's own start-up writes None here


def create_app(given: Settings | Application, previewed: preview.Preview | None = None) -> Flask:
    """The site. An `Application` carries what it works with; of settings alone one is made.

    `previewed`: the course that is being written, on a site of its author's own.
    """
    application = given if isinstance(given, Application) else Application(given)
    settings = application.settings
    app = Site(settings)
    app.config.update(
        SESSION_COOKIE_SECURE=settings.https,
        MAX_CONTENT_LENGTH=bodies.MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        VERDICT_SECONDS=VERDICT_SECONDS,
    )
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    metrics.init_app(app)
    database.init_app(app, application)
    identity.init_app(app)
    app.before_request(permissions.enforce)
    limits.init_app(app)
    hand_in.init_app(app)
    csrf = CSRFProtect(app)
    headers.init_app(app, https=settings.https)
    errors.init_app(app)
    assets.init_app(app)
    app.extensions["panlearn.fragments"] = _Lazy(application)
    app.jinja_env.filters |= {"gaps": quiz_cards.gaps, "percent": quiz_cards.percent}
    app.context_processor(lambda: {"learner": identity.visitor(), "nav": ""})
    preview.init_app(app, previewed)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    csrf.exempt(api.blueprint)
    return app


class _Lazy:
    """The fragments of the application's store, made at the first page: the store reads settings and disk."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._made: Fragments | None = None

    def __call__(self) -> Fragments:
        if self._made is None:
            self._made = Fragments(self._application.store)
        return self._made
