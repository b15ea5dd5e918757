"""Who sends a request: an account that signed in (Flask-Login, only here), a guest by a signed cookie, or nobody yet.

A guest's cookie opens a guest's row only. When that guest signs up the row becomes an account, and an old copy of the
cookie opens nothing any more: a cookie planted in somebody's browser before they signed up is worth nothing after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user
from itsdangerous import BadSignature
from sqlalchemy.orm import Session
from werkzeug.http import parse_cookie

from panlearn.bootstrap import Application
from panlearn.domain.access import ANYONE, Actor, Permission, Role, allowed
from panlearn.models import Learner, new_public_id
from panlearn.services.accounts import Accounts
from panlearn.web import tokens
from panlearn.web.database import application, reading

COOKIE = "panlearn_session"
COOKIE_LIFE = timedelta(days=365)
_GUEST = "guest"
_RENEWED = "renewed"

Owner = Callable[[str | None, str | None], str | None]


@dataclass(frozen=True, slots=True)
class Visitor(UserMixin):  # type: ignore[misc]
    """Whoever sent this request. `learner` is their row, None for a visitor who left nothing here yet."""

    public_id: str | None
    learner: Learner | None

    @property
    def is_guest(self) -> bool:
        """Whether nobody is signed in."""
        return self.learner is None or self.learner.is_guest

    @property
    def name(self) -> str:
        """What the site calls them."""
        return self.learner.name if self.learner else ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of the account."""
        return self.learner.roles if self.learner else frozenset()

    @property
    def actor(self) -> Actor:
        """The same, as the access rules read it."""
        return self.learner.actor if self.learner else ANYONE

    @property
    def teaches(self) -> bool:
        """Whether the pages for trainers are open to them."""
        return allowed(self.actor, Permission.TEACH)

    def get_id(self) -> str:
        """What Flask-Login keeps in the session: the account and its stamp."""
        return f"{self.public_id}.{self.learner.stamp if self.learner else ''}"


def init_app(app: Flask) -> None:
    """Set the cookie up and load accounts from it."""
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=COOKIE_LIFE,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(lambda key: _account(reading(), key))
    manager.init_app(app, add_context_processor=False)


def visitor() -> Visitor:
    """Whoever sent this request; looked up once."""
    if "visitor" not in g:
        g.visitor = _signed_in() or _guest(reading(), session.get(_GUEST)) or Visitor(None, None)
    return cast("Visitor", g.visitor)


def guest_id() -> str:
    """The id of this visitor, made now and put into the cookie if they have none."""
    known = visitor().public_id
    if known is not None:
        _renew()
        return known
    session.pop("_user_id", None)  # an account that is no more, or signed out everywhere
    session.permanent = True
    session[_GUEST] = new_public_id()
    session[_RENEWED] = application().clock().strftime("%Y-%m")
    g.visitor = Visitor(session[_GUEST], None)
    return cast("str", session[_GUEST])


def author(writing: Session) -> Learner:
    """The row that this visitor's work belongs to, in a session that writes; a guest's is made at their first work."""
    return Accounts(writing, application().clock).guest(guest_id())


def look_again() -> None:
    """Look the visitor up anew: their row may have been made in this request."""
    g.pop("visitor", None)


def enter(learner: Learner) -> None:
    """Sign in. The session begins anew, so that nothing planted in it before stays."""
    kept = session.get("_flashes")
    session.clear()
    session.permanent = True
    if kept:
        session["_flashes"] = kept
    login_user(Visitor(learner.public_id, learner))
    session[_RENEWED] = application().clock().strftime("%Y-%m")
    g.pop("visitor", None)


def leave() -> None:
    """Sign out; this browser is nobody again."""
    session.clear()
    g.pop("visitor", None)
    g.pop("_login_user", None)


def identify(app: Flask) -> Owner:
    """`owner_of(cookie_header, authorization)`: the public id of the learner, or None. For the kernel gateway."""
    interface = cast("SecureCookieSessionInterface", app.session_interface)
    serializer = interface.get_signing_serializer(app)
    root = cast("Application", app.extensions["panlearn"])

    def owner_of(cookie_header: str | None, authorization: str | None) -> str | None:
        if authorization:
            return tokens.subject(root.settings.secret_key, authorization, root.clock())
        values = _cookie_values(serializer, cookie_header)
        if not values:
            return None
        with root.reading() as session_:
            key = values.get("_user_id")
            found = _account(session_, key) if key else _guest(session_, values.get(_GUEST))
        return found.public_id if found else None

    return owner_of


def _cookie_values(serializer: Any, header: str | None) -> dict[str, Any]:
    raw = parse_cookie(header or "").get(COOKIE)
    if not raw or serializer is None:
        return {}
    try:
        values = serializer.loads(raw, max_age=int(COOKIE_LIFE.total_seconds()))
    except BadSignature:
        return {}
    return values if isinstance(values, dict) else {}


def _signed_in() -> Visitor | None:
    return cast("Visitor", current_user._get_current_object()) if current_user.is_authenticated else None  # noqa: SLF001


def _account(reader: Session, key: object) -> Visitor | None:
    if not isinstance(key, str):
        return None
    public_id, _, stamp = key.partition(".")
    learner = Accounts(reader).by_public_id(public_id)
    if learner is None or learner.is_guest or learner.stamp != stamp:
        return None
    return Visitor(public_id, learner)


def _guest(reader: Session, public_id: object) -> Visitor | None:
    if not isinstance(public_id, str):
        return None
    learner = Accounts(reader).by_public_id(public_id)
    if learner is not None and not learner.is_guest:
        return None
    return Visitor(public_id, learner)


def _renew() -> None:
    """Once a month the cookie is sent again, so that it does not end while its owner keeps coming."""
    month = application().clock().strftime("%Y-%m")
    if session.get(_RENEWED) != month:
        session.permanent = True
        session[_RENEWED] = month
