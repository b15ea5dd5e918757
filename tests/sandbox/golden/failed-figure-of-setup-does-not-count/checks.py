# %% visible: a plot
assert plt.get_fignums(), 'Draw something.'
