# %% visible: the curve against Q
assert_figure(ax, xlabel="Q", x_unit="1/Å", ylabel="intensity", yscale="log", xlim=(0, 0.5), lines=[{"x": q, "y": intensity, "label": "measured"}], legend=["measured"])
