# %% visible: twice
assert twice(1) == 4
