"""A learner's figure as the checker sees it: plain values behind the getters that matplotlib has for them.

Every value is checked for its type as it is taken in, so that a forged description fails as a whole.
"""

from __future__ import annotations

import sys
from typing import Any

from panlearn_sandbox.codec import CodecError


def _take(content: dict[Any, Any], name: str, *kinds: type) -> Any:
    value = content.get(name)
    if type(value) not in kinds:
        raise CodecError("its figure is not one")
    return value


def _array(content: dict[Any, Any], name: str) -> Any:
    np = sys.modules.get("numpy")
    value = content.get(name)
    if np is None or type(value) is not np.ndarray:
        raise CodecError("its figure is not one")
    return value


def _texts(content: dict[Any, Any], name: str) -> list[str]:
    values = _take(content, name, list)
    if not all(type(value) is str for value in values):
        raise CodecError("its figure is not one")
    return list(values)


def _pair(content: dict[Any, Any], name: str) -> tuple[float, float]:
    value = _take(content, name, tuple)
    if len(value) != 2 or not all(type(edge) is float for edge in value):  # noqa: PLR2004
        raise CodecError("its figure is not one")
    return value[0], value[1]


class TextData:
    """A text of a figure."""

    def in_words(self) -> str:
        """What it is, for messages."""
        return "a text of a figure"

    def __init__(self, content: dict[Any, Any] | str) -> None:
        self.text: str = content if isinstance(content, str) else _take(content, "text", str)

    def get_text(self) -> str:
        """The text."""
        return self.text

    def __str__(self) -> str:
        return self.text


class LineData:
    """A curve: `x`, `y` arrays, its label and style."""

    def in_words(self) -> str:
        """What it is, for messages."""
        return "a curve"

    def __init__(self, content: dict[Any, Any]) -> None:
        self.x, self.y = _array(content, "x"), _array(content, "y")
        self.label: str = _take(content, "label", str)
        self.linestyle: str = _take(content, "linestyle", str)
        self.marker: str = _take(content, "marker", str)
        self.linewidth: float = _take(content, "linewidth", float)
        self.color: Any = _take(content, "color", str, tuple)

    def get_xdata(self) -> Any:
        """The x values."""
        return self.x

    def get_ydata(self) -> Any:
        """The y values."""
        return self.y

    def get_xydata(self) -> Any:
        """Both, as rows."""
        return sys.modules["numpy"].column_stack([self.x, self.y])

    def get_label(self) -> str:
        """The label, which starts with an underscore where the learner gave none."""
        return self.label

    def get_linestyle(self) -> str:
        """As matplotlib names it, such as `-` or `None`."""
        return self.linestyle

    def get_marker(self) -> str:
        """As matplotlib names it."""
        return self.marker

    def get_color(self) -> Any:
        """A name or a tuple."""
        return self.color


class ShapeData:
    """A bar, a patch, points of a scatter plot or an image: what it is, and its values as attributes."""

    def in_words(self) -> str:
        """What it is, for messages."""
        return "a part of a figure"

    def __init__(self, content: Any) -> None:
        if type(content) is not dict or not all(type(name) is str for name in content):
            raise CodecError("its figure is not one")
        self.__dict__.update({name: value for name, value in content.items() if not name.startswith("_")})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("get_") and name[4:] in self.__dict__:
            return lambda: self.__dict__[name[4:]]
        if name == "get_array" and "data" in self.__dict__:
            return lambda: self.__dict__["data"]
        raise AttributeError(name)


class LegendData:
    """The legend's entries."""

    def __init__(self, labels: list[str]) -> None:
        self.labels = labels

    def get_texts(self) -> list[TextData]:
        """The entries as texts."""
        return [TextData(label) for label in self.labels]


class AxesData:
    """One pair of axes: title, labels, scales, limits, lines, points, bars, images, legend."""

    def in_words(self) -> str:
        """What it is, for messages."""
        return "axes of a figure"

    def __init__(self, content: Any) -> None:
        if type(content) is not dict:
            raise CodecError("its figure is not one")
        self.title = TextData(_take(content, "title", str))
        self.xlabel: str = _take(content, "xlabel", str)
        self.ylabel: str = _take(content, "ylabel", str)
        self.xscale: str = _take(content, "xscale", str)
        self.yscale: str = _take(content, "yscale", str)
        self.xlim, self.ylim = _pair(content, "xlim"), _pair(content, "ylim")
        self.lines = [LineData(line) for line in _take(content, "lines", list)]
        self.collections = [ShapeData(item) for item in _take(content, "collections", list)]
        self.patches = [ShapeData(item) for item in _take(content, "patches", list)]
        self.images = [ShapeData(item) for item in _take(content, "images", list)]
        self.texts = [TextData(text) for text in _texts(content, "texts")]
        self.errorbars: int = _take(content, "errorbars", int)
        self.legend_ = None if content.get("legend") is None else LegendData(_texts(content, "legend"))
        self.xticklabels, self.yticklabels = _texts(content, "xticklabels"), _texts(content, "yticklabels")

    def get_title(self) -> str:
        """The title, empty where there is none."""
        return self.title.text

    def get_legend(self) -> LegendData | None:
        """The legend, if it is shown."""
        return self.legend_

    def get_legend_handles_labels(self) -> tuple[list[Any], list[str]]:
        """The curves that have a label of their own, and these labels."""
        drawn: list[Any] = [*self.lines, *self.collections]
        named = [item for item in drawn if not str(item.label).startswith("_")]
        return named, [item.label for item in named]

    def get_xticklabels(self) -> list[TextData]:
        """Texts at the ticks of the x axis."""
        return [TextData(text) for text in self.xticklabels]

    def get_yticklabels(self) -> list[TextData]:
        """Texts at the ticks of the y axis."""
        return [TextData(text) for text in self.yticklabels]

    def has_data(self) -> bool:
        """Whether anything is drawn."""
        return bool(self.lines or self.collections or self.patches or self.images)

    def __getattr__(self, name: str) -> Any:
        if name in {
            f"get_{known}" for known in ("xlabel", "ylabel", "xscale", "yscale", "xlim", "ylim", "lines", "images")
        }:
            return lambda: self.__dict__[name[4:]]
        raise AttributeError(f"a figure's axes cross without `{name}`")


class FigureData:
    """A figure: its axes, its title over all of them, its size in inches."""

    def in_words(self) -> str:
        """What it is, for messages."""
        return "a figure"

    def __init__(self, content: dict[Any, Any]) -> None:
        self.axes = [AxesData(axes) for axes in _take(content, "axes", list)]
        self.suptitle: str = _take(content, "suptitle", str)
        self.size = _pair(content, "size")

    def get_axes(self) -> list[AxesData]:
        """The axes, in the order they were made."""
        return self.axes

    def gca(self) -> AxesData:
        """The axes made last."""
        if not self.axes:
            raise CodecError("its figure has no axes")
        return self.axes[-1]

    def get_suptitle(self) -> str:
        """The title over all axes."""
        return self.suptitle

    def get_size_inches(self) -> tuple[float, float]:
        """Width and height."""
        return self.size
