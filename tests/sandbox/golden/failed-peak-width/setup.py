import numpy as np
angle = np.linspace(7.0, 7.6, 601)  # 2θ in degrees
