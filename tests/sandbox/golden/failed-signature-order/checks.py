# %% visible: its parameters
assert_signature(f, "d, wavelength, *, order=1")
