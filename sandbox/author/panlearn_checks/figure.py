"""A figure: labels with units, scales, limits, curves and their data, legend, title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from panlearn_checks import words
from panlearn_checks.failure import Failure, sentence, told
from panlearn_checks.labels import names, plain, same_unit, unit_in
from panlearn_checks.lines import curves_of, matched
from panlearn_checks.numbers import RETURN

_SIDE = 0.02
_AXES = {"x": "horizontal", "y": "vertical"}


def assert_figure(
    figure: Any,
    *,
    axes: int = 0,
    xlabel: str | None = None,
    ylabel: str | None = None,
    x_unit: str | None = None,
    y_unit: str | None = None,
    xscale: str | None = None,
    yscale: str | None = None,
    xlim: tuple[float | None, float | None] | None = None,
    ylim: tuple[float | None, float | None] | None = None,
    title: str | None = None,
    lines: int | Sequence[Any] | None = None,
    legend: bool | Sequence[str] | None = None,
    rel: float = 1e-3,
    abs: float = 0.0,  # noqa: A002 - as approx has it
    message: str = "",
) -> None:
    """A figure, or axes, of the learner's is drawn as asked. What is not given is not checked.

    `axes`: which axes of a figure, from 0. `xlabel`, `ylabel`, `title`: a word that has to be there ("" for any text).
    `x_unit`, `y_unit`: the unit in the label, in any spelling: "1/Å" is Å⁻¹. `xscale`, `yscale`: "linear" or "log".
    `xlim`, `ylim`: (low, high) within 2 % of the range, None for an edge that is free. `lines`: how many curves at
    least, or the curves that have to be there: a pair (x, y) of arrays, or a dict with "x", "y" and a "label"; each
    value within `abs + rel * |value|`; points of a scatter plot and of error bars count. `legend`: whether there is
    one, or words that its entries hold. Raises Failure; for data, with a picture.
    """
    drawn = axes_of(figure, axes)
    if isinstance(drawn, Failure):
        raise told(drawn, message)
    found = (
        _labels(drawn, {"x": (xlabel, x_unit), "y": (ylabel, y_unit)})
        or _title(drawn, title)
        or _scales(drawn, {"x": xscale, "y": yscale})
        or _lines(drawn, lines, (rel, abs))
        or _limits(drawn, {"x": xlim, "y": ylim})
        or _legend(drawn, legend)
    )
    if found is not None:
        raise told(found, message)


def axes_of(figure: Any, number: int) -> Any:
    """The axes to look at, or a Failure."""
    if figure is None:
        return Failure("got None, expected a figure", got="None", accepted="a figure", hint=RETURN)
    if _drawn_by_matplotlib(figure) and hasattr(figure, "get_xlabel"):
        return figure
    if _drawn_by_matplotlib(figure) and hasattr(figure, "gca"):
        drawn = figure.get_axes()
        if len(drawn) > number:
            return drawn[number]
        came = f"{len(drawn)} axes" if drawn else "no axes"
        said = f"your figure has {came}, expected {number + 1}"
        return Failure(said, got=came, accepted=str(number + 1), hint="`fig, ax = plt.subplots()` makes both.")
    hint = ""
    if isinstance(figure, list | tuple):
        hint = "`ax.plot(...)` gives its lines; the axes are `ax` in `fig, ax = plt.subplots()`."
    return Failure(f"got {words.kind(figure)}, expected a figure or its axes", got=words.value(figure), hint=hint)


def _drawn_by_matplotlib(thing: Any) -> bool:
    """Whether it is matplotlib's own, or what crossed from it; nothing else counts, whatever it answers."""
    crossed = words.kind(thing) in {"a figure", "axes of a figure"}
    return crossed or any(base.__module__.partition(".")[0] == "matplotlib" for base in type(thing).__mro__)


def _labels(axes: Any, wanted: dict[str, tuple[str | None, str | None]]) -> Failure | None:
    for letter, (word, unit) in wanted.items():
        if word is None and unit is None:
            continue
        label = str(getattr(axes, f"get_{letter}label")()).strip()
        which = f"the label of the {_AXES[letter]} axis"
        if not label:
            said = f"the {_AXES[letter]} axis has no label"
            return Failure(said, got="no label", hint=f"`ax.set_{letter}label(...)` gives it one.")
        if word and not names(label, word):
            said = f"{which} is {label!r}, expected one that names {plain(word)}"
            return Failure(said, got=repr(label), accepted=f"… {plain(word)} …")
        failure = _unit(label, unit, which)
        if failure is not None:
            return failure
    return None


def _unit(label: str, unit: str | None, which: str) -> Failure | None:
    if unit is None:
        return None
    came = unit_in(label)
    if came and same_unit(came, unit):
        return None
    if not came:
        hint = f"Write the unit in brackets behind the name, such as `{label} ({unit})`."
        return Failure(f"{which} is {label!r}, without a unit", got=repr(label), accepted=f"… ({unit})", hint=hint)
    said = f"{which} names the unit {came}, expected {unit}"
    return Failure(said, got=came, accepted=unit, hint="If the numbers are in that unit, only the label is wrong.")


def _title(axes: Any, wanted: str | None) -> Failure | None:
    if wanted is None:
        return None
    title = str(axes.get_title()).strip()
    if not title:
        return Failure("your axes have no title", got="no title", hint="`ax.set_title(...)` gives them one.")
    if wanted and not names(title, wanted):
        return Failure(f"the title is {title!r}, expected one that names {plain(wanted)}", got=repr(title))
    return None


def _scales(axes: Any, wanted: dict[str, str | None]) -> Failure | None:
    for letter, scale in wanted.items():
        came = getattr(axes, f"get_{letter}scale")()
        if scale is not None and came != scale:
            said = f"the {_AXES[letter]} axis has the scale {came!r}, expected {scale!r}"
            return Failure(said, got=came, accepted=scale, hint=f'`ax.set_{letter}scale("{scale}")` sets it.')
    return None


def _limits(axes: Any, wanted: dict[str, Any]) -> Failure | None:
    for letter, edges in wanted.items():
        if edges is None:
            continue
        came = [float(edge) for edge in getattr(axes, f"get_{letter}lim")()]
        given = [edge for edge in edges if edge is not None]
        room = _SIDE * abs((max(given) - min(given)) if len(given) > 1 else came[1] - came[0])
        if all(edge is None or abs(mine - edge) <= room for mine, edge in zip(came, edges, strict=True)):
            continue
        mine = f"{words.number(came[0], 4)} to {words.number(came[1], 4)}"
        ask = " to ".join("any" if edge is None else words.number(edge, 4) for edge in edges)
        hint = f"`ax.set_{letter}lim({', '.join(map(str, edges))})` sets it."
        if came[0] > came[1]:
            hint = "The axis runs backwards: the smaller limit comes first."
        said = f"the {_AXES[letter]} axis runs from {mine}, expected {ask}"
        return Failure(said, got=mine, accepted=ask, hint=hint)
    return None


def _lines(axes: Any, wanted: int | Sequence[Any] | None, tolerance: tuple[float, float]) -> Failure | None:
    if wanted is None:
        return None
    drawn = curves_of(axes)
    fewest = wanted if isinstance(wanted, int) else len(wanted)
    if len(drawn) < fewest:
        came = f"{len(drawn)} curve{'s' * (len(drawn) != 1)}" if drawn else "no curve"
        asked = f"at least {fewest}" if isinstance(wanted, int) else str(fewest)
        said = f"your axes show {came}, expected {asked}"
        return Failure(said, got=came, accepted=asked, hint="`ax.plot(x, y)` draws one.")
    if isinstance(wanted, int):
        return None
    labels = plain(str(axes.get_xlabel())), plain(str(axes.get_ylabel()))
    return matched(drawn, wanted, tolerance, labels)


def _legend(axes: Any, wanted: bool | Sequence[str] | None) -> Failure | None:
    if wanted is None:
        return None
    legend = axes.get_legend()
    if wanted is False:
        return Failure("your axes have a legend, expected none", got="a legend") if legend is not None else None
    if legend is None:
        hint = "Give each curve a name, `ax.plot(x, y, label=...)`, then call `ax.legend()`."
        return Failure("your axes have no legend", got="no legend", accepted="a legend", hint=hint)
    entries = [str(text.get_text()) for text in legend.get_texts()]
    shown = ", ".join(map(repr, entries)) or "no entries"
    if not entries:
        return Failure("your legend has no entries", got=shown, hint="`label=` in `ax.plot(...)` makes an entry.")
    missing = [] if wanted is True else [word for word in wanted if not any(names(entry, word) for entry in entries)]
    if missing:
        said = sentence(f"your legend has {shown}, and no entry that names {missing[0]}")
        return Failure(said, got=shown, accepted=", ".join(map(str, wanted if wanted is not True else [])))
    return None
