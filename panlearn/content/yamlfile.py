"""YAML with places: plain values, and the line that each of them came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from panlearn.errors import AuthorError

#: A configuration file has no reason to be larger; a larger one is refused before it is parsed.
MAX_BYTES = 256 * 1024

Location = tuple[str | int, ...]


def decode(raw: bytes, name: str, *, code: str) -> str:
    """The text of a file, or `AuthorError` with the line of the first byte that is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AuthorError(
            f"This file is not UTF-8 text: the byte {raw[error.start]:#04x} cannot be read.",
            todo="Save it as UTF-8.",
            file=name,
            line=raw.count(b"\n", 0, error.start) + 1,
            code=code,
        ) from None


class YamlFile:
    """A parsed file: `data`, and `line(("project", "toc", 0))` for where a value stands (from 1)."""

    def __init__(self, text: str, name: str, *, first_line: int = 1) -> None:
        self.name = name
        self._first = first_line
        self._lines: dict[Location, int] = {}
        try:
            self._refuse_aliases(text)
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            self.data: Any = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = first_line + (mark.line if mark else 0)
            raise AuthorError(
                f"This is not valid YAML: {error.problem or 'it cannot be parsed'}.",
                todo="Check indentation, quotes and colons on this line and the one above.",
                file=name,
                line=line,
                code="PL001",
            ) from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise AuthorError(
                f"This is not valid YAML: {error}.", todo="Check the file.", file=name, line=first_line, code="PL001"
            ) from None
        if node is not None:
            self._walk(node, ())

    @classmethod
    def read(cls, path: Path, name: str) -> YamlFile:
        """The file at `path`, called `name` in messages."""
        try:
            raw = path.read_bytes()
        except OSError:
            raise AuthorError(
                f"The course has no {name}.", todo=f"Add {name} beside its pages.", file=name, code="PL001"
            ) from None
        if len(raw) > MAX_BYTES:
            raise AuthorError(
                f"{name} has {len(raw)} bytes; at most {MAX_BYTES} are read.",
                todo="Keep data out of it.",
                file=name,
                code="PL001",
            )
        return cls(decode(raw, name, code="PL001"), name)

    def line(self, location: Location) -> int:
        """Where the value at `location` stands; the nearest enclosing value's line when it is not there itself."""
        for length in range(len(location), -1, -1):
            if location[:length] in self._lines:
                return self._lines[location[:length]]
        return self._first

    def _refuse_aliases(self, text: str) -> None:
        """Aliases multiply: nine lines of them expand to gigabytes. No course needs them."""
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                mark = event.start_mark
                raise AuthorError(
                    "YAML aliases (*name) are not read.",
                    todo="Write the value out.",
                    file=self.name,
                    line=self._first + (mark.line if mark else 0),
                    code="PL001",
                )

    def _walk(self, node: yaml.Node, location: Location) -> None:
        self._lines.setdefault(location, self._first + node.start_mark.line)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                child = (*location, str(key.value))
                self._lines[child] = self._first + key.start_mark.line
                self._walk(value, child)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._walk(value, (*location, index))
