"""What notebooks allow and Python does not: magics are taken out of an answer, shell lines are refused in words."""

from __future__ import annotations

import re
import warnings
from types import CodeType

_KEEP = re.compile(r"(\s*)%(time|timeit|prun|memit)\s+((?:-\S+\s+(?:\d+\s+)?)*)(.*)$")
_LINE = re.compile(r"\s*(%|\?|.*[\w)\]]\?{1,2}\s*$)")
_SHELL = re.compile(r"\s*(\w+\s*=\s*)?(!|%%(bash|sh|script|cmd)|%(sx|system|pip|conda|run)\b)")
_CELL = re.compile(r"\s*%%(time|timeit|capture|prun)\b")
_OTHER = re.compile(r"\s*%%(\w+)")
_MOST = 200


class Unusable(Exception):
    """The answer cannot be run; the message says why and what to do. `line` counts from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def compile_cell(source: str, filename: str) -> CodeType:
    """The code of a cell, magics taken out. Raises Unusable."""
    return _compiled(source, filename)[0]


def without_magics(source: str) -> str:
    """The text of a cell that is Python, on the same lines. Raises Unusable."""
    return _compiled(source, "<cell>")[1]


def _compiled(source: str, filename: str) -> tuple[CodeType, str]:
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in source:
        line = source[: source.index("\0")].count("\n") + 1
        raise Unusable(
            "There is a null character in it, which Python does not read. Delete it or type the line again.", line
        )
    _refuse_surrogates(source)
    for _ in range(_MOST):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return compile(source, filename, "exec", dont_inherit=True), source
        except SyntaxError as error:
            source = _without_magic(source, error)
        except (RecursionError, MemoryError):
            raise Unusable("It is nested too deep for Python to read.") from None
        except ValueError as error:
            raise Unusable(f"Python cannot read it: {error}.") from None
    raise Unusable("It has too many lines that are not Python.")


def _refuse_surrogates(source: str) -> None:
    try:
        source.encode("utf-8")
    except UnicodeEncodeError as error:
        line = source[: error.start].count("\n") + 1
        raise Unusable(
            "There is a damaged character in it (half of a pair). Delete it or type it again.", line
        ) from None


def _without_magic(source: str, error: SyntaxError) -> str:
    """The source without the magic that stopped the parser; raises Unusable where it was not one."""
    lines = source.split("\n")
    number = error.lineno or 1
    text = lines[number - 1] if number <= len(lines) else ""
    if _SHELL.match(text):
        raise Unusable(
            f"`{text.strip()[:80]}` is a command for the shell or the notebook. Such commands are not run when an "
            "answer is checked: take the line out.",
            number,
        )
    if _CELL.match(text):
        lines[number - 1] = ""
    elif found := _KEEP.match(text):
        lines[number - 1] = found[1] + (found[4] or "pass")
    elif found := _OTHER.match(text):
        raise Unusable(f"`%%{found[1]}` makes the cell something else than Python: take the line out.", number)
    elif _LINE.match(text):
        lines[number - 1] = text[: len(text) - len(text.lstrip())] + "pass"
    else:
        raise Unusable(words_for(error), number)
    return "\n".join(lines)


_HINTS = (
    ("'await' outside function", "`await` works inside an `async def` only; at the top of an answer it is not run."),
    (
        "'return' outside function",
        "`return` stands outside of a function: is its line indented as far as the function's body?",
    ),
    ("too many nested parentheses", "It is nested too deep for Python to read."),
    ("was never closed", "A bracket is opened and never closed."),
    ("unmatched", "There is a closing bracket too many."),
    ("expected ':'", "A colon `:` is missing at the end of the line."),
    ("expected an indented block", "The lines after a colon must be indented, and there is none."),
    ("unexpected indent", "This line is indented further than the one before it."),
    ("unindent does not match", "This line's indentation matches no line above it."),
    ("inconsistent use of tabs", "Tabs and spaces are mixed in the indentation: use four spaces."),
    ("unterminated string", "A text in quotes has no closing quote."),
    ("unterminated triple-quoted", "A text in triple quotes has no closing quotes."),
    ("Maybe you meant '=='", "One `=` sets a name; to compare, write `==`."),
    ("too many statically nested blocks", "It has too many blocks inside each other."),
)


def words_for(error: SyntaxError) -> str:
    """What a syntax error says, in words where we have them."""
    said = str(error.msg or "")
    found = next((words for part, words in _HINTS if part in said), "")
    return found or f"Python cannot read it: {said}."
