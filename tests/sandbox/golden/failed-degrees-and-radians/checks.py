# %% visible: Bragg angle of silicon
assert f(3.1355, 1.5406) == approx(14.22, abs=0.01)
