def f(x):
    return Point(x, 2 * x)
