# %% visible: both are functions
import inspect
assert f(3) == 9 and g(2.0) == 6.0
assert list(inspect.signature(g).parameters) == ["x", "scale"]
assert g.__name__ == "g" and g.__doc__ == "Scaled."
assert callable(f) and inspect.isfunction(f)
