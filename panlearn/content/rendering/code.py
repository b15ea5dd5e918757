"""Python and other source text, coloured with the five classes of the design: k, s, n, c, fn."""

from __future__ import annotations

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


def highlight(source: str, language: str) -> str:
    """The inside of a `<code>` element."""
    lexer = _lexer(language) if language else None
    if lexer is None:
        return escape(source)
    pieces: list[tuple[str, str]] = []
    for token, text in lexer.get_tokens(source):
        name = _class_of(token)
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + text)
        else:
            pieces.append((name, text))
    return "".join(f'<span class="{name}">{escape(text)}</span>' if name else escape(text) for name, text in pieces)


def code_block(source: str, language: str = "python") -> str:
    """A block of source text that the keyboard can scroll."""
    name = f' class="language-{escape(language)}"' if language else ""
    return f'<pre tabindex="0"><code{name}>{highlight(source, language)}</code></pre>'
