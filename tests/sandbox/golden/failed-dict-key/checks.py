# %% visible: a dict
assert f(0) == {'a': 1, 'b': 2}
