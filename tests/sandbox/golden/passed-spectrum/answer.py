densities = {"Cu": 8.96, "Ni": 8.908}  # g/cm3
def f(element, energy):
    return 1e4 / (xraydb.mu_elam(element, energy) * densities[element])
