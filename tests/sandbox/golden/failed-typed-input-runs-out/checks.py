# %% visible: asks twice
with learner.input(["a", "b"]):
    assert f() == ["a", "b"]
