# %% visible: kind
assert isinstance(f(1), np.ndarray)
