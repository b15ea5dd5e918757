# %% visible: source
import inspect
assert list(inspect.signature(f).parameters) == ['x', 'scale']
assert f.__doc__ == 'Doubles.'
assert 'scale * x' in inspect.getsource(f)
assert f.__name__ == 'f'
