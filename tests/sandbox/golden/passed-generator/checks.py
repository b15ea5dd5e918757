# %% visible: squares
assert list(f(4)) == [0, 1, 4, 9]
assert sum(f(3)) == 5
