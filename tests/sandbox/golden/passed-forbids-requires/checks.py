# %% visible: whole arrays
forbids("loop", "numpy.linalg", "sum")
requires("numpy.sum", "**", name="f")
assert f(np.array([1.0, 2.0])) == 5
