x = 'ab' * 10**9
def f(x):
    return x
