"""Functions of libraries that mean the learner's side when a check calls them: seeds, and the current figure."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

from panlearn_checks import Failure
from panlearn_sandbox.bridge import Bridge

_NO_FIGURE = "Your answer draws no figure. Draw one with `plt.plot(...)` or `fig, ax = plt.subplots()`."


def install(bridge: Bridge) -> None:
    """Replace them, in this process only, which does nothing but one grading."""
    random.seed = _noting(bridge, "random", random.seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed = _noting(bridge, "numpy", numpy.random.seed)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        _show_learners_figure(bridge, pyplot)


def _noting(bridge: Bridge, module: str, own: Callable[..., Any]) -> Callable[..., Any]:
    """A `seed` that seeds both sides: the other one with the next call."""

    def seed(*args: Any, **kwargs: Any) -> Any:
        given = args[0] if args else next(iter(kwargs.values()), None)
        bridge.seeds.append((module, given))
        return own(*args, **kwargs)

    return seed


def _show_learners_figure(bridge: Bridge, pyplot: Any) -> None:
    """`plt.gcf`, `plt.gca` and `plt.get_fignums` speak of the learner's figure while a check has drawn none itself."""
    own = {name: getattr(pyplot, name) for name in ("gcf", "gca", "get_fignums")}
    seen: dict[int, Any] = {}

    def theirs() -> Any:
        if bridge.calls not in seen:  # a call may have drawn
            seen.clear()
            seen[bridge.calls] = bridge.figure()
        return seen[bridge.calls]

    def gcf() -> Any:
        if own["get_fignums"]():
            return own["gcf"]()
        if theirs() is None:
            raise Failure(_NO_FIGURE)
        return theirs()

    def gca() -> Any:
        return own["gca"]() if own["get_fignums"]() else gcf().gca()

    def get_fignums() -> list[int]:
        return own["get_fignums"]() or ([1] if theirs() is not None else [])

    pyplot.gcf, pyplot.gca, pyplot.get_fignums = gcf, gca, get_fignums
