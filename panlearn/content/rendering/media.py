"""Pictures, films and sounds of the course, and what stands on other sites.

A frame of another site is shown as a card with its title and address. Loading it would tell that site who reads the
lesson, run its scripts beside ours, and need a hole in the pages' policy; a link asks the reader first, also on paper
and without a script.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from panlearn.content.rendering.attributes import chosen, classes, picture_size, pixels, side, width_class
from panlearn.content.rendering.html import allowed_address, escape, tag
from panlearn.content.rendering.nodes import Node, Page, anchor, asset, children, renders

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"})
VIDEOS = frozenset({".mp4", ".webm", ".ogv"})
SOUNDS = frozenset({".mp3", ".ogg", ".wav", ".m4a", ".flac"})

#: The address that YouTube gives for frames, which shows nothing when it is opened by itself.
_YOUTUBE = re.compile(r"^https://www\.youtube(?:-nocookie)?\.com/embed/([\w-]{6,20})(?:\?.*)?$")


@renders("image")
def _image(page: Page, node: Node) -> str:
    url = str(node.get("url") or "")
    source = node.get("urlSource") or url
    if "//" in url or url.startswith("data:"):
        return page.error(
            "PL033", node, f"The image `{source}` is not a file of the course.", "Put it into the course's folder."
        )
    address = asset(page, node, url)
    if address is None:
        return ""
    alt = str(node.get("alt") or "")
    if not alt and not node.get("placeholder"):
        todo = "Write `:alt: ...`: what it shows, for those who cannot see it."
        page.warn("PL038", node, f"The image `{source}` has no text alternative.", todo)
    suffix = "." + address.rsplit(".", 1)[-1]
    if suffix in VIDEOS | SOUNDS:
        return _film(node, address, alt, suffix)
    if suffix not in _PICTURES:
        todo = f"Save it as one of {', '.join(sorted(_PICTURES))}."
        return page.error("PL033", node, f"Browsers cannot show the picture `{source}`.", todo)
    width, height = picture_size(page, node, address)
    return tag(
        "img",
        src=address,
        alt=alt,
        class_=_look(node),
        id=anchor(node),
        title=str(node.get("title") or "") or None,
        width=width,
        height=height,
        loading="lazy",
    )


def _look(node: Node) -> str | None:
    return classes(width_class(node), side(node), chosen(node, "full-width"))


def _film(node: Node, address: str, alt: str, suffix: str) -> str:
    kind = "video" if suffix in VIDEOS else "audio"
    fallback = tag("a", f"Download the {'film' if kind == 'video' else 'sound'}", href=address, download=True)
    return tag(
        kind,
        fallback,
        src=address,
        controls=True,
        preload="metadata",
        class_=_look(node),
        id=anchor(node),
        aria_label=alt or None,
        width=pixels(node.get("width")) if kind == "video" else None,
    )


@renders("iframe")
def _frame(page: Page, node: Node) -> str:
    """A card that leads to the other site; a placeholder picture of the course is shown above it."""
    url = _YOUTUBE.sub(r"https://www.youtube.com/watch?v=\1", str(node.get("src") or "").strip())
    if not allowed_address(url) or not url.lower().startswith(("https:", "http:")):
        todo = "Give an address that begins with https, or show a film of the course by `:::{figure} film.mp4`."
        return page.error("PL039", node, f"The address `{url}` cannot be framed.", todo)
    host = _host(url)
    title = str(node.get("title") or "") or f"A page at {host}"
    link = tag("a", escape(title), href=url, rel="noopener noreferrer")
    note = tag("p", f"Opens {escape(host)}. Nothing is loaded from there before you follow the link.", class_="note")
    shown = tag("p", link, class_="title") + tag("p", escape(url), class_="address") + note
    card = tag("div", shown, class_="card outside linked")
    return tag("div", children(page, node) + card, class_=classes("framed", _look(node)), id=anchor(node))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "another site"
    except ValueError:
        return "another site"
