# %% visible: number
assert f(1) == approx(1.0)
