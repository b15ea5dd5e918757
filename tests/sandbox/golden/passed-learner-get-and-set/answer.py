scale = 2.0
def f(x):
    return scale * x
