# %% visible: broken
assert f(1) == nowhere
