# %% visible: a length
assert f(3 * ureg.angstrom) == approx(0.6 * ureg.nm)
assert f(3 * ureg.angstrom) == approx(6 * ureg.angstrom)
assert f(1 * ureg.nm).units == ureg.nm
