def f(n, background):
    return ufloat(n - background, n + background)
