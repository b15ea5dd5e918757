# %% visible: refuses
try:
    f(-1)
except ValueError as error:
    assert error.args == ('negative', -1)
else:
    raise AssertionError('no error')
