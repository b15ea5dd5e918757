# %% visible: adds up without sum
with learner.without("sum", "numpy.sum"):
    assert f([1.0, 2.0, 3.5]) == 6.5
# %% visible: sum is back afterwards
assert learner.op("len", learner.map(f, [[1.0], [2.0]])) == 2
