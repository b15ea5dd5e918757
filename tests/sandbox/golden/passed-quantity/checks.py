# %% visible: the wavelength of 8.048 keV
assert_quantity(f(8.048 * ureg.keV), 1.5406 * ureg.angstrom, rel=1e-3)
# %% visible: its unit
assert_quantity(f(8.048 * ureg.keV), 1.5406 * ureg.angstrom, rel=1e-3, unit="nm")
