# %% visible: a length
assert f(3 * ureg.angstrom) == approx(6 * ureg.angstrom)
