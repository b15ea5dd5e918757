"""Interactive pictures (Plotly, Vega, Vega-Lite) as what shows without a script: their data."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from panlearn.content.rendering.html import escape, tag

MOST_ROWS = 20
MOST_COLUMNS = 8
MOST_TABLES = 4
_LONGEST = 60
#: Plotly's names of number types, as `struct` calls them.
_TYPES = {"f8": "d", "f4": "f", "i4": "i", "i2": "h", "i1": "b", "u4": "I", "u2": "H", "u1": "B"}

Table = tuple[str, list[str], list[list[Any]], int]
"""Caption, column names, the first rows, how many rows there are."""


def is_picture(mime: str) -> bool:
    """Whether a type is that of a Plotly, Vega or Vega-Lite picture, of any version."""
    return mime.startswith(("application/vnd.plotly.", "application/vnd.vega.", "application/vnd.vegalite."))


def described(mime: str, spec: object) -> str:
    """The title and the data of a picture, as HTML. Empty where nothing can be read from it."""
    if not isinstance(spec, Mapping):
        return ""
    title, tables = _plotly(spec) if ".plotly." in mime else _vega(spec)
    head = tag("p", escape(_short(title)), class_="title") if title else ""
    return head + "".join(_table(table) for table in tables[:MOST_TABLES]) + _left_out(len(tables))


def _left_out(count: int) -> str:
    more = count - MOST_TABLES
    return tag("p", f"{more} more series are not listed.", class_="cut") if more > 0 else ""


def _table(table: Table) -> str:
    caption, names, rows, count = table
    head = tag("tr", "".join(tag("th", escape(_short(name)), scope="col") for name in names))
    body = "".join(tag("tr", "".join(tag("td", escape(_short(value))) for value in row)) for row in rows)
    more = f" The first {len(rows)} of {count} rows." if count > len(rows) else ""
    shown = tag("caption", escape(_short(caption)) + more) + tag("thead", head) + tag("tbody", body)
    return tag("div", tag("table", shown), class_="html-out", tabindex=0, role="region", aria_label=_short(caption))


def _short(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _plotly(spec: Mapping[str, Any]) -> tuple[str, list[Table]]:
    layout = _mapping(spec.get("layout"))
    tables = []
    for number, trace in enumerate(_mappings(spec.get("data")), 1):
        names = [name for name in ("x", "y", "z", "labels", "values", "r", "theta") if name in trace]
        columns = [_column(trace[name]) for name in names]
        filled = [(name, column) for name, column in zip(names, columns, strict=True) if column]
        if filled:
            heads = [_text(_mapping(layout.get(f"{name}axis")).get("title")) or name for name, _ in filled]
            count = max(len(column) for _, column in filled)
            rows = [[_at(column, row) for _, column in filled] for row in range(min(count, MOST_ROWS))]
            caption = _text(trace.get("name")) or f"Series {number}"
            tables.append((caption, heads, rows, count))
    return _text(layout.get("title")), tables


def _column(value: object) -> list[Any]:
    """A list, or Plotly's base64 of numbers (little-endian)."""
    if isinstance(value, list):
        return [] if value and isinstance(value[0], list) else value
    given = _mapping(value)
    kind = _TYPES.get(str(given.get("dtype") or ""))
    if kind is None:
        return []
    try:
        content = base64.b64decode(str(given.get("bdata") or ""), validate=True)
        return [number for (number,) in struct.iter_unpack(f"<{kind}", content)]
    except (binascii.Error, ValueError, struct.error):
        return []


def _at(column: Sequence[Any], row: int) -> Any:
    return column[row] if row < len(column) else ""


def _vega(spec: Mapping[str, Any]) -> tuple[str, list[Table]]:
    """The data sets of a Vega or Vega-Lite specification; those it would fetch are not there."""
    found: list[tuple[str, Any]] = list(_mapping(spec.get("datasets")).items())
    data = spec.get("data")
    for number, source in enumerate(_mappings(data if isinstance(data, list) else [data]), 1):
        found.append((str(source.get("name") or f"Data {number}"), source.get("values")))
    tables = [_records(name, values) for name, values in found if isinstance(values, list)]
    return _text(spec.get("title")) or _text(spec.get("description")), [table for table in tables if table]


def _records(name: str, values: list[Any]) -> Table:
    records = _mappings(values[:MOST_ROWS])
    if not records:
        return name, ["value"], [[value] for value in values[:MOST_ROWS]], len(values)
    names = list(islice(dict.fromkeys(str(key) for record in records for key in record), MOST_COLUMNS))
    return name, names, [[record.get(key, "") for key in names] for record in records], len(values)


def _text(value: object) -> str:
    """A title, which may be text, lines of it, or an object that holds it."""
    if isinstance(value, Mapping):
        value = value.get("text", "")
    if isinstance(value, list):
        value = " ".join(str(part) for part in value)
    return str(value or "").replace("<br>", " ")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
