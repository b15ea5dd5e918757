def close(one, two):
    return abs(one - two) < 0.001
