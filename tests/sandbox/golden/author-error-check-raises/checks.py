# %% visible: broken
assert 1 / 0
# %% visible: fine
assert f(1) == 2
