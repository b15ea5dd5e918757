"""What the learner's own code printed, up to a size, and where in their own lines an exception came from."""

from __future__ import annotations

import io
import linecache
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

MOST = 10_000
ANSWER = "<your answer>"
_FRAMES = 8


class Capture(io.TextIOBase):
    """A text stream that keeps the first characters and counts the rest."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self.most = most
        self._parts: list[str] = []
        self._kept = 0
        self._dropped = 0

    def writable(self) -> bool:
        """It can be printed to."""
        return True

    def isatty(self) -> bool:
        """It is no terminal."""
        return False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """As notebooks have it."""
        return "utf-8"

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        piece = text[: self.most - self._kept]
        if piece:
            self._parts.append(piece)
            self._kept += len(piece)
        self._dropped += len(text) - len(piece)
        return len(text)

    def take(self) -> str:
        """What was printed since the last time."""
        text = "".join(self._parts)
        if self._dropped:
            text += f"\n… and {self._dropped:,} more characters, not shown."
        self._parts, self._kept, self._dropped = [], 0, 0
        return text


_shown_already: list[bool] = []


@contextmanager
def shown_already() -> Iterator[None]:
    """Warnings of this block are raised and recorded as ever, but not printed: they were, where they came from."""
    _shown_already.append(True)
    try:
        yield
    finally:
        _shown_already.pop()


def show_warnings_briefly(note: Callable[[str, str], None] = lambda _category, _text: None) -> None:
    """Warnings print as one line, without the files of libraries; `note` is told their kind and text."""

    def show(message: Any, category: type[Warning], *_rest: Any, **_named: Any) -> None:
        if _shown_already:
            return
        note(category.__name__, str(message)[:500])
        print(f"{category.__name__}: {str(message)[:500]}", file=sys.stderr)  # noqa: T201 - their own warning

    warnings.showwarning = show
    warnings.simplefilter("default")
    for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)


def remember_lines(filename: str, source: str) -> None:
    """Let tracebacks and `inspect.getsource` find the text of a cell."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def own_frames(traceback: TracebackType | None) -> list[tuple[str, int, str]]:
    """The frames of cells: file, line, function; frames of libraries and of ours are left out."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename.startswith("<your answer") or code.co_filename.startswith("<lesson"):
            found.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return found


def own_traceback(frames: list[tuple[str, int, str]], last: str) -> str:
    """These frames as text, the middle of long ones left out, with the exception's own line at the end."""
    lines = []
    shown = frames if len(frames) <= _FRAMES else [*frames[: _FRAMES // 2], None, *frames[-_FRAMES // 2 :]]
    for frame in shown:
        if frame is None:
            lines.append(f"… {len(frames) - _FRAMES} more calls …")
            continue
        filename, line, name = frame
        place = f", in {name}" if name != "<module>" else ""
        where = "" if filename == ANSWER else f" of {filename.strip('<>')}"
        lines.append(f"line {line}{where}{place}")
        text = linecache.getline(filename, line).strip()
        if text:
            lines.append(f"    {text[:200]}")
    return "\n".join([*lines, last])


def safe_text(value: Any, most: int = 500) -> str:
    """`str(value)`, whatever the value does when asked."""
    try:
        text = str(value)
        return text[:most] if type(text) is str else "?"
    except BaseException:
        return "?"
