def twice(x):
    return f(f(x))
