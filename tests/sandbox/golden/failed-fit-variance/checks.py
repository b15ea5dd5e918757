# %% visible: slope and offset
assert_fit(best, {"slope": (2.999, 0.028), "offset": (10.05, 0.63)}, errors=covariance,
    model=lambda x, slope, offset: slope * x + offset, x=x, y=y, sigma=sigma, chi2=(0.7, 1.4), x_label="time (s)", y_label="counts")
