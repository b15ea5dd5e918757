def f(a, b):
    return np.dot(a, b)
