"""Small pieces of HTML: escaping, tags, allowed addresses, sanitising what others wrote."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import nh3

_TABLE = frozenset(("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup", "col"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = frozenset(
    ("p", "br", "hr", "pre", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "details", "summary")
)
_INLINE = frozenset(
    ("b", "strong", "i", "em", "u", "s", "q", "sub", "sup", "code", "kbd", "samp", "var", "span", "a", "abbr", "small")
)
_KEPT = _TABLE | _HEADINGS | _BLOCKS | _INLINE | {"mark", "cite"}
_CLASSES = {"dataframe", "row_heading", "col_heading", "data", "blank", "index_name"}


def escape(text: object) -> str:
    """Text as HTML."""
    return html.escape(str(text), quote=True)


def tag(name: str, content: str = "", /, **attributes: str | int | bool | None) -> str:
    """An element; attribute names may end in `_` and hold `_` for `-`; None and False are left out."""
    parts = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        parts.append(f" {attribute}" if value is True else f' {attribute}="{escape(value)}"')
    opening = f"<{name}{''.join(parts)}>"
    return opening if name in {"img", "br", "hr", "input"} else f"{opening}{content}</{name}>"


def allowed_address(url: str) -> bool:
    """http, https and mailto, and what is relative. Control characters and other schemes are not."""
    if re.search(r"[\x00-\x20\x7f\\]", url.strip()) or url.startswith("//"):
        return False
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", url)
    return scheme is None or scheme[1].lower() in {"http", "https", "mailto"}


def _only_classes(element: str, attribute: str, value: str) -> str | None:
    del element
    if attribute != "class":
        return value
    return " ".join(word for word in value.split() if word in _CLASSES) or None


class _Acting(HTMLParser):
    """Collects the elements of a text that sanitising takes out, and its handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KEPT:
            self.found.add(f"<{tag}>")
        self.found |= {name for name, _ in attrs if name.startswith("on") or name == "style"}


def loses(text: str) -> set[str]:
    """What of a piece of HTML `sanitise` will take out."""
    parser = _Acting()
    parser.feed(text)
    return parser.found


def sanitise(text: str) -> str:
    """HTML that an output or a bibliography brings: tables and text stay; scripts, styles, forms, images go."""
    return nh3.clean(
        text,
        tags=set(_KEPT),
        clean_content_tags={"script", "style"},
        attributes={
            "*": {"class", "title"},
            "a": {"href"},
            "th": {"colspan", "rowspan", "scope"},
            "td": {"colspan", "rowspan"},
            "ol": {"start"},
        },
        attribute_filter=_only_classes,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
