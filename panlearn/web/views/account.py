"""Signing up, in and out. A guest's work comes along."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from panlearn.domain.access import Permission
from panlearn.errors import BadInput
from panlearn.models import Learner
from panlearn.services.accounts import Accounts
from panlearn.services.claiming import Claiming
from panlearn.web.database import application, reading, writing
from panlearn.web.forms import SignIn, SignUp, local_path
from panlearn.web.identity import enter, leave, visitor
from panlearn.web.limits import limit_sign_in_account, limit_sign_in_address
from panlearn.web.permissions import needs

log = structlog.get_logger(__name__)

blueprint = Blueprint("account", __name__)

Answer = str | tuple[str, int] | Response | Redirect


@blueprint.route("/sign-up", methods=["GET", "POST"])
@limit_sign_in_address
@needs(Permission.JOIN)
def sign_up() -> Answer:
    """A new account that keeps what its owner did as a guest."""
    form = SignUp(next=request.args.get("next"))
    if not visitor().is_guest:
        return redirect(local_path(form.next.data), code=303)
    if form.validate_on_submit():
        try:
            learner = _new_account(form)
        except BadInput as error:
            form.email.errors = [str(error)]
        else:
            enter(learner)
            log.info("account.created", learner=learner.public_id)
            flash(f"Welcome, {learner.name}. Your work is kept with your account now.", "success")
            return redirect(local_path(form.next.data), code=303)
    return _shown("sign_up.html", form)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limit_sign_in_account
@limit_sign_in_address
@needs(Permission.JOIN)
def sign_in() -> Answer:
    """An account that is there; what this visitor did as a guest joins it."""
    form = SignIn(next=request.args.get("next"))
    if not visitor().is_guest:
        return redirect(local_path(form.next.data), code=303)
    if form.validate_on_submit():
        accounts = Accounts(reading(), application().clock, application().hasher)
        learner = accounts.sign_in(email=form.email.data, password=form.password.data)
        if learner is not None:
            _take_along(learner)
            enter(learner)
            log.info("account.signed_in", learner=learner.public_id)
            return redirect(local_path(form.next.data), code=303)
        form.form_errors = ["This e-mail and password do not belong together. Check both and try again."]
    return _shown("sign_in.html", form)


@blueprint.post("/sign-out")
@needs(Permission.LEAVE)
def sign_out() -> Redirect:
    """This browser forgets who it was."""
    leave()
    flash("You are signed out.", "success")
    return redirect("/", code=303)


def _new_account(form: SignUp) -> Learner:
    guest = visitor().public_id
    with writing() as session:
        return Accounts(session, application().clock, application().hasher).sign_up(
            name=form.name.data, email=form.email.data, password=form.password.data, guest=guest
        )


def _take_along(account: Learner) -> None:
    guest = visitor().learner
    if guest is None:
        return
    with writing() as session:
        accounts = Accounts(session)
        was, now = accounts.by_public_id(guest.public_id), accounts.by_public_id(account.public_id)
        if was is not None and now is not None:
            Claiming(session).claim(was, now)


def _shown(template: str, form: SignUp | SignIn) -> Answer:
    page = render_template(template, form=form)
    return (page, 422) if form.is_submitted() else page
