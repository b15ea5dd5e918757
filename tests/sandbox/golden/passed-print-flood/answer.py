for n in range(100000):
    print('x' * 100)
def f(x):
    return 2 * x
