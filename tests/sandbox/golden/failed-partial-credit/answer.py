def f(x):
    return abs(2 * x)
