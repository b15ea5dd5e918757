"""Labels of axes: what they name, and their unit, however both are spelled."""

from __future__ import annotations

import re

_TEX = {
    r"\AA": "Å",
    r"\angstrom": "Å",
    r"\theta": "θ",
    r"\lambda": "λ",
    r"\mu": "µ",
    r"\sigma": "\u03c3",
    r"\Delta": "Δ",
    r"\delta": "δ",
    r"\omega": "ω",
    r"\Omega": "Ω",
    r"\phi": "φ",
    r"\degree": "°",
    r"\circ": "°",
    r"\cdot": "·",
    r"\times": "×",
    r"\hbar": "ħ",
    r"\%": "%",
}
_SAME = {"μ": "µ", "Å": "Å", "Θ": "θ", "ϑ": "θ", "ϕ": "φ", "ℏ": "ħ", "−": "-", "⋅": "·"}
_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_NAMES = {
    "angstrom": "Å", "angstroms": "Å", "ångström": "Å", "ångstrom": "Å", "ang": "Å", "a": "Å",
    "deg": "°", "degs": "°", "degree": "°", "degrees": "°",
    "radian": "rad", "radians": "rad",
    "nanometre": "nm", "nanometer": "nm", "nanometres": "nm", "nanometers": "nm",
    "micron": "µm", "microns": "µm", "um": "µm", "micrometre": "µm", "micrometer": "µm",
    "millimetre": "mm", "millimeter": "mm", "metre": "m", "meter": "m", "metres": "m", "meters": "m",
    "second": "s", "seconds": "s", "sec": "s", "kelvin": "K", "kelvins": "K",
    "us": "µs", "electronvolt": "eV", "electronvolts": "eV",
    "arb.units": "a.u.", "arb.u.": "a.u.", "arb.unit": "a.u.", "arbitraryunits": "a.u.", "au": "a.u.", "arb": "a.u.",
    "percent": "%", "count": "counts", "cts": "counts",
}  # fmt: skip
_CASED = {"ev": "eV", "kev": "keV", "mev": "meV", "k": "K", "å": "Å"}
_IN_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*(?:\([^()]*\))?[^()\[\]{}]*)[)\]}]\s*$")
_AFTER = re.compile(r"(?:\s/\s*|\s+in\s+|,\s*)(\S.*)$")


def plain(label: str) -> str:
    r"""A label without the marks of TeX: `$Q$ ($\mathrm{\AA}^{-1}$)` is `Q (Å^-1)`."""
    text = label
    for tex in sorted(_TEX, key=len, reverse=True):
        text = re.sub(re.escape(tex) + r"(?![A-Za-z])", _TEX[tex], text)
    text = re.sub(r"\\(?:mathrm|text|rm|mathit|mathregular|textrm|mathbf|left|right)\b", "", text)
    text = re.sub(r"\\[,;:! ]", " ", text)
    text = text.replace("$", "").replace("\\", "").replace("^°", "°").replace("^{°}", "°")
    text = re.sub(r"\{([^{}]*)\}", r"\1", text)
    for sign, same in _SAME.items():
        text = text.replace(sign, same)
    return " ".join(text.split())


def names(label: str, word: str) -> bool:
    """Whether a label names this: whole words and signs, capital or small, but one letter alone as it is written."""
    text, wanted = plain(label), plain(word)
    if len(wanted) > 1:
        text, wanted = text.casefold(), wanted.casefold()
    return re.search(rf"(?<![^\W\d_]){re.escape(wanted)}(?![^\W\d_])", text) is not None


def unit_in(label: str) -> str:
    """The unit in a label: in brackets at its end, or after ` / `, ` in ` or a comma; else an empty text."""
    text = plain(label)
    found = _IN_BRACKETS.search(text) or _AFTER.search(text)
    return found.group(1).strip() if found else ""


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings are of one unit: 1/Å, Å⁻¹, Å^{-1} and `inverse angstrom` are."""
    return _powers(one) == _powers(other)


def _powers(unit: str) -> dict[str, int]:
    """A unit as the powers of its parts."""
    text = plain(unit).translate(_RAISED).strip("()[] ")
    if text.lower().replace(" ", "") in _NAMES:
        return {_NAMES[text.lower().replace(" ", "")]: 1}
    text = re.sub(r"\b(?:inverse|reciprocal)\s+", "1/", text, flags=re.IGNORECASE)
    text = re.sub(r"\s+per\s+", "/", text, flags=re.IGNORECASE)
    found: dict[str, int] = {}
    sign = 1
    for part in re.split(r"([/*·×\s]+)", text.replace("**", "^")):
        if not part.strip():
            continue
        if set(part) <= set("/*·× "):
            sign = -1 if "/" in part else sign
            continue
        name, power = _part(part.strip("()"))
        if name:
            found[name] = found.get(name, 0) + sign * power
    return {name: power for name, power in found.items() if power}


def _part(text: str) -> tuple[str, int]:
    found = re.fullmatch(r"(.*?[^\d^+-])\^?([+-]?\d+)?", text)
    name, power = (found.group(1), int(found.group(2) or 1)) if found else (text, 1)
    if name == "1" or text == "1":
        return "", 1
    if name == "A":
        return "Å", power  # on the axis of a curve, an ångström without its ring
    low = name.lower()
    if low in _NAMES:
        return _NAMES[low], power
    return _CASED.get(low, name) if low in {name, "kev"} else name, power
