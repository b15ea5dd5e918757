# %% visible: for many
assert learner.map(f, range(2000)) == list(range(2000))
assert learner.map(f, [(2, 3), (4, 5)]) == [6, 20]
