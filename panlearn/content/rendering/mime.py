"""Which of an output's forms a page shows, and those that need no file of their own: text, Markdown, JSON, notes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from panlearn.content.rendering.ansi import to_html
from panlearn.content.rendering.assets import IMAGES, MEDIA
from panlearn.content.rendering.html import escape, sanitise, tag
from panlearn.content.rendering.pictures import is_picture

#: Characters of one text output that a page shows; more than that is said, not shown.
MAX_TEXT = 20_000
WIDGET = "application/vnd.jupyter.widget-view+json"
SCRIPT = "application/javascript"
_ORDER = (
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    *MEDIA,
    "text/latex",
    "text/markdown",
    "application/json",
    "text/plain",
)
_IN_A_NOTEBOOK = "Take this lesson with you as a notebook to use it."
NEEDS_SCRIPT = f"This output needs a script, which pages here do not run. {_IN_A_NOTEBOOK}"
WIDGET_NOTE = f"These controls need a script of their own, which pages here do not run. {_IN_A_NOTEBOOK}"
PICTURE_NOTE = f"The interactive picture needs a script, which pages here do not run. {_IN_A_NOTEBOOK}"


def shown_as(data: Mapping[str, Any]) -> str | None:
    """The richest form that a page can show. HTML that only a script would fill is no form."""
    for mime in _ORDER:
        if mime in data and not (mime == "text/html" and needs_script(joined(data[mime]))):
            return mime
    return None


def alternative(data: Mapping[str, Any]) -> str | None:
    """A picture among an output's forms."""
    return next((mime for mime in _ORDER if mime in data and mime in IMAGES), None)


def picture_in(data: Mapping[str, Any]) -> str | None:
    """The type of an interactive picture among an output's forms."""
    return next((mime for mime in data if is_picture(mime)), None)


def needs_script(text: str) -> bool:
    """True where nothing but a script would have shown something."""
    return (
        re.search(r"<script\b", text, re.IGNORECASE) is not None and not re.sub(r"<[^>]*>", "", sanitise(text)).strip()
    )


def note(text: str) -> str:
    """What a page says in place of what it cannot show."""
    return tag("p", text, class_="widget-note")


def plain_text(text: str) -> str:
    """Text of a terminal."""
    return tag("pre", terminal(text), class_="text", tabindex=0)


def terminal(text: str) -> str:
    """Terminal text, cut where it is long, as HTML."""
    return re.sub(r"\n$", "", to_html(cut(text)))


def cut(text: str) -> str:
    """The beginning of a long text, which says how much is left out."""
    if len(text) <= MAX_TEXT:
        return text
    return f"{text[:MAX_TEXT]}\n… {len(text) - MAX_TEXT} more characters: run the cell to see them."


def markdown(text: str) -> str:
    """Markdown that a cell displayed: without HTML of its own, pictures as their text, sanitised as outputs are."""
    content = sanitise(_markdown().render(cut(text)))
    return tag("div", content, class_="html-out", tabindex=0, role="region", aria_label="Output")


@lru_cache(maxsize=1)
def _markdown() -> Any:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - slow to import

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.add_render_rule("image", lambda _, tokens, at, *__: escape(tokens[at].content))
    return reader


def json_text(value: Any) -> str:
    """JSON, indented."""
    try:
        text = json.dumps(value, indent=2, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = str(value)
    return tag("pre", terminal(text), class_="text json", tabindex=0)


def joined(value: Any) -> str:
    """Text that a notebook may hold as a list of lines."""
    return "".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
