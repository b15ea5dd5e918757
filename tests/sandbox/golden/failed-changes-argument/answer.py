def f(values):
    values.sort()
    return values[0]
