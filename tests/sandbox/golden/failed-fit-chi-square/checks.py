# %% visible: the line meets the points
assert_fit(best, model=model, x=x, y=y, sigma=sigma, chi2=1.5, x_label="time (s)", y_label="counts")
