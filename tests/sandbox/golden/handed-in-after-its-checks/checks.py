# %% visible: doubles
assert f(2) == 4
