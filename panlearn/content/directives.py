"""Directive blocks of MyST Markdown, as far as exercises and hints need them: name, title, options, body, lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

_INFO = re.compile(r"^\{(?P<name>[\w:+-]+)\}\s*(?P<argument>.*)$")
_CODE = frozenset({"code", "code-block", "code-cell", "literalinclude"})
_OPTION = re.compile(r"^\s*:(?P<key>[\w-]+):\s*(?P<value>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A directive. `rows` are its lines in the text it was found in (from 0), `line` where it starts in the file.

    `options` are its `:key: value` lines; `body_line` is the line that `body` starts at.
    """

    name: str
    argument: str
    label: str
    body: str
    rows: range
    line: int
    options: Mapping[str, str] = field(default_factory=dict)
    body_line: int = 0


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
            options, start = _options(token.content)
            body = token.content.split("\n")[start:]
            blank = next((i for i, row in enumerate(body) if row), 0)
            yield Block(
                name=match["name"],
                argument=match["argument"].strip(),
                label=options.get("label") or options.get("name") or "",
                body="\n".join(body).strip("\n"),
                rows=range(*token.map),
                line=line + token.map[0],
                options=options,
                body_line=line + token.map[0] + 1 + start + blank,
            )


def nested(text: str, name: str) -> Iterator[int]:
    """The lines (from 0) where a directive of this name stands inside another block, which is no code to be shown."""
    begins = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{" + re.escape(name) + r"\}")
    rows = text.split("\n")
    for token in _parser().parse(text):
        if token.type not in {"fence", "colon_fence"} or not token.map:
            continue
        match = _INFO.match(token.info.strip())
        if match and match["name"] == name:
            yield from [token.map[0]] if token.level else []
        elif match and match["name"] not in _CODE:
            yield from (row for row in range(token.map[0] + 1, token.map[1]) if begins.match(rows[row]))


def _options(content: str) -> tuple[dict[str, str], int]:
    """The options of a directive, and how many lines they take."""
    rows = content.split("\n")
    options: dict[str, str] = {}
    start = 0
    if rows and rows[0].strip() == "---":
        end = next((i for i, row in enumerate(rows[1:], 1) if row.strip() == "---"), 0)
        for row in rows[1:end]:
            key, _, value = row.partition(":")
            options[key.strip()] = value.strip()
        start = end + 1
    else:
        while start < len(rows) and (match := _OPTION.match(rows[start])):
            options[match["key"]] = match["value"].strip()
            start += 1
    return options, start
