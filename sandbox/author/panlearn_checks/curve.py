"""What the picture beside a failed check shows: a curve over the band that is accepted, with the residual."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

MOST = 400
_LABEL = 80
_DIGITS = 12
_STRETCHES = 60


def curve(x: Any, yours: Any, low: Any, high: Any, *, centre: Any = None, labels: tuple[str, str] = ("", "")) -> Any:
    """The picture of a curve, as plain lists, or None where there is nothing to draw.

    All arrays are as long as `x`; `centre` is what the residual is measured from, the middle of the band unless given.
    `labels` are those of the axes, with units: "2θ (degrees)". Points without a place or a band are left out; a value
    of yours that is no number becomes None. At most 400 points are kept, extremes among them.
    """
    import numpy as np  # noqa: PLC0415 - a picture is made of arrays, which are there

    columns = [np.asarray(one, dtype=float).ravel() for one in np.broadcast_arrays(x, yours, low, high)]
    middle = (columns[2] + columns[3]) / 2 if centre is None else np.asarray(centre, dtype=float).ravel()
    columns.append(np.broadcast_to(middle, columns[0].shape))
    sound = np.isfinite(columns[0]) & np.isfinite(columns[2]) & np.isfinite(columns[3]) & np.isfinite(columns[4])
    order = np.argsort(columns[0][sound], kind="stable")
    x, yours, low, high, middle = (column[sound][order] for column in columns)
    if x.size < 2 or x[0] == x[-1]:  # noqa: PLR2004 - a line has two ends
        return None
    kept = _kept(np, x.size, (yours, yours - middle, middle))
    residual = yours - middle
    return {
        "x": _plain(x[kept]),
        "yours": _plain(yours[kept]),
        "low": _plain(low[kept]),
        "high": _plain(high[kept]),
        "residual": _plain(residual[kept]),
        "x_label": str(labels[0])[:_LABEL],
        "y_label": str(labels[1])[:_LABEL],
    }


def _kept(np: Any, size: int, values: tuple[Any, Any, Any]) -> Any:
    """The places of the points to keep: of each stretch of the axis the extremes of the curves, then evenly."""
    if size <= MOST:
        return np.arange(size)
    yours, residual, middle = (np.nan_to_num(one, nan=0.0) for one in values)
    found = {0, size - 1}
    edges = np.linspace(0, size, _STRETCHES + 1).astype(int)
    for first, last in pairwise(edges):
        part = slice(first, last)
        picks = (yours[part].argmin(), yours[part].argmax(), np.abs(residual[part]).argmax())
        found |= {int(first + pick) for pick in (*picks, middle[part].argmin(), middle[part].argmax())}
    found |= set(np.linspace(0, size - 1, MOST - len(found)).astype(int).tolist())
    return np.array(sorted(found))


def _plain(values: Any) -> list[float | None]:
    return [float(f"{one:.{_DIGITS}g}") if math.isfinite(one) else None for one in values.tolist()]
