# %% visible: vectors add
a, b = Vector(1.0, 2.0), Vector(3.0, 4.0)
c = learner.op("add", a, b)
assert (c.x, c.y) == (4.0, 6.0)
assert learner.op("eq", c, Vector(4.0, 6.0))
assert not learner.op("eq", a, b)
# %% visible: it keeps its length
assert learner.attr(Vector(3.0, 4.0), "_length") == 5.0
