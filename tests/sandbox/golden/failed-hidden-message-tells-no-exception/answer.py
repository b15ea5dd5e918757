def f(x):
    if x < 0:
        raise ValueError('seen: ' + str(x))
    return x * x
