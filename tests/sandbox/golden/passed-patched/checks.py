# %% visible: waits, and says when
waits = []
with learner.patched("time.sleep", waits.append), learner.patched("time.time", lambda: 1234.5):
    assert f() == 1234.5
assert waits == [60]
