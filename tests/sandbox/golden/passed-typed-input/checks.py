# %% visible: asks for an energy
with learner.input([8]):
    assert f() == approx(1.54975)
