def f(x):
    return base * x
