def f(d):
    return d / (1 * ureg.s)
