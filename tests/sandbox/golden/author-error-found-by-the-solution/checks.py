# %% visible: broken
assert f(1) + {} == 2
