def f(values):
    values.sort()
