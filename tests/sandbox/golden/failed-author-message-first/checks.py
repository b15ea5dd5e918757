# %% visible: f doubles
assert f(2) == 4, 'Multiply by two.'
