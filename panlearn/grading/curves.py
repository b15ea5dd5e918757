"""The picture of a check as the checker's side sends it: taken only if it is one."""

from __future__ import annotations

import math
from typing import Any

from panlearn.domain.report import Curve

_BAND = ("x", "low", "high")
_MINE = ("yours", "residual")
_LABEL = 80


def curve_of(said: Any) -> Curve | None:
    """The curve, or None where what was sent is none: lists of one length, of numbers, not longer than a picture."""
    if not isinstance(said, dict):
        return None
    columns = {name: said.get(name) for name in (*_BAND, *_MINE)}
    if not all(isinstance(column, list) for column in columns.values()):
        return None
    lengths = {len(column) for column in columns.values() if column is not None}
    if len(lengths) != 1 or not 2 <= lengths.pop() <= Curve.MOST:  # noqa: PLR2004 - a line has two ends
        return None
    if not all(_is_number(value) for name in _BAND for value in columns[name] or ()):
        return None
    if not all(value is None or _is_number(value) for name in _MINE for value in columns[name] or ()):
        return None
    return Curve(
        **{name: tuple(column or ()) for name, column in columns.items()},
        x_label=_label(said.get("x_label")),
        y_label=_label(said.get("y_label")),
    )


def _is_number(value: Any) -> bool:
    return type(value) in {int, float} and math.isfinite(value)


def _label(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(sign for sign in text if sign.isprintable())[:_LABEL]
