def f(x):
    sigma = 0.05 / (2 * np.sqrt(2 * np.log(2)))
    return 100 * np.exp(-0.5 * ((x - 7.32) / sigma) ** 2)
