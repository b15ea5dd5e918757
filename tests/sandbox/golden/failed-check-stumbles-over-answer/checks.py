# %% visible: sum
assert f(1) + f(2) == 6
