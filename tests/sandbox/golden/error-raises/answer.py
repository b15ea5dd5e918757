x = 1
y = x / 0
def f(x):
    return x
