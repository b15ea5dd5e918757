# %% visible: prints
import contextlib, io
out = io.StringIO()
with contextlib.redirect_stdout(out):
    f(3)
assert out.getvalue() == 'value 3\n'
