import os
os.closerange(3, 200)
def f(x):
    return 2 * x
