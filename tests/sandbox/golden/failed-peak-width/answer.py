def f(x):
    return 100 * np.exp(-0.5 * ((x - 7.32) / 0.05) ** 2)
