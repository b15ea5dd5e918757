# %% visible: a list
assert f(3) == [1, 2, 3]
