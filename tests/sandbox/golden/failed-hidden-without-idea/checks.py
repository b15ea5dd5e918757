# %% visible: f doubles
assert f(2) == 4
# %% hidden: 
assert f(3) == 6
