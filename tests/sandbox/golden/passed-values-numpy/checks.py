# %% visible: arrays
a = f('array')
assert isinstance(a, np.ndarray)
assert a.shape == (2, 3) and a[1, 2] == 5.0
assert f('scalar').dtype == np.float32
assert f('bool').tolist() == [True, False]
assert f('text').tolist() == ['a', 'bc']
assert f('object').tolist() == [1, 'a', None]
assert str(f('time')[0]) == '2020-01-01'
assert f('masked').sum() == 1
assert f('fields')['b'][0] == 2.0
assert f('complex')[0] == 1j
assert f('empty').shape == (0, 3)
