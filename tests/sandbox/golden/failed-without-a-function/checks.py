# %% visible: solves by elimination
import numpy as np
with learner.without("numpy.linalg.solve"):
    got = f(np.eye(2), np.array([1.0, 2.0]))
assert_allclose(got, [1, 2])
