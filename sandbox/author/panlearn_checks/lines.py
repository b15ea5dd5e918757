"""The curves of axes, and whether those that are asked for are among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from panlearn_checks import words
from panlearn_checks.curve import curve
from panlearn_checks.failure import Failure
from panlearn_checks.labels import names
from panlearn_checks.numbers import read_column
from panlearn_checks.slips import slip

_FEW = 2


@dataclass(frozen=True)
class Drawn:
    """A curve or the points of a scatter plot."""

    x: Any
    y: Any
    label: str


def curves_of(axes: Any) -> list[Drawn]:
    """Lines and scatter plots that show at least one point."""
    import numpy as np  # noqa: PLC0415 - a figure is made of arrays

    found = [Drawn(np.asarray(one.get_xdata()), np.asarray(one.get_ydata()), _label(one)) for one in axes.get_lines()]
    for one in axes.collections:
        offsets = np.asarray(one.get_offsets()) if hasattr(one, "get_offsets") else np.empty((0, _FEW))
        if offsets.ndim == 2 and offsets.shape[1] == 2 and len(offsets) > 0:  # noqa: PLR2004 - points in a plane
            found.append(Drawn(offsets[:, 0], offsets[:, 1], _label(one)))
    return [one for one in found if one.x.size]


def _label(thing: Any) -> str:
    return str(thing.get_label() if hasattr(thing, "get_label") else "")


def matched(
    drawn: list[Drawn], wanted: Sequence[Any], tolerance: tuple[float, float], labels: tuple[str, str]
) -> Failure | None:
    """What is wrong where one of the curves that are asked for is not drawn; each curve stands for one of them."""
    left = list(drawn)
    for number, one in enumerate(wanted):
        x, y, label = _asked(one)
        tries = [(curve_failure(mine, x, y, tolerance, labels), mine) for mine in left]
        fits = next(
            (mine for failure, mine in tries if failure is None and (not label or names(mine.label, label))), None
        )
        if fits is not None:
            left.remove(fits)
            continue
        if label and any(failure is None for failure, _ in tries):
            mine = next(mine for failure, mine in tries if failure is None)
            shown = repr(mine.label) if mine.label and not mine.label.startswith("_") else "none"
            said = f"the label of this curve is {shown}, expected one that names {label}"
            return Failure(said, got=shown, accepted=label, hint="`ax.plot(x, y, label=...)` names a curve.")
        failure = _nearest(tries, label)
        which = f"the curve {label!r}" if label else f"curve {number + 1}" if len(wanted) > 1 else "the curve"
        return failure.say(f"{which}: {failure.message}")
    return None


def _asked(one: Any) -> tuple[Any, Any, str]:
    import numpy as np  # noqa: PLC0415 - as above

    x, y, label = (one["x"], one["y"], one.get("label", "")) if isinstance(one, dict) else (*one, "")
    return np.asarray(x, float), np.asarray(y, float), str(label)


def _nearest(tries: list[tuple[Failure | None, Drawn]], label: str) -> Failure:
    """The failure to speak of: of the curve with this label, else of the first with as many points, else the first."""
    failures = [(failure, mine) for failure, mine in tries if failure is not None]
    named = [failure for failure, mine in failures if label and names(mine.label, label)]
    long = [failure for failure, _ in failures if failure.curve is not None]
    return (named or long or [failure for failure, _ in failures])[0]


def curve_failure(
    mine: Drawn, x: Any, y: Any, tolerance: tuple[float, float], labels: tuple[str, str]
) -> Failure | None:
    """What is wrong with one curve, or None."""
    import numpy as np  # noqa: PLC0415 - as above

    along, values = read_column(mine.x, "its x values"), read_column(mine.y, "its y values")
    for one in (along, values):
        if isinstance(one, Failure):
            return one
    if along.size != x.size:
        came, asked = words.shape(along), words.shape(x)
        return Failure(f"it has {came.replace('value', 'point')}, expected {asked.replace('value', 'point')}", got=came)
    order, other = np.argsort(along, kind="stable"), np.argsort(x, kind="stable")
    along, values, x, y = along[order], values[order], x[other], y[other]
    rel, absolute = tolerance
    for name, got, expected in (("x", along, x), ("y", values, y)):
        room = absolute * (name == "y") + rel * np.abs(expected) + 1e-12 * float(np.abs(expected).max())
        away = np.abs(got - expected) > room
        if not away.any():
            continue
        failure = _values(np, name, (got, expected, room), away)
        if name == "y":
            failure.curve = curve(x, values, y - room, y + room, centre=y, labels=labels)
        elif _exchanged(np, (along, values), (x, y), rel):
            failure.hint = "The axes are exchanged: `ax.plot(x, y)` takes the horizontal values first."
        return failure
    return None


def _exchanged(np: Any, mine: tuple[Any, Any], asked: tuple[Any, Any], rel: float) -> bool:
    order = np.argsort(mine[1], kind="stable")
    return all(np.allclose(one[order], other, rtol=rel) for one, other in zip(mine, asked[::-1], strict=True))


def _values(np: Any, name: str, arrays: tuple[Any, Any, Any], away: Any) -> Failure:
    got, expected, room = arrays
    worst = int(np.argmax(np.where(away, np.abs(got - expected) / np.where(room > 0, room, 1), -1)))
    one, other = float(got[worst]), float(expected[worst])
    accepted = f"{words.number(other)} ± {words.number(float(room[worst]), 2)}"
    said = (
        f"{int(away.sum())} of {got.size} {name} values differ; the worst is {words.number(one)}, expected {accepted}"
    )
    hint = slip(got, expected, float(room[worst]))
    return Failure(said, got=words.number(one), accepted=accepted, off=words.number(one - other, 3), hint=hint)
