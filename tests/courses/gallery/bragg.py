import numpy as np


def bragg_angle(d, wavelength):
    """The angle between beam and planes, in degrees."""
    ratio = wavelength / (2 * d)
    return np.degrees(np.arcsin(ratio))
