# %% visible: range
assert 0 < value < 1
