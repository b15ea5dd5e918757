"""A fit: its parameters within their uncertainties, the uncertainties themselves, and chi-square.

With N points, k fitted parameters and standard uncertainties s, chi-square is the sum of ((y - model) / s)**2, and the
reduced chi-square is that divided by the degrees of freedom, N - k. It is near 1, give or take sqrt(2 / (N - k)), where
the model is right and the uncertainties are (Bevington and Robinson, Data Reduction and Error Analysis, 3rd ed. 2003,
chapters 4 and 11; Particle Data Group, Statistics, section 40.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from panlearn_checks import words
from panlearn_checks.curve import curve
from panlearn_checks.failure import Failure, told
from panlearn_checks.numbers import RETURN, read, read_column
from panlearn_checks.tolerance import Accepted, accepted, is_uncertain

_SIGMAS = 3.0
_FACTOR = 1.5
_ABOUT = 0.3
_NOT_GIVEN: Any = object()


def assert_fit(
    parameters: Any,
    expected: Any = None,
    *,
    errors: Any = _NOT_GIVEN,
    sigmas: float = _SIGMAS,
    factor: float = _FACTOR,
    model: Callable[..., Any] | None = None,
    x: Any = None,
    y: Any = None,
    sigma: Any = None,
    chi2: float | tuple[float, float] | None = None,
    x_label: str = "x",
    y_label: str = "y",
    message: str = "",
) -> None:
    """A learner's fit. Parts that are not given are not checked.

    `expected` is a dict of names and values in the order of `parameters`. Each value is a pair (value, standard
    uncertainty) or an uncertain number: a parameter lies within `sigmas` times that uncertainty; or `approx(...)`: it
    lies within that. `parameters` is a row of numbers, a dict, or uncertain numbers. `errors` is what the learner says
    of the uncertainties: standard uncertainties, or the covariance matrix that `curve_fit` gives; each has to be within
    the `factor` of the expected one. With `model(x, *parameters)`, the data `x`, `y` and their standard uncertainties
    `sigma`, the reduced chi-square is at most `chi2`, or within the pair `chi2`. Raises Failure with a picture of the
    model over what is accepted: over the curves of all accepted parameters, else over the data with `sigma`.
    """
    import numpy as np  # noqa: PLC0415 - lessons without numpy have no fits

    names, wanted, bare = _expected(expected, sigmas)
    if (expected is None and chi2 is None) or (chi2 is not None and any(one is None for one in (model, x, y, sigma))):
        raise ValueError("assert_fit needs expected parameters, or chi2= with model=, x=, y= and sigma=")
    values, said = _parameters(np, parameters, names)
    if isinstance(values, Failure):
        raise told(values, message)
    names = names or [str(number + 1) for number in range(len(values))]
    failure = _wrong(names, values, wanted)
    if failure is None and chi2 is not None:
        failure = _chi_square(np, values, model, (x, y, sigma), chi2)
    if failure is None:
        given = said if errors is _NOT_GIVEN else errors
        failure = None if errors is _NOT_GIVEN and said is None else _uncertain(np, names, given, bare, factor)
        if failure is None:
            return
    elif model is not None and x is not None:
        failure.curve = _picture(np, values, wanted, (model, x, y, sigma), (x_label, y_label))
    raise told(failure, message)


def _expected(expected: Any, sigmas: float) -> tuple[list[str], list[Accepted], list[float | None]]:
    """Names, what is accepted of each, and its standard uncertainty where there is one."""
    if expected is None:
        return [], [], []
    if not isinstance(expected, Mapping):
        expected = {str(number + 1): one for number, one in enumerate(expected)}
    wanted, bare = [], []
    for name, given in expected.items():
        one = accepted(given, name=f"the parameter {name}")
        statistical = isinstance(given, tuple | list) or is_uncertain(given)
        bare.append(one.limit if statistical else None)
        wanted.append(Accepted(one.value, one.limit * sigmas) if statistical else one)
    return list(expected), wanted, bare


def _parameters(np: Any, parameters: Any, names: list[str]) -> tuple[Any, Any]:
    """The values, and the uncertainties that came with them; or a Failure."""
    if isinstance(parameters, Mapping):
        missing = [name for name in names if name not in parameters]
        if missing:
            there = ", ".join(str(name) for name in list(parameters)[:6])
            return Failure(f"the parameter {missing[0]!r} is missing", got=there, accepted=", ".join(names)), None
        parameters = [parameters[name] for name in names] if names else list(parameters.values())
    if _is_pair(np, parameters):
        came = f"got {words.kind(parameters)} of two arrays, expected the parameters"
        return Failure(came, hint="`curve_fit` gives two things: `best, covariance = curve_fit(...)`."), None
    items: Any = (
        parameters.tolist() if isinstance(parameters, np.ndarray) and parameters.dtype == object else parameters
    )
    if is_uncertain(items):
        items = [items]
    if isinstance(items, list | tuple) and items and all(is_uncertain(one) for one in items):
        said: Any = [one.std_dev for one in items]
        items = [one.nominal_value for one in items]
    else:
        said = None
    array = read(items, "the parameters")
    if not isinstance(array, Failure):
        array = read_column(np.atleast_1d(array), "the parameters")
    if isinstance(array, Failure) or not names or array.size == len(names):
        return array, said
    wanted = f"{len(names)} ({', '.join(names)})"
    return Failure(f"got {array.size} parameters, expected {wanted}", got=str(array.size), accepted=wanted), None


def _is_pair(np: Any, thing: Any) -> bool:
    """Whether it is what `curve_fit` gives as a whole: parameters and covariance."""
    if not isinstance(thing, tuple) or len(thing) != 2:  # noqa: PLR2004 - a pair
        return False
    first, second = thing
    return isinstance(first, np.ndarray) and isinstance(second, np.ndarray) and second.shape == (first.size, first.size)


def _wrong(names: list[str], values: Any, wanted: list[Accepted]) -> Failure | None:
    failures = [
        one.failure(f"the parameter {name} is", float(value))
        for name, value, one in zip(names, values, wanted, strict=False)
        if not one.holds(float(value))
    ]
    if not failures:
        return None
    first = failures[0]
    first.hint = next((failure.hint for failure in failures if failure.hint), "")
    if not first.hint and len(values) > 1:
        order = sorted(float(value) for value in values)
        if all(one.holds(value) for one, value in zip(sorted(wanted, key=lambda one: one.value), order, strict=False)):
            first.hint = f"The values are right, in another order. Expected: {', '.join(names)}."
    first.hint = first.hint or "Does the fit start near enough (`p0`), and does it use the uncertainties (`sigma`)?"
    return first.say("; ".join(failure.message for failure in failures[:3]))


def _uncertain(np: Any, names: list[str], errors: Any, bare: list[float | None], factor: float) -> Failure | None:
    """Standard uncertainties as the learner gives them, against the expected ones."""
    if errors is None:
        return Failure("got None for the uncertainties, expected numbers", got="None", hint=RETURN)
    array = read(errors, "the uncertainties")
    if isinstance(array, Failure):
        return array
    if array.ndim == 2 and array.shape == (len(names), len(names)):  # noqa: PLR2004 - a matrix
        with np.errstate(all="ignore"):
            array = np.sqrt(np.diag(array))
    array = np.atleast_1d(array)
    if array.shape != (len(names),):
        came = words.shape(array)
        return Failure(f"got {came} of uncertainties, expected {len(names)}", got=came, accepted=str(len(names)))
    for name, said, wanted in zip(names, array.tolist(), bare, strict=False):
        if not (said > 0 and np.isfinite(said)):
            return Failure(
                f"the uncertainty of {name} is {words.number(float(said))}, expected a positive number",
                got=words.number(float(said)), accepted="> 0", hint="Did the fit converge?",
            )  # fmt: skip
        if wanted and not wanted / factor <= said <= wanted * factor:
            return _off_uncertainty(name, float(said), wanted, factor)
    return None


def _off_uncertainty(name: str, said: float, wanted: float, factor: float) -> Failure:
    low, high = (words.number(edge, 3) for edge in (wanted / factor, wanted * factor))
    one = Accepted(wanted, 0.0).failure(f"the uncertainty of {name} is", said)
    hint = one.hint
    if abs(said - wanted**2) < _ABOUT * wanted**2:
        hint = "That is the variance: the uncertainty is its root, `np.sqrt(np.diag(covariance))`."
    hint = hint or "Does the fit use the uncertainties of the data: `sigma=...` and `absolute_sigma=True`?"
    said_in_words = f"the uncertainty of {name} is {one.got}, expected {low} to {high}"
    return Failure(said_in_words, got=one.got, accepted=f"{low} to {high}", off=one.off, hint=hint)


def chi_square(model: Callable[..., Any], parameters: Any, x: Any, y: Any, sigma: Any) -> tuple[float, int]:
    """Chi-square of a model, and its degrees of freedom: points minus parameters."""
    import numpy as np  # noqa: PLC0415 - as above

    residual = (np.asarray(y, float) - np.asarray(model(x, *parameters), float)) / np.asarray(sigma, float)
    return float(np.sum(residual**2)), residual.size - len(parameters)


def _chi_square(np: Any, values: Any, model: Any, data: tuple[Any, Any, Any], chi2: Any) -> Failure | None:
    low, high = chi2 if isinstance(chi2, tuple | list) else (0.0, float(chi2))
    if data[2] is not None and not (np.asarray(data[2], float) > 0).all():
        raise ValueError("assert_fit: every standard uncertainty in sigma has to be above 0")
    computed = _drawn(np, model, values, data[0])
    if isinstance(computed, Failure):
        return computed
    total, freedom = chi_square(lambda *_: computed, values.tolist(), *data)
    if freedom <= 0:
        raise ValueError(f"assert_fit: {len(values)} parameters leave no degree of freedom")
    reduced = total / freedom
    if low <= reduced <= high:
        return None
    accepted_text = f"{words.number(low)} to {words.number(high)}" if low else f"at most {words.number(high)}"
    hint = "The curve misses the data by more than their uncertainties: look at where the residual is largest."
    if reduced < low:
        hint = "The curve is closer to the data than their uncertainties allow: are these too large?"
    parts = f"chi-square {words.number(total, 4)}, {freedom} degrees of freedom"
    said = f"the reduced chi-square is {words.number(reduced, 4)} ({parts}), expected {accepted_text}"
    return Failure(said, got=words.number(reduced, 4), accepted=accepted_text, hint=hint)


def _drawn(np: Any, model: Any, values: Any, x: Any) -> Any:
    """The model at these parameters as a row of numbers, or a Failure."""
    found = read_column(model(np.asarray(x, float), *values.tolist()), "your model")
    if isinstance(found, Failure) or found.shape == np.shape(x):
        return found
    return Failure(f"your model gives {words.shape(found)}, expected {words.shape(np.asarray(x))}")


def _picture(np: Any, values: Any, wanted: list[Accepted], data: tuple[Any, ...], labels: tuple[str, str]) -> Any:
    """The model at the learner's parameters over what is accepted."""
    model, x, y, sigma = data
    mine = _drawn(np, model, values, x)
    if isinstance(mine, Failure):
        return None
    if wanted:
        best = [one.value for one in wanted]
        centre = _drawn(np, model, np.array(best), x)
        if isinstance(centre, Failure):
            return None
        room = np.zeros_like(centre)
        for number, one in enumerate(wanted):
            moved = np.array([*best[:number], one.value + one.limit, *best[number + 1 :]])
            edge = _drawn(np, model, moved, x)
            room = np.hypot(room, 0.0 if isinstance(edge, Failure) else edge - centre)
        return curve(x, mine, centre - room, centre + room, centre=centre, labels=labels)
    if y is None or sigma is None:
        return None
    y, sigma = np.asarray(y, float), np.asarray(sigma, float)
    return curve(x, mine, y - sigma, y + sigma, centre=y, labels=labels)
