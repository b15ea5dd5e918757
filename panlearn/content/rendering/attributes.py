"""Sizes, sides and classes that authors ask for: only what is known, as attributes and classes, never as styles."""

from __future__ import annotations

import re

from panlearn.content.rendering.assets import image_size
from panlearn.content.rendering.nodes import Node, Page

_SIDES = frozenset({"left", "center", "right"})
#: Pixels of a CSS length's unit, with the text at 19 px.
_PIXELS = {"": 1.0, "px": 1.0, "em": 19.0, "rem": 16.0, "ex": 9.0, "cm": 37.8, "mm": 3.78, "in": 96.0, "pt": 4 / 3}
_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s*([a-z]{0,3})")
_SMALLEST, _LARGEST = 8, 2000


def words(node: Node) -> list[str]:
    """The classes an author gave a node."""
    return str(node.get("class") or "").split()


def chosen(node: Node, *known: str) -> str:
    """Those of the author's classes that are among the known ones."""
    given = words(node)
    return " ".join(name for name in known if name in given)


def classes(*names: str | None) -> str | None:
    """Class names as one attribute; None where there is none."""
    return " ".join(name for name in names if name) or None


def side(node: Node) -> str:
    """`align-left`, `align-center` or `align-right`, empty for anything else."""
    align = str(node.get("align") or "")
    return f"align-{align}" if align in _SIDES else ""


def width_class(node: Node) -> str:
    """`:width: 50%` becomes the class `w-50`, in tens: pages have no inline styles."""
    text = str(node.get("width") or "").strip()
    if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?%", text):
        return ""
    return f"w-{min(100, max(10, round(float(text[:-1]) / 10) * 10))}"


def pixels(value: object) -> int | None:
    """A CSS length in pixels, within reason; None for percentages and what is no length."""
    match = _LENGTH.fullmatch(str(value if value is not None else "").strip().lower())
    if not match or match[2] not in _PIXELS:
        return None
    return min(_LARGEST, max(_SMALLEST, round(float(match[1]) * _PIXELS[match[2]])))


def picture_size(page: Page, node: Node, address: str) -> tuple[int | None, int | None]:
    """Width and height of a picture: as asked for, else its own; its proportions are kept."""
    own = image_size(page.assets.files[address.rsplit("/", 1)[1]])
    width, height = pixels(node.get("width")), pixels(node.get("height"))
    if own is None or not all(own):
        return width, height if width is None else None
    if width is not None:
        return width, max(1, round(width * own[1] / own[0]))
    if height is not None:
        return max(1, round(height * own[0] / own[1])), height
    return own
