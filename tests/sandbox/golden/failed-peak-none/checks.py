# %% visible: a Gaussian peak
assert_peak(angle, f(angle), position=(7.32, 0.001), width=(0.05, 0.002), height=(100.0, 1.0), x_label="2θ (°)", y_label="counts")
