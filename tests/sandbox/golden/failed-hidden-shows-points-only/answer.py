def f(x):
    return x * abs(x)
