def f(angle):
    return np.cos(np.radians(angle)) ** 2 + 0.05
