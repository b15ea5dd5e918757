def f(x):
    print('value', x)
