import math
def f(d, w):
    return math.asin(w / (2 * d))
