"""Numbers as learners type them, and how many figures of them count."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MAX_LENGTH = 60
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_NUMBER = re.compile(
    r"(?P<mantissa>[-+]?(?:\d+\.?\d*|\.\d+))"
    r"(?:[eE](?P<e>[-+]?\d{1,3})|\s*[*x×·]\s*10\s*(?:\^|\*\*)?\s*\(?(?P<ten>[-+]?\d{1,3})\)?)?"
    r"(?P<rest>\s*.*)",
    re.DOTALL,
)
_COMMA = re.compile(r"[-+]?\d+,\d+")


class NumberError(ValueError):
    """What was typed is not a number; the message is a sentence, `todo` says how to write it."""

    def __init__(self, message: str, todo: str = "Write digits with a point, such as 14.22 or 1.5e-3.") -> None:
        super().__init__(message)
        self.todo = todo


@dataclass(frozen=True, slots=True)
class Typed:
    """A number, how many significant figures it was given with, and what stood after it: a unit, perhaps."""

    value: float
    figures: int
    rest: str


def read_number(text: str) -> Typed:
    """The number that a text begins with. Raises `NumberError`."""
    shown = text.strip()
    if not shown:
        raise NumberError("There is no number yet.")
    if len(shown) > MAX_LENGTH:
        raise NumberError("This is too long for a number.")
    plain = shown.replace("−", "-").replace("\u00a0", " ").replace("\u202f", " ")
    plain = re.sub(r"(?<=10)[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + match[0].translate(_SUPERSCRIPTS), plain)
    if comma := _COMMA.match(plain):
        todo = f"Write {comma[0].replace(',', '.')} if you mean a decimal, or leave the comma out."
        raise NumberError(f"A comma in a number can mean two things: {comma[0]}.", todo)
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise NumberError(f"“{shown}” is not a number.")
    value = float(f"{match['mantissa']}e{match['e'] or match['ten'] or 0}")
    if not math.isfinite(value):
        raise NumberError("This number is too large to be read.")
    return Typed(value, _figures(match["mantissa"]), match["rest"].strip())


def _figures(mantissa: str) -> int:
    """Significant figures; zeros at the end count, since nobody can say that they do not."""
    digits = re.sub(r"\D", "", mantissa).lstrip("0")
    return len(digits) or 1


def half_unit(value: float, figures: int) -> float:
    """Half of the last place of a value given with so many significant figures."""
    if value == 0:
        return 0.0
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - figures + 1)


def shown(value: float, figures: int = 4) -> str:
    """A number for people: not more figures than help."""
    if value and not 1e-3 <= abs(value) < 1e5:  # noqa: PLR2004 - outside of this, powers of ten read better
        mantissa, exponent = f"{value:.{figures - 1}e}".split("e")
        return f"{mantissa.replace('-', '−')} × 10{_raised(int(exponent))}"
    return f"{float(f'{value:.{figures}g}'):.{_decimals(value, figures)}f}".replace("-", "−")


def _decimals(value: float, figures: int) -> int:
    return max(0, figures - 1 - math.floor(math.log10(abs(value)))) if value else 0


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
