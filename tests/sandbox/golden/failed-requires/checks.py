# %% visible: the operator
requires("@", name="f")
