def f(d):
    return 2 * d.to('nm')
