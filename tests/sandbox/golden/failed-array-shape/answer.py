def f(x):
    return x.T
