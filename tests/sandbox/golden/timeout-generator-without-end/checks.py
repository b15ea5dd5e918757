# %% visible: a list
assert list(f(2)) == [2, 2]
