# %% visible: for many
assert learner.map(f, [1, 0]) == [1, 0]
