# %% visible: counts
assert f(100).nominal_value == 100 and f(100).std_dev == approx(10)
