import numpy as np
def f(x):
    total = 0
    for one in x:
        total += one ** 2
    return total
