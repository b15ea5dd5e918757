"""The YAML of a `{quiz}`: values of the kind that was expected, or an `AuthorError` at their own line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from panlearn.content.yamlfile import Location, YamlFile
from panlearn.errors import AuthorError

UNREADABLE, NO_ANSWER, TWICE, UNIT, TOLERANCE, VARIANT, PROOF, BY_HAND = (
    "PL080",
    "PL081",
    "PL082",
    "PL083",
    "PL084",
    "PL085",
    "PL086",
    "PL087",
)


class Body:
    """A mapping inside a quiz, which knows where it stands."""

    def __init__(self, yaml: YamlFile, data: Mapping[str, Any], at: Location = ()) -> None:
        self._yaml = yaml
        self.data = data
        self._at = at

    @classmethod
    def read(cls, text: str, file: str, line: int) -> Body:
        """The body of a directive that starts at `line` of its file."""
        try:
            yaml = YamlFile(text, file, first_line=line)
        except AuthorError as error:
            error.code = UNREADABLE
            raise
        if not isinstance(yaml.data, Mapping):
            raise AuthorError(
                "A quiz is written as `key: value` lines.",
                todo="Begin with `kind: choice`, or another kind.",
                file=file,
                line=line,
                code=UNREADABLE,
            )
        return cls(yaml, yaml.data)

    def error(self, message: str, todo: str, *at: str | int, code: str = UNREADABLE) -> AuthorError:
        """What is wrong with the value at a place, to be raised."""
        return AuthorError(message, todo=todo, file=self._yaml.name, line=self.line(*at), code=code)

    def line(self, *at: str | int) -> int:
        """The line of a value."""
        return self._yaml.line((*self._at, *at))

    def only(self, known: Collection[str], what: str) -> None:
        """Refuse keys that mean nothing here."""
        for key in self.data:
            if key not in known:
                near = difflib.get_close_matches(str(key), sorted(known), n=1)
                todo = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."
                raise self.error(f"{what} has no `{key}`.", todo, str(key))

    def text(self, key: str, default: str | None = None) -> str:
        """Text, or a number as text; without a default it must be there."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
            what = f"`{key}` is missing." if value is None else f"`{key}` is not text."
            raise self.error(what, f"Write `{key}: ...`; put it in quotes if it is read as something else.", key)
        return str(value).strip()

    def texts(self, key: str) -> list[str]:
        """A list of texts; a single text is a list of one; none where the key is not there."""
        value = self.data.get(key)
        if value is None:
            return []
        values = value if isinstance(value, list) else [value]
        for number, one in enumerate(values):
            if isinstance(one, bool) or not isinstance(one, str | int | float) or not str(one).strip():
                raise self.error(f"`{key}` holds something that is not text.", "Put it in quotes.", key, number)
        return [str(one).strip() for one in values]

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.error(f"`{key}` is neither true nor false.", f"Write `{key}: true`.", key)
        return value

    def number(self, key: str, default: float | None = None) -> float | None:
        """A number."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not (value is None or isinstance(value, int | float)):
            raise self.error(f"`{key}` is not a number.", f"Write `{key}: 3`, for example.", key)
        return None if value is None else float(value)

    def numbers(self, key: str, count: int) -> list[float]:
        """A list of so many numbers."""
        value = self.data.get(key)
        right = isinstance(value, list) and len(value) == count
        if not right or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in value or ()):
            example = ", ".join(["50"] * count)
            raise self.error(f"`{key}` is not a list of {count} numbers.", f"Write `{key}: [{example}]`.", key)
        return [float(one) for one in value or ()]

    def items(self, key: str, *, text: str = "") -> list[Body]:
        """A list of mappings; where `text` is given, an item may be a text alone, which becomes its `text`."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(f"`{key}` is not a list.", "Begin each of its items with a dash.", key)
        found = []
        for number, one in enumerate(value):
            plain = {text: one} if text and not isinstance(one, Mapping | list) else one
            if not isinstance(plain, Mapping):
                raise self.error(f"`{key}` holds something that cannot be read.", "Write `- text: ...`.", key, number)
            found.append(Body(self._yaml, plain, (*self._at, key, number)))
        return found

    def part(self, *at: str) -> Body:
        """The mapping at a place."""
        data: Any = self.data
        for key in at:
            data = data[key]
        return Body(self._yaml, data, (*self._at, *at))
