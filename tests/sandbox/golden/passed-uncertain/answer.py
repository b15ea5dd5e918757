def f(n, background):
    return ufloat(n, n ** 0.5) - ufloat(background, background ** 0.5)
