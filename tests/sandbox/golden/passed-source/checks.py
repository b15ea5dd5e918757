# %% visible: its text
assert learner.source.startswith("def f(x):") and "x + 1" in learner.source
