def f(d, wavelength, *, order=1, verbose=False):
    """Bragg's angle in degrees."""
    return d, wavelength, order
