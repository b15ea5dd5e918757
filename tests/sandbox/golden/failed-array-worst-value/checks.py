# %% visible: arrays
import numpy as np
assert_allclose(f(np.array([1.0, 2.0, 3.0])), [2.0, 4.0, 6.0], atol=0.01)
