# %% visible: the scale
assert learner.get("scale") == 2.0
