def f(x):
    return str(2 * x)
