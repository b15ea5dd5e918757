# %% visible: a number
assert f(0) == 0
# %% hidden: it is a straight line with the right slope
assert_spectrum(f(x), lambda x: 2 * x, x, rel=0.01, x_label="MARKER (s)")
