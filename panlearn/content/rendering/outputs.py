"""What a cell printed, drew or raised, as HTML that is safe to serve."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell
from panlearn.content.rendering.ansi import plain, to_html
from panlearn.content.rendering.assets import IMAGES, Assets, image_size
from panlearn.content.rendering.html import escape, sanitise, tag
from panlearn.errors import AuthorError

#: Characters of one text output that a page shows; more than that is said, not shown.
MAX_TEXT = 20_000
_ORDER = (
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "text/latex",
    "text/plain",
)
_WIDGET = "application/vnd.jupyter.widget-view+json"


def latex_of(output: Mapping[str, Any]) -> str | None:
    """The formula that an output is shown as, without its delimiters, or None where it is shown as something else."""
    data = output.get("data", {})
    if _mime(data) != "text/latex":
        return None
    text = _joined(data["text/latex"]).strip()
    for opening, closing in (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)")):
        if text.startswith(opening) and text.endswith(closing) and len(text) >= len(opening) + len(closing):
            return text[len(opening) : -len(closing)].strip()
    return text


def _mime(data: Mapping[str, Any]) -> str | None:
    return next((mime for mime in _ORDER if mime in data), None)


@dataclass(slots=True)
class OutputRenderer:
    """Renders the outputs of one page's cells. `formulas`: the LaTeX outputs, set, by cell and place of the output."""

    file: str
    assets: Assets
    findings: Findings
    formulas: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def render(self, cell: PublishedCell, outputs: Sequence[Mapping[str, Any]]) -> str:
        """The inside of a cell's `out`; empty where there is nothing to show."""
        return "".join(self._one(cell, number, output) for number, output in enumerate(_merge_streams(outputs)))

    def _one(self, cell: PublishedCell, number: int, output: Mapping[str, Any]) -> str:
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            return tag("pre", _text(_joined(output.get("text", ""))), class_=f"stream {name}", tabindex=0)
        if kind == "error":
            return self._error(output)
        if _WIDGET in output.get("data", {}):
            return tag("p", "Run this cell to use its controls.", class_="widget-note")
        return self._data(cell, number, output)

    def _data(self, cell: PublishedCell, number: int, output: Mapping[str, Any]) -> str:
        """What was displayed, in the richest form that a page can show."""
        data = output.get("data", {})
        mime = _mime(data)
        if mime is None:
            return ""
        if mime in IMAGES:
            return self._image(cell, mime, data[mime], output.get("metadata", {}))
        content = _joined(data[mime])
        if mime == "text/html":
            return tag("div", sanitise(content), class_="html-out", tabindex=0, role="region", aria_label="Output")
        if mime == "text/latex" and (cell.id, number) in self.formulas:
            return tag("div", self.formulas[cell.id, number], class_="eq")
        return tag("pre", _text(content), class_="text", tabindex=0)

    def _error(self, output: Mapping[str, Any]) -> str:
        """The error in one line; the frames of it that stand in this cell are what a reader can use."""
        short = f"{output.get('ename', 'Error')}: {plain(str(output.get('evalue', '')))}"
        trace = "\n".join(_joined(row) for row in output.get("traceback", []))
        more = ""
        if trace:
            more = f"<details><summary>Full traceback</summary>{tag('pre', _text(trace), tabindex=0)}</details>"
        return tag("div", tag("p", escape(_cut(short)), class_="bad") + more, class_="error")

    def _image(self, cell: PublishedCell, mime: str, data: Any, metadata: Mapping[str, Any]) -> str:
        try:
            content = (
                _joined(data).encode() if mime == "image/svg+xml" else base64.b64decode(_joined(data), validate=False)
            )
            address = self.assets.add(content, IMAGES[mime])
        except (binascii.Error, ValueError):
            self.findings.error(
                "PL033", self.file, cell.line, "This cell's image cannot be decoded.", "Draw it another way."
            )
            return ""
        except AuthorError as error:
            self.findings.error(error.code, self.file, cell.line, error.message, error.todo)
            return ""
        alt = cell.alt or cell.caption
        if not alt:
            todo = "Add `#| alt: ...` to the cell: what the plot shows, for those who cannot see it."
            self.findings.warn(
                "PL037", self.file, cell.line, "This cell draws a plot without a text alternative.", todo
            )
        width, height = _size(mime, content, metadata)
        image = tag(
            "img", class_="plot-img", src=address, alt=alt or "Plot", width=width, height=height, loading="lazy"
        )
        if not cell.caption:
            return image
        return tag("figure", image + tag("figcaption", escape(cell.caption)), class_="fig")


def _size(mime: str, content: bytes, metadata: Mapping[str, Any]) -> tuple[int | None, int | None]:
    stated = metadata.get(mime, metadata)
    if isinstance(stated, Mapping) and all(isinstance(stated.get(key), int | float) for key in ("width", "height")):
        return round(stated["width"]), round(stated["height"])
    return image_size(content) or (None, None)


def _merge_streams(outputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Neighbouring pieces of one stream become one; the places of other outputs stay, filled with nothing."""
    merged: list[Mapping[str, Any]] = []
    last: dict[str, Any] | None = None
    for output in outputs:
        if output.get("output_type") == "stream" and last is not None and last["name"] == output.get("name"):
            last["text"] += _joined(output.get("text", ""))
            merged.append({"output_type": "display_data", "data": {}})
        elif output.get("output_type") == "stream":
            last = {"output_type": "stream", "name": output.get("name"), "text": _joined(output.get("text", ""))}
            merged.append(last)
        else:
            last = None
            merged.append(output)
    return merged


def _joined(value: Any) -> str:
    return "".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)


def _cut(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    return f"{text[:MAX_TEXT]}\n… {len(text) - MAX_TEXT} more characters: run the cell to see them."


def _text(text: str) -> str:
    return re.sub(r"\n$", "", to_html(_cut(text)))
