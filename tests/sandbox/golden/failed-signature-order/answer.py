def f(wavelength, d, *, order=1):
    return d, wavelength, order
