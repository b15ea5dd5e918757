def f(x):
    y = x - 2
    return 4 / y
