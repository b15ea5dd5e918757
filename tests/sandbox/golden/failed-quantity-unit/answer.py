def f(energy):
    return 12.39842 / energy.to("keV").magnitude * ureg.nm
