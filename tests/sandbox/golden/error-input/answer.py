name = input('who')
def f(x):
    return 2 * x
