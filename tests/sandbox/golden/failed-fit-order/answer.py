best, covariance = np.polyfit(x, y, 1, w=1 / sigma, cov="unscaled")
best = best[::-1]
