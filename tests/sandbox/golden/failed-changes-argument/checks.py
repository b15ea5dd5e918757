# %% visible: smallest
assert f([3, 1, 2]) == 1
