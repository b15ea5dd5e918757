import warnings
def f(x):
    if x < 0:
        warnings.warn("a negative energy", RuntimeWarning)
    return abs(x)
