"""Terminal text to HTML: colours become classes (`ansi-red-fg`), cursor tricks become what a terminal would show."""

from __future__ import annotations

import re

from panlearn.content.rendering.html import escape

_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ESCAPE = re.compile(r"\x1b\[([0-9;:]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_STYLES = {"1": "bold", "3": "italic", "4": "underline"}
_OFF = {"22": ("bold",), "23": ("italic",), "24": ("underline",)}


def plain(text: str) -> str:
    """Terminal text without its colours."""
    return _CONTROL.sub("", _ESCAPE.sub("", overwrite(text)))


def overwrite(text: str) -> str:
    """What is left of lines that were written over with carriage returns, as progress bars do."""
    rows = text.replace("\r\n", "\n").split("\n")
    return "\n".join(next((part for part in reversed(row.split("\r")) if part), "") for row in rows)


def to_html(text: str) -> str:
    """Terminal text as escaped HTML with spans for colours."""
    state: dict[str, str] = {}
    pieces: list[str] = []
    at = 0
    text = overwrite(text)
    for match in _ESCAPE.finditer(text):
        pieces.append(_span(text[at : match.start()], state))
        at = match.end()
        if match[2] == "m":
            _apply(re.split(r"[;:]", match[1] or "0"), state)
    pieces.append(_span(text[at:], state))
    return "".join(pieces)


def _span(text: str, state: dict[str, str]) -> str:
    text = _CONTROL.sub("", text)
    if not text:
        return ""
    classes = " ".join(f"ansi-{value}" for value in state.values())
    return f'<span class="{classes}">{escape(text)}</span>' if classes else escape(text)


def _apply(codes: list[str], state: dict[str, str]) -> None:
    """Change the state by one escape sequence; 256 and true colours are near enough to none and are dropped."""
    position = 0
    while position < len(codes):
        code = codes[position].lstrip("0") or "0"
        position += 1
        if code == "0":
            state.clear()
        elif code in _STYLES:
            state[_STYLES[code]] = _STYLES[code]
        elif code in _OFF:
            for name in _OFF[code]:
                state.pop(name, None)
        elif code in {"38", "48"}:
            position += _extended(codes[position:], "fg" if code == "38" else "bg", state)
        elif code in {"39", "49"}:
            state.pop("fg" if code == "39" else "bg", None)
        elif code.isdigit():
            _colour(int(code), state)


def _extended(rest: list[str], ground: str, state: dict[str, str]) -> int:
    """`38;5;N` and `38;2;R;G;B`: the first sixteen are colours of ours; how many codes were read."""
    if rest[:1] == ["5"] and len(rest) > 1 and rest[1].isdigit():
        number = int(rest[1])
        if number < 16:  # noqa: PLR2004 - the terminal's own colours
            bright = "-intense" if number > 7 else ""  # noqa: PLR2004
            state[ground] = f"{_COLOURS[number % 8]}{bright}-{ground}"
        else:
            state.pop(ground, None)
        return 2
    state.pop(ground, None)
    return 4 if rest[:1] == ["2"] else 0


def _colour(code: int, state: dict[str, str]) -> None:
    for start, ground, bright in ((30, "fg", ""), (40, "bg", ""), (90, "fg", "-intense"), (100, "bg", "-intense")):
        if start <= code <= start + 7:
            state[ground] = f"{_COLOURS[code - start]}{bright}-{ground}"
