# %% visible: it warns
import warnings
for _ in range(2):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert f(-1) == 1
    assert [(one.category, str(one.message)) for one in seen] == [(RuntimeWarning, "a negative energy")]
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    f(1)
assert not seen
