# %% visible: it can be called
assert f(2) == 8 and f.scale == 4
