"""Python and other source text, coloured with the five classes of the design: k, s, n, c, fn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from panlearn.content.rendering.html import escape


@lru_cache(maxsize=32)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - slow to import
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _class_of(token: Any) -> str:
    from pygments.token import Comment, Keyword, Name, Number, Operator, String  # noqa: PLC0415

    if token in Comment:
        return "c"
    if token in String:
        return "s"
    if token in Number:
        return "n"
    if token in Keyword or token in Operator.Word:
        return "k"
    if token in Name.Function or token in Name.Class or token in Name.Decorator:
        return "fn"
    return ""


def _pieces(source: str, language: str) -> list[tuple[str, str]]:
    """Class and text of each run of equal colour."""
    lexer = _lexer(language) if language else None
    if lexer is None:
        return [("", source)]
    pieces: list[tuple[str, str]] = []
    for token, text in lexer.get_tokens(source):
        name = _class_of(token)
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + text)
        else:
            pieces.append((name, text))
    return pieces


def _coloured(pieces: list[tuple[str, str]]) -> str:
    return "".join(f'<span class="{name}">{escape(text)}</span>' if name else escape(text) for name, text in pieces)


def highlight(source: str, language: str) -> str:
    """The inside of a `<code>` element."""
    return _coloured(_pieces(source, language))


def code_block(source: str, language: str = "python") -> str:
    """A block of source text that the keyboard can scroll."""
    name = f' class="language-{escape(language)}"' if language else ""
    return f'<pre tabindex="0"><code{name}>{highlight(source, language)}</code></pre>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a block is shown. `start`: the number of its first line, None without numbers; `marked`: lines, from 1."""

    start: int | None = None
    marked: frozenset[int] = frozenset()


def listing(source: str, language: str, options: Listing) -> str:
    """A block whose lines are numbered or marked; numbers are not part of what is copied."""
    lines: list[list[tuple[str, str]]] = [[]]
    for name, text in _pieces(source, language):
        first, *rest = text.split("\n")
        lines[-1].append((name, first))
        lines += [[(name, part)] for part in rest]
    shown = []
    for number, pieces in enumerate(lines, 1):
        look = "line marked" if number in options.marked else "line"
        count = f' data-n="{options.start + number - 1}"' if options.start is not None else ""
        coloured = _coloured([piece for piece in pieces if piece[1]])
        shown.append(f'<span class="{look}"{count}>{coloured}\n</span>')
    language_class = f' class="language-{escape(language)}"' if language else ""
    look = "numbered" if options.start is not None else "lines"
    return f'<pre class="{look}" tabindex="0"><code{language_class}>{"".join(shown)}</code></pre>'
