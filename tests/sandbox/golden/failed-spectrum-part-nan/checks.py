# %% visible 2: the attenuation length of copper
assert_spectrum(f("Cu", energy), lambda e: 1e4 / (xraydb.mu_elam("Cu", e) * 8.96), energy, rel=0.02,
    x_label="photon energy (eV)", y_label="attenuation length (µm)")
# %% hidden: it works for nickel too
assert_spectrum(f("Ni", energy), lambda e: 1e4 / (xraydb.mu_elam("Ni", e) * 8.908), energy, rel=0.02)
