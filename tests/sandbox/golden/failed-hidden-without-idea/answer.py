def f(x):
    return 4
