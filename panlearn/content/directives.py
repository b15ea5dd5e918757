"""Directive blocks of MyST Markdown, as far as exercises and hints need them: name, title, options, body, lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_INFO = re.compile(r"^\{(?P<name>[\w:+-]+)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^\s*:(?P<key>[\w-]+):\s*(?P<value>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A directive. `rows` are its lines in the text it was found in (from 0), `line` where it starts in the file."""

    name: str
    argument: str
    label: str
    body: str
    rows: range
    line: int


@lru_cache(maxsize=1)
def _parser() -> Any:
    from jupytext.myst import get_parser  # noqa: PLC0415 - slow to import
    from mdit_py_plugins.colon_fence import colon_fence_plugin  # noqa: PLC0415

    return get_parser().use(colon_fence_plugin)


def blocks_in(text: str, line: int) -> Iterator[Block]:
    """The directives at the top level of a Markdown text whose first line is `line` of its file."""
    for token in _parser().parse(text):
        match = _INFO.match(token.info.strip()) if token.type in {"fence", "colon_fence"} and token.level == 0 else None
        if match and token.map:
            label, body = _options(token.content)
            yield Block(
                name=match["name"],
                argument=match["argument"].strip(),
                label=label,
                body=body,
                rows=range(*token.map),
                line=line + token.map[0],
            )


def _options(content: str) -> tuple[str, str]:
    """The `label` (or `name`) of a directive, and its body without options."""
    rows = content.split("\n")
    label = ""
    start = 0
    if rows and rows[0].strip() == "---":
        end = next((i for i, row in enumerate(rows[1:], 1) if row.strip() == "---"), 0)
        for row in rows[1:end]:
            key, _, value = row.partition(":")
            label = value.strip() if key.strip() in {"label", "name"} else label
        start = end + 1
    else:
        while start < len(rows) and (match := _OPTION.match(rows[start])):
            label = match["value"].strip() if match["key"] in {"label", "name"} else label
            start += 1
    return label, "\n".join(rows[start:]).strip("\n")
