# %% visible: tables
frame = f('frame')
assert list(frame.columns) == ['h', 'name', 'd']
assert frame.loc['y', 'h'] == 2 and frame['name'].isna().sum() == 1
assert f('series').mean() == approx(2.5)
assert list(f('index')) == ['x', 'y']
assert f('stamp').year == 2020
