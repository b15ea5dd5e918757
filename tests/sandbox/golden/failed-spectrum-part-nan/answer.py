def f(element, energy):
    return 1e4 / (xraydb.mu_elam(element, energy) * 8.96) * np.where(energy < 8000, np.nan, 1)
