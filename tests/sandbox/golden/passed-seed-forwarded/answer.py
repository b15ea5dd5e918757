def f(n):
    return np.random.rand(n)
