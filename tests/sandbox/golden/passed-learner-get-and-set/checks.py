# %% visible: it uses the scale
assert learner.get("scale") == 2.0
learner.set(scale=10.0)
assert f(3) == 30.0
# %% visible: the scale is as it was
assert f(3) == 6.0
