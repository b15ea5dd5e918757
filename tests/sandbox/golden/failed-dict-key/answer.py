def f(x):
    return {'a': 1}
