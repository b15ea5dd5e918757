def f(x):
    return 2 * base
result = f(1)
