# %% visible: angle uses your spacing
assert angle == 2 * spacing, "Use your own spacing"
# %% visible: total is the sum of your counts
assert total == counts.sum()
