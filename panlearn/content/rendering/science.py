"""Numbers with units and chemical formulas, set as the SI brochure and IUPAC set them."""

from __future__ import annotations

import re

from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.nodes import Node, Page, renders

_PREFIXES = {
    "yocto": "y",
    "zepto": "z",
    "atto": "a",
    "femto": "f",
    "pico": "p",
    "nano": "n",
    "micro": "µ",
    "milli": "m",
    "centi": "c",
    "deci": "d",
    "deca": "da",
    "hecto": "h",
    "kilo": "k",
    "mega": "M",
    "giga": "G",
    "tera": "T",
    "peta": "P",
    "exa": "E",
    "zetta": "Z",
    "yotta": "Y",
}
_UNITS = {
    "ampere": "A",
    "candela": "cd",
    "kelvin": "K",
    "kilogram": "kg",
    "gram": "g",
    "metre": "m",
    "meter": "m",
    "mole": "mol",
    "second": "s",
    "becquerel": "Bq",
    "degreeCelsius": "°C",
    "coulomb": "C",
    "farad": "F",
    "gray": "Gy",
    "hertz": "Hz",
    "henry": "H",
    "joule": "J",
    "lumen": "lm",
    "katal": "kat",
    "lux": "lx",
    "newton": "N",
    "ohm": "Ω",
    "pascal": "Pa",
    "radian": "rad",
    "siemens": "S",
    "sievert": "Sv",
    "steradian": "sr",
    "tesla": "T",
    "volt": "V",
    "watt": "W",
    "weber": "Wb",
    "astronomicalunit": "au",
    "bel": "B",
    "dalton": "Da",
    "day": "d",
    "decibel": "dB",
    "degree": "°",
    "electronvolt": "eV",
    "hectare": "ha",
    "hour": "h",
    "litre": "L",
    "liter": "L",
    "arcminute": "\N{PRIME}",
    "minute": "min",
    "arcsecond": "\N{DOUBLE PRIME}",
    "neper": "Np",
    "tonne": "t",
    "angstrom": "Å",
    "barn": "b",
    "percent": "%",
}
_POWERS = {"square": 2, "squared": 2, "cubic": 3, "cubed": 3}
_MINUS = "\N{MINUS SIGN}"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_TIGHT = frozenset({"°", "\N{PRIME}", "\N{DOUBLE PRIME}"})


@renders("si")
def _si(page: Page, node: Node) -> str:
    r"""A number and its unit, as in `{si}`4 <\kilo\metre\per\second>``; `per` makes the next unit's power negative."""
    names = node.get("units")
    if node.get("error") or not isinstance(names, list):
        todo = r"Write it as {si}`4 <\kilo\metre\per\second>`."
        return page.error("PL034", node, f"`{node.get('value', '')}` is not a number with a unit.", todo)
    number = escape(str(node.get("number") or "").replace("-", _MINUS))
    units = _units([str(name) for name in names])
    gap = "" if units in _TIGHT else _NO_BREAK
    return tag("span", f"{number}{gap}{units}", class_="si")


def _units(names: list[str]) -> str:
    """Unit symbols with their powers. Names that are not known stand as they were written."""
    shown: list[str] = []
    prefix, before, sign = "", 1, 1
    for name in names:
        if name == "per":
            sign = -1
        elif name in _PREFIXES:
            prefix += _PREFIXES[name]
        elif name in {"square", "cubic"}:
            before = _POWERS[name]
        elif name in _POWERS and shown:
            shown[-1] = _raised(re.sub(r"<sup>.*", "", shown[-1]), _POWERS[name] * (-1 if "<sup>" in shown[-1] else 1))
        else:
            shown.append(_raised(escape(prefix + _UNITS.get(name, name)), sign * before))
            prefix, before, sign = "", 1, 1
    return _NO_BREAK.join(shown)


def _raised(symbol: str, power: int) -> str:
    return symbol if power == 1 else f"{symbol}<sup>{str(power).replace('-', _MINUS)}</sup>"


_PART = re.compile(
    r"(?P<script>[_^])(?:\{(?P<braced>[^{}]*)\}|(?P<charge>\d*[+-])|(?P<bare>\w))|(?P<count>(?<=[A-Za-z)\]])\d+)",
    re.ASCII,
)


@renders("chemicalFormula")
def _formula(page: Page, node: Node) -> str:
    """Counts go down (`H2O`, `H_2O`), charges and mass numbers go up (`SO4^2-`, `^{235}U`)."""
    del page
    text, at, shown = str(node.get("value") or ""), 0, ""
    for match in _PART.finditer(text):
        shown += escape(text[at : match.start()])
        at = match.end()
        inside = next(
            part for part in (match["braced"], match["charge"], match["bare"], match["count"]) if part is not None
        )
        inside = escape(inside.replace("-", _MINUS))
        shown += tag("sup" if match["script"] == "^" else "sub", inside)
    return tag("span", shown + escape(text[at:]), class_="chem")
