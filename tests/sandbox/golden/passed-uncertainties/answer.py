def f(n):
    return ufloat(n, n ** 0.5)
