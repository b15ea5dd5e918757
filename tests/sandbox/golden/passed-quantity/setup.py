import pint
ureg = pint.UnitRegistry()
