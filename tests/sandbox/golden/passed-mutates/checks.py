# %% visible: in place
v = [3, 1, 2]
f(v)
assert v == [1, 2, 3]
