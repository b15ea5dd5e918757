import numpy as np
x = np.ones((100000, 100000))
def f(x):
    return x
