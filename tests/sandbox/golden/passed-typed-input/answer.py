def f():
    energy = float(input("Energy in keV: "))
    return 12.398 / energy
