# %% visible: seeded
np.random.seed(3)
a = f(4)
np.random.seed(3)
assert_allclose(a, np.random.rand(4))
