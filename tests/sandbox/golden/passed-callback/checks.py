# %% visible: callback
assert f(lambda x: x ** 2, 1, 2) == 5
assert f(np.sqrt, 4.0, 9.0) == 5.0
assert f(square, 1, 2) == 5
