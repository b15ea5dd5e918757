def f(d):
    return 2 * d.magnitude
