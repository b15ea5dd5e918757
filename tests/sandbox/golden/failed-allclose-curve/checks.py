# %% visible: the polarisation factor
angle = np.linspace(0, 90, 91)
assert_allclose(f(angle), (1 + np.cos(np.radians(2 * angle))) / 2, atol=0.02, x=angle, x_label="2θ (°)", y_label="factor")
# %% visible: few points are no curve
assert_allclose(f(np.array([0.0, 90.0])), [1.0, 0.0], atol=0.02, x=[0.0, 90.0])
