# %% visible: twice
assert_spectrum(f(x), lambda x: 2 * x, x, rel=0.01)
