# %% visible: close
assert abs(f(2) - 4) < 1e-6
