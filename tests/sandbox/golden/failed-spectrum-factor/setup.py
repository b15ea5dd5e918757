import numpy as np
import xraydb
energy = np.linspace(4000.0, 20000.0, 801)  # eV
