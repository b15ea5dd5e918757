# %% visible: broken
assert f(1) ==
