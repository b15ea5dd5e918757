import numpy as np
x = np.arange(40.0)
sigma = np.full(40, 2.0)
y = 3.0 * x + 10.0 + 2.0 * np.array([1, -1] * 20)
