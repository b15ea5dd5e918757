# %% visible: it counts
f(5); f(7)
assert count == 2
assert log == [5, 7]
