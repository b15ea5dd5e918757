print('hello')
def f(x):
    print('called with', x)
    return 2 * x
