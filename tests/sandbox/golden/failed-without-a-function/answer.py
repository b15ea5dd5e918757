import numpy as np
def f(a, b):
    return np.linalg.solve(a, b)
