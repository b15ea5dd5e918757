# %% visible: f doubles
assert f(2) == 4
# %% hidden: it doubles negative numbers too
assert f(-3) == -6
