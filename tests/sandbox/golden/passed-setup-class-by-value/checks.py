# %% visible: point
p = f(1)
assert p == Point(1, 2)
assert p.y == 2
