%matplotlib inline
import numpy as xp
def f(x):
    return xp.sum(x ** 2)
