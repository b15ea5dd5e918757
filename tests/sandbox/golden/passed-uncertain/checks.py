# %% visible: the net counts
assert_uncertain(f(400, 225), (175, 25))
assert f(400, 225) == approx(ufloat(175, 25))
