import functools
def power(x, n):
    "x to the n."
    return x ** n
f = functools.partial(power, n=2)
@functools.cache
def g(x: float, *, scale=3.0):
    "Scaled."
    return x * scale
