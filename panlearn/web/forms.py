"""The forms of an account. What a name, an e-mail and a password must be is decided in `panlearn.domain.account`."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, ValidationError

from panlearn.domain.account import (
    MAX_EMAIL,
    MAX_NAME,
    MAX_PASSWORD,
    MIN_PASSWORD,
    check_email,
    check_name,
    check_password,
)
from panlearn.errors import BadInput


def _by(rule: Callable[[str], object]) -> Callable[[Form, Field], None]:
    def validate(_form: Form, field: Field) -> None:
        try:
            rule(field.data or "")
        except BadInput as error:
            raise ValidationError(str(error)) from error

    return validate


def _fit_password(form: Form, field: Field) -> None:
    _by(lambda password: check_password(password, email=(form.email.data or "").strip()))(form, field)


class SignUp(FlaskForm):  # type: ignore[misc]
    """A new account."""

    name = StringField("Name", [_by(check_name)], render_kw={"maxlength": MAX_NAME, "required": True})
    email = EmailField("E-mail", [_by(check_email)], render_kw={"maxlength": MAX_EMAIL, "required": True})
    password = PasswordField(
        "Password",
        [_fit_password],
        description=f"At least {MIN_PASSWORD} characters.",
        render_kw={"minlength": MIN_PASSWORD, "maxlength": MAX_PASSWORD, "required": True},
    )
    next = HiddenField()
    submit = SubmitField("Sign up")


class SignIn(FlaskForm):  # type: ignore[misc]
    """An account that is there already."""

    email = EmailField("E-mail", [DataRequired("Write your e-mail.")], render_kw={"required": True})
    password = PasswordField(
        "Password", [DataRequired("Write your password.")], render_kw={"maxlength": MAX_PASSWORD, "required": True}
    )
    next = HiddenField()
    submit = SubmitField("Sign in")


def local_path(target: str | None, otherwise: str = "/me") -> str:
    """A path on this site to go on to; anything that could lead elsewhere becomes `otherwise`."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return otherwise
    if "\\" in target or not target.isprintable():
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target
