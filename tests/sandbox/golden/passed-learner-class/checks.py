# %% visible: class
d = Detector(3)
assert d.n == 3
assert d.count(2) == 6
assert isinstance(d, Detector)
