"""Every route declares what it does; whoever asks must be allowed to. A route that declares nothing is denied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request

from panlearn.domain.access import ANYONE, Permission, allowed
from panlearn.errors import NotAllowed
from panlearn.web.identity import visitor

View = TypeVar("View", bound=Callable[..., object])
_MARK = "panlearn_permission"

_SENTENCES = {
    Permission.LEAVE: ("You are not signed in.", "Nothing needs to be done."),
    Permission.TEACH: ("This is for trainers and organisers.", "Sign in with a trainer's account."),
    Permission.OPERATE: ("This is for operators of the site.", "Sign in with an operator's account."),
}


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare what a view does. Stands directly above the function."""

    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
        return view

    return mark


def declared(app: Flask, endpoint: str) -> Permission | None:
    """What the view of an endpoint declared."""
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def enforce() -> None:
    """Before every request. Raises `NotAllowed`."""
    if request.endpoint is None:
        return
    permission = declared(current_app, request.endpoint)
    if allowed(ANYONE, permission):
        return
    if not allowed(visitor().actor, permission):
        message, todo = _SENTENCES.get(permission, ("You may not do this.", "")) if permission else ("", "")
        raise NotAllowed(message or "Nobody may do this.", todo=todo)
