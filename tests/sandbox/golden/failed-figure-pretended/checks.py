# %% visible: the label
assert_figure(ax, xlabel="Q", x_unit="1/Å")
