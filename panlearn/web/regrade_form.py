"""The form that puts a regrade into force."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from panlearn.services.regrade_runs import MAX_REASON


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class PutInForce(FlaskForm):  # type: ignore[misc]
    """Which dry run, why, and whether it may lower anybody."""

    run = HiddenField()
    reason = StringField(
        "Why",
        [
            DataRequired("Say what was mended: those concerned read it."),
            Length(max=MAX_REASON, message=f"At most {MAX_REASON} characters."),
        ],
        filters=[_stripped],
        description="Those concerned read it beside the exercise, such as “The tolerance was too narrow.”",
        render_kw={"maxlength": MAX_REASON, "required": True},
    )
    lower = BooleanField("Also lower the grades that would go down")
