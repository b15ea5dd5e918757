# %% visible: close
assert np.allclose(f(np.array([1.0, 2.0])), [2.0, 4.0])
