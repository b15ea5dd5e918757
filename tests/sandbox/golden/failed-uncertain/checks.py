# %% visible: the net counts
assert_uncertain(f(400, 225), ufloat(175, 25))
