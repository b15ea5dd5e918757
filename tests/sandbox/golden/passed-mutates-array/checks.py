# %% visible: in place
a = np.array([-1.0, 2.0])
f(a)
assert a.tolist() == [0.0, 2.0]
