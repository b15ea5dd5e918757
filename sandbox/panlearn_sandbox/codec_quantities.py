"""Codec: numbers with units (pint) and with uncertainties (uncertainties).

A quantity crosses as its magnitude and the powers of its units by name, and is made anew in the reader's own registry:
the one that the lesson's set-up made, else pint's. An uncertain number crosses as its value and standard deviation;
correlations stay behind.
"""

from __future__ import annotations

import math
import sys
from typing import Any

from panlearn_sandbox.codec import CodecError, Decoder, Encoder, Writer, late_writers, loaded, readers

_UNITS = 30
_QUANTITY = "pint.facets.plain.quantity.PlainQuantity"
_UNCERTAIN = "uncertainties.core.AffineScalarFunc"


def _late(kind: type) -> Writer | None:
    if kind.__module__.partition(".")[0] not in {"pint", "uncertainties"}:
        return None
    names = {f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__}
    return _write_quantity if _QUANTITY in names else _write_uncertain if _UNCERTAIN in names else None


def _write_quantity(encoder: Encoder, value: Any, depth: int) -> None:
    encoder.out += b"u"
    encoder.write(value.magnitude, depth + 1)
    encoder.write({str(name): float(power) for name, power in value.unit_items()}, depth + 1)


def _read_quantity(decoder: Decoder, depth: int) -> Any:
    magnitude, units = decoder.read(depth + 1), decoder.read(depth + 1)
    pint = loaded("pint")
    if pint is None:
        raise CodecError("it holds a number with a unit, and this lesson does not use pint")
    if type(units) is not dict or len(units) > _UNITS or not all(map(_is_unit, units.items())):
        raise CodecError("its unit is not one")
    registry = _registry(pint)
    unknown = [name for name in units if name not in registry]
    if unknown:
        raise CodecError(f"it holds a number with the unit {unknown[0]}, which this lesson does not know")
    return registry.Quantity(magnitude, pint.util.UnitsContainer(units))


def _is_unit(item: tuple[Any, Any]) -> bool:
    name, power = item
    return type(name) is str and name.isidentifier() and type(power) is float and math.isfinite(power)


def _registry(pint: Any) -> Any:
    """The registry of the lesson's set-up, else the one that pint itself has."""
    names = vars(sys.modules["__main__"])
    found = next((value for value in names.values() if isinstance(value, pint.UnitRegistry)), None)
    return pint.get_application_registry() if found is None else found


def _write_uncertain(encoder: Encoder, value: Any, depth: int) -> None:
    encoder.out += b"v"
    encoder.write((float(value.nominal_value), float(value.std_dev)), depth + 1)


def _read_uncertain(decoder: Decoder, depth: int) -> Any:
    pair = decoder.read(depth + 1)
    uncertainties = loaded("uncertainties")
    if uncertainties is None:
        raise CodecError("it holds a number with an uncertainty, and this lesson does not use uncertainties")
    if (
        type(pair) is not tuple
        or len(pair) != len(("value", "deviation"))
        or not all(type(part) is float for part in pair)
    ):
        raise CodecError("its uncertain number is not one")
    return uncertainties.ufloat(*pair)


late_writers.append(_late)
readers.update({b"u": _read_quantity, b"v": _read_uncertain})
