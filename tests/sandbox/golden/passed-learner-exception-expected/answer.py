class Bad(ValueError):
    pass
def f(x):
    if x < 0:
        raise Bad('negative', x)
    return x
