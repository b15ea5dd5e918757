import numpy as np
import matplotlib.pyplot as plt
q = np.linspace(0.01, 0.5, 200)
intensity = 100 / (1 + (q * 20) ** 2) ** 2
