"""Cards, grids and tabs."""

from __future__ import annotations

from zlib import crc32

from panlearn.content.rendering.attributes import classes
from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.nodes import (
    Node,
    Page,
    anchor,
    children,
    items_of,
    render,
    renders,
    safe_class,
    target_address,
)

_COLUMNS = 12
_WIDTHS = 4
_DEFAULT = (1, 2, 2, 3)


@renders("grid")
def _grid(page: Page, node: Node) -> str:
    """Columns for a phone, a large phone, a tablet and a desk, as classes."""
    counts = _columns(node)
    names = [f"{prefix}-{count}" for prefix, count in zip(("g", "gs", "gm", "gl"), counts, strict=True)]
    items = [_item(page, item, counts[-1]) for item in items_of(node)]
    return tag("div", "".join(items), class_=classes("grid", *names), id=anchor(node))


def _columns(node: Node) -> list[int]:
    stated = node.get("columns")
    found = [_count(value) for value in stated] if isinstance(stated, list) else []
    counts = [count for count in found if count][:_WIDTHS] or list(_DEFAULT)
    return counts + [counts[-1]] * (_WIDTHS - len(counts))


def _count(value: object) -> int | None:
    return min(int(value), _COLUMNS) if isinstance(value, int) and value > 0 else None


def _item(page: Page, node: Node, columns: int) -> str:
    """A grid item with `:columns:` takes so many twelfths of the row, in whole columns of the grid."""
    if node.get("type") != "grid-item":
        return render(page, node)
    share = _count(node.get("columns"))
    span = max(1, round(share / _COLUMNS * columns)) if share else 1
    look = classes("grid-item", f"span-{span}" if span > 1 else None)
    return tag("div", children(page, node), class_=look, id=anchor(node))


@renders("grid-item")
def _lone_item(page: Page, node: Node) -> str:
    return tag("div", children(page, node), class_="grid-item", id=anchor(node))


@renders("card")
def _card(page: Page, node: Node) -> str:
    """A card with an address is a link: its title, which covers the card, or a line at its end."""
    address = target_address(page, node) if node.get("url") else None
    if node.get("url") and address is None:
        shown = node.get("urlSource") or node["url"]
        return page.error("PL032", node, f"The card's link `{shown}` leads nowhere.", "Check the path or the label.")
    parts, linked = [], False
    for item in items_of(node):
        content = children(page, item) if item.get("type") == "cardTitle" else ""
        if address and content and "<a " not in content and not linked:
            linked = True
            parts.append(tag("p", _link(address, content), class_="title"))
        else:
            parts.append(render(page, item))
    if address and not linked:
        parts.append(tag("p", _link(address, "Open"), class_="more"))
    look = classes("card", "linked" if linked else None)
    return tag("div", "".join(parts), class_=look, id=anchor(node))


def _link(address: str, content: str) -> str:
    outside = address.startswith(("http:", "https:"))
    return tag("a", content, href=address, rel="noopener noreferrer" if outside else None)


@renders("header", "footer", "cardHeader", "cardFooter")
def _part(page: Page, node: Node) -> str:
    name = safe_class(node["type"]).replace("card", "")
    return tag("div", children(page, node), class_=f"card-{name}")


@renders("tabSet")
def _tabs(page: Page, node: Node) -> str:
    """Tabs are radio buttons whose choice shows a panel: by arrow keys, without a script; on paper all are shown.

    A script keeps tabs of the same `sync` alike, and opens the tab that a link leads into.
    """
    tabs = [item for item in items_of(node) if item.get("type") == "tabItem"]
    others = "".join(render(page, item) for item in items_of(node) if item.get("type") != "tabItem")
    page.tab_sets += 1
    group = f"tabs-{crc32(page.staged.name.encode()):08x}-{page.tab_sets}"
    shown = next((number for number, item in enumerate(tabs) if item.get("selected")), 0)
    content = "".join(_tab_of(page, item, group, number, checked=number == shown) for number, item in enumerate(tabs))
    names = ", ".join(_title(item) for item in tabs)
    look = tag("div", content, class_="tab-set", role="group", aria_label=f"Tabs: {names}", id=anchor(node))
    return look + others if tabs else others


def _tab_of(page: Page, node: Node, group: str, number: int, *, checked: bool) -> str:
    key = f"{group}-{number + 1}"
    sync = str(node.get("sync") or "") or None
    button = tag("input", type="radio", name=group, id=key, form="", checked=checked, data_sync=sync)
    label = tag("label", escape(_title(node)), for_=key)
    return button + label + tag("div", children(page, node), class_="tab", id=anchor(node))


def _title(node: Node) -> str:
    return str(node.get("title") or "Tab")


@renders("tabItem")
def _stray_tab(page: Page, node: Node) -> str:
    """A tab outside of a tab set is a section with a title."""
    title = tag("p", escape(_title(node)), class_="title")
    return tag("section", title + children(page, node), class_="stray-tab", aria_label=_title(node), id=anchor(node))
