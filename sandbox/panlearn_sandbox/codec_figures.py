"""Codec: matplotlib figures and axes cross as what they show; the reader gets plain objects that answer like them."""

from __future__ import annotations

from typing import Any

from panlearn_sandbox.codec import CodecError, Decoder, Encoder, Writer, late_writers, loaded, readers
from panlearn_sandbox.figures import AxesData, FigureData, LineData, TextData

_MOST = 500


def _late(kind: type) -> Writer | None:
    if loaded("matplotlib.figure") is None:
        return None
    names = {f"{base.__module__}.{base.__name__}" for base in kind.__mro__}
    return next((writer for name, writer in _WRITERS.items() if name in names), None)


def _text(value: Any) -> str:
    return str(value)[:2000]


def _line(line: Any) -> dict[str, Any]:
    return {
        "x": _numbers(line.get_xdata()),
        "y": _numbers(line.get_ydata()),
        "label": _text(line.get_label()),
        "color": _color(line.get_color()),
        "linestyle": _text(line.get_linestyle()),
        "linewidth": float(line.get_linewidth()),
        "marker": _text(line.get_marker()),
    }


def _numbers(values: Any) -> Any:
    np = loaded("numpy")
    array = np.ma.filled(np.ma.asarray(values), np.nan) if np.ma.isMaskedArray(values) else np.asarray(values)
    return np.array(array)


def _color(value: Any) -> Any:
    return value if type(value) is str else tuple(float(part) for part in value)


def _scatter(collection: Any) -> dict[str, Any]:
    np = loaded("numpy")
    return {
        "kind": type(collection).__name__,
        "label": _text(collection.get_label()),
        "offsets": np.array(np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)),
    }


def _patch(patch: Any) -> dict[str, Any]:
    box = patch.get_extents().transformed(patch.axes.transData.inverted()) if patch.axes is not None else None
    described: dict[str, Any] = {"kind": type(patch).__name__, "label": _text(patch.get_label())}
    if hasattr(patch, "get_height"):
        described |= {name: float(getattr(patch, f"get_{name}")()) for name in ("x", "y", "width", "height")}
    elif box is not None:
        described |= {"x": float(box.x0), "y": float(box.y0), "width": float(box.width), "height": float(box.height)}
    return described


def _image(image: Any) -> dict[str, Any]:
    return {
        "data": _numbers(image.get_array()),
        "extent": tuple(float(edge) for edge in image.get_extent()) if hasattr(image, "get_extent") else None,
        "cmap": _text(image.get_cmap().name),
    }


def _axes(axes: Any) -> dict[str, Any]:
    legend = axes.get_legend()
    return {
        "title": _text(axes.get_title()),
        "xlabel": _text(axes.get_xlabel()),
        "ylabel": _text(axes.get_ylabel()),
        "xscale": _text(axes.get_xscale()),
        "yscale": _text(axes.get_yscale()),
        "xlim": tuple(float(edge) for edge in axes.get_xlim()),
        "ylim": tuple(float(edge) for edge in axes.get_ylim()),
        "lines": [_line(line) for line in axes.get_lines()[:_MOST]],
        "collections": [_scatter(item) for item in axes.collections[:_MOST]],
        "patches": [_patch(item) for item in axes.patches[:_MOST]],
        "images": [_image(item) for item in axes.images[:_MOST]],
        "texts": [_text(item.get_text()) for item in axes.texts[:_MOST]],
        "legend": None if legend is None else [_text(item.get_text()) for item in legend.get_texts()[:_MOST]],
        "errorbars": [type(item).__name__ == "ErrorbarContainer" for item in axes.containers].count(True),
        "xticklabels": [_text(item.get_text()) for item in axes.get_xticklabels()[:_MOST]],
        "yticklabels": [_text(item.get_text()) for item in axes.get_yticklabels()[:_MOST]],
    }


def _figure(figure: Any) -> dict[str, Any]:
    return {
        "axes": [_axes(axes) for axes in figure.axes[:_MOST]],
        "suptitle": _text(figure.get_suptitle()),
        "size": tuple(float(side) for side in figure.get_size_inches()),
    }


def _writer(kind: str, describe: Any) -> Writer:
    def write(encoder: Encoder, value: Any, depth: int) -> None:
        encoder.out += b"P"
        encoder.write(kind, depth + 1)
        encoder.write(describe(value), depth + 1)

    return write


_WRITERS: dict[str, Writer] = {
    "matplotlib.figure.Figure": _writer("figure", _figure),
    "matplotlib.axes._axes.Axes": _writer("axes", _axes),
    "matplotlib.lines.Line2D": _writer("line", _line),
    "matplotlib.text.Text": _writer("text", lambda text: {"text": _text(text.get_text())}),
}
_VIEWS: dict[str, type] = {"figure": FigureData, "axes": AxesData, "line": LineData, "text": TextData}


def _read(decoder: Decoder, depth: int) -> Any:
    kind, content = decoder.read(depth + 1), decoder.read(depth + 1)
    view = _VIEWS.get(kind) if type(kind) is str else None
    if view is None or type(content) is not dict:
        raise CodecError("its figure is not one")
    return view(content)


late_writers.append(_late)
readers[b"P"] = _read
