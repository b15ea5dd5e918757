# %% visible: the plot
ax = plt.gca()
assert ax.get_xlabel() == 'x'
assert len(plt.gcf().axes) == 1
