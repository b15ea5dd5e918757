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
from panlearn.content.rendering.ansi import plain
from panlearn.content.rendering.assets import IMAGES, MEDIA, Assets, image_size
from panlearn.content.rendering.html import escape, sanitise, tag
from panlearn.content.rendering.mime import (
    MAX_TEXT,
    NEEDS_SCRIPT,
    PICTURE_NOTE,
    SCRIPT,
    WIDGET,
    WIDGET_NOTE,
    alternative,
    cut,
    joined,
    json_text,
    markdown,
    note,
    picture_in,
    plain_text,
    shown_as,
    terminal,
)
from panlearn.content.rendering.pictures import described
from panlearn.errors import AuthorError

__all__ = ["MAX_TEXT", "OutputRenderer", "latex_of"]
#: A sound or a film that IPython puts into HTML with its data.
_EMBEDDED = re.compile(r"""src\s*=\s*["']data:((?:audio|video)/[\w+.-]+);base64,([A-Za-z0-9+/=\s]+)["']""")
_KINDS = {"application/pdf": "PDF", "video": "film", "audio": "sound"}


def latex_of(output: Mapping[str, Any]) -> str | None:
    """The formula that an output is shown as, without its delimiters, or None where it is shown as something else."""
    data = output.get("data", {})
    if WIDGET in data or picture_in(data) or shown_as(data) != "text/latex":
        return None
    text = joined(data["text/latex"]).strip()
    for opening, closing in (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)")):
        if text.startswith(opening) and text.endswith(closing) and len(text) >= len(opening) + len(closing):
            return text[len(opening) : -len(closing)].strip()
    return text


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
            return tag("pre", terminal(joined(output.get("text", ""))), class_=f"stream {name}", tabindex=0)
        if kind == "error":
            return self._error(output)
        data = output.get("data", {})
        if WIDGET in data:
            return self._text_beside(data) + note(WIDGET_NOTE)
        if picture := picture_in(data):
            return self._picture(cell, picture, output)
        return self._data(cell, number, output)

    def _text_beside(self, data: Mapping[str, Any]) -> str:
        """What an output says of itself besides its form that needs a script."""
        return plain_text(joined(data["text/plain"])) if "text/plain" in data else ""

    def _picture(self, cell: PublishedCell, mime: str, output: Mapping[str, Any]) -> str:
        """An interactive picture: a still of it where the output has one, else its data, and why it does not move."""
        data = output["data"]
        still = alternative(data)
        if still:
            return self._image(cell, still, data[still], output.get("metadata", {})) + note(PICTURE_NOTE)
        shown = described(mime, data[mime])
        caption = tag("figcaption", escape(cell.caption)) if cell.caption else ""
        content = (shown or self._text_beside(data)) + note(PICTURE_NOTE) + caption
        return tag("figure", content, class_="fig picture-data")

    def _data(self, cell: PublishedCell, number: int, output: Mapping[str, Any]) -> str:
        """What was displayed, in the richest form that a page can show."""
        data = output.get("data", {})
        mime = shown_as(data)
        if mime is None or (mime == "text/plain" and (SCRIPT in data or "text/html" in data)):
            return self._unshown(cell, data)
        if mime in IMAGES:
            return self._image(cell, mime, data[mime], output.get("metadata", {}))
        if mime in MEDIA:
            return self._media(cell, mime, joined(data[mime]))
        if mime == "text/html":
            return self._html(cell, joined(data[mime]))
        return self._text(cell, number, mime, data[mime])

    def _html(self, cell: PublishedCell, content: str) -> str:
        if embedded := _EMBEDDED.search(content):
            return self._media(cell, embedded[1], embedded[2])
        return tag("div", sanitise(content), class_="html-out", tabindex=0, role="region", aria_label="Output")

    def _text(self, cell: PublishedCell, number: int, mime: str, value: Any) -> str:
        if mime == "text/latex" and (cell.id, number) in self.formulas:
            return tag("div", self.formulas[cell.id, number], class_="eq")
        if mime == "text/markdown":
            return markdown(joined(value))
        return json_text(value) if mime == "application/json" else plain_text(joined(value))

    def _unshown(self, cell: PublishedCell, data: Mapping[str, Any]) -> str:
        """Scripts are never run, and other forms are not known: the text beside them, and why there is no more."""
        if not data:
            return ""
        if SCRIPT in data or "text/html" in data:
            return self._text_beside(data) + note(NEEDS_SCRIPT)
        names = ", ".join(sorted(str(name) for name in data))
        todo = "Display it as text, a table or a picture as well."
        self.findings.warn("PL036", self.file, cell.line, f"This cell's output ({names}) cannot be shown.", todo)
        return note(f"This output cannot be shown here ({escape(names)}).")

    def _media(self, cell: PublishedCell, mime: str, data: str) -> str:
        """A film or a sound to be played, a document as a link."""
        content = self._decoded(cell, data)
        address = self._kept(cell, content, MEDIA[mime]) if content and mime in MEDIA else ""
        if not address:
            return note(f"This output cannot be shown here ({escape(mime)}).")
        kind = _KINDS.get(mime) or _KINDS[mime.partition("/")[0]]
        label = cell.alt or cell.caption or f"The {kind} of this cell"
        words = f"Download the {kind} ({max(1, round(len(content) / 1024))} KiB)"
        link = tag("a", words, href=address, download=f"{cell.id}{MEDIA[mime]}")
        if mime == "application/pdf":
            return tag("p", link, class_="file-out")
        element = "video" if mime.startswith("video/") else "audio"
        return tag(element, link, src=address, controls=True, preload="metadata", aria_label=label)

    def _error(self, output: Mapping[str, Any]) -> str:
        """The error in one line; the frames of it that stand in this cell are what a reader can use."""
        short = f"{output.get('ename', 'Error')}: {plain(str(output.get('evalue', '')))}"
        trace = "\n".join(joined(row) for row in output.get("traceback", []))
        more = ""
        if trace:
            more = f"<details><summary>Full traceback</summary>{tag('pre', terminal(trace), tabindex=0)}</details>"
        return tag("div", tag("p", escape(cut(short)), class_="bad") + more, class_="error")

    def _image(self, cell: PublishedCell, mime: str, data: Any, metadata: Mapping[str, Any]) -> str:
        content = joined(data).encode() if mime == "image/svg+xml" else self._decoded(cell, joined(data))
        address = self._kept(cell, content, IMAGES[mime]) if content else ""
        if not address:
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

    def _decoded(self, cell: PublishedCell, data: str) -> bytes:
        try:
            return base64.b64decode(data, validate=False)
        except (binascii.Error, ValueError):
            what, todo = "This cell's image cannot be decoded.", "Draw it another way."
            self.findings.error("PL033", self.file, cell.line, what, todo)
            return b""

    def _kept(self, cell: PublishedCell, content: bytes, suffix: str) -> str:
        try:
            return self.assets.add(content, suffix)
        except AuthorError as error:
            self.findings.error(error.code, self.file, cell.line, error.message, error.todo)
            return ""


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
            last["text"] += joined(output.get("text", ""))
            merged.append({"output_type": "display_data", "data": {}})
        elif output.get("output_type") == "stream":
            last = {"output_type": "stream", "name": output.get("name"), "text": joined(output.get("text", ""))}
            merged.append(last)
        else:
            last = None
            merged.append(output)
    return merged
