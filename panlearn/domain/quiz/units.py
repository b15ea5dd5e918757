"""Units as learners write them: `Å`, `1/nm`, `g cm^-3`, `10^-6 Å⁻²`, and how to turn one into another.

A small table instead of a library: pint is no dependency of the site. Factors are exact by definition of the SI, or
CODATA 2018 (u). Temperatures are kelvin only; a plane angle is a dimension of its own, so that 0.25 is not 0.25 rad.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MAX_LENGTH = 60
_BASE = ("m", "kg", "s", "A", "K", "mol", "cd", "rad", "count")
Dimension = tuple[int, ...]
NONE: Dimension = (0,) * len(_BASE)


def _dim(**powers: int) -> Dimension:
    return tuple(powers.get(name, 0) for name in _BASE)


_LENGTH, _MASS, _TIME, _ANGLE = _dim(m=1), _dim(kg=1), _dim(s=1), _dim(rad=1)
_ENERGY, _FORCE, _PRESSURE = _dim(m=2, kg=1, s=-2), _dim(m=1, kg=1, s=-2), _dim(m=-1, kg=1, s=-2)
_CHARGE, _VOLTAGE = _dim(A=1, s=1), _dim(m=2, kg=1, s=-3, A=-1)
_FIELD = _dim(kg=1, s=-2, A=-1)

_PREFIXED: dict[str, tuple[float, Dimension]] = {
    "m": (1.0, _LENGTH),
    "g": (1e-3, _MASS),
    "s": (1.0, _TIME),
    "A": (1.0, _dim(A=1)),
    "K": (1.0, _dim(K=1)),
    "mol": (1.0, _dim(mol=1)),
    "rad": (1.0, _ANGLE),
    "Hz": (1.0, _dim(s=-1)),
    "N": (1.0, _FORCE),
    "Pa": (1.0, _PRESSURE),
    "bar": (1e5, _PRESSURE),
    "J": (1.0, _ENERGY),
    "eV": (1.602176634e-19, _ENERGY),
    "W": (1.0, _dim(m=2, kg=1, s=-3)),
    "C": (1.0, _CHARGE),
    "V": (1.0, _VOLTAGE),
    "T": (1.0, _FIELD),
    "b": (1e-28, _dim(m=2)),
    "barn": (1e-28, _dim(m=2)),
    "l": (1e-3, _dim(m=3)),
    "L": (1e-3, _dim(m=3)),
}
_PLAIN: dict[str, tuple[float, Dimension]] = {
    "angstrom": (1e-10, _LENGTH),
    "min": (60.0, _TIME),
    "hour": (3600.0, _TIME),
    "day": (86400.0, _TIME),
    "degree": (math.pi / 180, _ANGLE),
    "arcmin": (math.pi / 10800, _ANGLE),
    "arcsec": (math.pi / 648000, _ANGLE),
    "u": (1.66053906660e-27, _MASS),
    "%": (0.01, NONE),
    "count": (1.0, _dim(count=1)),
}
_OTHER_NAMES = {
    "\u00c5": "angstrom", "\u212b": "angstrom", "ångström": "angstrom", "ångstrom": "angstrom", "angström": "angstrom",
    "angstroms": "angstrom", "Ang": "angstrom", "°": "degree", "deg": "degree", "degrees": "degree",
    "metre": "m", "metres": "m", "meter": "m", "meters": "m", "nanometre": "nm", "nanometres": "nm", "nanometer": "nm",
    "nanometers": "nm", "micron": "um", "second": "s", "seconds": "s", "sec": "s", "minutes": "min", "minute": "min",
    "hours": "hour", "hr": "hour", "days": "day", "radian": "rad", "radians": "rad", "Da": "u", "dalton": "u",
    "electronvolt": "eV", "electronvolts": "eV", "joule": "J", "kelvin": "K", "tesla": "T", "gram": "g", "litre": "L",
    "counts": "count", "percent": "%", "barns": "barn",
}  # fmt: skip
_PREFIXES = {
    "a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1,
    "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
}  # fmt: skip
_QUANTITIES: dict[Dimension, str] = {
    NONE: "a plain number", _LENGTH: "a length", _dim(m=2): "an area", _dim(m=3): "a volume", _MASS: "a mass",
    _TIME: "a time", _ANGLE: "an angle", _ENERGY: "an energy", _FORCE: "a force", _PRESSURE: "a pressure",
    _dim(A=1): "a current", _dim(K=1): "a temperature", _dim(mol=1): "an amount", _dim(s=-1): "a frequency",
    _dim(m=-1): "an inverse length", _dim(m=-2): "a scattering length density", _dim(m=1, s=-1): "a speed",
    _dim(kg=1, m=-3): "a density", _CHARGE: "a charge", _VOLTAGE: "a voltage", _FIELD: "a magnetic field",
    _dim(count=1): "a number of counts",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_TOKEN = re.compile(
    r"\s*(?:(?P<op>\*\*|[*/·⋅×()])|(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<name>[^\W\d_]+|°|%))"
    r"\s*(?:(?:\^|\*\*)\s*(?P<power>\(?[-+]?\d+\)?))?"
)
MAX_POWER = 12


class UnitError(ValueError):
    """A unit nobody knows, or that cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Unit:
    """How many of the SI's own units one of this is, and of which dimension."""

    factor: float
    dimension: Dimension

    @property
    def quantity(self) -> str:
        """What it measures, in words."""
        return _QUANTITIES.get(self.dimension, "another kind of quantity")


def unit_of(text: str) -> Unit:
    """The unit that a text names; empty text is a plain number's. Raises `UnitError`."""
    if len(text) > MAX_LENGTH:
        raise UnitError("This unit is too long to be read.")
    rest = _without_superscripts(text.strip().replace("−", "-").replace("µ", "u").replace("μ", "u"))
    factor, dimension, divide = 1.0, NONE, False
    while rest.strip():
        match = _TOKEN.match(rest)
        if match is None:
            raise UnitError(f"“{text}” cannot be read as a unit.")
        if match["op"]:
            if match["op"] in {"(", ")", "**"}:
                raise UnitError(f"“{text}” cannot be read as a unit: write 1/nm or nm^-1, without brackets.")
            if divide:
                raise UnitError(f"“{text}” cannot be read as a unit.")
            divide = match["op"] == "/"
            rest = rest[match.end("op") :]
            continue
        one = Unit(float(match["number"]), NONE) if match["number"] else _named(match["name"])
        power = int((match["power"] or "1").strip("()"))
        if abs(power) > MAX_POWER:
            raise UnitError(f"“{text}” has a power that no unit has.")
        power = -power if divide else power
        factor *= one.factor**power if one.factor else 0.0
        dimension = tuple(a + power * b for a, b in zip(dimension, one.dimension, strict=True))
        divide = False
        rest = rest[match.end() :]
    if not (math.isfinite(factor) and factor > 0) or divide:
        raise UnitError(f"“{text}” cannot be read as a unit.")
    return Unit(factor, dimension)


def _without_superscripts(text: str) -> str:
    return re.sub(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + match[0].translate(_SUPERSCRIPTS), text)


def _named(name: str) -> Unit:
    name = _OTHER_NAMES.get(name, _OTHER_NAMES.get(name.lower(), name))
    for table in (_PLAIN, _PREFIXED):
        if name in table:
            return Unit(*table[name])
    if name.lower() in _PLAIN:
        return Unit(*_PLAIN[name.lower()])
    prefix, rest = name[:1], name[1:]
    if prefix in _PREFIXES and rest in _PREFIXED:
        factor, dimension = _PREFIXED[rest]
        return Unit(factor * _PREFIXES[prefix], dimension)
    raise UnitError(f"“{name}” is not a unit this site knows.")
