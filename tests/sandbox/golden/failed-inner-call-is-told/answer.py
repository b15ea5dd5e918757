def f(x):
    return 7
