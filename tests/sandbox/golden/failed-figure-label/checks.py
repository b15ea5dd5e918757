# %% visible: the axes have labels
assert ax.get_xlabel() == '2θ / °', "Label the axis."
